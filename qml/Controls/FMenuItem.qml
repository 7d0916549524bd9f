import QtQuick
import QtQuick.Templates as T

T.MenuItem {
    id: item

    property string glyph: ""
    property string detail: ""
    property string keyHint: ""
    property bool danger: false

    implicitWidth: row.implicitWidth + leftPadding + rightPadding
    implicitHeight: Theme.row
    leftPadding: 8
    rightPadding: 12
    opacity: enabled ? 1 : 0.5
    Accessible.role: Accessible.MenuItem
    Accessible.name: text
    Accessible.description: detail
    Accessible.checkable: checkable
    Accessible.checked: checked
    Accessible.onPressAction: {
        if (!item.enabled)
            return
        if (item.checkable)
            item.toggle()
        item.triggered()
        if (item.menu)
            item.menu.close()
    }

    contentItem: Item {
        Row {
            id: row
            height: parent.height
            spacing: 8
            FIcon {
                name: item.checkable ? (item.checked ? "check" : "") : item.glyph
                visible: item.checkable || item.glyph !== ""
                color: item.danger ? Theme.negative : Theme.muted
                anchors.verticalCenter: parent.verticalCenter
            }
            FText {
                text: item.text
                color: item.danger ? Theme.negative : Theme.text
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
            FText {
                visible: text !== ""
                text: item.detail
                color: Theme.faint
                font.pixelSize: Theme.small
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
            FText {
                visible: text !== ""
                text: item.keyHint
                leftPadding: 16
                color: Theme.faint
                font.pixelSize: Theme.small
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius - 2
        color: item.highlighted ? Theme.selection : "transparent"
    }
}

import QtQuick
import QtQuick.Templates as T

T.MenuItem {
    id: item

    property string glyph: ""
    property string detail: ""
    property string keyHint: ""
    property bool danger: false

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: Theme.row
    height: visible ? implicitHeight : 0
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

    contentItem: FMenuFace {
        text: item.text
        glyph: item.checkable ? (item.checked ? "check" : "") : item.glyph
        hasGlyph: item.checkable || item.glyph !== ""
        detail: item.detail
        keyHint: item.keyHint
        color: item.danger ? Theme.negative : Theme.text
    }
    background: Rectangle {
        radius: Theme.radius - 2
        color: item.highlighted ? Theme.selection : "transparent"
    }
}

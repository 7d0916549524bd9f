// A choice of one, shown as a small button with its value. `name` says what is chosen; `prefix` stands before the
// value. Rows need `textRole`; `detailRole` adds faint words.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T

T.ComboBox {
    id: combo

    required property string name
    property string prefix: ""
    property bool quiet: false
    property bool mono: false
    property bool strong: false
    property int maximumWidth: 320
    property int popupWidth: 260
    property string detailRole: ""

    implicitWidth: Math.min(maximumWidth, implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: 24
    leftPadding: quiet ? 2 : 8
    rightPadding: quiet ? 2 : 6
    focusPolicy: Qt.StrongFocus
    opacity: enabled ? 1 : 0.6
    Accessible.role: Accessible.ComboBox
    Accessible.name: name
    Accessible.description: displayText
    Accessible.focusable: true
    Accessible.onPressAction: if (combo.enabled) combo.popup.open()

    contentItem: FComboFace {
        text: combo.prefix + combo.displayText
        mono: combo.mono
        strong: combo.strong
        color: combo.quiet ? Theme.text : Theme.muted
    }
    indicator: Item { }
    background: Rectangle {
        radius: Theme.radius - 2
        color: combo.down ? Theme.selection : combo.hovered ? Theme.hover : combo.quiet ? "transparent" : Theme.surface
        border.width: combo.quiet ? 0 : 1
        border.color: Theme.line
        FFocusRing { visible: combo.visualFocus }
    }

    delegate: T.ItemDelegate {
        id: choice

        required property int index
        required property var model
        readonly property string detail: combo.detailRole === "" ? "" : model[combo.detailRole]

        width: ListView.view ? ListView.view.width : 200
        height: Theme.row
        leftPadding: 8
        rightPadding: 8
        highlighted: combo.highlightedIndex === index
        text: combo.textAt(index)
        Accessible.role: Accessible.ListItem
        Accessible.name: text
        Accessible.description: detail
        Accessible.selected: combo.currentIndex === index
        Accessible.onPressAction: {
            combo.currentIndex = choice.index
            combo.activated(choice.index)
            combo.popup.close()
        }

        contentItem: Row {
            spacing: 8
            FIcon {
                name: combo.currentIndex === choice.index ? "check" : ""
                width: 14
                height: 14
                anchors.verticalCenter: parent.verticalCenter
            }
            FText {
                text: choice.text
                mono: combo.mono
                font.pixelSize: combo.mono ? Theme.small : Theme.body
                width: Math.min(implicitWidth, choice.width - 46)
                elide: Text.ElideMiddle
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
            FText {
                visible: text !== ""
                text: choice.detail
                color: Theme.faint
                font.pixelSize: Theme.small
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
        }
        background: Rectangle {
            radius: Theme.radius - 2
            color: choice.highlighted ? Theme.selection : "transparent"
        }
    }

    popup: T.Popup {
        y: combo.height + 4
        width: Math.max(combo.width, combo.popupWidth)
        implicitHeight: Math.min(contentItem.implicitHeight + 8, 320)
        padding: 4
        margins: 8
        contentItem: ListView {
            implicitHeight: contentHeight
            clip: true
            model: combo.popup.visible ? combo.delegateModel : null
            currentIndex: combo.highlightedIndex
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            T.ScrollBar.vertical: FScrollBar { }
        }
        background: FPopupGround { }
    }
}

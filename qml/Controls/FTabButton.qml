import QtQuick
import QtQuick.Templates as T

T.TabButton {
    id: tab

    // A number beside the text; empty: none.
    property string count: ""

    width: implicitWidth
    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: parent ? parent.height : Theme.tabStrip
    leftPadding: 10
    rightPadding: 10
    Accessible.role: Accessible.PageTab
    Accessible.name: count === "" ? text : text + ", " + count
    Accessible.selected: checked
    Accessible.focusable: true
    Accessible.onPressAction: {
        tab.toggle()
        tab.clicked()
    }

    contentItem: Row {
        spacing: 6
        Accessible.ignored: true
        FText {
            height: parent.height
            text: tab.text
            color: tab.checked || tab.hovered ? Theme.text : Theme.muted
            Accessible.ignored: true
        }
        FText {
            height: parent.height
            visible: text !== ""
            text: tab.count
            color: Theme.faint
            Accessible.ignored: true
        }
    }
    background: Item {
        Rectangle {
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            height: 2
            color: Theme.accent
            visible: tab.checked
        }
        FFocusRing {
            anchors.margins: 3
            visible: tab.visualFocus
        }
    }
}

// The line of an entry that folds: pressed anywhere, it opens or closes.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.AbstractButton {
    id: head

    required property bool expanded
    property bool foldable: true
    property string name: ""

    implicitHeight: 32
    focusPolicy: foldable ? Qt.StrongFocus : Qt.NoFocus
    enabled: foldable
    Accessible.role: Accessible.Button
    Accessible.name: name
    Accessible.description: !foldable ? "" : expanded ? qsTr("unfolded") : qsTr("folded")
    Accessible.focusable: foldable
    Accessible.onPressAction: if (head.foldable) head.clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    background: Rectangle {
        radius: Theme.radius
        color: head.hovered ? Theme.hover : "transparent"
        FFocusRing {
            anchors.margins: 0
            visible: head.visualFocus
        }
    }
    FIcon {
        anchors { right: parent.right; rightMargin: 10; verticalCenter: parent.verticalCenter }
        width: 12
        height: 12
        visible: head.foldable
        name: head.expanded ? "down" : "right"
        color: Theme.faint
    }
}

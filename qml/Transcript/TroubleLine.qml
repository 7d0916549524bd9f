// One line of what was refused and why; dismissed by a press.
import QtQuick
import Foundry.Controls

Rectangle {
    id: line

    required property string text
    signal dismissed

    implicitHeight: words.implicitHeight + 14
    radius: Theme.radius
    color: Theme.negativeGround
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    FText {
        id: words
        x: 12
        y: 7
        width: parent.width - 52
        text: line.text
        color: Theme.negative
        wrapMode: Text.Wrap
        maximumLineCount: 4
        elide: Text.ElideRight
        Accessible.ignored: true
    }
    FIconButton {
        anchors { right: parent.right; rightMargin: 4; verticalCenter: parent.verticalCenter }
        width: 24
        height: 24
        glyph: "cross"
        name: qsTr("Dismiss")
        onClicked: line.dismissed()
    }
}

// What went wrong with the task and the way out, under its header.
import QtQuick
import Foundry.Controls

Rectangle {
    id: trouble

    required property string text
    property bool wantsSignIn: false
    signal signInAsked

    height: visible ? Math.max(36, words.height + 20) : 0
    visible: text !== ""
    color: Theme.negativeGround
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    FIcon {
        x: 16
        y: 10
        name: "attention"
        color: Theme.negative
    }
    FText {
        id: words
        x: 42
        y: 10
        width: parent.width - x - 16 - (way.visible ? way.width + 12 : 0)
        text: trouble.text
        color: Theme.negative
        wrapMode: Text.Wrap
        maximumLineCount: 5
        elide: Text.ElideRight
        Accessible.ignored: true
    }
    FButton {
        id: way
        anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
        visible: trouble.visible && trouble.wantsSignIn
        text: qsTr("Sign in")
        accessibleName: qsTr("Sign in to GitHub again")
        onClicked: trouble.signInAsked()
    }
}

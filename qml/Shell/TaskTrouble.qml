// What went wrong with the task and the way out, under its header.
import QtQuick
import Foundry.Controls

Rectangle {
    id: trouble

    required property string text

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
        width: parent.width - x - 16
        text: trouble.text
        color: Theme.negative
        wrapMode: Text.Wrap
        maximumLineCount: 5
        elide: Text.ElideRight
        Accessible.ignored: true
    }
}

// Why something cannot be done, in the form where it is about.
import QtQuick
import Foundry.Controls

Row {
    id: problem

    required property string text
    property string tone: "negative"

    width: 300
    spacing: 8
    visible: text !== ""
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    FIcon {
        y: 1
        name: "attention"
        color: Theme.toneText(problem.tone)
    }
    FText {
        width: parent.width - 24
        text: problem.text
        color: Theme.toneText(problem.tone)
        wrapMode: Text.Wrap
        maximumLineCount: 6
        elide: Text.ElideRight
        Accessible.ignored: true
    }
}

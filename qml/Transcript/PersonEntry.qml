// What the person asked for.
import QtQuick
import Foundry.Controls

Column {
    id: entry

    required property string speaker
    required property string time
    required property int turn
    required property string text

    EntryHead {
        width: parent.width
        speaker: entry.speaker
        time: entry.time
        turn: entry.turn
    }
    Rectangle {
        width: parent.width
        height: words.height + 20
        radius: Theme.radius
        color: Theme.window
        border.color: Theme.fineLine
        MarkdownView {
            id: words
            x: 12
            y: 10
            width: parent.width - 24
            markdown: entry.text
            keepBreaks: true
        }
    }
}

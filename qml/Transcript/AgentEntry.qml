// What the agent says.
import QtQuick

Column {
    id: entry

    required property string speaker
    required property string time
    required property int turn
    required property string text
    required property bool open

    EntryHead {
        width: parent.width
        speaker: entry.speaker
        time: entry.time
        turn: entry.turn
    }
    MarkdownView {
        width: parent.width
        markdown: entry.text
        open: entry.open
    }
}

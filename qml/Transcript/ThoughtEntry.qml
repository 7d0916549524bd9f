// What the agent thought: folded until asked for.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls

Column {
    id: entry

    required property string speaker
    required property string time
    required property int turn
    required property string text
    required property bool open
    required property bool expanded
    signal expandAsked(expanded: bool)

    EntryHead {
        width: parent.width
        speaker: entry.speaker
        time: entry.time
        turn: entry.turn
    }
    FoldHead {
        width: Math.min(parent.width, label.implicitWidth + 56)
        implicitHeight: 26
        leftPadding: 0
        expanded: entry.expanded
        name: entry.open ? qsTr("Thinking") : qsTr("Thought")
        onClicked: entry.expandAsked(!entry.expanded)
        FIcon {
            x: 4
            anchors.verticalCenter: parent.verticalCenter
            width: 14
            height: 14
            name: "thought"
            color: Theme.faint
        }
        FText {
            id: label
            x: 26
            height: parent.height
            text: entry.open ? qsTr("Thinking…") : qsTr("Thought")
            color: Theme.muted
            Accessible.ignored: true
        }
    }
    Repeater {
        model: entry.expanded ? 1 : 0
        Item {
            width: entry.width
            implicitHeight: words.height + 8
            Rectangle {
                x: 10
                y: 4
                width: 2
                height: parent.height - 8
                color: Theme.fineLine
                Accessible.ignored: true
            }
            MarkdownView {
                id: words
                x: 26
                y: 4
                width: entry.width - 26
                markdown: entry.text
                open: entry.open
                color: Theme.muted
            }
        }
    }
}

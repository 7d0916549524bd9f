// What the agent did with a tool: one line, and below it what it changed and what came out.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls

Column {
    id: entry

    required property string speaker
    required property string time
    required property int turn
    required property string title
    required property string toolKind
    required property string status
    required property string span
    required property string locations
    required property int added
    required property int removed
    required property bool expanded
    required property string input
    required property string output
    required property int outputHidden
    required property var diffs
    readonly property bool failed: status === "failed"
    readonly property string spokenStatus: status === "completed" ? qsTr("done") : failed ? qsTr("failed")
        : status === "cancelled" ? qsTr("cancelled") : qsTr("under way")
    signal expandAsked(expanded: bool)
    signal wholeOutputAsked
    signal copied(words: string)

    EntryHead {
        width: parent.width
        speaker: entry.speaker
        time: entry.time
        turn: entry.turn
    }
    Rectangle {
        width: parent.width
        height: head.height + detail.height + 2
        radius: Theme.radius
        color: Theme.surface
        border.color: Theme.line
        Accessible.role: Accessible.Grouping
        Accessible.name: head.name

        FoldHead {
            id: head
            x: 1
            y: 1
            width: parent.width - 2
            expanded: entry.expanded
            name: (entry.toolKind === "" ? "" : entry.toolKind + ", ") + entry.title + ", " + entry.spokenStatus
                + (entry.span === "" ? "" : ", " + entry.span)
            onClicked: entry.expandAsked(!entry.expanded)

            Row {
                x: 10
                height: parent.height
                spacing: 8
                FIcon {
                    anchors.verticalCenter: parent.verticalCenter
                    width: 14
                    height: 14
                    visible: entry.failed || entry.status === "cancelled"
                    name: entry.failed ? "cross" : "stop"
                    color: entry.failed ? Theme.negative : Theme.faint
                }
                FText {
                    id: kind
                    height: parent.height
                    visible: text !== ""
                    text: entry.toolKind
                    color: Theme.muted
                    Accessible.ignored: true
                }
                FText {
                    height: parent.height
                    width: Math.min(implicitWidth, head.width - kind.width - numbers.width - state.implicitWidth - 90)
                    text: entry.title
                    mono: entry.toolKind === qsTr("Run")
                    font.pixelSize: mono ? Theme.small : Theme.body
                    elide: Text.ElideMiddle
                    Accessible.ignored: true
                }
                Row {
                    id: numbers
                    height: parent.height
                    spacing: 6
                    visible: entry.added > 0 || entry.removed > 0
                    FText {
                        height: parent.height
                        text: "+" + entry.added
                        color: Theme.positive
                        font.pixelSize: Theme.small
                        Accessible.ignored: true
                    }
                    FText {
                        height: parent.height
                        text: "\u2212" + entry.removed
                        color: Theme.negative
                        font.pixelSize: Theme.small
                        Accessible.ignored: true
                    }
                }
            }
            FText {
                id: state
                anchors { right: parent.right; rightMargin: 28 }
                height: parent.height
                text: entry.failed ? qsTr("failed") + (entry.span === "" ? "" : ", " + entry.span)
                    : entry.status === "cancelled" ? qsTr("cancelled") : entry.span
                color: entry.failed ? Theme.negative : Theme.muted
                font.pixelSize: Theme.small
                Accessible.ignored: true
            }
        }
        Column {
            id: detail
            x: 1
            y: head.height + 1
            width: parent.width - 2
            Repeater {
                model: entry.expanded ? 1 : 0
                ToolDetail {
                    width: detail.width
                    diffs: entry.diffs
                    input: entry.input
                    output: entry.output
                    outputHidden: entry.outputHidden
                    locations: entry.locations
                    title: entry.title
                    onWholeOutputAsked: entry.wholeOutputAsked()
                    onCopied: words => entry.copied(words)
                }
            }
        }
    }
}

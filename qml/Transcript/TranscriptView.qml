// The transcript of one session. Opens at its end and stays there until the person goes up; what comes then is
// counted on a button. Earlier entries are fetched before they are reached.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Qt.labs.qmlmodels
import Foundry.Controls
import Foundry.Ui.Details
import Foundry.Ui.Transcript

FocusScope {
    id: view

    required property TaskView task
    readonly property TranscriptModel entries: task.transcript
    readonly property int column: Math.min(Theme.column, width - 2 * Theme.space6)
    property bool sticks: true
    property int unseen: 0

    function toEnd(): void {
        list.end()
        view.sticks = true
        view.unseen = 0
    }
    function goTo(position: real): void {
        const row = view.entries.rowOf(position)
        if (row < 0)
            return
        view.sticks = false
        list.positionViewAtIndex(row, ListView.Beginning)
    }
    // A request that waits gets the keyboard, unless the person is writing.
    function answer(request: string, choice: string): void {
        view.task.answerPermission(request, choice)
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Transcript")

    ListView {
        id: list

        property bool fixing: false
        readonly property bool nearEnd: contentY + height >= originY + contentHeight
        readonly property bool personMoves: moving || bar.pressed

        function settle(): void {
            if (view.sticks)
                end()
            fetchMore()
        }
        // with the margin below the last entry, which positionViewAtEnd leaves out
        function end(): void {
            positionViewAtEnd()
            contentY = Math.max(originY - topMargin, originY + contentHeight + bottomMargin - height)
        }
        function fetchMore(): void {
            if (contentY - originY < 2 * height && view.entries.earlier > 0)
                view.entries.fetchEarlier()
        }
        function look(): void {
            if (personMoves) {
                view.sticks = nearEnd
                if (view.sticks)
                    view.unseen = 0
            }
            fetchMore()
            const row = indexAt(width / 2, contentY + 60)
            map.current = row < 0 ? -1 : map.promptBefore(view.entries.positionAt(row))
        }
        function scroll(by: real): void {
            view.sticks = false
            contentY = Math.max(originY - topMargin, Math.min(contentY + by, originY + contentHeight
                + bottomMargin - height))
            view.sticks = nearEnd
            if (view.sticks)
                view.unseen = 0
        }

        anchors.fill: parent
        focus: true
        activeFocusOnTab: true
        clip: true
        model: view.entries
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: 600
        spacing: 8
        keyNavigationEnabled: false
        // margins, not header and footer: Qt 6.4 makes neither from a bound component
        topMargin: 24
        bottomMargin: 24
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Entries")
        T.ScrollBar.vertical: FScrollBar { id: bar }

        onContentYChanged: look()
        onContentHeightChanged: settling.restart()
        onHeightChanged: settling.restart()
        Component.onCompleted: settling.restart()
        Keys.onPressed: event => {
            const page = height - 60
            const steps = ({ [Qt.Key_PageUp]: -page, [Qt.Key_PageDown]: page, [Qt.Key_Up]: -60, [Qt.Key_Down]: 60 })
            if (event.key === Qt.Key_End)
                view.toEnd()
            else if (event.key === Qt.Key_Home)
                scroll(-contentHeight)
            else if (steps[event.key] !== undefined)
                scroll(steps[event.key])
            else
                return
            event.accepted = true
        }

        // after the list has taken in what happened
        Timer {
            id: settling
            property int kept: -1
            function keep(row: int): void {
                kept = row
                restart()
            }
            interval: 0
            onTriggered: {
                if (kept >= 0)
                    list.positionViewAtIndex(kept, ListView.Beginning)
                kept = -1
                list.settle()
            }
        }
        Connections {
            target: view.entries
            function onRowsInserted(parent: var, first: int, last: int): void {
                if (first > 0 && !view.sticks)
                    view.unseen += last - first + 1
                // the list keeps what is in sight, except when its very beginning is
                if (first === 0 && list.contentY <= list.originY && !view.sticks)
                    settling.keep(last + 1)
            }
            function onModelReset(): void {
                view.sticks = true
                view.unseen = 0
            }
        }

        delegate: DelegateChooser {
            role: "kind"
            DelegateChoice {
                roleValue: TranscriptModel.PersonMessage
                EntryPlace {
                    id: person
                    required property string speaker
                    required property string time
                    required property int turn
                    required property string text
                    gap: 16
                    PersonEntry {
                        width: person.column
                        speaker: person.speaker
                        time: person.time
                        turn: person.turn
                        text: person.text
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.AgentMessage
                EntryPlace {
                    id: agent
                    required property string speaker
                    required property string time
                    required property int turn
                    required property string text
                    required property bool open
                    gap: speaker === "" ? 4 : 16
                    AgentEntry {
                        width: agent.column
                        speaker: agent.speaker
                        time: agent.time
                        turn: agent.turn
                        text: agent.text
                        open: agent.open
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.Thought
                EntryPlace {
                    id: thought
                    required property string speaker
                    required property string time
                    required property int turn
                    required property string text
                    required property bool open
                    required property bool expanded
                    required property real position
                    gap: speaker === "" ? 0 : 16
                    ThoughtEntry {
                        width: thought.column
                        speaker: thought.speaker
                        time: thought.time
                        turn: thought.turn
                        text: thought.text
                        open: thought.open
                        expanded: thought.expanded
                        onExpandAsked: expanded => view.entries.setExpanded(thought.position, expanded)
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.Plan
                EntryPlace {
                    id: plans
                    required property string speaker
                    required property string time
                    required property int turn
                    required property var plan
                    gap: speaker === "" ? 0 : 16
                    PlanEntry {
                        width: plans.column
                        speaker: plans.speaker
                        time: plans.time
                        turn: plans.turn
                        plan: plans.plan
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.ToolCall
                EntryPlace {
                    id: tool
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
                    required property real position
                    gap: speaker === "" ? 0 : 16
                    ToolEntry {
                        width: tool.column
                        speaker: tool.speaker
                        time: tool.time
                        turn: tool.turn
                        title: tool.title
                        toolKind: tool.toolKind
                        status: tool.status
                        span: tool.span
                        locations: tool.locations
                        added: tool.added
                        removed: tool.removed
                        expanded: tool.expanded
                        input: tool.input
                        output: tool.output
                        outputHidden: tool.outputHidden
                        diffs: tool.diffs
                        onExpandAsked: expanded => view.entries.setExpanded(tool.position, expanded)
                        onWholeOutputAsked: view.entries.showWholeOutput(tool.position)
                        onCopied: words => view.entries.copy(words)
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.Permission
                EntryPlace {
                    id: permission
                    required property string speaker
                    required property string time
                    required property int turn
                    required property string title
                    required property string request
                    required property var choices
                    required property string answer
                    gap: speaker === "" ? 0 : 16
                    PermissionEntry {
                        width: permission.column
                        speaker: permission.speaker
                        time: permission.time
                        turn: permission.turn
                        title: permission.title
                        request: permission.request
                        choices: permission.choices
                        answer: permission.answer
                        onAnswered: choice => view.answer(permission.request, choice)
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.Notice
                EntryPlace {
                    id: notice
                    required property string title
                    required property string text
                    required property string tone
                    required property bool resumable
                    NoticeEntry {
                        width: notice.column
                        title: notice.title
                        text: notice.text
                        tone: notice.tone
                        resumable: notice.resumable
                        onGoOnAsked: view.task.goOn()
                        onSendAgainAsked: view.task.sendAgain()
                    }
                }
            }
            DelegateChoice {
                roleValue: TranscriptModel.TurnEnd
                EntryPlace {
                    id: turnEnd
                    required property string text
                    required property string tone
                    TurnEndEntry {
                        width: turnEnd.column
                        text: turnEnd.text
                        tone: turnEnd.tone
                    }
                }
            }
        }
    }

    component EntryPlace: Item {
        id: place
        readonly property int column: view.column
        property int gap: 0
        default property alias content: slot.data
        width: list.width
        implicitHeight: slot.height + gap
        Item {
            id: slot
            x: Math.round((place.width - width) / 2)
            y: place.gap
            width: place.column
            height: childrenRect.height
        }
    }

    PromptMap {
        id: map
        readonly property int free: Math.round((view.width - view.column) / 2)
        function promptBefore(position: real): real {
            let found = -1
            for (const mark of prompts) {
                if (mark.position <= position)
                    found = mark.position
            }
            return found
        }
        anchors { right: parent.right; rightMargin: 12; top: parent.top; topMargin: 24 }
        visible: count > 1 && free >= 44
        height: implicitHeight
        prompts: view.entries.prompts
        onChosen: position => view.goTo(position)
    }

    FButton {
        anchors { bottom: parent.bottom; bottomMargin: 12; horizontalCenter: parent.horizontalCenter }
        visible: !view.sticks && (view.unseen > 0 || !list.nearEnd)
        text: view.unseen > 0 ? qsTr("%1 new").arg(view.unseen) : qsTr("To the end")
        glyph: "down"
        onClicked: view.toEnd()
    }

    FEmpty {
        anchors.centerIn: parent
        visible: view.entries.count === 0 && !view.entries.loading
        glyph: view.entries.trouble === "" ? "" : "warning"
        title: view.entries.trouble === "" ? qsTr("Nothing was said yet") : qsTr("The transcript could not be read")
        sentence: view.entries.trouble === ""
            ? qsTr("What you and the agent say appears here as soon as the session is open.") : view.entries.trouble
        FButton {
            visible: view.entries.trouble !== ""
            text: qsTr("Try again")
            onClicked: view.entries.reload()
        }
    }
}

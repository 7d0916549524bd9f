// One actor: what it is, why it does not move, what was set aside, and what can be done by hand.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Inspector

Item {
    id: pane

    required property Inspector inspector
    property bool destroying: false

    Connections {
        target: pane.inspector
        function onChosenChanged(): void {
            pane.destroying = false
        }
    }
    FEmpty {
        anchors.centerIn: parent
        visible: pane.inspector.chosen === ""
        title: qsTr("Choose an actor")
        sentence: qsTr("Each task, session, repository and organisation is one. Choosing one wakes it.")
    }
    Flickable {
        anchors.fill: parent
        visible: pane.inspector.chosen !== ""
        contentWidth: width
        contentHeight: column.height
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        Accessible.role: Accessible.Pane
        Accessible.name: qsTr("Actor")
        T.ScrollBar.vertical: FScrollBar { }

        Column {
            id: column
            width: parent.width - 12
            spacing: 10

            Row {
                spacing: 10
                FText {
                    height: 22
                    text: pane.inspector.title
                    font.weight: Font.DemiBold
                    font.pixelSize: Theme.large
                    Accessible.role: Accessible.Heading
                }
                FPill {
                    visible: pane.inspector.title !== ""
                    text: pane.inspector.state
                    tone: pane.inspector.tone
                }
            }
            FText {
                width: parent.width
                text: pane.inspector.facts
                color: Theme.muted
                font.pixelSize: Theme.small
                wrapMode: Text.WrapAnywhere
            }
            FText {
                width: parent.width
                visible: text !== ""
                text: pane.inspector.why
                color: pane.inspector.tone === "negative" ? Theme.negative : Theme.text
                wrapMode: Text.Wrap
            }
            FText {
                width: parent.width
                visible: text !== ""
                text: pane.inspector.trouble
                color: Theme.negative
                wrapMode: Text.Wrap
                Accessible.role: Accessible.AlertMessage
            }
            Flow {
                width: parent.width
                spacing: 6
                visible: pane.inspector.title !== "" && !pane.destroying
                Repeater {
                    model: pane.inspector.controls
                    FButton {
                        required property string modelData
                        text: modelData
                        onClicked: pane.inspector.control(modelData)
                    }
                }
                FButton {
                    text: qsTr("Restart")
                    toolTip: qsTr("Puts it to sleep and wakes it; nothing is lost")
                    onClicked: pane.inspector.restart()
                }
                FButton {
                    text: qsTr("Destroy…")
                    onClicked: pane.destroying = true
                }
            }
            Column {
                width: parent.width
                spacing: 8
                visible: pane.destroying
                FText {
                    width: parent.width
                    text: qsTr("Destroying removes this actor and its store for good: what it knew is lost, and what points to it repairs itself. Delete a task from its menu instead: that can be undone.")
                    color: Theme.negative
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.AlertMessage
                }
                Row {
                    spacing: 6
                    FButton {
                        text: qsTr("Keep it")
                        primary: true
                        onClicked: pane.destroying = false
                    }
                    FButton {
                        text: qsTr("Destroy it")
                        onClicked: pane.inspector.destroyChosen()
                    }
                }
            }
            FText {
                visible: pane.inspector.letters.count > 0
                text: qsTr("Dead letters")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            Repeater {
                model: pane.inspector.letters
                InspectorRow {
                    id: letter
                    required property int number
                    width: column.width
                    detailLines: 6
                    FLink {
                        text: qsTr("Retry")
                        onClicked: pane.inspector.settle(letter.number, true)
                    }
                    FLink {
                        text: qsTr("Drop")
                        onClicked: pane.inspector.settle(letter.number, false)
                    }
                }
            }
            FText {
                visible: pane.inspector.backups.count > 0
                text: qsTr("Backups")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            Repeater {
                model: pane.inspector.backups
                InspectorRow {
                    id: backup
                    property bool asked: false
                    width: column.width
                    FLink {
                        text: backup.asked ? qsTr("Restore: what came since goes") : qsTr("Restore…")
                        onClicked: {
                            if (backup.asked)
                                pane.inspector.restore(backup.title)
                            backup.asked = !backup.asked
                        }
                    }
                }
            }
            FText {
                visible: pane.inspector.hasRun
                text: qsTr("Workflow, newest first")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            ListView {
                id: entries
                width: column.width
                height: Math.min(contentHeight, 320)
                visible: pane.inspector.hasRun
                clip: true
                boundsBehavior: Flickable.StopAtBounds
                model: pane.inspector.entries
                T.ScrollBar.vertical: FScrollBar { }
                Accessible.role: Accessible.List
                Accessible.name: qsTr("Workflow")
                delegate: InspectorRow {
                    id: entry
                    required property int number
                    width: ListView.view.width - 10
                    FLink {
                        visible: entry.hovered || entry.activeFocus || entry.current
                        text: qsTr("Rewind to here")
                        onClicked: pane.inspector.rewind(entry.number)
                    }
                }
            }
            FText {
                visible: pane.inspector.audit !== ""
                text: qsTr("Done by hand")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            FText {
                width: parent.width
                visible: text !== ""
                text: pane.inspector.audit
                color: Theme.muted
                mono: true
                font.pixelSize: Theme.small
                wrapMode: Text.Wrap
            }
        }
    }
}

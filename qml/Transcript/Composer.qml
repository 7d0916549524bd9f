// Where the person writes to the agent. Enter sends, Shift+Enter breaks the line, Esc stops the agent.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Details
import Foundry.Ui.Transcript

FocusScope {
    id: composer

    required property TaskView task
    readonly property ComposerState draftBox: task.composer
    readonly property int column: Math.min(Theme.column, width - 2 * Theme.space6)

    function take(): void {
        words.take()
    }

    implicitHeight: box.height + 16
    Accessible.role: Accessible.Form
    Accessible.name: qsTr("Message to the agent")

    Column {
        id: box
        x: Math.round((composer.width - width) / 2)
        width: composer.column
        spacing: 6

        TroubleLine {
            width: parent.width
            visible: text !== ""
            text: composer.draftBox.trouble !== "" ? composer.draftBox.trouble : composer.task.trouble
            onDismissed: composer.task.dismissTrouble()
        }
        Repeater {
            model: composer.draftBox.queue
            QueuedPromptRow {
                required property var modelData
                width: box.width
                text: modelData.text
                onEdited: words => composer.draftBox.editQueued(modelData.id, words)
                onDropped: composer.draftBox.editQueued(modelData.id, "")
            }
        }
        Rectangle {
            width: parent.width
            height: words.height + foot.height + 24
            radius: Theme.radius + 2
            color: Theme.surface
            border.color: words.editor.activeFocus ? Theme.strongLine : Theme.line

            FTextArea {
                id: words
                x: 12
                y: 11
                width: parent.width - 24
                focus: true
                plain: true
                minimumHeight: 40
                maximumHeight: 220
                name: qsTr("Message")
                placeholderText: !composer.draftBox.canWrite && !composer.draftBox.canStop
                    ? qsTr("This task takes no messages now")
                    : composer.draftBox.queues ? qsTr("Add to the work; it waits until the turn ends")
                    : qsTr("Add to the work, or ask about it. @ for files, / for commands")
                readOnly: !composer.draftBox.canWrite
                onTextEdited: {
                    composer.draftBox.draft = text
                    offers.look()
                }
                onKeyPressed: event => composer.key(event)
            }
            Item {
                id: foot
                x: 12
                width: parent.width - 24
                height: 28
                anchors { bottom: parent.bottom; bottomMargin: 8 }

                Row {
                    anchors { right: send.left; rightMargin: 6; verticalCenter: parent.verticalCenter }
                    spacing: 6
                    Repeater {
                        model: composer.draftBox.options
                        OptionPickerBox {
                            required property var modelData
                            picker: modelData
                            onPicked: value => composer.draftBox.choose(modelData.id, value)
                        }
                    }
                }
                Row {
                    id: send
                    anchors { right: parent.right; verticalCenter: parent.verticalCenter }
                    spacing: 6
                    FButton {
                        visible: composer.draftBox.canStop
                        text: qsTr("Stop")
                        keyHint: "Esc"
                        onClicked: composer.draftBox.stop()
                    }
                    FButton {
                        text: composer.draftBox.queues ? qsTr("Queue") : qsTr("Send")
                        trailingGlyph: "send"
                        enabled: composer.draftBox.canSend
                        onClicked: composer.draftBox.send()
                    }
                }
            }
        }
    }

    CompletionList {
        id: offers
        function look(): void {
            offers.offered = composer.draftBox.complete(words.cursorPosition)
        }
        x: box.x
        y: -height - 4
        width: Math.min(box.width, 420)
        onChosen: insert => {
            const cursor = composer.draftBox.accept(words.cursorPosition, insert)
            words.text = composer.draftBox.draft
            words.cursorPosition = cursor
            offers.offered = []
            words.take()
        }
    }

    Connections {
        target: composer.draftBox
        function onDraftChanged(): void {
            if (words.text !== composer.draftBox.draft)
                words.text = composer.draftBox.draft
        }
    }
    Component.onCompleted: words.text = composer.draftBox.draft

    function key(event: var): void {
        const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter
        event.accepted = true
        if (offers.visible && (event.key === Qt.Key_Down || event.key === Qt.Key_Up))
            offers.move(event.key === Qt.Key_Down ? 1 : -1)
        else if (offers.visible && (enter || event.key === Qt.Key_Tab))
            offers.accept()
        else if (offers.visible && event.key === Qt.Key_Escape)
            offers.offered = []
        else if (enter && !(event.modifiers & Qt.ShiftModifier))
            composer.draftBox.send()
        else if (event.key === Qt.Key_Escape && composer.draftBox.canStop)
            composer.draftBox.stop()
        else
            event.accepted = false
    }
}

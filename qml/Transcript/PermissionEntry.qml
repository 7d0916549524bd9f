// The agent asks the person. Answered here with a press or, while it has the keyboard, with the keys shown.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Transcript

Column {
    id: entry

    required property string speaker
    required property string time
    required property int turn
    required property string title
    required property string request
    required property var choices
    required property string answer
    readonly property bool waits: choices.length > 0
    signal answered(choice: string)

    function answerKey(key: string): bool {
        for (const choice of choices) {
            if (choice.key !== "" && choice.key === key) {
                entry.answered(choice.id)
                return true
            }
        }
        return false
    }

    EntryHead {
        width: parent.width
        speaker: entry.speaker
        time: entry.time
        turn: entry.turn
    }
    FocusScope {
        width: parent.width
        height: entry.waits ? ask.height : told.height
        Keys.onPressed: event => {
            if (entry.waits && event.modifiers === Qt.NoModifier && entry.answerKey(event.text.toUpperCase()))
                event.accepted = true
        }

        Rectangle {
            id: ask
            width: parent.width
            height: question.height + buttons.height + 34
            visible: entry.waits
            radius: Theme.radius
            color: Theme.warningGround
            border.color: Theme.warning
            Accessible.role: Accessible.AlertMessage
            Accessible.name: qsTr("The agent asks: %1").arg(entry.title)

            FText {
                id: question
                x: 12
                y: 12
                width: parent.width - 24
                text: entry.title
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.ignored: true
            }
            Flow {
                id: buttons
                x: 12
                y: question.height + 22
                width: parent.width - 24
                spacing: 6
                Repeater {
                    model: entry.choices
                    FButton {
                        required property var modelData
                        required property int index
                        focus: index === 0
                        primary: index === 0 && modelData.allows
                        text: modelData.name
                        keyHint: modelData.key
                        accessibleName: modelData.key === "" ? modelData.name
                            : qsTr("%1, key %2").arg(modelData.name).arg(modelData.key)
                        onClicked: entry.answered(modelData.id)
                    }
                }
            }
        }
        Rectangle {
            id: told
            width: parent.width
            height: 32
            visible: !entry.waits
            radius: Theme.radius
            color: "transparent"
            border.color: Theme.line
            Accessible.role: Accessible.StaticText
            Accessible.name: qsTr("Asked: %1. %2").arg(entry.title).arg(entry.answer)

            FText {
                x: 12
                width: parent.width - reply.implicitWidth - 40
                height: parent.height
                text: entry.title
                color: Theme.muted
                elide: Text.ElideRight
                Accessible.ignored: true
            }
            FText {
                id: reply
                anchors { right: parent.right; rightMargin: 12 }
                height: parent.height
                text: entry.answer
                color: Theme.muted
                font.pixelSize: Theme.small
                Accessible.ignored: true
            }
        }
    }
}

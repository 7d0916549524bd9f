// What the task may use at most, in the new-task dialog.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Tasks

Column {
    id: fields

    required property BudgetDraft budget
    readonly property real share: (width - 24) / 4

    spacing: 8

    FText {
        width: parent.width
        text: qsTr("Empty: no limit. Everything a task started ends with it in any case.")
        color: Theme.muted
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
    Row {
        width: parent.width
        spacing: 8
        FTextField {
            width: fields.share
            name: qsTr("Processors")
            placeholderText: qsTr("Processors")
            text: fields.budget.processors
            onWritten: fields.budget.processors = text
        }
        FTextField {
            width: fields.share
            name: qsTr("Memory in GB")
            placeholderText: qsTr("GB memory")
            text: fields.budget.memory
            onWritten: fields.budget.memory = text
        }
        FTextField {
            width: fields.share
            name: qsTr("Disk in GB")
            placeholderText: qsTr("GB disk")
            text: fields.budget.disk
            onWritten: fields.budget.disk = text
        }
        FTextField {
            width: fields.share
            name: qsTr("Minutes a turn")
            placeholderText: qsTr("Minutes a turn")
            text: fields.budget.minutes
            onWritten: fields.budget.minutes = text
        }
    }
    ProblemText {
        width: parent.width
        text: fields.budget.problem
    }
}

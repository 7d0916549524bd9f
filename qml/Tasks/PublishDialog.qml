// What publishing will do, and the message, before it is done.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Tasks

FDialog {
    id: dialog

    required property CurrentTask task
    readonly property PublishDraft plan: task.publish

    title: qsTr("Publish \u201c%1\u201d").arg(task.title)
    preferredWidth: 560
    onOpened: message.take()

    FText {
        visible: dialog.plan.loading
        text: qsTr("Looking at the branch\u2026")
        color: Theme.muted
    }
    FTextArea {
        id: message
        width: parent.width - 36
        visible: dialog.plan.commits
        name: qsTr("Commit message")
        mono: true
        font.pixelSize: Theme.small
        minimumHeight: 120
        maximumHeight: 260
        text: dialog.plan.message
        onTextEdited: dialog.plan.message = text
        onKeyPressed: event => {
            if ((event.key === Qt.Key_Return || event.key === Qt.Key_Enter) && event.modifiers & Qt.ControlModifier) {
                event.accepted = true
                if (dialog.plan.hasRemote && dialog.task.canPublish)
                    dialog.plan.toRemote()
                else
                    dialog.plan.toClone()
            }
        }
    }
    FCard {
        width: parent.width - 36
        visible: !dialog.plan.loading && dialog.plan.branch !== ""
        FCardRow {
            label: qsTr("Changes")
            value: dialog.plan.summary
        }
        FCardRow {
            label: qsTr("Author")
            value: dialog.plan.author === "" ? qsTr("not known to git") : dialog.plan.author
        }
        FCardRow {
            label: qsTr("Branch")
            value: dialog.plan.branch
            mono: true
        }
        FCardRow {
            label: qsTr("Remote")
            value: dialog.plan.hasRemote ? dialog.plan.remote
                : dialog.task.canBring ? qsTr("none: bring the branch into your clone") : qsTr("none to push to")
        }
    }
    ProblemText {
        width: parent.width - 36
        text: dialog.plan.problem
    }

    buttons: [
        FButton {
            quiet: true
            text: qsTr("Cancel")
            onClicked: dialog.close()
        },
        FButton {
            visible: dialog.task.canBring
            primary: !dialog.plan.hasRemote
            text: qsTr("Bring into my clone")
            toolTip: qsTr("One fetch into your clone: the branch appears there, nothing else changes")
            enabled: dialog.plan.canPublish
            onClicked: dialog.plan.toClone()
        },
        FButton {
            visible: dialog.plan.hasRemote && dialog.task.canPublish
            primary: true
            text: dialog.plan.busy ? qsTr("Starting\u2026") : qsTr("Push")
            accessibleName: qsTr("Push")
            keyHint: "Ctrl \u23ce"
            enabled: dialog.plan.canPublish
            onClicked: dialog.plan.toRemote()
        }
    ]
}

// Asked once, when a task with unpublished work is put away.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Tasks

FDialog {
    id: dialog

    required property CurrentTask task
    signal publishAsked

    title: qsTr("Archive with unpublished work?")
    preferredWidth: 460

    FText {
        width: parent.width - 36
        text: qsTr("\u201c%1\u201d has work that was not published. A snapshot is kept, and the task can be brought back from the archive.").arg(dialog.task.title)
        color: Theme.muted
        wrapMode: Text.Wrap
        lineHeight: 1.25
    }
    buttons: [
        FButton {
            quiet: true
            text: qsTr("Cancel")
            onClicked: dialog.close()
        },
        FButton {
            visible: dialog.task.canPublish || dialog.task.canBring
            text: qsTr("Publish first\u2026")
            onClicked: dialog.publishAsked()
        },
        FButton {
            primary: true
            focus: true
            text: qsTr("Archive")
            onClicked: dialog.task.archive(true)
        }
    ]
}

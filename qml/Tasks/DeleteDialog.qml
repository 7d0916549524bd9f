import QtQuick
import Foundry.Controls
import Foundry.Ui.Tasks

FDialog {
    id: dialog

    required property CurrentTask task

    title: qsTr("Delete this task?")
    preferredWidth: 460

    FText {
        width: parent.width - 36
        text: qsTr("\u201c%1\u201d goes, with its transcript and snapshots, after 30 days; until then it can be restored from the archive. The remote and your clone are not touched.").arg(dialog.task.title)
        color: Theme.muted
        wrapMode: Text.Wrap
        lineHeight: 1.25
    }
    buttons: [
        FButton {
            quiet: true
            focus: true
            text: qsTr("Cancel")
            onClicked: dialog.close()
        },
        FButton {
            danger: true
            text: qsTr("Delete")
            onClicked: dialog.task.remove()
        }
    ]
}

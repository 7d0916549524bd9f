import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    title: workbench.runningTurns === 1 ? qsTr("A task is still at work")
                                        : qsTr("%1 tasks are still at work").arg(workbench.runningTurns)
    preferredWidth: 640

    FText {
        width: parent.width - 36
        text: qsTr("An agent can go on without Foundry: the next start shows what it did, and a question that it asks waits until then. Stopped, its work is kept.")
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
            text: qsTr("Stop them and quit")
            onClicked: dialog.workbench.stopAndQuit()
        },
        FButton {
            text: qsTr("Quit, let them go on")
            onClicked: dialog.workbench.confirmQuit()
        },
        FButton {
            primary: true
            focus: true
            text: qsTr("Go on in the background")
            onClicked: dialog.workbench.stayInBackground()
        }
    ]
}

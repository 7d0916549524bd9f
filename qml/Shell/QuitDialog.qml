import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    title: workbench.runningTurns === 1 ? qsTr("A task is still at work")
                                        : qsTr("%1 tasks are still at work").arg(workbench.runningTurns)
    preferredWidth: 470

    FText {
        width: parent.width - 36
        text: qsTr("Quitting interrupts the turn. The work is kept, and after the next start you choose whether it continues. In the background it simply goes on.")
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
            text: qsTr("Quit")
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

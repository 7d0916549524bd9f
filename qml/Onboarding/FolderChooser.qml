// The system's dialog for a folder, loaded when it is asked for.
import QtQuick
import QtQuick.Dialogs
import Foundry.Ui.Shell

FolderDialog {
    id: chooser

    required property Workbench workbench

    title: qsTr("Open a repository")
    Component.onCompleted: chooser.open()
    onAccepted: chooser.workbench.openRepositoryUrl(selectedFolder)
}

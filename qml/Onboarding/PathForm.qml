// Opens a repository by its path: typed, or chosen in the system's dialog.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

Column {
    id: form

    required property Workbench workbench

    function take(): void {
        path.forceActiveFocus()
    }

    spacing: 8

    Row {
        width: parent.width
        spacing: 8
        FTextField {
            id: path
            width: parent.width - browse.width - open.width - 16
            mono: true
            font.pixelSize: Theme.small
            name: qsTr("Path of the repository")
            placeholderText: qsTr("~/src/project, or any folder in it")
            problem: form.workbench.openProblem
            maximumLength: 4096
            enabled: !form.workbench.opening
            onAccepted: form.workbench.openRepository(text)
        }
        FButton {
            id: browse
            text: qsTr("Browse\u2026")
            enabled: !form.workbench.opening
            onClicked: {
                chooser.source = ""
                chooser.setSource("qrc:/qt/qml/Foundry/Onboarding/FolderChooser.qml", { "workbench": form.workbench })
            }
        }
        FButton {
            id: open
            primary: true
            text: form.workbench.opening ? qsTr("Opening\u2026") : qsTr("Open")
            accessibleName: qsTr("Open")
            enabled: path.text.trim() !== "" && !form.workbench.opening
            onClicked: form.workbench.openRepository(path.text)
        }
    }
    FText {
        width: parent.width
        visible: text !== ""
        text: form.workbench.openProblem
        color: Theme.negative
        wrapMode: Text.Wrap
        maximumLineCount: 5
        elide: Text.ElideRight
        Accessible.role: Accessible.AlertMessage
    }
    Loader { id: chooser }
}

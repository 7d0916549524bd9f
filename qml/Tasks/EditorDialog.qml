// With which editor, and what it gets: said before it is opened, because an agent wrote these files.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    title: qsTr("Open a copy in an editor")
    preferredWidth: 520

    Column {
        width: parent.width - 36
        spacing: 12
        FText {
            width: parent.width
            text: qsTr("The editor gets a read-only copy of the last snapshot, without .git and without what editors run by themselves (.vscode, .idea, .envrc and the like). What you write there does not come back; to work on, bring the branch into your clone.")
            color: Theme.muted
            wrapMode: Text.Wrap
            lineHeight: 1.25
        }
        FText {
            width: parent.width
            text: qsTr("It runs outside of the sandbox, as you. A language server or build that you start there may run the project\u2019s code, which an agent wrote: trust the folder only if you would trust the branch.")
            color: Theme.warning
            wrapMode: Text.Wrap
            lineHeight: 1.25
        }
        Flow {
            width: parent.width
            spacing: 8
            Repeater {
                model: dialog.workbench.editors
                FButton {
                    required property int index
                    required property string modelData
                    text: modelData
                    accessibleName: qsTr("Open in %1").arg(modelData)
                    onClicked: dialog.workbench.openCopy(index)
                }
            }
        }
        FText {
            width: parent.width
            text: (dialog.workbench.editors.length === 0
                   ? qsTr("No editor with a window of its own was found (Kate, VS Code, Zed and others are looked for in PATH).") + " " : "")
                + qsTr("Another one is added in config.toml: [editors.NAME] with command and title.")
            color: Theme.muted
            wrapMode: Text.Wrap
        }
    }
    buttons: [
        FButton {
            quiet: true
            focus: true
            text: qsTr("Cancel")
            onClicked: dialog.close()
        }
    ]
}

import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    title: qsTr("Open a repository")
    preferredWidth: 540
    footerVisible: false
    onOpened: form.take()

    FText {
        width: parent.width - 36
        text: qsTr("A folder on this computer. Foundry keeps a copy of its own and never writes to yours unasked.")
        color: Theme.muted
        wrapMode: Text.Wrap
    }
    PathForm {
        id: form
        width: parent.width - 36
        workbench: dialog.workbench
    }
}

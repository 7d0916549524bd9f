import QtQuick
import Foundry.Controls
import Foundry.Onboarding
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    title: qsTr("Settings")
    preferredWidth: 600

    FText {
        text: qsTr("Appearance")
        color: Theme.muted
        font.pixelSize: Theme.small
        Accessible.role: Accessible.Heading
    }
    Row {
        spacing: 8
        ThemeButton {
            workbench: dialog.workbench
            choice: "system"
            text: qsTr("As the system")
        }
        ThemeButton {
            workbench: dialog.workbench
            choice: "light"
            text: qsTr("Light")
        }
        ThemeButton {
            workbench: dialog.workbench
            choice: "dark"
            text: qsTr("Dark")
        }
    }
    Item {
        width: parent.width - 36
        height: 24
        FText {
            height: parent.height
            text: qsTr("On this computer")
            color: Theme.muted
            font.pixelSize: Theme.small
            Accessible.role: Accessible.Heading
        }
        FLink {
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            font.pixelSize: Theme.small
            text: qsTr("Look again")
            onClicked: dialog.workbench.refreshSystem()
        }
    }
    CheckList {
        width: parent.width - 36
        model: dialog.workbench.checks
    }
    FText {
        width: parent.width - 36
        visible: dialog.workbench.dataFolder !== ""
        text: qsTr("Everything is kept in %1; agents of your own go into config.toml.").arg(dialog.workbench.dataFolder)
        color: Theme.faint
        font.pixelSize: Theme.small
        wrapMode: Text.WrapAnywhere
    }
    buttons: FButton {
        primary: true
        focus: true
        text: qsTr("Done")
        onClicked: dialog.close()
    }
}

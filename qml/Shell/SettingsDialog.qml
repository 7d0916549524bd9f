import QtQuick
import Foundry.Controls
import Foundry.Onboarding
import Foundry.Settings
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    readonly property int bodyHeight: parent ? Math.max(300, Math.min(640, parent.height - 260)) : 420

    title: qsTr("Settings")
    preferredWidth: 820
    onOpened: dialog.workbench.agents.look()

    FTabBar {
        id: tabs
        width: parent.width - 36
        currentIndex: dialog.workbench.accountsShown ? 2 : dialog.workbench.agentsShown ? 1 : 0
        FTabButton {
            height: tabs.height
            text: qsTr("General")
            onClicked: {
                dialog.workbench.agentsShown = false
                dialog.workbench.accountsShown = false
            }
        }
        FTabButton {
            height: tabs.height
            text: qsTr("Agents")
            onClicked: dialog.workbench.agentsShown = true
        }
        FTabButton {
            height: tabs.height
            text: qsTr("Accounts")
            onClicked: dialog.workbench.accountsShown = true
        }
    }
    Column {
        width: parent.width - 36
        height: dialog.bodyHeight
        visible: tabs.currentIndex === 0
        spacing: 12
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
            width: parent.width
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
            width: parent.width
            model: dialog.workbench.checks
            onSetUp: agent => dialog.workbench.showAgents(agent)
        }
        FText {
            width: parent.width
            visible: dialog.workbench.dataFolder !== ""
            text: qsTr("Everything is kept in %1; agents of your own go into config.toml.").arg(dialog.workbench.dataFolder)
            color: Theme.faint
            font.pixelSize: Theme.small
            wrapMode: Text.WrapAnywhere
        }
    }
    AgentsPane {
        width: parent.width - 36
        height: dialog.bodyHeight - shell.height - 12
        visible: tabs.currentIndex === 1
        page: dialog.workbench.agents
    }
    AccountsPane {
        width: parent.width - 36
        height: dialog.bodyHeight
        visible: tabs.currentIndex === 2
        page: dialog.workbench.accounts
        onSignInAsked: dialog.workbench.showSignIn()
    }
    Item {
        id: shell
        width: parent.width - 36
        height: Math.max(shellWords.height, 20)
        visible: tabs.currentIndex === 1
        FText {
            id: shellWords
            width: parent.width - again.width - 16
            text: dialog.workbench.agents.shell
            color: dialog.workbench.agents.shellFailed ? Theme.toneText("warning") : Theme.faint
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
        }
        FLink {
            id: again
            anchors.right: parent.right
            font.pixelSize: Theme.small
            text: qsTr("Ask the shell again")
            onClicked: dialog.workbench.agents.lookAgain()
        }
    }
    buttons: FButton {
        primary: true
        focus: true
        text: qsTr("Done")
        onClicked: dialog.close()
    }
}

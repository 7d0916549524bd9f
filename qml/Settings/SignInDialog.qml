// Signing in to GitHub: the ways there are, then what happens, and how it ended.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Settings

FDialog {
    id: dialog

    required property AccountsPage page
    readonly property int step: page.step
    readonly property bool over: step === AccountsPage.Done || step === AccountsPage.Failed

    title: qsTr("Sign in to GitHub")
    preferredWidth: 560
    onOpened: {
        if (over)
            page.cancel() // puts away how the last one ended
    }
    onClosed: {
        if (step !== AccountsPage.Choose)
            page.cancel()
    }

    SignInWays {
        width: parent.width - 36
        visible: dialog.step === AccountsPage.Choose
        page: dialog.page
    }
    SignInSteps {
        width: parent.width - 36
        visible: dialog.step !== AccountsPage.Choose
        page: dialog.page
    }
    FText {
        width: parent.width - 36
        visible: text !== ""
        text: dialog.page.problem
        color: Theme.toneText(dialog.step === AccountsPage.Waiting ? "warning" : "negative")
        wrapMode: Text.Wrap
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
    buttons: [
        FButton {
            visible: dialog.step === AccountsPage.Keychain
            text: qsTr("Cancel the sign-in")
            onClicked: dialog.page.cancel()
        },
        FButton {
            visible: dialog.step === AccountsPage.Keychain
            text: qsTr("Stay signed in for this run only")
            onClicked: dialog.page.keepForThisRun()
        },
        FButton {
            visible: dialog.step === AccountsPage.Keychain
            primary: true
            text: qsTr("Try again")
            onClicked: dialog.page.tryKeychain()
        },
        FButton {
            visible: dialog.step === AccountsPage.Failed
            primary: true
            text: qsTr("Start again")
            onClicked: dialog.page.cancel()
        },
        FButton {
            visible: dialog.step === AccountsPage.Working || dialog.step === AccountsPage.Waiting
            text: qsTr("Cancel")
            onClicked: dialog.page.cancel()
        },
        FButton {
            visible: dialog.step === AccountsPage.Choose || dialog.over
            primary: dialog.step === AccountsPage.Done
            text: dialog.step === AccountsPage.Done ? qsTr("Done") : qsTr("Close")
            onClicked: dialog.close()
        }
    ]
}

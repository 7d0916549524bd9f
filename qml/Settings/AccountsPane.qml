// The page "Accounts": who is signed in where, and how each of them is.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Settings

Item {
    id: pane

    required property AccountsPage page
    signal signInAsked

    Accessible.ignored: true

    ListView {
        id: list
        width: parent.width
        height: parent.height - foot.height - 12
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        spacing: 8
        model: pane.page.accounts
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Accounts")
        T.ScrollBar.vertical: FScrollBar { }
        delegate: AccountRow {
            width: ListView.view.width
            onSignOutAsked: pane.page.signOut(account)
            onRemedyAsked: {
                if (signedOut)
                    pane.signInAsked()
                else
                    pane.page.check(account)
            }
        }
    }
    FText {
        visible: list.count === 0
        width: parent.width
        text: qsTr("Nobody is signed in. Foundry works without an account too: with repositories of this computer, and your own git for publishing.")
        color: Theme.muted
        wrapMode: Text.Wrap
    }
    Column {
        id: foot
        anchors.bottom: parent.bottom
        width: parent.width
        spacing: 8
        FText {
            width: parent.width
            visible: text !== ""
            text: pane.page.problem
            color: Theme.toneText("negative")
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        FButton {
            text: list.count === 0 ? qsTr("Sign in to GitHub…") : qsTr("Sign in to another account…")
            onClicked: pane.signInAsked()
        }
    }
}

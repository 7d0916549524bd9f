// The first start: what Foundry is, the ways in, and what is there on this computer.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Shell

Flickable {
    id: page

    required property Workbench workbench
    readonly property bool signedIn: workbench.accounts.me !== ""

    contentWidth: width
    contentHeight: Math.max(height, column.height + 96)
    boundsBehavior: Flickable.StopAtBounds
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("First start")
    T.ScrollBar.vertical: FScrollBar { }

    Column {
        id: column
        x: Math.round((page.width - width) / 2)
        y: Math.max(48, Math.round((page.contentHeight - height) * 0.38))
        width: Math.min(580, page.width - 64)

        FText {
            text: qsTr("Give work away. See all of it.")
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        FText {
            width: parent.width
            topPadding: 6
            bottomPadding: 18
            text: qsTr("Each task gets its own branch and its own sandbox on this computer. Your code goes to the model you choose, and to your remote when you publish.")
            color: Theme.muted
            wrapMode: Text.Wrap
            lineHeight: 1.25
        }
        Rectangle {
            width: parent.width
            height: 68
            radius: 8
            color: Theme.surface
            border.color: Theme.line
            Accessible.role: Accessible.Grouping
            Accessible.name: qsTr("Sign in with GitHub")
            Column {
                anchors {
                    left: parent.left
                    leftMargin: 15
                    right: look.visible ? look.left : signIn.left
                    rightMargin: 12
                    verticalCenter: parent.verticalCenter
                }
                spacing: 2
                FText {
                    width: parent.width
                    text: page.signedIn ? qsTr("Signed in as %1").arg(page.workbench.accounts.me) : qsTr("Sign in with GitHub")
                    font.weight: Font.DemiBold
                    elide: Text.ElideRight
                }
                FText {
                    width: parent.width
                    text: page.signedIn ? qsTr("Open a repository below, or choose one at GitHub")
                        : qsTr("See your repositories and pull requests, and work on them without a clone")
                    color: Theme.muted
                    elide: Text.ElideRight
                }
            }
            FButton {
                id: look
                anchors { right: signIn.left; rightMargin: 8; verticalCenter: parent.verticalCenter }
                visible: page.signedIn && page.workbench.forge.any
                text: qsTr("Look")
                accessibleName: qsTr("Look at repositories at GitHub")
                onClicked: page.workbench.passFirstStart()
            }
            FButton {
                id: signIn
                anchors { right: parent.right; rightMargin: 15; verticalCenter: parent.verticalCenter }
                text: page.signedIn ? qsTr("Accounts…") : qsTr("Sign in")
                accessibleName: page.signedIn ? qsTr("Accounts…") : qsTr("Sign in with GitHub")
                onClicked: {
                    if (page.signedIn)
                        page.workbench.showAccounts()
                    else
                        page.workbench.showSignIn()
                }
            }
        }
        Item {
            width: 1
            height: 10
        }
        Rectangle {
            width: parent.width
            height: opening.height + 30
            radius: 8
            color: Theme.surface
            border.color: Theme.ink
            Accessible.role: Accessible.Grouping
            Accessible.name: qsTr("Open a repository on this computer")
            Column {
                id: opening
                x: 15
                y: 14
                width: parent.width - 30
                spacing: 12
                Column {
                    width: parent.width
                    spacing: 2
                    FText {
                        text: qsTr("Open a repository on this computer")
                        font.weight: Font.DemiBold
                    }
                    FText {
                        text: qsTr("No account needed. Your own clone is never written to")
                        color: Theme.muted
                    }
                }
                PathForm {
                    width: parent.width
                    workbench: page.workbench
                    Component.onCompleted: take()
                }
            }
        }
        Item {
            width: 1
            height: 10
        }
        Rectangle {
            width: parent.width
            height: 68
            radius: 8
            color: Theme.surface
            border.color: Theme.line
            Accessible.role: Accessible.Grouping
            Accessible.name: qsTr("Watch the demonstration")
            Column {
                anchors {
                    left: parent.left
                    leftMargin: 15
                    right: watch.left
                    rightMargin: 12
                    verticalCenter: parent.verticalCenter
                }
                spacing: 2
                FText {
                    text: qsTr("Watch the demonstration")
                    font.weight: Font.DemiBold
                }
                FText {
                    width: parent.width
                    text: qsTr("A small agent does a real task in a real sandbox, then it is thrown away")
                    color: Theme.muted
                    elide: Text.ElideRight
                }
            }
            FButton {
                id: watch
                anchors { right: parent.right; rightMargin: 15; verticalCenter: parent.verticalCenter }
                text: qsTr("Watch")
                accessibleName: qsTr("Watch the demonstration")
                onClicked: page.workbench.watchDemonstration()
            }
        }
        Item {
            width: 1
            height: 26
        }
        FDivider { width: parent.width }
        Item {
            width: parent.width
            height: 40
            FText {
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("On this computer")
                color: Theme.muted
                font.pixelSize: Theme.small
                Accessible.role: Accessible.Heading
            }
            FLink {
                anchors { right: parent.right; verticalCenter: parent.verticalCenter }
                font.pixelSize: Theme.small
                text: qsTr("Look again")
                onClicked: page.workbench.refreshSystem()
            }
        }
        CheckList {
            width: parent.width
            model: page.workbench.checks
            onSetUp: agent => page.workbench.showAgents(agent)
        }
    }
}

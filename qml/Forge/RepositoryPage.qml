// A repository at GitHub, or all of an organisation or an account: how well it is in step, and the open pull requests
// and issues there; one of these to be read.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Forge

FocusScope {
    id: view

    required property ForgePage github
    required property PullRequestView pull // the one that is read
    readonly property bool reading: github.pull !== ""
    readonly property bool readingIssue: github.issues.issue !== ""
    readonly property bool listing: !reading && !readingIssue
    readonly property bool hasIssues: listing && github.repository !== ""
    signal signInAsked

    Accessible.role: Accessible.Pane
    Accessible.name: github.title

    Rectangle {
        anchors.fill: parent
        color: Theme.surface
    }
    Item {
        id: header
        width: parent.width
        height: Theme.bar
        FIconButton {
            id: back
            x: 8
            anchors.verticalCenter: parent.verticalCenter
            glyph: "left"
            name: view.reading ? qsTr("Back to the pull requests")
                  : view.readingIssue ? qsTr("Back to the issues")
                  : view.github.repository !== "" ? qsTr("Close the repository") : qsTr("Close the list")
            onClicked: {
                if (view.reading)
                    view.github.read("")
                else if (view.readingIssue)
                    view.github.issues.show("")
                else
                    view.github.close()
            }
        }
        FText {
            anchors {
                left: back.right
                leftMargin: 8
                right: state.left
                rightMargin: 12
                verticalCenter: parent.verticalCenter
            }
            text: view.github.size === "" ? view.github.title
                                          : view.github.title + "  \u00b7  " + view.github.size
            font.pixelSize: Theme.large
            font.weight: Font.DemiBold
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
        }
        FText {
            id: state
            anchors { right: now.left; rightMargin: 12; verticalCenter: parent.verticalCenter }
            text: view.github.line
            color: Theme.muted
            font.pixelSize: Theme.small
        }
        FButton {
            id: now
            anchors { right: work.visible ? work.left : parent.right; rightMargin: work.visible ? 8 : 12; verticalCenter: parent.verticalCenter }
            text: qsTr("Synchronise now")
            onClicked: view.github.synchronise()
        }
        FButton {
            id: work
            anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
            visible: view.github.repository !== ""
            primary: true
            text: qsTr("New task")
            accessibleName: qsTr("New task in %1").arg(view.github.repository)
            toolTip: view.github.canWork ? qsTr("Without a clone of yours: Foundry fetches it")
                                         : qsTr("Archived, or nothing was pushed yet")
            enabled: view.github.canWork
            onClicked: view.github.newTask()
        }
    }
    FDivider {
        id: line
        anchors.top: header.bottom
        width: parent.width
    }
    Rectangle {
        id: trouble
        anchors.top: line.bottom
        width: parent.width
        height: view.github.problem !== "" ? Math.max(44, why.height + 20) : 0
        visible: view.github.problem !== ""
        color: Theme.warningGround
        FText {
            id: why
            x: 16
            anchors.verticalCenter: parent.verticalCenter
            width: parent.width - 32 - (again.visible ? again.width + 12 : 0)
            text: view.github.problem
            color: Theme.warning
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        FButton {
            id: again
            anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
            visible: view.github.signedOut
            text: qsTr("Sign in again")
            onClicked: view.signInAsked()
        }
    }
    Item {
        id: owners
        anchors.top: trouble.bottom
        width: parent.width
        height: visible ? 40 : 0
        visible: view.listing && view.github.owners !== ""
        FText {
            anchors {
                left: parent.left
                leftMargin: 16
                right: install.visible ? install.left : parent.right
                rightMargin: 12
                verticalCenter: parent.verticalCenter
            }
            text: view.github.owners
            color: view.github.appMissing ? Theme.warning : Theme.muted
            elide: Text.ElideRight
            Accessible.role: Accessible.StaticText
            Accessible.name: text
        }
        FButton {
            id: install
            anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
            visible: view.github.canInstall
            text: view.github.appMissing ? qsTr("Install\u2026") : qsTr("Change\u2026")
            accessibleName: view.github.appMissing ? qsTr("Install Foundry's app at GitHub")
                                                   : qsTr("Change what Foundry's app sees")
            onClicked: view.github.install()
        }
    }
    FTabBar {
        id: tabs
        anchors { top: owners.bottom; left: parent.left; leftMargin: 8; right: parent.right; rightMargin: 8 }
        height: view.hasIssues ? Theme.tabStrip : 0
        visible: view.hasIssues
        FTabButton {
            height: tabs.height
            text: qsTr("Pull requests")
            count: view.github.findPull === "" && view.github.pullsFound > 0 ? view.github.pullsFound : ""
        }
        FTabButton {
            height: tabs.height
            text: qsTr("Issues")
            count: view.github.issues.open
        }
    }
    FDivider {
        anchors.top: tabs.bottom
        width: parent.width
        visible: view.hasIssues
        fine: true
    }
    IssuesPane {
        anchors { top: tabs.bottom; left: parent.left; right: parent.right; bottom: parent.bottom }
        visible: view.readingIssue || (view.hasIssues && tabs.currentIndex === 1)
        issues: view.github.issues
        possible: view.github.canWork
    }
    Item {
        anchors { top: tabs.bottom; left: parent.left; right: parent.right; bottom: parent.bottom }
        visible: view.listing && !(view.hasIssues && tabs.currentIndex === 1)
        FTextField {
            id: words
            anchors { top: parent.top; topMargin: 12; left: parent.left; leftMargin: 16 }
            width: 300
            glyph: "search"
            name: qsTr("Find pull requests")
            placeholderText: qsTr("Title, author, branch or #number")
            text: view.github.findPull
            onWritten: view.github.findPull = text
        }
        FText {
            anchors { right: parent.right; rightMargin: 16; verticalCenter: words.verticalCenter }
            text: view.github.pullCount
            color: Theme.muted
            font.pixelSize: Theme.small
        }
        ListView {
            id: list
            anchors {
                top: words.bottom
                topMargin: 8
                left: parent.left
                right: parent.right
                bottom: parent.bottom
            }
            clip: true
            focus: true
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            reuseItems: true
            model: view.github.pulls
            T.ScrollBar.vertical: FScrollBar { }
            // What is in sight is kept fresh.
            onContentYChanged: seen.restart()
            Timer {
                id: seen
                interval: 300
                onTriggered: view.github.lookFrom(list.indexAt(0, list.contentY))
            }
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Open pull requests")
            delegate: PullRequestRow {
                width: ListView.view.width
                focused: list.activeFocus && ListView.isCurrentItem
                onClicked: view.github.read(pull)
            }
            Keys.onReturnPressed: if (currentItem) (currentItem as PullRequestRow).clicked()
            Keys.onEnterPressed: if (currentItem) (currentItem as PullRequestRow).clicked()
        }
        FEmpty {
            anchors.centerIn: parent
            visible: list.count === 0
            glyph: "branch"
            title: view.github.findPull !== "" ? qsTr("No open pull request has these words") : qsTr("No open pull request")
            sentence: view.github.findPull !== "" ? "" : qsTr("As far as it is synchronised.")
        }
    }
    Column {
        id: facts
        anchors { top: trouble.bottom; topMargin: 20; left: parent.left; leftMargin: 24 }
        width: Math.min(680, parent.width - 48)
        visible: view.reading
        spacing: 6
        Accessible.role: Accessible.Grouping
        Accessible.name: view.github.pullTitle
        FText {
            width: parent.width
            text: view.github.pullTitle
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }
        FPill {
            text: view.github.pullState
            tone: view.github.pullTone
        }
        Repeater {
            model: view.github.pullFacts
            delegate: FText {
                required property string modelData
                width: parent ? parent.width : 0
                text: modelData
                color: Theme.muted
                wrapMode: Text.Wrap
            }
        }
        Row {
            spacing: 8
            FButton {
                primary: true
                visible: view.github.canWorkOnPull
                text: view.github.pullTask === "" ? qsTr("Work on it") : qsTr("Open its task")
                toolTip: view.github.pullTask === "" ? qsTr("A task on this branch, from where it stands now") : ""
                onClicked: view.github.workOnPull()
            }
            FButton {
                text: qsTr("Open at GitHub")
                onClicked: view.github.openAtGitHub()
            }
        }
    }
    PullRequestPane {
        anchors { top: facts.bottom; topMargin: 4; left: parent.left; leftMargin: 12; bottom: parent.bottom }
        width: Math.min(704, parent.width - 24)
        visible: view.reading
        headed: false
        pull: view.pull
        Binding {
            target: view.pull
            property: "shown"
            value: view.visible && view.reading
        }
    }
    Keys.onEscapePressed: back.clicked()
}

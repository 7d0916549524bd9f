// The open issues of the shown repository; one of them to be read, and a task to be made from it.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Transcript
import Foundry.Ui.Forge

FocusScope {
    id: pane

    required property IssuePage issues
    required property bool possible // a task can be made in the repository
    readonly property bool reading: issues.issue !== ""

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Issues")

    Item {
        anchors.fill: parent
        visible: !pane.reading
        FTextField {
            id: words
            anchors { top: parent.top; topMargin: 12; left: parent.left; leftMargin: 16 }
            width: 300
            glyph: "search"
            name: qsTr("Find issues")
            placeholderText: qsTr("Title, author, label or #number")
            text: pane.issues.find
            onWritten: pane.issues.find = text
        }
        FText {
            anchors { right: parent.right; rightMargin: 16; verticalCenter: words.verticalCenter }
            text: pane.issues.count
            color: Theme.muted
            font.pixelSize: Theme.small
        }
        FText {
            id: stale
            anchors { top: words.bottom; left: parent.left; right: parent.right; margins: 16; topMargin: visible ? 8 : 0 }
            visible: pane.issues.problem !== "" && list.count > 0
            height: visible ? implicitHeight : 0
            text: pane.issues.problem
            color: Theme.warning
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        ListView {
            id: list
            anchors {
                top: stale.bottom
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
            model: pane.issues.lines
            T.ScrollBar.vertical: FScrollBar { }
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Open issues")
            delegate: IssueRow {
                width: ListView.view.width
                focused: list.activeFocus && ListView.isCurrentItem
                onClicked: pane.issues.show(issue)
            }
            Keys.onReturnPressed: if (currentItem) (currentItem as IssueRow).clicked()
            Keys.onEnterPressed: if (currentItem) (currentItem as IssueRow).clicked()
        }
        FEmpty {
            anchors.centerIn: parent
            visible: list.count === 0
            glyph: pane.issues.problem !== "" ? "warning" : "circle"
            title: pane.issues.problem !== "" ? qsTr("Its issues are not to be had")
                   : pane.issues.loading ? qsTr("Reading the issues\u2026")
                   : pane.issues.find !== "" ? qsTr("No open issue has these words") : qsTr("No open issue")
            sentence: pane.issues.problem
        }
    }
    Flickable {
        id: sheet
        anchors.fill: parent
        visible: pane.reading
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        contentWidth: width
        contentHeight: column.height + 40
        T.ScrollBar.vertical: FScrollBar { }
        Column {
            id: column
            x: 24
            y: 20
            width: Math.min(680, sheet.width - 48)
            spacing: 6
            Accessible.role: Accessible.Grouping
            Accessible.name: pane.issues.title
            FText {
                width: parent.width
                text: pane.issues.title
                font.pixelSize: Theme.title
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.Heading
            }
            Repeater {
                model: pane.issues.facts
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
                topPadding: 4
                bottomPadding: 8
                FButton {
                    primary: true
                    enabled: pane.issues.canWork && (pane.possible || pane.issues.task !== "")
                    text: pane.issues.task === "" ? qsTr("Work on it") : qsTr("Open its task")
                    toolTip: pane.issues.task !== "" ? ""
                             : pane.possible ? qsTr("A new task with what the issue says, which you can change first")
                                             : qsTr("Archived, or nothing was pushed yet")
                    onClicked: pane.issues.work()
                }
                FButton {
                    text: qsTr("Open at GitHub")
                    accessibleName: qsTr("Open the issue at GitHub")
                    onClicked: pane.issues.openAtGitHub()
                }
            }
            FText {
                visible: pane.issues.reading && !pane.issues.read
                text: qsTr("Reading what it says\u2026")
                color: Theme.muted
            }
            FText {
                width: parent.width
                visible: pane.issues.readProblem !== ""
                text: pane.issues.readProblem
                color: Theme.warning
                wrapMode: Text.Wrap
                Accessible.role: Accessible.AlertMessage
                Accessible.name: text
            }
            FButton {
                visible: pane.issues.readProblem !== ""
                text: qsTr("Try again")
                accessibleName: qsTr("Read the issue again")
                onClicked: pane.issues.readAgain()
            }
            FText {
                visible: pane.issues.read && pane.issues.text === ""
                text: qsTr("It says nothing beyond its title.")
                color: Theme.muted
                bottomPadding: 10
            }
            MarkdownView {
                width: parent.width
                visible: pane.issues.text !== ""
                markdown: pane.issues.text
                keepBreaks: true
                bottomPadding: 10
            }
            IssueComments {
                width: parent.width
                comments: pane.issues.remarks
            }
        }
    }
}

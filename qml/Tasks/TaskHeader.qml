// The task's title, its state with the reason, and what can be done now.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell
import Foundry.Ui.Tasks

Item {
    id: header

    required property Workbench workbench
    property bool detailsButton: false
    readonly property CurrentTask task: workbench.current
    readonly property real room: width - actions.width - 16 - 12 - 24
    signal detailsAsked

    implicitHeight: Theme.bar
    Accessible.role: Accessible.ToolBar
    Accessible.name: qsTr("Task")

    function rename(): void {
        edit.text = task.title
        edit.visible = true
        edit.forceActiveFocus()
        edit.selectAll()
    }

    HoverHandler { id: pointed }
    FText {
        id: title
        x: 16
        height: parent.height
        visible: !edit.visible
        width: Math.min(implicitWidth, Math.max(80, header.room - chip.width - issue.width - 36))
        text: header.task.title
        font.pixelSize: Theme.large
        font.weight: Font.DemiBold
        elide: Text.ElideRight
        Accessible.role: Accessible.Heading
        TapHandler { onDoubleTapped: header.rename() }
    }
    FIconButton {
        id: pencil
        anchors { left: issue.right; leftMargin: 2; verticalCenter: parent.verticalCenter }
        visible: header.task.exists && !edit.visible
        opacity: pointed.hovered || visualFocus ? 1 : 0
        width: 24
        height: 24
        glyph: "pencil"
        name: qsTr("Rename")
        keys: "F2"
        onClicked: header.rename()
    }
    FTextField {
        id: edit
        x: 6
        anchors.verticalCenter: parent.verticalCenter
        width: Math.max(160, Math.min(440, header.room - chip.width - issue.width - 12))
        visible: false
        name: qsTr("Title")
        maximumLength: 120
        font.weight: Font.DemiBold
        onAccepted: {
            header.task.rename(text)
            visible = false
        }
        onActiveFocusChanged: if (!activeFocus) visible = false
        Keys.onEscapePressed: visible = false
    }
    FPill {
        id: chip
        anchors { left: edit.visible ? edit.right : title.right; leftMargin: 10; verticalCenter: parent.verticalCenter }
        visible: header.task.exists
        maximumWidth: Math.max(90, header.room * 0.55)
        text: header.task.chip
        tone: header.task.tone
    }
    FLink {
        id: issue
        anchors { left: chip.right; leftMargin: visible ? 8 : 0; verticalCenter: parent.verticalCenter }
        width: visible ? implicitWidth : 0
        visible: header.task.issueName !== ""
        text: qsTr("Issue %1").arg(header.task.issueName)
        accessibleName: header.task.issueTitle
        font.pixelSize: Theme.small
        onClicked: header.task.openIssue()
        FToolTip {
            visible: issue.hovered
            text: qsTr("%1, at GitHub").arg(header.task.issueTitle)
        }
    }
    Row {
        id: actions
        anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
        spacing: 8
        FButton {
            visible: header.task.canStop
            text: qsTr("Stop")
            toolTip: qsTr("Ends the turn, keeps the work   Esc")
            onClicked: header.task.stop()
        }
        FButton {
            visible: header.task.canSendAgain
            text: qsTr("Send again")
            toolTip: qsTr("Sends the interrupted prompt once more")
            onClicked: header.task.sendAgain()
        }
        FButton {
            visible: header.task.canContinue
            text: qsTr("Continue")
            toolTip: qsTr("Asks the agent to go on where it was interrupted")
            onClicked: header.task.goOn()
        }
        FButton {
            visible: header.task.canSkip
            text: qsTr("Skip step")
            toolTip: qsTr("Goes on without it")
            onClicked: header.task.skipStep()
        }
        FButton {
            visible: header.task.canRetry
            primary: header.task.next === "retry"
            text: qsTr("Retry step")
            onClicked: header.task.retryStep()
        }
        FButton {
            visible: header.task.canUnarchive
            primary: header.task.next === "unarchive"
            text: qsTr("Bring back")
            onClicked: header.task.unarchive()
        }
        FButton {
            visible: header.task.canRestore
            primary: header.task.next === "restore"
            text: qsTr("Restore")
            onClicked: header.task.restore()
        }
        FButton {
            visible: header.task.canPublish || header.task.canBring
            primary: header.task.next === "publish"
            text: header.task.canPublish ? qsTr("Publish") : qsTr("Bring into clone")
            toolTip: "Ctrl+Shift+P"
            onClicked: header.workbench.publish()
        }
        FButton {
            visible: header.task.canOpenPull && header.workbench.forge.any
            primary: header.task.next === ""
            text: qsTr("Pull request\u2026")
            accessibleName: qsTr("Open a pull request")
            onClicked: header.workbench.openPullRequest()
        }
        FIconButton {
            id: more
            visible: header.task.exists
            glyph: "more"
            name: qsTr("More")
            onClicked: menu.popup(more, more.width - menu.width, more.height + 4)
        }
        FIconButton {
            visible: header.detailsButton
            glyph: "sidebar"
            name: qsTr("Details")
            keys: "Ctrl+B"
            onClicked: header.detailsAsked()
        }
    }
    TaskMenu {
        id: menu
        workbench: header.workbench
        onRenameAsked: header.rename()
    }
}

// A task: its header, tabs for the session and an opened file, the transcript and where the person writes.
import QtQuick
import Foundry.Controls
import Foundry.Details
import Foundry.Review
import Foundry.Tasks
import Foundry.Terminal
import Foundry.Transcript
import Foundry.Ui.Details
import Foundry.Ui.Shell

FocusScope {
    id: page

    required property Workbench workbench
    property bool detailsButton: false
    readonly property TaskView view: workbench.view
    readonly property bool hasFile: view.review.path !== ""
    property bool fileShown: false
    signal detailsAsked

    function rename(): void {
        header.rename()
    }
    function write(): void {
        fileShown = false
        composer.take()
    }
    function openFile(path: string): void {
        fileShown = path !== ""
    }

    onHasFileChanged: fileShown = hasFile

    Rectangle {
        anchors.fill: parent
        color: Theme.surface
    }
    TaskHeader {
        id: header
        width: parent.width
        workbench: page.workbench
        detailsButton: page.detailsButton
        onDetailsAsked: page.detailsAsked()
    }
    FDivider {
        id: headerLine
        anchors.top: header.bottom
        width: parent.width
    }
    FTabBar {
        id: tabs
        anchors { top: headerLine.bottom; left: parent.left; leftMargin: 12 }
        height: Theme.tabStrip
        currentIndex: page.fileShown ? 1 : 0
        FTabButton {
            height: tabs.height
            text: qsTr("Session")
            onClicked: page.fileShown = false
        }
        FTabButton {
            height: tabs.height
            width: page.hasFile ? Math.min(implicitWidth, 320) : 0
            visible: page.hasFile
            text: page.view.review.path.split("/").pop()
            onClicked: page.fileShown = true
        }
    }
    FIconButton {
        anchors { left: tabs.right; verticalCenter: tabs.verticalCenter }
        width: 22
        height: 22
        visible: page.hasFile
        glyph: "cross"
        name: qsTr("Close the file")
        onClicked: page.view.review.open("")
    }
    FDivider {
        id: tabLine
        anchors.top: tabs.bottom
        width: parent.width
    }
    TaskTrouble {
        id: trouble
        anchors.top: tabLine.bottom
        width: parent.width
        text: page.workbench.current.trouble
        wantsSignIn: page.workbench.current.wantsSignIn
        onSignInAsked: page.workbench.showSignIn()
    }
    QuestionBanner {
        id: question
        anchors.top: trouble.bottom
        width: parent.width
        questions: page.view.questions
    }
    TranscriptView {
        anchors { top: question.bottom; bottom: composer.top; left: parent.left; right: parent.right }
        visible: !page.fileShown
        task: page.view
    }
    Composer {
        id: composer
        anchors { bottom: terminals.top; left: parent.left; right: parent.right }
        visible: !page.fileShown
        focus: true
        task: page.view
    }
    DiffView {
        anchors { top: question.bottom; bottom: terminals.top; left: parent.left; right: parent.right }
        visible: page.fileShown
        review: page.view.review
        onClosed: page.view.review.open("")
    }

    TerminalDrawer {
        id: terminals
        anchors { bottom: parent.bottom; left: parent.left; right: parent.right }
        height: visible ? implicitHeight : 0
        visible: page.workbench.terminals.possible
        most: page.height - 200
        terminals: page.workbench.terminals
        onKeyboardLeft: page.write()
    }

    Shortcut {
        sequence: "Ctrl+Shift+R"
        enabled: terminals.visible && page.workbench.dialog === Workbench.None
        onActivated: terminals.askRun()
    }
    Shortcut {
        sequence: "Ctrl+`"
        enabled: terminals.visible && page.workbench.dialog === Workbench.None
        onActivated: terminals.toggle()
    }
    Shortcut {
        sequence: "Esc"
        enabled: page.workbench.current.canStop && page.workbench.dialog === Workbench.None && !page.fileShown
        onActivated: page.workbench.current.stop()
    }
}

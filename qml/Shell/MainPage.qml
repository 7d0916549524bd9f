// Sidebar, the task in the middle, its details at the right. Below 1100 pixels the details lie over the task when
// asked for.
import QtQuick
import Foundry.Controls
import Foundry.Forge
import Foundry.Tasks
import Foundry.Ui.Shell

FocusScope {
    id: page

    required property Workbench workbench
    readonly property bool wide: width >= 1100
    readonly property bool hasForge: workbench.forge.shown
    readonly property bool hasTask: workbench.current.exists && !hasForge
    property bool overlaid: false
    readonly property bool detailsVisible: hasTask && (wide ? workbench.detailsShown : overlaid)

    function toggleDetails(): void {
        if (wide)
            workbench.detailsShown = !workbench.detailsShown
        else
            overlaid = !overlaid
    }

    Sidebar {
        id: sidebar
        width: Theme.sidebar
        height: parent.height
        workbench: page.workbench
        onTaskEntered: middle.write()
        onRenameAsked: middle.rename()
    }
    FDivider {
        id: leftLine
        x: sidebar.width
        vertical: true
        height: parent.height
    }
    TaskPage {
        id: middle
        anchors {
            left: leftLine.right
            right: page.wide && page.detailsVisible ? rightLine.left : parent.right
            top: parent.top
            bottom: parent.bottom
        }
        visible: page.hasTask
        focus: true
        workbench: page.workbench
        detailsButton: !page.detailsVisible
        onDetailsAsked: page.toggleDetails()
    }
    FEmpty {
        anchors {
            horizontalCenter: middle.horizontalCenter
            verticalCenter: middle.verticalCenter
            verticalCenterOffset: -40
        }
        visible: !page.hasTask && !page.hasForge
        glyph: "branch"
        title: page.workbench.tasks.taskCount === 0 ? qsTr("Nothing is given away yet") : qsTr("No task is chosen")
        sentence: page.workbench.tasks.taskCount === 0 ? qsTr("A task gets its own branch and its own sandbox. Say what should be done, and watch.")
                                                       : qsTr("Choose one at the left, or begin another.")
        FButton {
            primary: true
            text: qsTr("New task")
            keyHint: "Ctrl N"
            onClicked: page.workbench.newTask("")
        }
    }
    RepositoryPage {
        anchors { left: leftLine.right; right: parent.right; top: parent.top; bottom: parent.bottom }
        visible: page.hasForge
        github: page.workbench.forge
        pull: page.workbench.forgePull
        onSignInAsked: page.workbench.showSignIn()
    }
    FDivider {
        id: rightLine
        visible: page.detailsVisible
        anchors.right: details.left
        vertical: true
        height: parent.height
    }
    DetailsPane {
        id: details
        anchors.right: parent.right
        width: Theme.details
        height: parent.height
        visible: page.detailsVisible
        workbench: page.workbench
        onHidden: page.toggleDetails()
        onFileOpened: path => middle.openFile(path)
    }

    Shortcut {
        sequence: "Ctrl+B"
        enabled: page.hasTask && page.workbench.dialog === Workbench.None
        onActivated: page.toggleDetails()
    }
    Shortcut {
        sequence: "Ctrl+E"
        enabled: page.detailsVisible && page.workbench.dialog === Workbench.None
        onActivated: page.workbench.changesShown = !page.workbench.changesShown
    }
    Shortcut {
        sequence: "Ctrl+F"
        enabled: page.workbench.dialog === Workbench.None
        onActivated: sidebar.find()
    }
    Shortcut {
        sequence: "F2"
        enabled: page.hasTask && page.workbench.dialog === Workbench.None
        onActivated: middle.rename()
    }
    Shortcut {
        sequence: "Ctrl+L"
        enabled: page.hasTask && page.workbench.dialog === Workbench.None
        onActivated: middle.write()
    }
}

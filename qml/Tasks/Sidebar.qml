// All tasks: what needs the person first, then by repository. Arrow keys move the selection, Return goes to the task.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Qt.labs.qmlmodels
import Foundry.Controls
import Foundry.Forge
import Foundry.Ui.Shell
import Foundry.Ui.Tasks

FocusScope {
    id: sidebar

    required property Workbench workbench
    signal taskEntered
    signal renameAsked

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Tasks")

    function find(): void {
        filter.forceActiveFocus()
        filter.selectAll()
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.panel
    }
    Item {
        id: bar
        width: parent.width
        height: Theme.bar
        FMark {
            x: 12
            anchors.verticalCenter: parent.verticalCenter
        }
        FText {
            x: 40
            anchors.verticalCenter: parent.verticalCenter
            text: "Foundry"
            font.weight: Font.DemiBold
            font.pixelSize: Theme.body
            Accessible.role: Accessible.Heading
        }
        Row {
            anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
            spacing: 2
            FIconButton {
                glyph: "list"
                name: qsTr("Commands")
                keys: "Ctrl+K"
                onClicked: sidebar.workbench.showPalette(false)
            }
            FIconButton {
                glyph: "plus"
                name: qsTr("New task")
                keys: "Ctrl+N"
                onClicked: sidebar.workbench.newTask("")
            }
        }
    }
    FTextField {
        id: filter
        anchors {
            top: bar.bottom
            topMargin: 8
            left: parent.left
            leftMargin: 12
            right: parent.right
            rightMargin: 12
        }
        placeholderText: qsTr("Filter tasks")
        glyph: "search"
        rightPadding: 56
        onWritten: sidebar.workbench.tasks.filter = text
        Keys.onEscapePressed: {
            clear()
            list.forceActiveFocus()
        }
        Keys.onDownPressed: list.forceActiveFocus()
        FKeyHint {
            anchors { right: parent.right; rightMargin: 6; verticalCenter: parent.verticalCenter }
            visible: !filter.activeFocus && filter.text === ""
            text: "Ctrl F"
        }
        FIconButton {
            anchors { right: parent.right; rightMargin: 2; verticalCenter: parent.verticalCenter }
            width: 24
            height: 24
            visible: filter.text !== ""
            glyph: "cross"
            name: qsTr("Clear the filter")
            onClicked: filter.clear()
        }
    }
    ListView {
        id: list
        anchors { top: filter.bottom; topMargin: 8; left: parent.left; right: parent.right; bottom: forge.top }
        clip: true
        focus: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        reuseItems: true
        keyNavigationEnabled: false
        model: sidebar.workbench.tasks
        T.ScrollBar.vertical: FScrollBar { }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Tasks")
        Keys.onDownPressed: sidebar.workbench.selectNeighbour(1)
        Keys.onUpPressed: sidebar.workbench.selectNeighbour(-1)
        Keys.onReturnPressed: sidebar.taskEntered()
        Keys.onEnterPressed: sidebar.taskEntered()

        delegate: DelegateChooser {
            role: "kind"
            DelegateChoice {
                roleValue: TaskListModel.Section
                SectionRow {
                    width: ListView.view.width
                    onClicked: sidebar.workbench.tasks.toggleSection(rowId)
                    onNewTaskAsked: sidebar.workbench.newTask(repository)
                }
            }
            DelegateChoice {
                roleValue: TaskListModel.Task
                TaskRow {
                    id: taskRow
                    width: ListView.view.width
                    current: rowId === sidebar.workbench.current.taskId
                    onClicked: sidebar.workbench.selectTask(rowId)
                    onMenuAsked: (x, y) => {
                        sidebar.workbench.selectTask(rowId)
                        menu.popup(taskRow, x, y)
                    }
                }
            }
        }
    }
    FFocusRing {
        anchors.fill: list
        anchors.margins: 1
        visible: list.activeFocus && list.count === 0
    }
    FText {
        anchors {
            top: list.top
            topMargin: 24
            left: parent.left
            leftMargin: 24
            right: parent.right
            rightMargin: 24
        }
        visible: sidebar.workbench.tasks.filter !== "" && list.count === 0
        text: qsTr("No task has these words in its title or branch.")
        color: Theme.muted
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
    }
    TaskMenu {
        id: menu
        workbench: sidebar.workbench
        onRenameAsked: sidebar.renameAsked()
    }
    Connections {
        target: sidebar.workbench
        function onSelectionMoved(taskId: string): void {
            const row = sidebar.workbench.tasks.rowOf(taskId)
            if (row >= 0)
                list.positionViewAtIndex(row, ListView.Contain)
        }
    }
    ForgeSection {
        id: forge
        readonly property real most: (foot.y - filter.y - filter.height) * (list.count === 0 ? 1 : 0.5)
        anchors { left: parent.left; right: parent.right; bottom: foot.top }
        height: visible ? Math.max(0, Math.min(wanted, most)) : 0
        visible: sidebar.workbench.forge.any
        github: sidebar.workbench.forge
    }
    Item {
        id: foot
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.bar - 4
        FDivider { width: parent.width }
        FButton {
            x: 6
            anchors.verticalCenter: parent.verticalCenter
            quiet: true
            glyph: "folder"
            text: qsTr("Open repository")
            toolTip: "Ctrl+O"
            onClicked: sidebar.workbench.showOpenRepository()
        }
        FButton {
            id: me
            readonly property string login: sidebar.workbench.accounts.me
            anchors { right: gear.left; rightMargin: 2; verticalCenter: parent.verticalCenter }
            width: Math.min(implicitWidth, 92)
            quiet: true
            danger: sidebar.workbench.accounts.trouble
            text: login !== "" ? login : qsTr("Sign in")
            accessibleName: login !== "" ? qsTr("GitHub account %1").arg(login) : qsTr("Sign in to GitHub")
            toolTip: sidebar.workbench.accounts.trouble ? qsTr("An account needs you")
                                                        : login !== "" ? qsTr("GitHub: %1").arg(login) : "GitHub"
            onClicked: {
                if (sidebar.workbench.accounts.any)
                    accountMenu.popup(me, 0, -accountMenu.implicitHeight)
                else
                    sidebar.workbench.showSignIn()
            }
        }
        FMenu {
            id: accountMenu
            FMenuItem {
                text: qsTr("Accounts…")
                onTriggered: sidebar.workbench.showAccounts()
            }
            FMenuItem {
                text: qsTr("Sign in to another account…")
                onTriggered: sidebar.workbench.showSignIn()
            }
        }
        FIconButton {
            id: gear
            anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
            glyph: "gear"
            name: qsTr("Settings")
            keys: "Ctrl+,"
            onClicked: sidebar.workbench.showSettings()
        }
    }
}

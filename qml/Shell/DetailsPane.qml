// The details of a task: how it goes, and what it changed.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Details
import Foundry.Forge
import Foundry.Review
import Foundry.Ui.Shell

FocusScope {
    id: pane

    required property Workbench workbench
    readonly property int files: workbench.current.changedFiles
    signal hidden
    signal fileOpened(path: string)

    Rectangle {
        anchors.fill: parent
        color: Theme.panel
    }
    FTabBar {
        id: tabs
        x: 12
        width: parent.width - 56
        height: Theme.bar
        currentIndex: pane.workbench.pullShown ? 2 : pane.workbench.changesShown ? 1 : 0
        FTabButton {
            height: tabs.height
            text: qsTr("Overview")
            onClicked: {
                pane.workbench.changesShown = false
                pane.workbench.pullShown = false
            }
        }
        FTabButton {
            height: tabs.height
            text: qsTr("Changes")
            count: pane.files > 0 ? pane.files : ""
            onClicked: pane.workbench.changesShown = true
        }
        FTabButton {
            height: tabs.height
            width: visible ? implicitWidth : 0
            visible: pane.workbench.current.hasPull
            text: qsTr("Pull request")
            count: pane.workbench.current.pullName
            onClicked: pane.workbench.pullShown = true
        }
    }
    FIconButton {
        anchors { right: parent.right; rightMargin: 12; verticalCenter: tabs.verticalCenter }
        glyph: "sidebar"
        name: qsTr("Hide the details")
        keys: "Ctrl+B"
        onClicked: pane.hidden()
    }
    FDivider {
        id: line
        anchors.top: tabs.bottom
        width: parent.width
    }
    OverviewPane {
        anchors { top: line.bottom; bottom: parent.bottom; left: parent.left; right: parent.right }
        visible: !pane.workbench.changesShown && !pane.workbench.pullShown
        task: pane.workbench.view
    }
    ChangesPane {
        anchors { top: line.bottom; bottom: parent.bottom; left: parent.left; right: parent.right }
        visible: pane.workbench.changesShown
        review: pane.workbench.view.review
        onFileOpened: path => pane.fileOpened(path)
    }
    PullRequestPane {
        anchors { top: line.bottom; bottom: parent.bottom; left: parent.left; right: parent.right }
        visible: pane.workbench.pullShown
        pull: pane.workbench.pull
        Binding {
            target: pane.workbench.pull
            property: "shown"
            value: pane.visible && pane.workbench.pullShown
        }
    }
}

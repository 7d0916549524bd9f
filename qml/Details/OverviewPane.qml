// The life of a task as it goes, and what there is to know about its sandbox, its branch and what it used.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Details

Flickable {
    id: pane

    required property TaskView task

    contentWidth: width
    contentHeight: column.height + 24
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Overview")
    T.ScrollBar.vertical: FScrollBar { }

    Column {
        id: column
        x: 12
        y: 12
        width: pane.width - 24
        spacing: 12

        Column {
            width: parent.width
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Steps")
            Repeater {
                model: pane.task.timeline
                TimelineRow {
                    width: column.width
                    logShown: name !== "" && name === pane.task.timeline.logStep
                    log: pane.task.timeline.logText
                    onRetryAsked: pane.task.retryStep()
                    onLogAsked: pane.task.timeline.showLog(name)
                }
            }
        }
        SandboxCard {
            width: parent.width
            visible: facts.hasSandbox || facts.isolation === "none"
            facts: pane.task.facts
        }
        BranchCard {
            width: parent.width
            visible: facts.branch !== ""
            facts: pane.task.facts
        }
        UsageCard {
            width: parent.width
            visible: facts.hasUsage
            facts: pane.task.facts
        }
    }
}

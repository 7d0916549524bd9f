// A pull request: how it stands, its checks with the end of a failed one's log, what reviewers say, and merging it.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Forge

Flickable {
    id: pane

    required property PullRequestView pull
    property bool headed: true // with title, state and facts; false: the page around it has them

    contentWidth: width
    contentHeight: column.height + 24
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Pull request")
    T.ScrollBar.vertical: FScrollBar { }

    Column {
        id: column
        x: 12
        y: 12
        width: pane.width - 24
        spacing: 12

        FText {
            width: parent.width
            visible: pane.headed
            text: pane.pull.title
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }
        Flow {
            width: parent.width
            spacing: 8
            FPill {
                visible: pane.headed && pane.pull.state !== ""
                text: pane.pull.state
                tone: pane.pull.tone
            }
            FText {
                visible: pane.pull.loading && !pane.pull.known
                text: qsTr("Asking GitHub\u2026")
                color: Theme.muted
            }
            FLink {
                visible: pane.headed
                height: 22
                text: qsTr("Open at GitHub")
                onClicked: pane.pull.openAtGitHub()
            }
            FLink {
                visible: pane.headed && pane.pull.known
                height: 22
                text: qsTr("Reload")
                accessibleName: qsTr("Reload the pull request")
                onClicked: pane.pull.reload()
            }
        }
        FText {
            width: parent.width
            visible: text !== ""
            text: pane.pull.problem
            color: Theme.negative
            wrapMode: Text.Wrap
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }
        Repeater {
            model: pane.headed ? pane.pull.facts : []
            delegate: FText {
                required property string modelData
                width: column.width
                text: modelData
                color: Theme.muted
                wrapMode: Text.Wrap
            }
        }
        FButton {
            visible: pane.pull.canBringBase
            text: pane.pull.conflicting ? qsTr("Ask the agent to resolve the conflicts") : qsTr("Update from the base")
            toolTip: qsTr("The newest base is fetched into the task's checkout, and the agent is asked to merge it")
            onClicked: pane.pull.askToResolve()
        }
        PullRequestChecks {
            width: parent.width
            pull: pane.pull
        }
        PullRequestRemarks {
            width: parent.width
            pull: pane.pull
        }
        PullRequestMerge {
            width: parent.width
            pull: pane.pull
        }
    }
}

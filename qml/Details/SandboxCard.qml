// Where the agent works, and how well it is shut in.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Details

FCard {
    id: card

    required property TaskFacts facts

    title: qsTr("Sandbox")
    trailing: FPill {
        text: card.facts.isolationTitle
        tone: card.facts.isolation === "isolated" ? "positive" : card.facts.isolation === "weaker" ? "warning"
            : "negative"
    }

    Item {
        width: parent.width
        implicitHeight: weak.implicitHeight + 20
        visible: weak.text !== ""
        FText {
            id: weak
            y: 10
            x: 12
            width: parent.width - 24
            text: card.facts.weakness
            color: card.facts.isolation === "none" ? Theme.negative : Theme.warning
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
        }
    }
    FCardRow {
        label: qsTr("Network")
        value: card.facts.network
        FToolTip {
            visible: networkHover.hovered && card.facts.hosts !== ""
            text: card.facts.hosts
        }
        HoverHandler {
            id: networkHover
            target: null
        }
    }
    FCardRow {
        visible: card.facts.refused !== ""
        label: qsTr("Refused")
        value: card.facts.refused
    }
    FCardRow {
        visible: card.facts.toolchains !== ""
        label: qsTr("Toolchains")
        value: card.facts.toolchains
        FToolTip {
            visible: toolsHover.hovered
            text: qsTr("Yours, read-only:\n%1").arg(card.facts.toolFolders)
        }
        HoverHandler {
            id: toolsHover
            target: null
        }
    }
    FCardRow {
        visible: card.facts.caches !== ""
        label: qsTr("Caches")
        value: card.facts.caches
        FToolTip {
            visible: cachesHover.hovered
            text: qsTr("Seen as you have them; what the task adds or changes stays with the task")
        }
        HoverHandler {
            id: cachesHover
            target: null
        }
    }
    FCardRow {
        visible: card.facts.limits !== ""
        label: qsTr("Limits")
        value: card.facts.limits
        FToolTip {
            visible: limitsHover.hovered && card.facts.limitsHow !== ""
            text: card.facts.limitsHow
        }
        HoverHandler {
            id: limitsHover
            target: null
        }
    }
    FCardRow {
        visible: card.facts.carried !== ""
        label: qsTr("Carried over")
        value: card.facts.carried
    }
    FCardRow {
        visible: card.facts.containers !== ""
        label: qsTr("Containers")
        value: card.facts.containers
    }
    FCardRow {
        visible: card.facts.agentState !== ""
        label: qsTr("Agent")
        value: card.facts.agentState
    }
    FCardRow {
        visible: card.facts.directory !== ""
        label: qsTr("Folder")
        value: card.facts.directory
        mono: true
        CopyButton {
            name: qsTr("Copy folder")
            onClicked: card.facts.copy(card.facts.directory)
        }
    }
    FCardRow {
        visible: card.facts.snapshots !== ""
        label: qsTr("Snapshots")
        value: card.facts.snapshots
    }
}

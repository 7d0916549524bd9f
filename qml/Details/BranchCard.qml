// The task's branch, what it began from, and where it went.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Details

FCard {
    id: card

    required property TaskFacts facts

    title: qsTr("Branch")
    trailing: FText {
        width: Math.min(implicitWidth, 190)
        text: card.facts.published
        color: card.facts.publishedOnce ? Theme.positive : Theme.muted
        mono: card.facts.publishedOnce
        font.pixelSize: card.facts.publishedOnce ? Theme.small : Theme.body
        elide: Text.ElideMiddle
    }

    FCardRow {
        label: qsTr("Name")
        value: card.facts.branch
        mono: true
        CopyButton {
            name: qsTr("Copy branch name")
            onClicked: card.facts.copy(card.facts.branch)
        }
    }
    FCardRow {
        label: qsTr("Base")
        value: card.facts.base
        mono: true
    }
    Item {
        width: parent.width
        implicitHeight: left.implicitHeight + 20
        visible: card.facts.notes !== ""
        FDivider {
            width: parent.width
            fine: true
        }
        FText {
            id: left
            x: 12
            y: 10
            width: parent.width - 24
            text: card.facts.notes
            color: Theme.muted
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
        }
    }
}

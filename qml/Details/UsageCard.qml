// What the session used up, as far as the agent tells it.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Details

FCard {
    id: card

    required property TaskFacts facts

    title: qsTr("Usage")

    FCardRow {
        visible: card.facts.tokens !== ""
        label: qsTr("Tokens")
        value: card.facts.tokens
    }
    FCardRow {
        visible: card.facts.context !== ""
        label: qsTr("Context")
        value: card.facts.context
    }
}

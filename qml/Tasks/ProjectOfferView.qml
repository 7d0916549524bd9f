// What the chosen branch brings along, in the new-task dialog: its registries, its own set-up.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Tasks

Column {
    id: view

    required property ProjectOffer offer
    property bool registriesShown: false
    property bool configShown: false

    spacing: 8

    Flow {
        width: parent.width
        spacing: 16
        visible: view.registriesShown && view.offer.registries.length > 0
        Repeater {
            model: view.offer.registries
            FCheckBox {
                id: registry
                required property var modelData
                required property int index
                text: qsTr("Reach %1").arg(modelData.title)
                checked: modelData.on
                onToggled: view.offer.choose(index, checked)
                FToolTip {
                    visible: registry.hovered
                    text: qsTr("Recognised by %1").arg(registry.modelData.because)
                }
            }
        }
    }
    Item {
        width: parent.width
        height: use.height
        visible: view.offer.config !== "" && view.offer.problem === ""
        FCheckBox {
            id: use
            width: parent.width - show.width - 12
            text: view.offer.configKnown ? qsTr("Use its .foundry/config.toml: %1").arg(view.offer.configWants)
                                         : qsTr("Use its new .foundry/config.toml: %1").arg(view.offer.configWants)
            checked: view.offer.useConfig
            onToggled: view.offer.useConfig = checked
        }
        FLink {
            id: show
            anchors { right: parent.right; verticalCenter: use.verticalCenter }
            text: view.configShown ? qsTr("hide") : qsTr("show")
            accessibleName: view.configShown ? qsTr("Hide .foundry/config.toml") : qsTr("Show .foundry/config.toml")
            font.pixelSize: Theme.small
            onClicked: view.configShown = !view.configShown
        }
    }
    ConfigText {
        width: parent.width
        visible: view.configShown && view.offer.config !== ""
        text: view.offer.config
    }
    ProblemText {
        width: parent.width
        text: view.offer.problem
        tone: "warning"
    }
    FText {
        width: parent.width
        visible: text !== "" && view.registriesShown
        text: view.offer.containers
        color: Theme.muted
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
}

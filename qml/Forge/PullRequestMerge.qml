// Merging a pull request: how, and what goes with it.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Forge

FCard {
    id: card

    required property PullRequestView pull

    title: qsTr("Merge")
    visible: pull.canMerge || pull.canMakeReady || pull.mergeHint !== ""

    Column {
        x: 12
        topPadding: 10
        bottomPadding: 12
        width: card.width - 26
        spacing: 10
        FText {
            width: parent.width
            visible: text !== ""
            text: card.pull.mergeHint
            color: Theme.muted
            wrapMode: Text.Wrap
        }
        FComboBox {
            visible: card.pull.canMerge
            name: qsTr("How to merge")
            model: card.pull.methods
            currentIndex: card.pull.method
            onActivated: index => card.pull.method = index
        }
        FCheckBox {
            visible: card.pull.canMerge && card.pull.canDeleteBranch
            text: qsTr("Delete the branch at GitHub")
            checked: card.pull.deleteBranch
            onToggled: card.pull.deleteBranch = checked
        }
        FCheckBox {
            visible: card.pull.canMerge && card.pull.hasTask
            text: qsTr("Archive the task when it is merged")
            checked: card.pull.archiveTask
            onToggled: card.pull.archiveTask = checked
        }
        Flow {
            width: parent.width
            spacing: 8
            FButton {
                visible: card.pull.canMakeReady
                text: qsTr("Mark as ready")
                onClicked: card.pull.makeReady()
            }
            FButton {
                visible: card.pull.canMergeLater
                text: qsTr("Merge when it may")
                toolTip: qsTr("GitHub merges it as soon as its checks and reviews are there")
                onClicked: card.pull.mergeLater()
            }
            FButton {
                visible: card.pull.canMerge
                primary: true
                text: qsTr("Merge the pull request")
                onClicked: card.pull.merge()
            }
        }
    }
}

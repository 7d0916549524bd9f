// What reviewers say of a pull request, with the file and line it is about.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Forge

FCard {
    id: card

    required property PullRequestView pull

    title: qsTr("Reviews and comments")
    visible: pull.remarks.length > 0
    Accessible.role: Accessible.List

    Repeater {
        model: card.pull.remarks
        delegate: Item {
            id: row

            required property int index
            required property var modelData

            width: parent ? parent.width : 0
            implicitHeight: inside.height + 16
            opacity: modelData.settled ? 0.6 : 1
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.author + ", " + modelData.what + (modelData.text === "" ? "" : ": " + modelData.text)

            FDivider {
                width: parent.width
                fine: true
                visible: row.index > 0
            }
            Column {
                id: inside
                x: 12
                y: 8
                width: parent.width - 24
                spacing: 4
                FText {
                    width: parent.width
                    text: row.modelData.author + (row.modelData.what === "" ? "" : " \u00b7 " + row.modelData.what)
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    elide: Text.ElideMiddle
                    Accessible.ignored: true
                }
                FText {
                    width: parent.width
                    visible: text !== ""
                    text: row.modelData.text
                    textFormat: Text.PlainText
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }
            }
        }
    }
    Item {
        width: parent ? parent.width : 0
        implicitHeight: 40
        visible: card.pull.canSendRemarks
        FLink {
            x: 12
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("Send these comments to the agent")
            onClicked: card.pull.sendRemarks()
        }
    }
}

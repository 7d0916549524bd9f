// What people said to an issue, the oldest first.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Transcript

FCard {
    id: card

    required property var comments // maps with: author, age, text

    title: qsTr("Comments")
    visible: comments.length > 0
    Accessible.role: Accessible.List

    Repeater {
        model: card.comments
        delegate: Item {
            id: row

            required property int index
            required property var modelData

            width: parent ? parent.width : 0
            implicitHeight: inside.height + 16
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.author + ", " + modelData.age + ": " + modelData.text

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
                    text: row.modelData.author + " \u00b7 " + row.modelData.age
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    elide: Text.ElideMiddle
                    Accessible.ignored: true
                }
                MarkdownView {
                    width: parent.width
                    markdown: row.modelData.text
                    keepBreaks: true
                }
            }
        }
    }
}

// The checks of a pull request's head, those that failed first.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Forge

FCard {
    id: card

    required property PullRequestView pull

    title: qsTr("Checks")
    visible: pull.known
    Accessible.role: Accessible.List

    Repeater {
        model: card.pull.checks
        delegate: Item {
            id: row

            required property int index
            required property var modelData

            width: parent ? parent.width : 0
            implicitHeight: inside.height + 16
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.name + ", " + modelData.result

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
                spacing: 6
                Row {
                    spacing: 8
                    FIcon {
                        name: row.modelData.glyph
                        color: Theme.toneText(row.modelData.tone)
                    }
                    FText {
                        width: Math.max(0, Math.min(implicitWidth, inside.width - result.width - 40))
                        text: row.modelData.name
                        elide: Text.ElideRight
                        Accessible.ignored: true
                    }
                    FText {
                        id: result
                        text: row.modelData.result
                        color: Theme.muted
                        Accessible.ignored: true
                    }
                }
                FText {
                    width: parent.width
                    visible: text !== ""
                    text: row.modelData.summary
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                }
                Row {
                    visible: row.modelData.failed
                    spacing: 16
                    FLink {
                        visible: row.modelData.log
                        text: card.pull.logName === row.modelData.name ? qsTr("Hide the log") : qsTr("Show the log")
                        onClicked: card.pull.readLog(row.index)
                    }
                    FLink {
                        visible: card.pull.hasTask
                        text: qsTr("Send this failure to the agent")
                        onClicked: card.pull.sendFailure(row.index)
                    }
                }
                Rectangle {
                    width: parent.width
                    height: words.height + 16
                    visible: row.modelData.failed && card.pull.logName === row.modelData.name
                    radius: Theme.radius
                    color: Theme.code
                    clip: true
                    FText {
                        id: words
                        x: 8
                        y: 8
                        width: parent.width - 16
                        text: parent.visible ? card.pull.logText : ""
                        mono: true
                        font.pixelSize: Theme.small
                        textFormat: Text.PlainText
                        wrapMode: Text.WrapAnywhere
                    }
                }
            }
        }
    }
    FCardRow {
        visible: card.pull.checks.length === 0
        label: qsTr("No checks")
    }
}

// The agent's plan, ticked off as it goes.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Transcript

Column {
    id: entry

    required property string speaker
    required property string time
    required property int turn
    required property var plan

    EntryHead {
        width: parent.width
        speaker: entry.speaker
        time: entry.time
        turn: entry.turn
    }
    Rectangle {
        width: parent.width
        height: lines.height + 18
        radius: Theme.radius
        color: "transparent"
        border.color: Theme.line
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Plan")

        Column {
            id: lines
            x: 12
            y: 9
            width: parent.width - 24
            spacing: 4
            Repeater {
                model: entry.plan
                Item {
                    id: line
                    required property var modelData
                    width: lines.width
                    implicitHeight: words.implicitHeight
                    Accessible.role: Accessible.ListItem
                    Accessible.name: line.modelData.text + ", "
                        + (line.modelData.done ? qsTr("done") : line.modelData.current ? qsTr("under way")
                        : qsTr("to do"))
                    FIcon {
                        y: 1
                        width: 14
                        height: 14
                        name: line.modelData.done ? "check" : line.modelData.current ? "disc" : "circle"
                        color: line.modelData.done ? Theme.positive : line.modelData.current ? Theme.accent
                            : Theme.faint
                    }
                    FText {
                        id: words
                        x: 24
                        width: parent.width - 24
                        text: line.modelData.text
                        color: line.modelData.done ? Theme.muted : Theme.text
                        wrapMode: Text.Wrap
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
}

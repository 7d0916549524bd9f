// Which command the project is tried with: written, or one of those that its files propose.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Terminal

FocusScope {
    id: bar

    required property Terminals terminals
    signal began
    signal dismissed

    function ask(): void {
        bar.terminals.askRuns()
        line.text = bar.terminals.runLine
        line.forceActiveFocus()
        line.selectAll()
    }
    // Of something: a check of a typed parameter in here makes qmllint 6.4 crash, now and then.
    function begin(commandLine: string): void {
        bar.terminals.run(commandLine)
        bar.began()
    }

    implicitHeight: content.implicitHeight + 16
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Run the project\u2019s command")

    Connections {
        target: bar.terminals
        function onRunsChanged(): void {
            if (line.text === "")
                line.text = bar.terminals.runLine
        }
    }
    Column {
        id: content
        anchors { left: parent.left; right: parent.right; margins: 12; verticalCenter: parent.verticalCenter }
        spacing: 8
        Item {
            width: parent.width
            height: Theme.control
            FTextField {
                id: line
                anchors { left: parent.left; right: go.left; rightMargin: 8 }
                focus: true
                mono: true
                name: qsTr("Command for the sandbox")
                placeholderText: qsTr("A command, as for a shell in the task\u2019s folder")
                maximumLength: 8000
                onAccepted: {
                    if (go.enabled)
                        bar.begin(text)
                }
                Keys.onEscapePressed: bar.dismissed()
            }
            FButton {
                id: go
                anchors { right: close.left; rightMargin: 4 }
                glyph: "play"
                text: qsTr("Run it")
                enabled: line.text.trim() !== ""
                onClicked: bar.begin(line.text)
            }
            FIconButton {
                id: close
                anchors.right: parent.right
                glyph: "cross"
                name: qsTr("Do not run")
                onClicked: bar.dismissed()
            }
        }
        Flow {
            width: parent.width
            spacing: 6
            visible: bar.terminals.runProposals.length > 0
            Repeater {
                model: bar.terminals.runProposals
                FButton {
                    required property string modelData
                    small: true
                    text: modelData
                    accessibleName: qsTr("Take %1").arg(modelData)
                    onClicked: {
                        line.text = modelData
                        line.forceActiveFocus()
                    }
                }
            }
        }
    }
}

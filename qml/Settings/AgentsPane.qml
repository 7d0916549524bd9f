// The page "Agents": all of them at the left, the chosen one at the right.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Settings

Item {
    id: pane

    required property AgentsPage page

    Accessible.ignored: true

    Column {
        id: left
        width: 210
        height: parent.height
        spacing: 8
        ListView {
            id: list
            width: parent.width
            height: parent.height
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            model: pane.page.agents
            spacing: 2
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Agents")
            delegate: AgentRow {
                required property string agent
                width: ListView.view.width
                current: agent === pane.page.chosen
                onClicked: pane.page.choose(agent)
            }
        }
    }
    FDivider {
        x: 221
        width: 1
        height: parent.height
        fine: true
    }
    Flickable {
        x: 234
        width: parent.width - x
        height: parent.height
        contentWidth: width
        contentHeight: column.height
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        Accessible.role: Accessible.Pane
        Accessible.name: pane.page.title
        T.ScrollBar.vertical: FScrollBar { }

        Column {
            id: column
            width: parent.width - 12
            spacing: 14

            FText {
                width: parent.width
                text: pane.page.title
                font.pixelSize: Theme.large
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            AgentWork {
                width: parent.width
                page: pane.page
            }
            Section {
                title: qsTr("Program")
                FText {
                    width: parent.width
                    text: pane.page.program
                    wrapMode: Text.Wrap
                }
                FText {
                    width: parent.width
                    visible: text !== "" && !pane.page.demonstration
                    text: pane.page.inside
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                }
                FText {
                    width: parent.width
                    visible: text !== ""
                    text: pane.page.package
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                }
                FText {
                    width: parent.width
                    visible: text !== ""
                    text: pane.page.obstacle
                    color: Theme.toneText("warning")
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                }
                Row {
                    spacing: 8
                    visible: !pane.page.working && (pane.page.installWord !== "" || pane.page.installed)
                    FButton {
                        id: installButton
                        visible: pane.page.installWord !== ""
                        enabled: pane.page.obstacle === ""
                        text: pane.page.installWord
                        onClicked: pane.page.install()
                    }
                    FButton {
                        id: removeButton
                        visible: pane.page.installed
                        text: qsTr("Remove")
                        onClicked: pane.page.remove()
                    }
                }
            }
            AgentSignIn {
                width: parent.width
                visible: !pane.page.demonstration
                page: pane.page
            }
            AgentVariables {
                width: parent.width
                visible: !pane.page.demonstration
                page: pane.page
            }
        }
    }

    component Section: Column {
        required property string title
        width: column.width
        spacing: 6
        FText {
            text: parent.title
            color: Theme.muted
            font.pixelSize: Theme.small
            Accessible.role: Accessible.Heading
        }
    }
}

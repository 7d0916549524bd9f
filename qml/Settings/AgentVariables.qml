// Which of the person's variables the agent gets, one by one.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Settings

Column {
    id: variables

    required property AgentsPage page

    spacing: 8

    FText {
        text: qsTr("Variables of your shell that it gets")
        color: Theme.muted
        font.pixelSize: Theme.small
        Accessible.role: Accessible.Heading
    }
    FText {
        width: parent.width
        visible: rows.count === 0
        text: qsTr("None is set that it could use.")
        color: Theme.faint
    }
    Repeater {
        id: rows
        model: variables.page.variables
        Row {
            id: row
            required property string name
            required property bool given
            required property string note
            spacing: 8
            FCheckBox {
                text: row.name
                checked: row.given
                onToggled: {
                    variables.page.give(row.name, checked)
                    checked = Qt.binding(() => row.given) // as it is kept, and not as it was pressed
                }
            }
            FText {
                visible: text !== ""
                text: row.note
                color: Theme.faint
                font.pixelSize: Theme.small
            }
        }
    }
    Row {
        width: parent.width
        spacing: 8
        FTextField {
            id: another
            width: 260
            name: qsTr("Another variable")
            placeholderText: qsTr("Another variable")
            mono: true
            maximumLength: 100
            onAccepted: give.clicked()
        }
        FButton {
            id: give
            text: qsTr("Give the variable")
            enabled: another.text.trim() !== ""
            onClicked: {
                variables.page.give(another.text, true)
                another.clear()
            }
        }
    }
    FText {
        width: parent.width
        text: qsTr("Tokens of a forge are never given: Foundry pushes for you.")
        color: Theme.faint
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
}

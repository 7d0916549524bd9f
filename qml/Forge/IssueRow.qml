// An issue in its repository's list.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.AbstractButton {
    id: row

    required property string issue
    required property string number
    required property string title
    required property string author
    required property list<string> labels
    required property string comments
    required property string age
    required property bool workedOn
    required property string description
    property bool focused: false

    implicitHeight: Theme.rowTall
    focusPolicy: Qt.NoFocus
    Accessible.role: Accessible.ListItem
    Accessible.name: description
    Accessible.onPressAction: row.clicked()

    background: Rectangle {
        color: row.hovered || row.focused ? Theme.hover : "transparent"
    }
    Item {
        anchors.fill: parent
        FIcon {
            x: 16
            y: 7
            name: "circle"
            color: row.workedOn ? Theme.accent : Theme.positive
        }
        FText {
            id: words
            x: 42
            y: 5
            width: Math.min(implicitWidth, parent.width - x - pills.width - ageText.implicitWidth - 44)
            text: row.title
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        Row {
            id: pills
            anchors { left: words.right; leftMargin: 8 }
            y: 4
            spacing: 4
            Repeater {
                model: row.labels
                delegate: FPill {
                    required property string modelData
                    height: 18
                    maximumWidth: 120
                    text: modelData
                    Accessible.ignored: true
                }
            }
        }
        FText {
            id: ageText
            y: 5
            anchors { right: parent.right; rightMargin: 16 }
            text: row.age
            color: Theme.faint
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        FText {
            x: 42
            y: 24
            width: parent.width - x - 16
            text: row.number + " \u00b7 " + row.author + (row.comments !== "" ? " \u00b7 " + row.comments : "")
                  + (row.workedOn ? " \u00b7 " + qsTr("a task works on it") : "")
            color: Theme.muted
            font.pixelSize: Theme.small
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        FDivider {
            anchors.bottom: parent.bottom
            width: parent.width
            fine: true
        }
    }
}

// A pull request in its repository's list.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.AbstractButton {
    id: row

    required property string pull
    required property string number
    required property string title
    required property string author
    required property string state
    required property string tone
    required property string glyph
    required property string checks
    required property string age
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
            name: row.glyph
            color: Theme.toneText(row.tone)
        }
        FText {
            x: 42
            y: 5
            width: parent.width - x - ageText.implicitWidth - 32
            text: row.title
            elide: Text.ElideRight
            Accessible.ignored: true
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
            text: row.number + " · " + row.author + " · " + row.state + (row.checks !== "" ? " · " + row.checks : "")
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

// A task in the sidebar: state, title, age, and a second line of what it is about now.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.AbstractButton {
    id: row

    required property string rowId
    required property string title
    required property string detail
    required property string detailTone
    required property string glyph
    required property string tone
    required property int added
    required property int removed
    required property string age
    required property bool strong
    required property string description
    property bool current: false
    signal menuAsked(x: real, y: real)

    implicitHeight: Theme.rowTall + 2
    focusPolicy: Qt.NoFocus
    Accessible.role: Accessible.ListItem
    Accessible.name: description
    Accessible.selectable: true
    Accessible.selected: current
    Accessible.onPressAction: row.clicked()

    background: Item {
        Rectangle {
            anchors { fill: parent; leftMargin: 6; rightMargin: 6; topMargin: 1; bottomMargin: 1 }
            radius: Theme.radius
            color: row.current ? Theme.selection : row.hovered ? Theme.hover : "transparent"
        }
    }
    Item {
        anchors.fill: parent
        FIcon {
            x: 13
            y: 7
            name: row.glyph
            color: Theme.toneText(row.tone)
        }
        FText {
            x: 38
            y: 6
            width: parent.width - x - ageText.implicitWidth - 22
            text: row.title
            font.weight: row.strong ? Font.DemiBold : Font.Normal
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        FText {
            id: ageText
            y: 6
            anchors { right: parent.right; rightMargin: 14 }
            text: row.age
            color: Theme.faint
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        Row {
            x: 38
            y: 24
            width: parent.width - x - 14
            spacing: 7
            FText {
                id: plus
                visible: row.added > 0
                text: "+" + row.added
                color: Theme.positive
                font.pixelSize: Theme.small
                Accessible.ignored: true
            }
            FText {
                id: minus
                visible: row.removed > 0
                text: "\u2212" + row.removed
                color: Theme.negative
                font.pixelSize: Theme.small
                Accessible.ignored: true
            }
            FText {
                readonly property real beside: (plus.visible ? plus.width + 7 : 0)
                    + (minus.visible ? minus.width + 7 : 0)
                width: Math.max(0, parent.width - beside)
                text: row.detail
                color: row.detailTone === "negative" ? Theme.negative : Theme.muted
                font.pixelSize: Theme.small
                elide: Text.ElideRight
                Accessible.ignored: true
            }
        }
    }

    TapHandler {
        acceptedButtons: Qt.RightButton
        onTapped: point => row.menuAsked(point.position.x, point.position.y)
    }
}

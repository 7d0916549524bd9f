// An agent of the list, and how it is.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.ItemDelegate {
    id: row

    required property string title
    required property string state
    required property string tone
    property bool current: false

    implicitHeight: Theme.row + 14
    Accessible.role: Accessible.ListItem
    Accessible.name: row.title + ", " + row.state
    Accessible.selected: current
    Accessible.focusable: true
    Accessible.onPressAction: row.clicked()

    background: Rectangle {
        radius: Theme.radius
        color: row.current ? Theme.selection : row.hovered ? Theme.hover : "transparent"
        FFocusRing {
            anchors.margins: 0
            visible: row.visualFocus
        }
    }
    Column {
        x: 8
        width: parent.width - 16
        anchors.verticalCenter: parent.verticalCenter
        FText {
            width: parent.width
            text: row.title
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        FText {
            width: parent.width
            text: row.state
            color: row.tone === "neutral" ? Theme.faint : Theme.toneText(row.tone)
            font.pixelSize: Theme.small
            elide: Text.ElideRight
            Accessible.ignored: true
        }
    }
}

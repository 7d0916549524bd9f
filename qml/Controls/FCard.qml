// A titled box of rows (FCardRow), divided by fine lines.
import QtQuick

Rectangle {
    id: card

    property string title: ""
    property alias trailing: trailingSlot.data
    default property alias rows: column.data

    implicitWidth: 300
    implicitHeight: header.height + column.implicitHeight + 2
    radius: Theme.radius
    color: Theme.surface
    border.color: Theme.line
    Accessible.role: Accessible.Grouping
    Accessible.name: title

    Item {
        id: header
        x: 1
        y: 1
        width: parent.width - 2
        height: visible ? 38 : 0
        visible: card.title !== ""
        FDivider {
            anchors.bottom: parent.bottom
            width: parent.width
            fine: true
        }
        FText {
            anchors { left: parent.left; leftMargin: 12; verticalCenter: parent.verticalCenter }
            text: card.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Item {
            id: trailingSlot
            anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
            width: childrenRect.width
            height: childrenRect.height
        }
    }
    Column {
        id: column
        x: 1
        anchors.top: header.bottom
        width: parent.width - 2
    }
}

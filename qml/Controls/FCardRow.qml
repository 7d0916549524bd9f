// A label and its value in an FCard. Put something else at the right with children.
import QtQuick

Item {
    id: row

    property string label: ""
    property string value: ""
    property bool mono: false
    default property alias trailing: slot.data

    width: parent ? parent.width : implicitWidth
    implicitWidth: 280
    implicitHeight: 36
    Accessible.role: Accessible.StaticText
    Accessible.name: value === "" ? label : label + ": " + value

    FDivider {
        width: parent.width
        fine: true
        visible: row.y > 0
    }
    FText {
        id: labelText
        anchors { left: parent.left; leftMargin: 12; verticalCenter: parent.verticalCenter }
        text: row.label
        color: Theme.muted
        Accessible.ignored: true
    }
    FText {
        anchors {
            left: labelText.right
            leftMargin: 12
            right: slot.left
            rightMargin: slot.width > 0 ? 8 : 0
            verticalCenter: parent.verticalCenter
        }
        text: row.value
        mono: row.mono
        font.pixelSize: row.mono ? Theme.small : Theme.body
        horizontalAlignment: Text.AlignRight
        elide: Text.ElideMiddle
        Accessible.ignored: true
    }
    Item {
        id: slot
        anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
        width: childrenRect.width
        height: childrenRect.height
    }
}

// What is on a closed combo box: its value and a small arrow.
import QtQuick

Item {
    id: face

    property string text: ""
    property bool mono: false
    property bool strong: false
    property color color: Theme.muted

    implicitWidth: label.implicitWidth + 16
    implicitHeight: label.implicitHeight
    Accessible.ignored: true

    FText {
        id: label
        height: parent.height
        width: Math.min(implicitWidth, parent.width - 16)
        text: face.text
        mono: face.mono
        color: face.color
        font.weight: face.strong ? Font.DemiBold : Font.Normal
        font.pixelSize: Theme.small
        elide: Text.ElideRight
        Accessible.ignored: true
    }
    FIcon {
        anchors { left: label.right; leftMargin: 4; verticalCenter: parent.verticalCenter }
        width: 12
        height: 12
        name: "down"
    }
}

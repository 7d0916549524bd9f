// The ring around what has the keyboard; shown only when the keyboard brought it there.
import QtQuick

Rectangle {
    anchors.fill: parent
    anchors.margins: -2
    color: "transparent"
    radius: Theme.radius + 2
    border.width: 2
    border.color: Theme.accent
    Accessible.ignored: true
}

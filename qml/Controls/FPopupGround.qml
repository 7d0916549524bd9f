// The ground of what floats: a surface with a hairline and a soft edge.
pragma ComponentBehavior: Bound

import QtQuick

Item {
    id: ground

    property int radius: Theme.radius + 2

    Accessible.ignored: true

    Repeater {
        model: 6
        Rectangle {
            required property int index
            anchors.fill: parent
            anchors.margins: -2 * index - 1
            anchors.topMargin: -2 * index + 3
            anchors.bottomMargin: -2 * index - 5
            radius: ground.radius + 2 * index
            color: Theme.shadow
        }
    }
    Rectangle {
        anchors.fill: parent
        radius: parent.radius
        color: Theme.surface
        border.color: Theme.line
    }
}

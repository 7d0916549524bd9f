// The program's mark: an anvil's outline on the accent.
import QtQuick

Rectangle {
    implicitWidth: 20
    implicitHeight: 20
    radius: 5
    color: Theme.accent
    Accessible.ignored: true

    FIcon {
        anchors.centerIn: parent
        width: 14
        height: 14
        name: "anvil"
        color: Theme.surface
    }
}

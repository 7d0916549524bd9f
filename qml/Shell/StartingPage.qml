// Before the engine is ready: the shape of what comes, nothing that moves.
import QtQuick
import Foundry.Controls

Item {
    id: page

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Starting")

    Rectangle {
        width: Theme.sidebar
        height: parent.height
        color: Theme.panel
    }
    FDivider {
        x: Theme.sidebar
        vertical: true
        height: parent.height
    }
    FText {
        anchors.centerIn: parent
        text: qsTr("Starting\u2026")
        color: Theme.faint
    }
}

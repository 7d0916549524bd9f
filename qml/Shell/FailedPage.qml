// The engine cannot work: why, and what to do.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

Item {
    id: page

    required property Workbench workbench

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Foundry cannot work")

    FEmpty {
        anchors {
            horizontalCenter: parent.horizontalCenter
            verticalCenter: parent.verticalCenter
            verticalCenterOffset: -40
        }
        width: 460
        glyph: "warning"
        title: page.workbench.failedWhat
        sentence: page.workbench.failedRemedy
        FButton {
            primary: true
            focus: true
            text: qsTr("Quit")
            onClicked: page.workbench.confirmQuit()
        }
    }
}

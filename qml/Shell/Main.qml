// The window. Everything in it comes from `workbench`; the program makes that and loads this file.
// Without `ComponentBehavior: Bound`, which Qt 6.4 refuses in a file that is loaded by itself: what has components is
// in WindowContent.qml.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

Window {
    id: window

    required property Workbench workbench

    width: 1280
    height: 800
    minimumWidth: 900
    minimumHeight: 600
    visible: true
    title: workbench.current.exists ? workbench.current.title + " \u2014 Foundry" : "Foundry"
    color: Theme.surface

    onClosing: workbench.closeWindow()

    Binding {
        target: Theme
        property: "choice"
        value: window.workbench.theme
    }
    Binding {
        target: window.workbench
        property: "inSight"
        value: window.visible && window.visibility !== Window.Minimized
    }
    Binding {
        target: window.workbench
        property: "watched"
        value: window.active && window.visible
    }
    WindowContent {
        anchors.fill: parent
        focus: true
        workbench: window.workbench
    }
}

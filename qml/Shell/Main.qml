// The window. Everything in it comes from `workbench`; the program makes that and loads this file.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Onboarding
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
        property: "watched"
        value: window.active && window.visible
    }

    Loader {
        anchors.fill: parent
        active: window.workbench.phase === Workbench.FirstStart
        visible: active
        sourceComponent: FirstStart { workbench: window.workbench }
    }
    Loader {
        anchors.fill: parent
        active: window.workbench.phase === Workbench.Ready
        visible: active
        focus: true
        sourceComponent: MainPage { workbench: window.workbench }
    }
    Loader {
        anchors.fill: parent
        active: window.workbench.phase === Workbench.Failed
        visible: active
        sourceComponent: FailedPage { workbench: window.workbench }
    }
    StartingPage {
        anchors.fill: parent
        visible: window.workbench.phase === Workbench.Starting
    }
    Dialogs {
        anchors.fill: parent
        workbench: window.workbench
    }
    Toast {
        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: 24 }
        workbench: window.workbench
    }
    Shortcuts { workbench: window.workbench }
}

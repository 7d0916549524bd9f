// What the window shows in each phase, with the dialogs, the toast and the keys above it. Pages are loaded by their
// address: Qt 6.4's Loader refuses components of a file with `ComponentBehavior: Bound`.
import QtQuick
import Foundry.Ui.Shell

FocusScope {
    id: content

    required property Workbench workbench
    readonly property var given: ({ "workbench": workbench })

    Loader {
        anchors.fill: parent
        active: content.workbench.phase === Workbench.FirstStart
        visible: active
        focus: active
        Component.onCompleted: setSource("qrc:/qt/qml/Foundry/Onboarding/FirstStart.qml", content.given)
    }
    Loader {
        anchors.fill: parent
        active: content.workbench.phase === Workbench.Ready
        visible: active
        focus: active
        Component.onCompleted: setSource("qrc:/qt/qml/Foundry/Shell/MainPage.qml", content.given)
    }
    Loader {
        anchors.fill: parent
        active: content.workbench.phase === Workbench.Failed
        visible: active
        focus: active
        Component.onCompleted: setSource("qrc:/qt/qml/Foundry/Shell/FailedPage.qml", content.given)
    }
    StartingPage {
        anchors.fill: parent
        visible: content.workbench.phase === Workbench.Starting
    }
    Loader {
        id: dialogs
        anchors.fill: parent
        active: false
        Component.onCompleted: setSource("qrc:/qt/qml/Foundry/Shell/Dialogs.qml", content.given)
    }
    Connections {
        // Made when the first dialog opens: the start does not wait for them.
        target: content.workbench
        function onDialogChanged(): void {
            dialogs.active = true
        }
    }
    Toast {
        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: 24 }
        workbench: content.workbench
    }
    Shortcuts { workbench: content.workbench }
}

pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Window
import Foundry.Controls

Window {
    id: window

    property int pressed: 0
    property string written: ""
    property bool late: false

    width: 800
    height: 600
    visible: true
    title: qsTr("Sample")
    color: Theme.window

    Column {
        anchors { fill: parent; margins: 24 }
        spacing: 12

        FButton {
            text: qsTr("Count")
            onClicked: window.pressed += 1
        }
        FText { text: qsTr("pressed %1").arg(window.pressed) }
        FTextField {
            name: qsTr("Path")
            onTextEdited: window.written = text
            onTextChanged: window.written = text
        }
        FTextArea {
            name: qsTr("Prompt")
            width: 400
            onTextEdited: window.written = text
        }
        FText { text: qsTr("written %1").arg(window.written) }
        FCheckBox {
            id: choice
            text: qsTr("Choice")
        }
        FButton {
            text: qsTr("Later")
            enabled: choice.checked
            onClicked: comes.start()
        }
        FText {
            visible: window.late
            text: qsTr("came")
        }
        FButton {
            text: qsTr("Warn")
            onClicked: console.warn("a warning of the sample")
        }
        FComboBox {
            name: qsTr("Colour")
            model: ["red", "green"]
        }
        Timer {
            id: comes
            interval: 300
            onTriggered: window.late = true
        }
    }
}

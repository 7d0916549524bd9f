// A short line for each prompt of the person; pressed, the transcript goes there.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

ListView {
    id: map

    required property var prompts
    property real current: -1 // position of the prompt that is being read
    signal chosen(position: real)

    implicitWidth: 28
    implicitHeight: Math.min(contentHeight, 320)
    model: prompts
    interactive: contentHeight > height
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Your prompts")

    delegate: T.AbstractButton {
        id: mark
        required property var modelData
        readonly property bool isCurrent: modelData.position === map.current
        width: map.width
        height: 9
        focusPolicy: Qt.StrongFocus
        Accessible.role: Accessible.Link
        Accessible.name: qsTr("Go to: %1").arg(modelData.text)
        Accessible.focusable: true
        Accessible.onPressAction: mark.clicked()
        Keys.onReturnPressed: clicked()
        onClicked: map.chosen(modelData.position)
        background: Item {
            Rectangle {
                anchors { right: parent.right; rightMargin: 4; verticalCenter: parent.verticalCenter }
                width: mark.isCurrent || mark.hovered ? 20 : 14
                height: mark.isCurrent ? 2 : 1
                color: mark.isCurrent ? Theme.text : mark.hovered || mark.visualFocus ? Theme.muted : Theme.strongLine
            }
        }
        FToolTip {
            visible: mark.hovered || mark.visualFocus
            text: mark.modelData.text
            x: -implicitWidth - 4
            y: -8
        }
    }
}

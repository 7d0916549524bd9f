// A button that is only a glyph. Its name is read and shown as a tool tip.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: button

    required property string glyph
    required property string name
    property string keys: ""
    property color color: Theme.muted

    implicitWidth: Theme.control
    implicitHeight: Theme.control
    opacity: enabled ? 1 : 0.5
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: name
    Accessible.focusable: true
    Accessible.onPressAction: if (button.enabled) button.clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        FIcon {
            anchors.centerIn: parent
            name: button.glyph
            color: button.hovered ? Theme.text : button.color
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: button.down ? Theme.selection : button.hovered ? Theme.hover : "transparent"
        FFocusRing { visible: button.visualFocus }
    }

    FToolTip {
        visible: button.hovered
        text: button.keys === "" ? button.name : button.name + "   " + button.keys
    }
}

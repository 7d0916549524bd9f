// A button with text. `primary` is the black one: at most one in sight, the thing to do now.
// `quiet` has no ground or line until pointed at; `danger` is for what cannot be undone.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: button

    property bool primary: false
    property bool quiet: false
    property bool danger: false
    property string glyph: ""
    property string trailingGlyph: ""
    property string keyHint: ""
    property string accessibleName: text
    property string toolTip: ""
    readonly property color foreground: primary ? Theme.inkText : danger ? Theme.negative : Theme.text

    implicitWidth: Math.max(implicitContentWidth + leftPadding + rightPadding, Theme.control)
    implicitHeight: Theme.control
    leftPadding: quiet ? 8 : 12
    rightPadding: leftPadding
    spacing: 6
    opacity: enabled ? 1 : 0.5
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: accessibleName
    Accessible.description: toolTip
    Accessible.focusable: true
    Accessible.onPressAction: if (button.enabled) button.clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        implicitWidth: row.implicitWidth
        implicitHeight: row.implicitHeight
        Row {
            id: row
            anchors.centerIn: parent
            spacing: button.spacing
            FIcon {
                visible: button.glyph !== ""
                name: button.glyph
                color: button.foreground
                anchors.verticalCenter: parent.verticalCenter
            }
            FText {
                visible: text !== ""
                text: button.text
                color: button.foreground
                width: Math.min(implicitWidth, Math.max(20, button.width - button.leftPadding - button.rightPadding
                    - (button.glyph === "" ? 0 : 22) - (button.trailingGlyph === "" ? 0 : 18)
                    - (button.keyHint === "" ? 0 : hint.implicitWidth + 6)))
                elide: Text.ElideRight
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
            FIcon {
                visible: button.trailingGlyph !== ""
                name: button.trailingGlyph
                color: Theme.faint
                width: 12
                height: 12
                anchors.verticalCenter: parent.verticalCenter
            }
            FText {
                id: hint
                visible: button.keyHint !== ""
                text: button.keyHint
                leftPadding: 4
                color: button.primary ? Theme.inkHint : Theme.faint
                font.pixelSize: 11
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: {
            if (button.primary)
                return button.down || button.hovered ? Theme.inkHover : Theme.ink
            if (button.down)
                return Theme.selection
            if (button.hovered)
                return Theme.hover
            return button.quiet ? "transparent" : Theme.surface
        }
        border.width: button.primary || button.quiet ? 0 : 1
        border.color: Theme.line
        FFocusRing { visible: button.visualFocus }
    }

    FToolTip {
        visible: button.toolTip !== "" && button.hovered
        text: button.toolTip
    }
}

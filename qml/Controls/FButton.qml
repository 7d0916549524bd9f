// A button with text. `primary` is the black one: at most one in sight, the thing to do now.
// `quiet` has no ground or line until pointed at; `danger` is for what cannot be undone;
// `small` stands among combo boxes.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: button

    property bool primary: false
    property bool quiet: false
    property bool danger: false
    property bool small: false
    property string glyph: ""
    property string trailingGlyph: ""
    property string keyHint: ""
    property string accessibleName: text
    property string toolTip: ""
    readonly property color foreground: primary ? Theme.inkText : danger ? Theme.negative : Theme.text

    implicitWidth: Math.max(implicitContentWidth + leftPadding + rightPadding, Theme.control)
    implicitHeight: small ? 24 : Theme.control
    leftPadding: quiet || small ? 8 : 12
    rightPadding: leftPadding
    opacity: enabled ? 1 : 0.5
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: accessibleName
    Accessible.description: toolTip
    Accessible.focusable: true
    Accessible.onPressAction: if (button.enabled) button.clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: FButtonFace {
        text: button.text
        pixelSize: button.small ? Theme.small : Theme.body
        glyph: button.glyph
        trailingGlyph: button.trailingGlyph
        keyHint: button.keyHint
        color: button.foreground
        hintColor: button.primary ? Theme.inkHint : Theme.faint
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

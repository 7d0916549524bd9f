import QtQuick
import QtQuick.Templates as T

T.CheckBox {
    id: box

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: Math.max(20, implicitContentHeight)
    spacing: 8
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.CheckBox
    Accessible.name: text
    Accessible.checkable: true
    Accessible.checked: checked
    Accessible.focusable: true
    Accessible.onPressAction: press()
    Accessible.onToggleAction: press()

    function press(): void {
        if (!enabled)
            return
        toggle()
        toggled()
        clicked()
    }

    indicator: Rectangle {
        y: 2
        width: 16
        height: 16
        radius: 4
        color: box.checked ? Theme.ink : Theme.surface
        border.color: box.checked ? Theme.ink : Theme.strongLine
        FIcon {
            anchors.fill: parent
            anchors.margins: 2
            visible: box.checked
            name: "check"
            color: Theme.inkText
        }
        FFocusRing { visible: box.visualFocus }
    }
    contentItem: FText {
        leftPadding: box.indicator.width + box.spacing
        text: box.text
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }
}

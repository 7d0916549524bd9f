import QtQuick
import QtQuick.Templates as T

T.ToolTip {
    id: tip

    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent ? parent.height + 6 : 0
    implicitWidth: contentItem.implicitWidth + leftPadding + rightPadding
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    margins: 6
    padding: 6
    leftPadding: 8
    rightPadding: 8
    delay: 600
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent | T.Popup.CloseOnReleaseOutsideParent

    contentItem: FText {
        text: tip.text
        color: Theme.inkText
        font.pixelSize: Theme.small
        Accessible.ignored: true
    }
    background: Rectangle {
        color: Theme.ink
        radius: Theme.radius
    }
}

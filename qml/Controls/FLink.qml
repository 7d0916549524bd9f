// Words in the accent that do something at once.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: link

    property string accessibleName: text

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight
    focusPolicy: Qt.StrongFocus
    font.family: Theme.sans
    font.pixelSize: Theme.body
    Accessible.role: Accessible.Link
    Accessible.name: accessibleName
    Accessible.focusable: true
    Accessible.onPressAction: if (link.enabled) link.clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: FText {
        text: link.text
        color: Theme.accent
        font: link.font
        Accessible.ignored: true
    }
    background: Item {
        Rectangle {
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            height: 1
            color: Theme.accent
            visible: link.hovered
        }
        FFocusRing { visible: link.visualFocus }
    }
    HoverHandler { cursorShape: Qt.PointingHandCursor }
}

// A question over the window: title, content, buttons at the right below. Esc closes; the veil does not.
// Put the buttons into `buttons`, the thing to do last.
import QtQuick
import QtQuick.Templates as T

T.Popup {
    id: dialog

    property string title: ""
    property alias buttons: face.buttons
    default property alias content: face.content
    property int preferredWidth: 480
    property alias footerVisible: face.footerVisible

    parent: T.Overlay.overlay
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.max(16, Math.round((parent.height - height) * 0.32)) : 0
    width: parent ? Math.min(preferredWidth, parent.width - 48) : preferredWidth
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    modal: true
    focus: true
    closePolicy: T.Popup.CloseOnEscape

    T.Overlay.modal: Rectangle { color: Theme.veil }

    background: FPopupGround { radius: 10 }

    readonly property Item face: FDialogFace {
        id: face
        title: dialog.title
    }
    contentItem: face
}

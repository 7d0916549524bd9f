// A question over the window: title, content, buttons at the right below. Esc closes; the veil does not.
// Put the buttons into `buttons`, the thing to do last.
import QtQuick
import QtQuick.Templates as T

T.Popup {
    id: dialog

    property string title: ""
    property alias buttons: buttonRow.data
    default property alias content: body.data
    property int preferredWidth: 480
    property alias footerVisible: footer.visible

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

    contentItem: FocusScope {
        implicitHeight: column.implicitHeight
        focus: true
        Accessible.role: Accessible.Dialog
        Accessible.name: dialog.title

        Column {
            id: column
            width: parent.width
            FText {
                width: parent.width
                visible: dialog.title !== ""
                text: dialog.title
                padding: 18
                bottomPadding: 4
                font.pixelSize: Theme.large
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.Heading
            }
            Column {
                id: body
                width: parent.width
                padding: 18
                topPadding: 8
                spacing: 12
            }
            Item {
                id: footer
                width: parent.width
                height: visible ? 60 : 0
                FDivider {
                    width: parent.width - 2
                    x: 1
                    fine: true
                }
                Row {
                    id: buttonRow
                    anchors { right: parent.right; rightMargin: 18; verticalCenter: parent.verticalCenter }
                    spacing: 8
                }
            }
        }
    }
}

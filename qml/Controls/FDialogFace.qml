// The inside of a dialog: heading, content, and the buttons at the right below a hairline.
import QtQuick

FocusScope {
    id: face

    property string title: ""
    property alias buttons: buttonRow.data
    property alias content: body.data
    property bool footerVisible: true

    implicitHeight: column.implicitHeight
    focus: true
    Accessible.role: Accessible.Dialog
    Accessible.name: title

    Column {
        id: column
        width: parent.width
        FText {
            width: parent.width
            visible: text !== ""
            text: face.title
            padding: 18
            bottomPadding: 2
            font.pixelSize: Theme.large
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }
        Column {
            id: body
            width: parent.width
            padding: 18
            topPadding: face.title === "" ? 14 : 8
            spacing: 12
        }
        Item {
            width: parent.width
            height: visible ? 60 : 0
            visible: face.footerVisible
            FDivider {
                x: 1
                width: parent.width - 2
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

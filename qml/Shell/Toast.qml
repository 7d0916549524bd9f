// A line that comes and goes at the bottom, with a way back where there is one.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

Item {
    id: toast

    required property Workbench workbench
    readonly property ToastLine line: workbench.toast
    readonly property string text: line.text

    width: Math.min(row.implicitWidth + 28, parent ? parent.width - 96 : 600)
    height: Math.max(40, words.height + 20)
    visible: text !== ""
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text
    onTextChanged: if (text !== "" && !line.stays) leave.restart()

    Timer {
        id: leave
        interval: toast.line.trouble ? 20000 : 8000
        onTriggered: toast.line.dismiss()
    }
    FPopupGround { anchors.fill: parent }
    Row {
        id: row
        x: 14
        anchors.verticalCenter: parent.verticalCenter
        spacing: 12
        FIcon {
            visible: toast.line.trouble
            name: "attention"
            color: Theme.negative
            anchors.verticalCenter: parent.verticalCenter
        }
        FText {
            id: words
            width: Math.min(implicitWidth, 560)
            text: toast.text
            wrapMode: Text.Wrap
            maximumLineCount: 5
            elide: Text.ElideRight
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
        FLink {
            visible: text !== ""
            text: toast.line.action
            anchors.verticalCenter: parent.verticalCenter
            onClicked: toast.line.act()
        }
        FIconButton {
            visible: !toast.line.stays
            width: 22
            height: 22
            glyph: "cross"
            name: qsTr("Dismiss")
            anchors.verticalCenter: parent.verticalCenter
            onClicked: toast.line.dismiss()
        }
    }
}

// A line of one of the inspector's lists: what, its state, and what else there is to know.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.ItemDelegate {
    id: row

    required property string title
    required property string detail
    required property string state
    required property string tone
    property bool current: false
    property int detailLines: 1
    default property alias buttons: buttonRow.data

    implicitHeight: words.height + 12
    Accessible.role: Accessible.ListItem
    Accessible.name: row.title + ", " + row.state + ", " + row.detail
    Accessible.selected: current
    Accessible.focusable: true
    Accessible.onPressAction: row.clicked()

    background: Rectangle {
        radius: Theme.radius
        color: row.current ? Theme.selection : row.hovered ? Theme.hover : "transparent"
        FFocusRing {
            anchors.margins: 0
            visible: row.visualFocus
        }
    }
    Column {
        id: words
        x: 8
        y: 6
        width: parent.width - 16
        Item {
            width: parent.width
            height: 20
            FText {
                width: parent.width - stateText.width - buttonRow.width - 12
                height: parent.height
                text: row.title
                elide: Text.ElideRight
                Accessible.ignored: true
            }
            Row {
                anchors.right: parent.right
                height: parent.height
                spacing: 8
                FText {
                    id: stateText
                    height: parent.height
                    text: row.state
                    color: row.tone === "neutral" ? Theme.faint : Theme.toneText(row.tone)
                    font.pixelSize: Theme.small
                    Accessible.ignored: true
                }
                Row {
                    id: buttonRow
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 4
                }
            }
        }
        FText {
            width: parent.width
            text: row.detail
            color: Theme.muted
            font.pixelSize: Theme.small
            elide: Text.ElideRight
            maximumLineCount: row.detailLines
            wrapMode: row.detailLines > 1 ? Text.Wrap : Text.NoWrap
            Accessible.ignored: true
        }
    }
}

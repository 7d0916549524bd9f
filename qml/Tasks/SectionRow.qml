// The heading of a group in the sidebar; pressing it folds or unfolds.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.AbstractButton {
    id: row

    required property string rowId
    required property string title
    required property int count
    required property bool folded
    required property string detail // what is wrong with the repository
    required property string repository
    signal newTaskAsked

    implicitHeight: Theme.row
    focusPolicy: Qt.NoFocus
    Accessible.role: Accessible.Button
    Accessible.name: count === 1 ? qsTr("%1, 1 task").arg(title) : qsTr("%1, %2 tasks").arg(title).arg(count)
    Accessible.description: (folded ? qsTr("folded") : qsTr("unfolded")) + (detail === "" ? "" : ". " + detail)
    Accessible.onPressAction: row.clicked()

    Item {
        anchors.fill: parent
        FIcon {
            x: 12
            anchors.verticalCenter: parent.verticalCenter
            width: 12
            height: 12
            name: row.folded ? "right" : "down"
        }
        FText {
            anchors {
                left: parent.left
                leftMargin: 28
                right: parent.right
                rightMargin: 44
                verticalCenter: parent.verticalCenter
            }
            text: row.title
            color: row.hovered ? Theme.text : Theme.muted
            font.pixelSize: Theme.small
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        FText {
            anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
            visible: !add.visible && row.count > 0
            text: row.count
            color: Theme.faint
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        FIcon {
            anchors { right: parent.right; rightMargin: 34; verticalCenter: parent.verticalCenter }
            visible: row.detail !== ""
            name: "warning"
            color: Theme.warning
        }
        FIconButton {
            id: add
            anchors { right: parent.right; rightMargin: 6; verticalCenter: parent.verticalCenter }
            width: 24
            height: 24
            visible: row.repository !== "" && (row.hovered || hovered)
            glyph: "plus"
            name: qsTr("New task in %1").arg(row.title)
            onClicked: row.newTaskAsked()
        }
    }

    FToolTip {
        visible: row.detail !== "" && row.hovered
        text: row.detail
    }
}

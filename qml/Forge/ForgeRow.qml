// A row of GitHub in the sidebar: an account with its state, an organisation, a repository, or that there are more.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Forge

T.AbstractButton {
    id: row

    required property int kind
    required property string title
    required property string detail
    required property string problem
    required property string account
    required property string owner
    required property string repository
    required property int pulls
    required property string description
    property bool chosen: false
    property bool focused: false
    readonly property bool isAccount: kind === ForgeLines.Account
    readonly property bool isRepository: kind === ForgeLines.Repository
    signal synchroniseAsked

    implicitHeight: isAccount ? Theme.rowTall : Theme.row
    focusPolicy: Qt.NoFocus
    Accessible.role: Accessible.ListItem
    Accessible.name: description
    Accessible.selectable: kind !== ForgeLines.More
    Accessible.selected: chosen
    Accessible.onPressAction: row.clicked()

    background: Item {
        Rectangle {
            anchors { fill: parent; leftMargin: 6; rightMargin: 6; topMargin: 1; bottomMargin: 1 }
            radius: Theme.radius
            color: row.chosen ? Theme.selection : row.hovered || row.focused ? Theme.hover : "transparent"
        }
    }
    Item {
        anchors.fill: parent
        FText {
            x: row.isRepository ? 28 : 12
            y: row.isAccount ? 5 : Math.round((parent.height - height) / 2)
            width: parent.width - x - (row.isAccount ? 40 : 44)
            text: row.title
            color: row.isRepository ? Theme.text : Theme.muted
            font.pixelSize: row.isRepository ? Theme.body : Theme.small
            font.weight: row.isAccount ? Font.DemiBold : Font.Normal
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        FText {
            x: 12
            y: 23
            width: parent.width - x - 40
            visible: row.isAccount
            text: row.problem !== "" ? row.problem : row.detail
            color: row.problem !== "" ? Theme.warning : Theme.muted
            font.pixelSize: Theme.small
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        FText {
            anchors { right: parent.right; rightMargin: 14; verticalCenter: parent.verticalCenter }
            visible: row.isRepository && row.pulls > 0
            text: row.pulls
            color: Theme.faint
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        FIconButton {
            anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
            visible: row.isAccount
            glyph: "retry"
            name: qsTr("Synchronise %1 now").arg(row.title)
            onClicked: row.synchroniseAsked()
        }
    }
    FToolTip {
        visible: row.problem !== "" && row.hovered
        text: row.problem
    }
}

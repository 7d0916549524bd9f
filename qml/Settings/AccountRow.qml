// An account: who, where, how it is, and what can be done.
import QtQuick
import Foundry.Controls

Item {
    id: row

    required property string account
    required property string login
    required property string host
    required property string state
    required property string tone
    required property string problem
    required property string remedy
    readonly property bool signedOut: tone === "negative"
    signal signOutAsked
    signal remedyAsked

    implicitHeight: words.height + 16
    Accessible.role: Accessible.ListItem
    Accessible.name: qsTr("%1 at %2, %3").arg(row.login).arg(row.host).arg(row.state)

    Column {
        id: words
        y: 8
        width: parent.width - actions.width - 16
        spacing: 2
        FText {
            width: parent.width
            text: row.login + " · " + row.host
            font.weight: Font.DemiBold
            elide: Text.ElideRight
        }
        FText {
            width: parent.width
            text: row.problem !== "" ? row.problem : row.state
            color: row.tone === "neutral" ? Theme.muted : Theme.toneText(row.tone)
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
        }
    }
    Row {
        id: actions
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        spacing: 8
        FButton {
            text: row.remedy
            accessibleName: row.remedy + " " + row.login
            onClicked: row.remedyAsked()
        }
        FButton {
            text: row.signedOut ? qsTr("Remove") : qsTr("Sign out")
            accessibleName: text + " " + row.login
            onClicked: row.signOutAsked()
        }
    }
    FDivider {
        anchors.bottom: parent.bottom
        width: parent.width
        fine: true
    }
}

// Something that happened to the session, in Foundry's words; a turn that was interrupted can be resumed here.
import QtQuick
import Foundry.Controls

Item {
    id: entry

    required property string title
    required property string text
    required property string tone
    required property bool resumable
    readonly property bool loud: tone !== "neutral"
    signal goOnAsked
    signal sendAgainAsked

    implicitHeight: column.height + (loud ? 20 : 4)
    Accessible.role: loud ? Accessible.AlertMessage : Accessible.Note
    Accessible.name: entry.title === "" ? entry.text : entry.title
    Accessible.description: entry.title === "" ? "" : entry.text

    Rectangle {
        anchors.fill: parent
        visible: entry.loud
        radius: Theme.radius
        color: Theme.toneGround(entry.tone)
        Accessible.ignored: true
    }
    FIcon {
        x: entry.loud ? 12 : 0
        y: entry.loud ? 12 : 4
        width: 14
        height: 14
        name: entry.loud ? "warning" : "info"
        color: entry.loud ? Theme.toneText(entry.tone) : Theme.faint
    }
    Column {
        id: column
        x: entry.loud ? 36 : 22
        y: entry.loud ? 10 : 2
        width: parent.width - x - 12
        spacing: 6
        FText {
            width: parent.width
            visible: text !== ""
            text: entry.title
            color: entry.loud ? Theme.toneText(entry.tone) : Theme.muted
            font.pixelSize: entry.loud ? Theme.body : Theme.small
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
        FText {
            width: parent.width
            visible: text !== "" && !entry.title.includes(text)
            text: entry.text
            mono: entry.title !== ""
            color: entry.loud ? Theme.text : Theme.muted
            font.pixelSize: Theme.small
            wrapMode: Text.WrapAnywhere
            maximumLineCount: 12
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        Row {
            visible: entry.resumable
            spacing: 6
            FButton {
                primary: true
                text: qsTr("Continue")
                toolTip: qsTr("Ask the agent to go on where it was")
                onClicked: entry.goOnAsked()
            }
            FButton {
                text: qsTr("Send again")
                toolTip: qsTr("Send the same prompt once more")
                onClicked: entry.sendAgainAsked()
            }
        }
    }
}

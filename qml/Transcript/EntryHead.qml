// Who speaks and when. A heading, so that a screen reader can go from turn to turn.
import QtQuick
import Foundry.Controls

Item {
    id: head

    required property string speaker
    required property string time
    required property int turn

    implicitHeight: visible ? 26 : 0
    visible: speaker !== ""
    Accessible.role: Accessible.Heading
    Accessible.name: qsTr("%1, turn %2, %3").arg(speaker).arg(turn).arg(time)

    FText {
        id: who
        height: 18
        text: head.speaker
        font.weight: Font.DemiBold
        font.pixelSize: Theme.small
        Accessible.ignored: true
    }
    FText {
        anchors { left: who.right; leftMargin: 8 }
        height: 18
        text: head.time
        color: Theme.muted
        font.pixelSize: Theme.small
        Accessible.ignored: true
    }
}

// A few words on a tinted ground. `tone`: neutral, accent, positive, warning, negative.
import QtQuick

Rectangle {
    id: pill

    required property string text
    property string tone: "neutral"
    property int maximumWidth: 400

    implicitWidth: Math.min(maximumWidth, label.implicitWidth + 16)
    implicitHeight: 22
    radius: 11
    color: Theme.toneGround(tone)
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    FText {
        id: label
        anchors { fill: parent; leftMargin: 8; rightMargin: 8 }
        text: pill.text
        color: pill.tone === "neutral" ? Theme.muted : Theme.toneText(pill.tone)
        font.pixelSize: Theme.small
        elide: Text.ElideRight
        Accessible.ignored: true
    }
}

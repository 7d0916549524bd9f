// What stands where there is nothing: a glyph, a line, a sentence, and perhaps one thing to do.
import QtQuick

Column {
    id: empty

    property string glyph: ""
    required property string title
    property string sentence: ""
    default property alias actions: actionRow.data

    width: 360
    spacing: 8

    FIcon {
        visible: empty.glyph !== ""
        name: empty.glyph
        width: 24
        height: 24
        color: Theme.faint
        anchors.horizontalCenter: parent.horizontalCenter
    }
    FText {
        width: parent.width
        text: empty.title
        horizontalAlignment: Text.AlignHCenter
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
    }
    FText {
        width: parent.width
        visible: text !== ""
        text: empty.sentence
        color: Theme.muted
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
    }
    Row {
        id: actionRow
        topPadding: 4
        spacing: 8
        anchors.horizontalCenter: parent.horizontalCenter
    }
}

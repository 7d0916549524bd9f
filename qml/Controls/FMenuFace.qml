// What is on a row of a menu; the key stands at the right edge.
import QtQuick

Item {
    id: face

    property string text: ""
    property string glyph: ""
    property bool hasGlyph: false
    property string detail: ""
    property string keyHint: ""
    property color color: Theme.text

    implicitWidth: row.implicitWidth + (hint.visible ? hint.implicitWidth + 24 : 0)
    implicitHeight: row.implicitHeight
    Accessible.ignored: true

    Row {
        id: row
        height: parent.height
        spacing: 8
        FIcon {
            name: face.glyph
            visible: face.hasGlyph
            color: face.color === Theme.text ? Theme.muted : face.color
            anchors.verticalCenter: parent.verticalCenter
        }
        FText {
            text: face.text
            color: face.color
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
        FText {
            visible: text !== ""
            text: face.detail
            color: Theme.faint
            font.pixelSize: Theme.small
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
    FText {
        id: hint
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        visible: text !== ""
        text: face.keyHint
        color: Theme.faint
        font.pixelSize: Theme.small
        Accessible.ignored: true
    }
}

// What is on a button: glyph, words, glyph, key.
import QtQuick

Item {
    id: face

    property string text: ""
    property string glyph: ""
    property string trailingGlyph: ""
    property string keyHint: ""
    property int pixelSize: Theme.body
    property color color: Theme.text
    property color hintColor: Theme.faint

    // From what the parts would like, not from what they got: else words once cut would stay so.
    implicitWidth: row.beside + (label.visible ? label.implicitWidth : -row.spacing)
    implicitHeight: row.implicitHeight
    Accessible.ignored: true

    Row {
        id: row

        // Everything beside the words.
        readonly property real beside: (lead.visible ? lead.width + spacing : 0)
            + (trail.visible ? trail.width + spacing : 0) + (hint.visible ? hint.width + spacing : 0)

        anchors.centerIn: parent
        spacing: 6

        FIcon {
            id: lead
            visible: name !== ""
            name: face.glyph
            color: face.color
            anchors.verticalCenter: parent.verticalCenter
        }
        FText {
            id: label
            visible: text !== ""
            font.pixelSize: face.pixelSize
            text: face.text
            color: face.color
            width: face.width > 0 ? Math.min(implicitWidth, Math.max(16, Math.ceil(face.width - row.beside)))
                                  : implicitWidth
            elide: Text.ElideRight
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
        FIcon {
            id: trail
            visible: name !== ""
            name: face.trailingGlyph
            color: face.hintColor
            width: 12
            height: 12
            anchors.verticalCenter: parent.verticalCenter
        }
        FText {
            id: hint
            visible: text !== ""
            text: face.keyHint
            leftPadding: 4
            color: face.hintColor
            font.pixelSize: 11
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
}

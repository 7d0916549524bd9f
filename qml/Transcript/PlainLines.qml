// Output of a program in monospace letters; long lines wrap. Can be selected and copied.
import QtQuick
import Foundry.Controls

Item {
    id: lines

    property alias text: words.text
    property alias color: words.color
    property string name: ""
    property bool copyable: false
    signal copied

    implicitHeight: visible ? words.height + 16 : 0
    height: implicitHeight
    Accessible.role: Accessible.Grouping
    Accessible.name: name

    TextEdit {
        id: words
        x: 12
        y: 8
        width: parent.width - 24
        textFormat: TextEdit.PlainText
        readOnly: true
        selectByMouse: true
        activeFocusOnTab: false
        wrapMode: TextEdit.WrapAnywhere
        color: Theme.text
        selectionColor: Theme.accent
        selectedTextColor: Theme.surface
        font.family: Theme.mono
        font.pixelSize: Theme.small
        Accessible.role: Accessible.StaticText
        Accessible.name: text
        Accessible.readOnly: true
    }
    FIconButton {
        anchors { right: parent.right; top: parent.top; margins: 2 }
        width: 26
        height: 26
        visible: lines.copyable
        opacity: hover.hovered || activeFocus ? 1 : 0
        glyph: "copy"
        name: qsTr("Copy output")
        onClicked: lines.copied()
    }
    HoverHandler { id: hover }
}

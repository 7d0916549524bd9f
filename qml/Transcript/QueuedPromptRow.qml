// A prompt that waits for the turn's end: it can still be changed or dropped.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls

Rectangle {
    id: row

    required property string text
    property bool editing: false
    signal edited(words: string)
    signal dropped

    function begin(): void {
        edit.text = row.text
        row.editing = true
        edit.take()
    }
    function end(keep: bool): void {
        row.editing = false
        if (keep && edit.text !== row.text)
            row.edited(edit.text)
    }

    implicitHeight: editing ? edit.height + 12 : 32
    radius: Theme.radius
    color: Theme.panel
    border.color: Theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: qsTr("Waits: %1").arg(text)

    FText {
        id: label
        x: 12
        height: 32
        text: qsTr("Next")
        color: Theme.faint
        font.pixelSize: Theme.small
        Accessible.ignored: true
    }
    FText {
        anchors { left: label.right; leftMargin: 10; right: buttons.left; rightMargin: 8 }
        height: 32
        visible: !row.editing
        text: row.text.replace(/\s+/g, " ")
        elide: Text.ElideRight
        Accessible.ignored: true
    }
    FTextArea {
        id: edit
        anchors { left: label.right; leftMargin: 10; right: buttons.left; rightMargin: 8 }
        y: 7
        visible: row.editing
        plain: true
        minimumHeight: 20
        maximumHeight: 160
        name: qsTr("Waiting message")
        onKeyPressed: event => {
            const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter
            event.accepted = (enter && !(event.modifiers & Qt.ShiftModifier)) || event.key === Qt.Key_Escape
            if (event.accepted)
                row.end(enter)
        }
    }
    Row {
        id: buttons
        anchors { right: parent.right; rightMargin: 3; top: parent.top; topMargin: 2 }
        FIconButton {
            visible: !row.editing
            glyph: "pencil"
            name: qsTr("Edit waiting message")
            onClicked: row.begin()
        }
        FIconButton {
            visible: row.editing
            glyph: "check"
            name: qsTr("Keep the change")
            onClicked: row.end(true)
        }
        FIconButton {
            glyph: "cross"
            name: row.editing ? qsTr("Leave it as it was") : qsTr("Drop waiting message")
            onClicked: row.editing ? row.end(false) : row.dropped()
        }
    }
}

// A comment to one line; it is kept with the others until all are sent.
import QtQuick
import Foundry.Controls

Rectangle {
    id: editor

    property string path: ""
    property int line: 0
    property string quote: ""
    signal written(path: string, line: int, quote: string, text: string)
    signal abandoned

    function begin(path: string, line: int, quote: string, text: string): void {
        editor.path = path
        editor.line = line
        editor.quote = quote
        words.text = text
        editor.visible = true
        words.take()
    }
    function end(keep: bool): void {
        editor.visible = false
        if (keep)
            editor.written(editor.path, editor.line, editor.quote, words.text)
        else
            editor.abandoned()
    }

    height: visible ? words.height + 84 : 0
    visible: false
    color: Theme.panel
    Accessible.role: Accessible.Form
    Accessible.name: qsTr("Comment")

    FDivider { width: parent.width }
    FText {
        x: 16
        y: 10
        width: parent.width - 32
        text: editor.line > 0 ? qsTr("Line %1").arg(editor.line) + "   " + editor.quote.trim() : ""
        mono: true
        font.pixelSize: Theme.small
        color: Theme.muted
        elide: Text.ElideRight
    }
    FTextArea {
        id: words
        x: 16
        y: 32
        width: parent.width - 32
        minimumHeight: 44
        maximumHeight: 140
        name: qsTr("Comment for the agent")
        placeholderText: qsTr("What should the agent change here?")
        onKeyPressed: event => {
            const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter
            event.accepted = (enter && !(event.modifiers & Qt.ShiftModifier)) || event.key === Qt.Key_Escape
            if (event.accepted)
                editor.end(enter)
        }
    }
    Row {
        x: 16
        y: words.y + words.height + 8
        spacing: 6
        FButton {
            text: qsTr("Keep comment")
            onClicked: editor.end(true)
        }
        FButton {
            quiet: true
            text: qsTr("Cancel")
            onClicked: editor.end(false)
        }
    }
}

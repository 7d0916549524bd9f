// A file to be read before one agrees to it; it scrolls where it is long.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

Rectangle {
    id: box

    property alias text: words.text

    implicitHeight: Math.min(180, words.height + 16)
    radius: Theme.radius
    color: Theme.code

    Flickable {
        anchors { fill: parent; margins: 8 }
        contentWidth: width
        contentHeight: words.height
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        T.ScrollBar.vertical: FScrollBar { }

        TextEdit {
            id: words
            width: parent.width
            textFormat: TextEdit.PlainText
            readOnly: true
            selectByMouse: true
            activeFocusOnTab: false
            wrapMode: TextEdit.WrapAnywhere
            color: Theme.text
            selectionColor: Theme.accent
            selectedTextColor: Theme.surface
            font.family: Theme.mono
            font.pixelSize: 11
            Accessible.role: Accessible.StaticText
            Accessible.name: text
            Accessible.readOnly: true
        }
    }
}

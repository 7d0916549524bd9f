// The last lines of a step's log, at their end.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

Rectangle {
    id: log

    property alias text: words.text

    implicitHeight: Math.min(220, words.height + 16)
    radius: Theme.radius
    color: Theme.code

    Flickable {
        anchors { fill: parent; margins: 8 }
        contentWidth: width
        contentHeight: words.height
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        onContentHeightChanged: contentY = Math.max(0, contentHeight - height)
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

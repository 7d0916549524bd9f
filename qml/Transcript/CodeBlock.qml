// Code as it was written, in its own ground, with a button that copies it. Long lines scroll sideways.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

Rectangle {
    id: block

    required property string code
    property string language: ""
    signal copied

    implicitHeight: view.height + (language === "" ? 0 : 22) + 16
    radius: Theme.radius
    color: Theme.code
    Accessible.role: Accessible.Grouping
    Accessible.name: language === "" ? qsTr("Code") : qsTr("Code, %1").arg(language)

    FText {
        x: 12
        y: 6
        visible: block.language !== ""
        text: block.language
        color: Theme.faint
        font.pixelSize: 11
        Accessible.ignored: true
    }
    Flickable {
        id: view
        x: 12
        y: block.language === "" ? 8 : 28
        width: parent.width - 24
        height: words.height
        contentWidth: words.width
        contentHeight: words.height
        flickableDirection: Flickable.HorizontalFlick
        interactive: contentWidth > width
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        T.ScrollBar.horizontal: FScrollBar { }

        TextEdit {
            id: words
            text: block.code
            textFormat: TextEdit.PlainText
            readOnly: true
            selectByMouse: true
            activeFocusOnTab: false
            color: Theme.text
            selectionColor: Theme.accent
            selectedTextColor: Theme.surface
            font.family: Theme.mono
            font.pixelSize: Theme.small
            Accessible.role: Accessible.StaticText
            Accessible.name: text
            Accessible.readOnly: true
        }
    }
    FIconButton {
        anchors { right: parent.right; top: parent.top; margins: 2 }
        width: 26
        height: 26
        opacity: hover.hovered || activeFocus ? 1 : 0
        glyph: copyDone.running ? "check" : "copy"
        name: qsTr("Copy code")
        onClicked: {
            block.copied()
            copyDone.restart()
        }
    }
    HoverHandler { id: hover }
    Timer {
        id: copyDone
        interval: 1200
    }
}

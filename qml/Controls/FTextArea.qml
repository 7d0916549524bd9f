// Several lines of text that scroll inside; grows with its text up to `maximumHeight`. `plain` has no ground or line.
// Keys the form wants first come through `keyPressed(event)`: accept the event to keep it from the text.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T

Item {
    id: area

    property alias text: edit.text
    property alias placeholderText: edit.placeholderText
    property alias font: edit.font
    property alias readOnly: edit.readOnly
    property alias cursorPosition: edit.cursorPosition
    readonly property alias lineCount: edit.lineCount
    readonly property alias editor: edit
    property string name: placeholderText
    property string problem: ""
    property bool plain: false
    property bool mono: false
    property int minimumHeight: 56
    property int maximumHeight: 240
    signal keyPressed(event: var)
    signal textEdited

    implicitWidth: 240
    readonly property real wanted: Math.ceil(edit.contentHeight) + edit.topPadding + edit.bottomPadding
    implicitHeight: Math.min(maximumHeight, Math.max(minimumHeight, wanted))
    activeFocusOnTab: false

    function take(): void {
        edit.forceActiveFocus()
    }

    Rectangle {
        anchors.fill: parent
        visible: !area.plain
        radius: Theme.radius
        color: Theme.surface
        border.color: area.problem !== "" ? Theme.negative : edit.activeFocus ? Theme.accent : Theme.line
        Accessible.ignored: true
    }

    Flickable {
        id: view
        anchors.fill: parent
        anchors.margins: 1
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        contentWidth: width
        contentHeight: edit.height
        T.ScrollBar.vertical: FScrollBar { }

        function follow(r: rect): void {
            if (contentY > r.y)
                contentY = Math.max(0, r.y)
            else if (contentY + height < r.y + r.height)
                contentY = r.y + r.height - height
        }

        T.TextArea {
            id: edit
            property bool ready: false
            width: view.width
            height: Math.max(view.height, Math.ceil(contentHeight) + topPadding + bottomPadding)
            leftPadding: area.plain ? 0 : 10
            rightPadding: area.plain ? 0 : 10
            topPadding: area.plain ? 0 : 7
            bottomPadding: area.plain ? 0 : 7
            color: Theme.text
            placeholderTextColor: Theme.faint
            selectionColor: Theme.accent
            selectedTextColor: Theme.surface
            selectByMouse: true
            wrapMode: TextEdit.Wrap
            textFormat: TextEdit.PlainText
            font.family: area.mono ? Theme.mono : Theme.sans
            font.pixelSize: Theme.body
            Accessible.role: Accessible.EditableText
            Accessible.name: area.name
            Accessible.description: area.problem
            Accessible.multiLine: true
            Accessible.editable: !readOnly
            Accessible.focusable: true
            KeyNavigation.priority: KeyNavigation.BeforeItem
            KeyNavigation.tab: nextItemInFocusChain(true)
            KeyNavigation.backtab: nextItemInFocusChain(false)
            Keys.onPressed: event => area.keyPressed(event)
            onCursorRectangleChanged: view.follow(cursorRectangle)
            onTextChanged: if (ready) area.textEdited()
            Component.onCompleted: ready = true
            cursorDelegate: FCursor { owner: edit }

            FText {
                x: edit.leftPadding
                y: edit.topPadding
                width: edit.width - edit.leftPadding - edit.rightPadding
                visible: edit.text === "" && edit.preeditText === ""
                text: edit.placeholderText
                color: Theme.faint
                font: edit.font
                elide: Text.ElideRight
                Accessible.ignored: true
            }
        }
    }
}

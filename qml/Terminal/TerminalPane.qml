// One terminal with its scroll bar, its state in words, the search, and the question before many lines are pasted.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Terminal

FocusScope {
    id: pane

    property Terminal terminal: null
    signal runAsked(commandLine: string) // again
    signal newAsked
    signal closeAsked
    signal neighbourAsked(step: int)

    function take(): void {
        view.forceActiveFocus()
    }
    function search(): void {
        find.visible = true
        words.forceActiveFocus()
        words.selectAll()
    }

    TerminalView {
        id: view
        anchors { top: find.bottom; bottom: notes.top; left: parent.left; right: bar.left }
        focus: true
        terminal: pane.terminal
        colours: Theme.terminal
        font { family: Theme.mono; pixelSize: Theme.body }
        Accessible.role: Accessible.EditableText
        Accessible.name: pane.terminal === null ? "" : qsTr("Terminal, %1").arg(pane.terminal.title)
        Accessible.description: qsTr("Ctrl+` leaves the terminal.") + " " + state.text
        Accessible.focusable: true
        Accessible.editable: true
        Accessible.multiLine: true
        onFindAsked: pane.search()
        onNewAsked: pane.newAsked()
        onCloseAsked: pane.closeAsked()
        onNeighbourAsked: step => pane.neighbourAsked(step)
    }
    T.ScrollBar {
        id: bar
        anchors { top: view.top; bottom: view.bottom; right: parent.right }
        width: 10
        orientation: Qt.Vertical
        policy: T.ScrollBar.AsNeeded
        visible: view.pageSize < 1
        size: view.pageSize
        minimumSize: 0.06
        padding: 2
        Accessible.ignored: true
        onPositionChanged: if (pressed) view.scrollToPosition(position)
        contentItem: Rectangle {
            implicitWidth: 6
            radius: 3
            color: bar.pressed ? Theme.faint : bar.hovered ? Theme.strongLine : Theme.line
        }
        Binding {
            target: bar
            property: "position"
            value: view.position
            when: !bar.pressed
        }
    }
    FButton {
        anchors { right: view.right; bottom: view.bottom; margins: 8 }
        visible: !view.atEnd
        text: qsTr("To the end")
        onClicked: {
            view.scrollToPosition(1)
            pane.take()
        }
    }
    Item {
        id: find
        width: parent.width
        height: visible ? 36 : 0
        visible: false
        FTextField {
            id: words
            x: 8
            anchors.verticalCenter: parent.verticalCenter
            width: 260
            name: qsTr("Search in the terminal")
            placeholderText: name
            glyph: "search"
            problem: missed ? qsTr("Not found") : ""
            property bool missed: false
            onWritten: missed = text !== "" && !view.find(text, true)
            onAccepted: missed = !view.find(text, true)
            Keys.onUpPressed: missed = !view.find(text, true)
            Keys.onDownPressed: missed = !view.find(text, false)
            Keys.onEscapePressed: close.clicked()
        }
        Row {
            anchors { left: words.right; leftMargin: 4; verticalCenter: parent.verticalCenter }
            FIconButton {
                glyph: "up"
                name: qsTr("The one before")
                onClicked: words.missed = !view.find(words.text, true)
            }
            FIconButton {
                glyph: "down"
                name: qsTr("The next one")
                onClicked: words.missed = !view.find(words.text, false)
            }
            FIconButton {
                id: close
                glyph: "cross"
                name: qsTr("Close the search")
                onClicked: {
                    find.visible = false
                    pane.take()
                }
            }
        }
    }
    Column {
        id: notes
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        Rectangle {
            width: parent.width
            height: visible ? 40 : 0
            visible: pane.terminal !== null && pane.terminal.askedLines > 0
            color: Theme.warningGround
            FText {
                x: 12
                height: parent.height
                text: pane.terminal === null ? ""
                    : qsTr("Paste %1 lines? The program may run each as it comes.").arg(pane.terminal.askedLines)
                color: Theme.warning
            }
            Row {
                anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
                spacing: 6
                FButton {
                    text: qsTr("Paste")
                    onClicked: {
                        pane.terminal.answerPaste(true)
                        pane.take()
                    }
                }
                FButton {
                    text: qsTr("Do not paste")
                    onClicked: {
                        pane.terminal.answerPaste(false)
                        pane.take()
                    }
                }
            }
        }
        Item {
            readonly property bool isRun: pane.terminal !== null && pane.terminal.commandLine !== ""
            width: parent.width
            height: visible ? 34 : 0
            visible: isRun || state.text !== ""
            FDivider { width: parent.width }
            FButton {
                anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
                visible: parent.isRun
                readonly property bool over: pane.terminal !== null && pane.terminal.phase === Terminal.Ended
                small: true
                glyph: over ? "retry" : "stop"
                text: over ? qsTr("Run again") : qsTr("End it")
                onClicked: {
                    if (over)
                        pane.runAsked(pane.terminal.commandLine)
                    else
                        pane.terminal.stop()
                }
            }
            FText {
                id: state
                width: parent.width - 120
                height: parent.height
                leftPadding: 8
                text: pane.terminal === null ? ""
                    : pane.terminal.status === "" && parent.isRun ? qsTr("Running") : pane.terminal.status
                color: pane.terminal !== null && pane.terminal.failed ? Theme.negative : Theme.muted
                font.pixelSize: Theme.small
                elide: Text.ElideRight
            }
        }
    }
}

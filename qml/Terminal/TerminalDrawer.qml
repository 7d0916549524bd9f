// The terminals of the task below its page: a bar while closed, tabs and the current one while open.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Terminal

FocusScope {
    id: drawer

    required property Terminals terminals
    property real most: 600 // of its height
    property real wanted: 300
    readonly property bool open: terminals.shown && terminals.count > 0
    readonly property real least: 120
    signal keyboardLeft // the keyboard goes back to the page

    function toggle(): void {
        drawer.terminals.toggle()
        if (drawer.open)
            pane.take()
        else
            drawer.keyboardLeft()
    }

    function askRun(): void {
        runBar.visible = true
        runBar.ask()
    }

    implicitHeight: (open ? Math.max(least, Math.min(wanted, most)) : Theme.row) + (runBar.visible ? runBar.height : 0)
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Terminals")

    Rectangle {
        anchors.fill: parent
        color: drawer.open ? Theme.surface : Theme.panel
    }
    FDivider {
        id: edge
        width: parent.width
    }
    Item {
        // Its height, by the mouse here, by the keys of the button in the bar.
        id: handle
        visible: drawer.open
        y: -3
        width: parent.width
        height: 7
        HoverHandler { cursorShape: Qt.SplitVCursor }
        DragHandler {
            property real before: 0
            target: null
            onActiveChanged: before = drawer.height
            onTranslationChanged: if (active) drawer.wanted = Math.max(drawer.least, Math.min(drawer.most, before - translation.y))
        }
    }
    RunBar {
        id: runBar
        anchors.top: edge.bottom
        width: parent.width
        height: visible ? implicitHeight : 0
        visible: false
        terminals: drawer.terminals
        onBegan: {
            visible = false
            pane.take()
        }
        onDismissed: {
            visible = false
            if (drawer.open)
                pane.take()
            else
                drawer.keyboardLeft()
        }
    }
    FButton {
        visible: !drawer.open
        anchors { left: parent.left; leftMargin: 8; bottom: parent.bottom; bottomMargin: 1 }
        small: true
        quiet: true
        glyph: "tool"
        trailingGlyph: "up"
        text: drawer.terminals.count === 0 ? qsTr("Terminal") : qsTr("Terminal, %1 open").arg(drawer.terminals.count)
        toolTip: qsTr("In the task\u2019s sandbox   Ctrl+`")
        onClicked: drawer.toggle()
    }
    FButton {
        visible: !drawer.open && !runBar.visible
        anchors { right: parent.right; rightMargin: 8; bottom: parent.bottom; bottomMargin: 1 }
        small: true
        quiet: true
        glyph: "play"
        text: qsTr("Run\u2026")
        toolTip: qsTr("The project\u2019s own command, in the task\u2019s sandbox   Ctrl+Shift+R")
        onClicked: drawer.askRun()
    }
    Item {
        id: bar
        visible: drawer.open
        anchors { top: runBar.bottom; left: parent.left; right: parent.right }
        height: visible ? 32 : 0
        FTabBar {
            id: tabs
            x: 12
            height: parent.height
            width: Math.min(implicitWidth, parent.width - 150)
            currentIndex: drawer.terminals.currentRow
            Repeater {
                model: drawer.terminals
                FTabButton {
                    required property int index
                    required property string title
                    required property bool ended
                    required property bool failed
                    height: tabs.height
                    width: Math.min(implicitWidth, 220)
                    text: title
                    count: failed ? "\u2715" : ended ? "\u2713" : ""
                    onClicked: {
                        drawer.terminals.select(index)
                        pane.take()
                    }
                }
            }
        }
        FIconButton {
            id: plus
            anchors { left: tabs.right; leftMargin: 2; verticalCenter: parent.verticalCenter }
            width: 24
            height: 24
            glyph: "plus"
            name: qsTr("New terminal")
            keys: "Ctrl+Shift+T"
            onClicked: {
                drawer.terminals.open()
                pane.take()
            }
        }
        Row {
            anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
            FIconButton {
                width: 24
                height: 24
                glyph: "play"
                name: qsTr("Run\u2026")
                keys: "Ctrl+Shift+R"
                onClicked: drawer.askRun()
            }
            FIconButton {
                width: 24
                height: 24
                glyph: "search"
                name: qsTr("Search in the terminal")
                keys: "Ctrl+Shift+F"
                onClicked: pane.search()
            }
            FIconButton {
                width: 24
                height: 24
                glyph: drawer.wanted >= drawer.most ? "down" : "up"
                name: drawer.wanted >= drawer.most ? qsTr("Smaller") : qsTr("Larger")
                onClicked: drawer.wanted = drawer.wanted >= drawer.most ? 300 : drawer.most
            }
            FIconButton {
                width: 24
                height: 24
                glyph: "trash"
                name: qsTr("Close the terminal")
                keys: "Ctrl+Shift+W"
                onClicked: {
                    drawer.terminals.close(drawer.terminals.currentRow)
                    pane.leaveWhenEmpty()
                }
            }
            FIconButton {
                width: 24
                height: 24
                glyph: "cross"
                name: qsTr("Hide the terminals")
                keys: "Ctrl+`"
                onClicked: drawer.toggle()
            }
        }
    }
    FDivider {
        id: line
        visible: drawer.open
        anchors.top: bar.bottom
        width: parent.width
    }
    TerminalPane {
        id: pane
        anchors { top: line.bottom; bottom: parent.bottom; left: parent.left; right: parent.right }
        visible: drawer.open
        focus: true
        terminal: drawer.terminals.current
        onRunAsked: line => drawer.terminals.run(line)
        onNewAsked: drawer.terminals.open()
        onCloseAsked: {
            drawer.terminals.close(drawer.terminals.currentRow)
            pane.leaveWhenEmpty()
        }
        onNeighbourAsked: step => drawer.terminals.selectNeighbour(step)
        function leaveWhenEmpty(): void {
            if (drawer.terminals.count === 0)
                drawer.keyboardLeft()
        }
    }
    Connections {
        target: drawer.terminals
        function onCountChanged(): void {
            if (drawer.terminals.count === 0 && pane.activeFocus)
                drawer.keyboardLeft()
        }
    }
}

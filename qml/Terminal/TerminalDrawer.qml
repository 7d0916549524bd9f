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
    signal left // the keyboard goes back to the page

    function toggle(): void {
        drawer.terminals.toggle()
        if (drawer.open)
            pane.take()
        else
            drawer.left()
    }

    implicitHeight: open ? Math.max(least, Math.min(wanted, most)) : Theme.row
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
    FButton {
        visible: !drawer.open
        anchors.fill: parent
        anchors.topMargin: 1
        quiet: true
        glyph: "tool"
        trailingGlyph: "up"
        text: drawer.terminals.count === 0 ? qsTr("Terminal") : qsTr("Terminal, %1 open").arg(drawer.terminals.count)
        toolTip: qsTr("In the task\u2019s sandbox   Ctrl+`")
        onClicked: drawer.toggle()
    }
    Item {
        id: bar
        visible: drawer.open
        anchors { top: edge.bottom; left: parent.left; right: parent.right }
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
        onNewAsked: drawer.terminals.open()
        onCloseAsked: {
            drawer.terminals.close(drawer.terminals.currentRow)
            pane.leaveWhenEmpty()
        }
        onNeighbourAsked: step => drawer.terminals.selectNeighbour(step)
        function leaveWhenEmpty(): void {
            if (drawer.terminals.count === 0)
                drawer.left()
        }
    }
    Connections {
        target: drawer.terminals
        function onCountChanged(): void {
            if (drawer.terminals.count === 0 && pane.activeFocus)
                drawer.left()
        }
    }
}

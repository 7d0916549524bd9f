// The diff of the open file. n and p go from change to change, j and k from file to file, c comments on a line,
// v marks the file as viewed.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Review

FocusScope {
    id: view

    required property Review review
    signal closed

    function go(row: int): void {
        if (row < 0)
            return
        list.currentIndex = row
        list.positionViewAtIndex(row, ListView.Contain)
        list.contentY = Math.max(0, Math.min(list.contentY, list.contentHeight - list.height))
    }
    function comment(row: int): void {
        const line = view.review.diff.lineNumber(row)
        if (line <= 0)
            return
        list.currentIndex = row
        editor.row = row
        editor.begin(view.review.path, line, view.review.diff.lineText(row),
            view.review.comments.textAt(view.review.path, line))
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Changes in %1").arg(review.path)

    Item {
        id: head
        width: parent.width
        height: Theme.tabStrip
        FText {
            x: 16
            width: Math.min(implicitWidth, parent.width - 220)
            height: parent.height
            text: view.review.path
            mono: true
            font.pixelSize: Theme.small
            elide: Text.ElideMiddle
            Accessible.role: Accessible.Heading
        }
        Row {
            anchors { right: parent.right; rightMargin: 10; verticalCenter: parent.verticalCenter }
            spacing: 2
            FText {
                height: Theme.control
                text: "+" + view.review.diff.added
                color: Theme.positive
                font.pixelSize: Theme.small
                rightPadding: 6
            }
            FText {
                height: Theme.control
                text: "\u2212" + view.review.diff.removed
                color: Theme.negative
                font.pixelSize: Theme.small
                rightPadding: 10
            }
            FIconButton {
                glyph: "up"
                name: qsTr("Previous change")
                keys: "P"
                onClicked: view.go(view.review.diff.previousChange(list.currentIndex))
            }
            FIconButton {
                glyph: "down"
                name: qsTr("Next change")
                keys: "N"
                onClicked: view.go(view.review.diff.nextChange(list.currentIndex))
            }
            FIconButton {
                glyph: "cross"
                name: qsTr("Close the file")
                keys: "Esc"
                onClicked: view.closed()
            }
        }
        FDivider {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    ListView {
        id: list
        anchors { top: head.bottom; bottom: rest.top; left: parent.left; right: parent.right }
        focus: true
        activeFocusOnTab: true
        clip: true
        model: view.review.diff
        currentIndex: -1
        contentWidth: Math.max(width, 76 + view.review.diff.longestLine * letter.advanceWidth)
        flickableDirection: Flickable.AutoFlickIfNeeded
        boundsBehavior: Flickable.StopAtBounds
        reuseItems: true
        highlightFollowsCurrentItem: false
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Lines")
        T.ScrollBar.vertical: FScrollBar { }
        T.ScrollBar.horizontal: FScrollBar { }

        Keys.onPressed: event => {
            event.accepted = true
            if (event.key === Qt.Key_N)
                view.go(view.review.diff.nextChange(currentIndex))
            else if (event.key === Qt.Key_P)
                view.go(view.review.diff.previousChange(currentIndex))
            else if (event.key === Qt.Key_J)
                view.review.openNext(1)
            else if (event.key === Qt.Key_K)
                view.review.openNext(-1)
            else if (event.key === Qt.Key_C && currentIndex >= 0)
                view.comment(currentIndex)
            else if (event.key === Qt.Key_V)
                view.review.files.setViewed(view.review.path, true)
            else if (event.key === Qt.Key_Escape)
                view.closed()
            else
                event.accepted = false
        }
        delegate: DiffRow {
            id: line
            required property int index
            width: list.contentWidth
            gutter: 56
            current: ListView.isCurrentItem
            Accessible.onPressAction: view.comment(line.index)
            TapHandler {
                onTapped: {
                    list.currentIndex = line.index
                    list.forceActiveFocus()
                }
                onDoubleTapped: view.comment(line.index)
            }
            HoverHandler { id: hover }
            FIconButton {
                x: 0
                width: 18
                height: 18
                visible: hover.hovered && !line.isHunk
                focusPolicy: Qt.NoFocus
                glyph: "plus"
                color: Theme.accent
                name: qsTr("Comment on this line")
                keys: "C"
                onClicked: view.comment(line.index)
            }
        }
        bottomMargin: 16
    }
    FEmpty {
        anchors.centerIn: list
        visible: view.review.binary || (view.review.diff.empty && !view.review.loadingFile && view.review.path !== "")
        title: view.review.binary ? qsTr("A binary file") : qsTr("No lines changed")
        sentence: view.review.binary ? qsTr("There are no lines to compare.")
            : qsTr("Only its name or its mode is different.")
    }
    FText {
        id: rest
        anchors { left: parent.left; leftMargin: 16; bottom: editor.top }
        height: visible ? 32 : 0
        visible: view.review.cut
        text: qsTr("This file is longer; the rest is not shown.")
        color: Theme.muted
    }
    CommentEditor {
        id: editor
        property int row: -1
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        onWritten: (path, line, quote, text) => {
            view.review.comments.write(path, line, quote, text)
            list.forceActiveFocus()
        }
        onAbandoned: list.forceActiveFocus()
    }
    TextMetrics {
        id: letter
        font.family: Theme.mono
        font.pixelSize: Theme.small
        text: "m"
    }
}

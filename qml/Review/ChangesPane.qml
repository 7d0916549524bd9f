// What the task changed: the files, one of them to be opened, and the comments that wait to be sent.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Review

FocusScope {
    id: pane

    required property Review review
    signal fileOpened(path: string)

    function openRow(row: int): void {
        const path = pane.review.files.pathAt(row)
        if (path === "")
            return
        pane.review.open(path)
        pane.fileOpened(path)
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Changes")

    Binding {
        target: pane.review
        property: "watched"
        value: pane.visible
    }
    Item {
        id: head
        x: 12
        width: parent.width - 20
        height: 40
        FButton {
            id: against
            anchors { left: parent.left; leftMargin: -8; verticalCenter: parent.verticalCenter }
            quiet: true
            small: true
            trailingGlyph: "down"
            text: pane.review.againstClone ? qsTr("My files") : qsTr("Since the start")
            accessibleName: qsTr("Compared with: %1").arg(text)
            toolTip: pane.review.againstClone
                ? qsTr("From your clone\u2019s files as they were when you asked, to the task\u2019s")
                : pane.review.hasClone
                ? qsTr("From the commit that the task began with")
                : qsTr("From the commit that the task began with; there is no clone of yours to compare with")
            onClicked: choices.popup(against, 0, against.height + 4)
        }
        FMenu {
            id: choices
            FMenuItem {
                text: qsTr("Since the start")
                glyph: pane.review.againstClone ? "" : "check"
                onTriggered: pane.review.againstClone = false
            }
            FMenuItem {
                visible: pane.review.hasClone
                height: visible ? implicitHeight : 0
                text: qsTr("Compare with my working tree")
                glyph: pane.review.againstClone ? "check" : ""
                onTriggered: pane.review.againstClone = true
            }
        }
        FText {
            anchors.left: against.right
            anchors.leftMargin: 4
            height: parent.height
            visible: pane.review.files.count > 0
            font.pixelSize: Theme.small
            text: (pane.review.files.count === 1 ? qsTr("1 file") : qsTr("%1 files").arg(pane.review.files.count))
                + (pane.review.files.viewedCount > 0 ? qsTr(" \u00b7 %1 viewed").arg(pane.review.files.viewedCount)
                : "")
            color: Theme.muted
        }
        Row {
            anchors { right: refresh.left; rightMargin: 6 }
            height: parent.height
            spacing: 6
            visible: pane.review.files.count > 0
            FText {
                height: parent.height
                text: "+" + pane.review.files.added
                color: Theme.positive
                font.pixelSize: Theme.small
            }
            FText {
                height: parent.height
                text: "\u2212" + pane.review.files.removed
                color: Theme.negative
                font.pixelSize: Theme.small
            }
        }
        FIconButton {
            id: refresh
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            glyph: "retry"
            name: qsTr("Look at the files now")
            enabled: !pane.review.loading
            onClicked: pane.review.refresh()
        }
    }
    FText {
        id: trouble
        anchors { top: head.bottom; left: parent.left; right: parent.right; leftMargin: 12; rightMargin: 12 }
        height: visible ? implicitHeight + 8 : 0
        visible: text !== ""
        text: pane.review.trouble
        color: Theme.negative
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
    ListView {
        id: list
        anchors {
            top: trouble.bottom
            bottom: comments.top
            left: parent.left
            right: parent.right
            leftMargin: 8
            rightMargin: 8
        }
        focus: true
        activeFocusOnTab: true
        clip: true
        model: pane.review.files
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        currentIndex: -1
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Changed files")
        T.ScrollBar.vertical: FScrollBar { }
        Keys.onPressed: event => {
            const path = pane.review.files.pathAt(currentIndex)
            event.accepted = true
            if ((event.key === Qt.Key_Return || event.key === Qt.Key_Enter) && path !== "")
                pane.openRow(currentIndex)
            else if (event.key === Qt.Key_V && path !== "")
                pane.review.files.setViewed(path, !(currentItem as FileRow).viewed)
            else
                event.accepted = false
        }
        onActiveFocusChanged: if (activeFocus && currentIndex < 0 && count > 0) currentIndex = 0
        delegate: FileRow {
            id: file
            required property int index
            width: list.width
            current: path === pane.review.path
            highlighted: ListView.isCurrentItem
            onClicked: {
                list.currentIndex = file.index
                pane.openRow(file.index)
            }
            onViewedAsked: viewed => pane.review.files.setViewed(file.path, viewed)
            Rectangle {
                anchors.fill: parent
                visible: file.highlighted && list.activeFocus
                color: "transparent"
                radius: Theme.radius
                border.width: 2
                border.color: Theme.accent
            }
        }
    }
    FEmpty {
        anchors.centerIn: list
        width: Math.min(260, parent.width - 32)
        visible: pane.review.files.count === 0 && pane.review.known
        title: pane.review.againstClone ? qsTr("Nothing differs") : qsTr("No changes yet")
        sentence: pane.review.againstClone ? qsTr("Your clone\u2019s files are the same as the task\u2019s.")
            : qsTr("Files that the agent changes appear here at the end of a turn.")
    }
    Rectangle {
        id: comments
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: 12 }
        height: visible ? 44 : 0
        visible: pane.review.comments.count > 0
        radius: Theme.radius
        color: Theme.surface
        border.color: Theme.line
        FText {
            x: 12
            height: parent.height
            text: pane.review.comments.count === 1 ? qsTr("1 comment")
                : qsTr("%1 comments").arg(pane.review.comments.count)
        }
        FButton {
            anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
            text: qsTr("Send to the agent")
            onClicked: pane.review.sendComments()
        }
    }
}

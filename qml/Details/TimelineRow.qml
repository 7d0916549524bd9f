// One line of a task's life: what, how long, and why where it is not just done.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls

Item {
    id: row

    required property string name
    required property string title
    required property string subject
    required property string status
    required property string tone
    required property string span
    required property string detail
    required property real fraction
    required property bool current
    required property bool retryable
    required property bool hasLog
    required property string spoken
    required property string lastLines
    property bool logShown: false
    property string log: ""
    readonly property bool ahead: status === "pending" || status === "skipped"
    signal retryAsked
    signal logAsked

    implicitHeight: column.height + 10
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken

    FIcon {
        x: 4
        y: 7
        width: 14
        height: 14
        name: row.status === "done" ? "check" : row.status === "failed" ? "cross" : row.ahead ? "circle"
            : row.status === "running" ? "working" : "disc"
        color: row.ahead ? Theme.faint : Theme.toneText(row.tone)
    }
    Column {
        id: column
        x: 28
        y: 5
        width: parent.width - 32
        spacing: 2

        Item {
            width: parent.width
            height: 18
            FText {
                id: words
                height: parent.height
                width: Math.min(implicitWidth, parent.width - time.implicitWidth - 8)
                text: row.title
                color: row.ahead ? Theme.muted : Theme.text
                font.weight: row.current ? Font.DemiBold : Font.Normal
                elide: Text.ElideRight
                Accessible.ignored: true
            }
            FText {
                anchors { left: words.right; leftMargin: 6; right: time.left; rightMargin: 8 }
                height: parent.height
                text: row.subject
                mono: true
                font.pixelSize: Theme.small
                elide: Text.ElideMiddle
                Accessible.ignored: true
            }
            FText {
                id: time
                anchors.right: parent.right
                height: parent.height
                text: row.span
                color: Theme.muted
                Accessible.ignored: true
            }
        }
        FText {
            width: parent.width
            visible: text !== ""
            text: row.detail
            color: row.status === "failed" ? Theme.negative : Theme.muted
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
            maximumLineCount: 8
            elide: Text.ElideRight
            Accessible.ignored: true
        }
        LogText {
            width: parent.width
            visible: row.lastLines !== ""
            text: row.lastLines
        }
        Rectangle {
            width: parent.width
            height: 2
            visible: row.fraction >= 0
            radius: 1
            color: Theme.fineLine
            Accessible.role: Accessible.ProgressBar
            Accessible.name: qsTr("%1 %").arg(Math.round(row.fraction * 100))
            Rectangle {
                width: parent.width * Math.min(1, Math.max(0, row.fraction))
                height: parent.height
                radius: 1
                color: Theme.accent
            }
        }
        Row {
            visible: row.retryable
                || (row.hasLog && (row.current || hover.hovered || logButton.activeFocus || row.logShown))
            spacing: 6
            topPadding: 2
            FButton {
                visible: row.retryable
                text: qsTr("Try again")
                glyph: "retry"
                onClicked: row.retryAsked()
            }
            FButton {
                id: logButton
                visible: row.hasLog
                quiet: !row.current
                text: row.logShown ? qsTr("Hide log") : qsTr("Show log")
                accessibleName: row.logShown ? qsTr("Hide log of %1").arg(row.title)
                    : qsTr("Show log of %1").arg(row.title)
                onClicked: row.logAsked()
            }
        }
        LogText {
            width: parent.width
            visible: row.logShown
            text: row.logShown ? row.log : ""
        }
    }
    HoverHandler { id: hover }
}

// A changed file: its name first, then where it is.
import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

T.ItemDelegate {
    id: row

    required property string path
    required property string name
    required property string folder
    required property string oldPath
    required property string fileState
    required property int added
    required property int removed
    required property bool binary
    required property bool viewed
    property bool current: false
    readonly property string letter: fileState === "added" ? "A" : fileState === "deleted" ? "D"
        : fileState === "renamed" ? "R" : fileState === "typeChanged" ? "T" : "M"
    readonly property string stateWord: fileState === "added" ? qsTr("added") : fileState === "deleted"
        ? qsTr("deleted") : fileState === "renamed" ? qsTr("renamed from %1").arg(oldPath)
        : fileState === "typeChanged" ? qsTr("type changed") : qsTr("modified")
    signal viewedAsked(viewed: bool)

    implicitHeight: Theme.row
    Accessible.role: Accessible.ListItem
    Accessible.name: qsTr("%1, %2, %3 added, %4 removed").arg(path).arg(stateWord).arg(added).arg(removed)
    Accessible.description: viewed ? qsTr("viewed") : ""
    Accessible.selected: current
    Accessible.focusable: true
    Accessible.onPressAction: row.clicked()
    Accessible.onToggleAction: row.viewedAsked(!row.viewed)

    background: Rectangle {
        radius: Theme.radius
        color: row.current ? Theme.selection : row.hovered ? Theme.hover : "transparent"
        FFocusRing {
            anchors.margins: 0
            visible: row.visualFocus
        }
    }
    FText {
        x: 8
        width: 14
        height: parent.height
        text: row.letter
        mono: true
        font.pixelSize: Theme.small
        color: row.fileState === "added" ? Theme.positive : row.fileState === "deleted" ? Theme.negative : Theme.faint
        Accessible.ignored: true
        FToolTip {
            visible: row.hovered && row.fileState === "renamed"
            text: row.stateWord
        }
    }
    FText {
        id: words
        x: 28
        height: parent.height
        width: Math.min(implicitWidth, numbers.x - 36)
        text: row.name
        color: row.viewed ? Theme.muted : Theme.text
        font.strikeout: row.fileState === "deleted"
        elide: Text.ElideMiddle
        Accessible.ignored: true
    }
    FText {
        anchors { left: words.right; leftMargin: 8; right: numbers.left; rightMargin: 8 }
        height: parent.height
        text: row.folder
        color: Theme.faint
        font.pixelSize: Theme.small
        elide: Text.ElideLeft
        Accessible.ignored: true
    }
    Row {
        id: numbers
        anchors { right: mark.left; rightMargin: 4 }
        height: parent.height
        spacing: 6
        FText {
            height: parent.height
            visible: row.binary
            text: qsTr("binary")
            color: Theme.faint
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        FText {
            height: parent.height
            visible: row.added > 0
            text: "+" + row.added
            color: Theme.positive
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        FText {
            height: parent.height
            visible: row.removed > 0
            text: "\u2212" + row.removed
            color: Theme.negative
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
    }
    FIconButton {
        id: mark
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        width: 26
        height: 26
        focusPolicy: Qt.NoFocus
        opacity: row.viewed || row.hovered || row.current ? 1 : 0
        glyph: row.viewed ? "check" : "eye"
        color: row.viewed ? Theme.positive : Theme.faint
        name: row.viewed ? qsTr("Mark %1 as not viewed").arg(row.name) : qsTr("Mark %1 as viewed").arg(row.name)
        keys: "V"
        onClicked: row.viewedAsked(!row.viewed)
    }
}

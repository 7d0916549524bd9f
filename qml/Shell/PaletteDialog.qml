// Find a task or a command: type, arrows, Return.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Shell

FDialog {
    id: dialog

    required property Workbench workbench

    preferredWidth: 580
    footerVisible: false
    onOpened: words.forceActiveFocus()

    FTextField {
        id: words
        width: parent.width - 36
        glyph: "search"
        name: qsTr("Search or run a command")
        placeholderText: name
        text: dialog.workbench.palette.filter
        onWritten: {
            dialog.workbench.palette.filter = text
            list.currentIndex = 0
        }
        Keys.onDownPressed: list.incrementCurrentIndex()
        Keys.onUpPressed: list.decrementCurrentIndex()
        onAccepted: dialog.workbench.runPalette(list.currentIndex)
    }
    ListView {
        id: list
        x: -6
        width: parent.width - 24
        height: Math.min(360, Math.max(40, contentHeight))
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        currentIndex: 0
        model: dialog.workbench.palette
        T.ScrollBar.vertical: FScrollBar { }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Found")

        delegate: T.AbstractButton {
            id: found

            required property int index
            required property string title
            required property string detail
            required property string keys
            required property string glyph
            readonly property bool current: ListView.isCurrentItem

            width: ListView.view.width
            height: 32
            focusPolicy: Qt.NoFocus
            onClicked: dialog.workbench.runPalette(index)
            onHoveredChanged: if (hovered) list.currentIndex = index
            Accessible.role: Accessible.ListItem
            Accessible.name: detail === "" ? title : title + ", " + detail
            Accessible.selected: current
            Accessible.onPressAction: found.clicked()

            background: Rectangle {
                radius: Theme.radius
                color: found.current ? Theme.selection : "transparent"
            }
            Item {
                anchors.fill: parent
                FIcon {
                    x: 8
                    anchors.verticalCenter: parent.verticalCenter
                    name: found.glyph
                }
                FText {
                    id: titleText
                    x: 34
                    height: parent.height
                    width: Math.min(implicitWidth, parent.width - x - Math.min(180, detailText.implicitWidth) - 80)
                    text: found.title
                    elide: Text.ElideRight
                    Accessible.ignored: true
                }
                FText {
                    id: detailText
                    anchors { left: titleText.right; leftMargin: 10 }
                    height: parent.height
                    width: Math.max(0, parent.width - x - keyText.width - 20)
                    text: found.detail
                    color: Theme.faint
                    font.pixelSize: Theme.small
                    elide: Text.ElideRight
                    Accessible.ignored: true
                }
                FText {
                    id: keyText
                    anchors { right: parent.right; rightMargin: 10 }
                    height: parent.height
                    text: found.keys
                    color: Theme.faint
                    font.pixelSize: Theme.small
                    Accessible.ignored: true
                }
            }
        }
    }
    FText {
        visible: list.count === 0
        text: qsTr("Nothing has these words.")
        color: Theme.muted
    }
}

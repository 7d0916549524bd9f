// GitHub in the sidebar: accounts, their organisations, and the repositories of these, all of them rows of the engine.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Forge

Item {
    id: section

    required property ForgePage github
    readonly property real wanted: words.height + 16 + list.contentHeight
    signal signInAsked

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("GitHub")

    FDivider { width: parent.width }
    FTextField {
        id: words
        anchors {
            top: parent.top
            topMargin: 8
            left: parent.left
            leftMargin: 12
            right: parent.right
            rightMargin: 12
        }
        glyph: "search"
        name: qsTr("Find repositories at GitHub")
        placeholderText: qsTr("Find at GitHub")
        onWritten: section.github.find = text
        Keys.onEscapePressed: clear()
        Keys.onDownPressed: list.forceActiveFocus()
    }
    ListView {
        id: list
        anchors { top: words.bottom; topMargin: 4; left: parent.left; right: parent.right; bottom: parent.bottom }
        clip: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        reuseItems: true
        model: section.github.lines
        T.ScrollBar.vertical: FScrollBar { }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Repositories at GitHub")
        delegate: ForgeRow {
            width: ListView.view.width
            chosen: section.github.shown && account === section.github.account
                    && owner === (isRepository ? owner : section.github.owner)
                    && repository === section.github.repository && kind !== ForgeLines.More
            focused: list.activeFocus && ListView.isCurrentItem
            onClicked: {
                if (kind === ForgeLines.More)
                    words.forceActiveFocus()
                else if (isRepository)
                    section.github.choose(account, repository)
                else
                    section.github.chooseAll(account, owner)
            }
            onSynchroniseAsked: section.github.synchroniseAccount(account)
        }
        Keys.onReturnPressed: if (currentItem) (currentItem as ForgeRow).clicked()
        Keys.onEnterPressed: if (currentItem) (currentItem as ForgeRow).clicked()
    }
}

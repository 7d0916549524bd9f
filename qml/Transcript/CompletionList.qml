// What the word at the cursor may become.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls

Item {
    id: offers

    property var offered: []
    signal chosen(insert: string)

    function move(by: int): void {
        list.currentIndex = Math.max(0, Math.min(list.count - 1, list.currentIndex + by))
    }
    function accept(): void {
        if (list.currentIndex >= 0 && list.currentIndex < offered.length)
            chosen(offered[list.currentIndex].insert)
    }

    visible: offered.length > 0
    height: list.contentHeight + 8
    onOfferedChanged: list.currentIndex = 0
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Suggestions")

    FPopupGround { anchors.fill: parent }
    ListView {
        id: list
        anchors.fill: parent
        anchors.margins: 4
        model: offers.offered
        interactive: false
        delegate: T.ItemDelegate {
            id: offer
            required property var modelData
            required property int index
            width: list.width
            height: Theme.row
            highlighted: list.currentIndex === index
            focusPolicy: Qt.NoFocus
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.title
            Accessible.description: modelData.description
            Accessible.onPressAction: offer.clicked()
            onClicked: offers.chosen(modelData.insert)
            background: Rectangle {
                radius: Theme.radius - 2
                color: offer.highlighted || offer.hovered ? Theme.selection : "transparent"
            }
            FText {
                id: title
                x: 8
                height: parent.height
                width: Math.min(implicitWidth, parent.width - 16)
                text: offer.modelData.title
                mono: true
                font.pixelSize: Theme.small
                elide: Text.ElideMiddle
                Accessible.ignored: true
            }
            FText {
                anchors { left: title.right; leftMargin: 12; right: parent.right; rightMargin: 8 }
                height: parent.height
                text: offer.modelData.description
                color: Theme.muted
                font.pixelSize: Theme.small
                elide: Text.ElideRight
                Accessible.ignored: true
            }
        }
    }
}

// What goes on inside, for whoever wants to know why something does not move: actors at the left, the chosen one's
// workflow and dead letters at the right.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Inspector

FDialog {
    id: dialog

    required property Inspector inspector
    readonly property int bodyHeight: parent ? Math.max(320, Math.min(760, parent.height - 190)) : 480

    title: qsTr("Inspector")
    preferredWidth: 1100
    onOpened: {
        dialog.inspector.look()
        words.forceActiveFocus()
    }

    Row {
        width: parent.width - 36
        height: dialog.bodyHeight
        spacing: 16

        Column {
            width: 360
            height: parent.height
            spacing: 8
            FTextField {
                id: words
                width: parent.width
                glyph: "search"
                name: qsTr("Find actors")
                placeholderText: qsTr("Kind or key")
                text: dialog.inspector.find
                onTextChanged: dialog.inspector.find = text
            }
            ListView {
                id: list
                width: parent.width
                height: parent.height - words.height - totals.height - 16
                clip: true
                boundsBehavior: Flickable.StopAtBounds
                model: dialog.inspector.actors
                T.ScrollBar.vertical: FScrollBar { }
                Accessible.role: Accessible.List
                Accessible.name: qsTr("Actors")
                delegate: InspectorRow {
                    required property string actor
                    width: ListView.view.width
                    current: actor === dialog.inspector.chosen
                    onClicked: dialog.inspector.choose(actor)
                }
            }
            FText {
                id: totals
                width: parent.width
                text: dialog.inspector.totals
                color: Theme.faint
                font.pixelSize: Theme.small
            }
        }
        ActorPane {
            width: parent.width - 376
            height: parent.height
            inspector: dialog.inspector
        }
    }
    buttons: [
        FButton {
            text: qsTr("Look again")
            onClicked: dialog.inspector.look()
        },
        FButton {
            primary: true
            text: qsTr("Done")
            onClicked: dialog.close()
        }
    ]
}

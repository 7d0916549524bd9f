// What is there on this computer, a line each, with how to get what is missing.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

Column {
    id: checks

    required property ChecksModel model
    signal setUp(agent: string)

    spacing: 3
    Accessible.role: Accessible.List
    Accessible.name: qsTr("On this computer")

    Repeater {
        model: checks.model
        Item {
            id: check

            required property string subject
            required property string found
            required property string remedy
            required property string glyph
            required property string tone
            required property string status
            required property string agent

            width: checks.width
            height: Math.max(24, words.height + 6)
            Accessible.role: Accessible.ListItem
            Accessible.name: subject + ": " + status + (found === "" ? "" : ", " + found)
                + (remedy === "" ? "" : ". " + remedy)

            FIcon {
                y: 5
                width: 14
                height: 14
                name: check.glyph
                color: Theme.toneText(check.tone)
            }
            FText {
                x: 26
                y: 4
                width: 160
                text: check.subject
                elide: Text.ElideRight
                Accessible.ignored: true
            }
            FLink {
                id: help
                anchors.right: parent.right
                y: 4
                visible: check.agent !== ""
                font.pixelSize: Theme.small
                text: qsTr("Set up")
                accessibleName: qsTr("Set up %1").arg(check.subject)
                onClicked: checks.setUp(check.agent)
            }
            Column {
                id: words
                x: 196
                y: 4
                width: parent.width - x - (help.visible ? help.width + 12 : 0)
                spacing: 2
                FText {
                    width: parent.width
                    visible: text !== ""
                    text: check.found
                    color: Theme.muted
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }
                TextEdit {
                    width: parent.width
                    visible: text !== ""
                    text: check.remedy
                    readOnly: true
                    selectByMouse: true
                    activeFocusOnPress: true
                    color: Theme.faint
                    selectionColor: Theme.accent
                    selectedTextColor: Theme.surface
                    font.family: Theme.sans
                    font.pixelSize: Theme.small
                    wrapMode: TextEdit.Wrap
                    Accessible.ignored: true
                }
            }
        }
    }
}

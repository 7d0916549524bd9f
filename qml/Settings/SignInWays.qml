// The ways to sign in to a host, the one to propose first; what is not possible says why.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Settings

Column {
    id: ways

    required property AccountsPage page

    spacing: 14

    FComboBox {
        visible: ways.page.hosts.length > 1
        name: qsTr("GitHub host")
        model: ways.page.hosts
        currentIndex: ways.page.hostRow
        onActivated: ways.page.chooseHost(currentText)
    }
    Repeater {
        model: ways.page.ways
        delegate: Item {
            id: way

            required property int index
            required property string title
            required property string note
            required property string button
            required property bool possible
            required property bool typed

            width: ways.width
            height: Math.max(words.height, Theme.control)
            Accessible.role: Accessible.Grouping
            Accessible.name: title

            Column {
                id: words
                width: parent.width - go.width - 16
                spacing: 2
                FText {
                    width: parent.width
                    text: way.title
                    font.weight: Font.DemiBold
                    color: way.possible ? Theme.text : Theme.muted
                    elide: Text.ElideRight
                }
                FText {
                    width: parent.width
                    text: way.note
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                }
                Item { // Qt 6.4 tells no name of a field whose text is hidden
                    width: parent.width
                    height: token.height + 6
                    visible: way.typed
                    Accessible.role: Accessible.Grouping
                    Accessible.name: way.typed ? qsTr("Personal access token") : ""
                    FTextField {
                        id: token
                        y: 6
                        width: parent.width
                        name: qsTr("Personal access token")
                        placeholderText: qsTr("Personal access token")
                        echoMode: TextInput.Password
                        inputMethodHints: Qt.ImhSensitiveData | Qt.ImhNoPredictiveText
                        maximumLength: 4096
                    }
                }
            }
            Connections {
                target: ways.page
                function onTokenTaken(): void {
                    token.clear()
                }
            }
            FButton {
                id: go
                y: way.typed ? way.height - height : (way.height - height) / 2
                anchors.right: parent.right
                primary: way.index === 0
                enabled: way.possible && (!way.typed || token.text.trim() !== "")
                text: way.button
                onClicked: ways.page.start(way.index, way.typed ? token.text : "")
            }
        }
    }
    FLink {
        font.pixelSize: Theme.small
        text: qsTr("Look again")
        accessibleName: qsTr("Look again for ways to sign in")
        onClicked: ways.page.lookAgain()
    }
}

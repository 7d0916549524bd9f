// How the agent is signed in: a key first, its own login after that.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Settings

Column {
    id: signIn

    required property AgentsPage page

    spacing: 8

    Connections {
        target: signIn.page
        function onKeyTaken(): void {
            key.clear()
        }
    }
    FText {
        text: qsTr("Sign-in")
        color: Theme.muted
        font.pixelSize: Theme.small
        Accessible.role: Accessible.Heading
    }
    FText {
        width: parent.width
        text: signIn.page.signIn
        wrapMode: Text.Wrap
    }
    FText {
        width: parent.width
        visible: signIn.page.keys.length > 0
        text: qsTr("A key or long-lived token serves any number of tasks at once. The agent in its sandbox sees it.")
        color: Theme.muted
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
    Row {
        width: parent.width
        visible: signIn.page.keys.length > 0
        spacing: 8
        FComboBox {
            id: kind
            anchors.verticalCenter: parent.verticalCenter
            name: qsTr("Kind of key")
            mono: true
            model: signIn.page.keys
        }
        Item { // Qt 6.4 tells no name of a field whose text is hidden
            width: parent.width - kind.width - keep.width - 16
            height: key.height
            Accessible.role: Accessible.Grouping
            Accessible.name: qsTr("Key")
            FTextField {
                id: key
                width: parent.width
                name: qsTr("Key")
                placeholderText: qsTr("Key")
                echoMode: TextInput.Password
                inputMethodHints: Qt.ImhSensitiveData | Qt.ImhNoPredictiveText
                maximumLength: 8192
                onAccepted: keep.clicked()
            }
        }
        FButton {
            id: keep
            text: qsTr("Keep the key")
            enabled: key.text !== "" && !signIn.page.working
            onClicked: signIn.page.keepKey(kind.currentText, key.text, thisRun.checked)
        }
    }
    FCheckBox {
        id: thisRun
        visible: signIn.page.keys.length > 0
        text: qsTr("Only until Foundry ends, not in the keychain")
    }
    Row {
        spacing: 8
        visible: signIn.page.keyKept || signIn.page.signInWord !== ""
        FButton {
            id: forget
            visible: signIn.page.keyKept
            text: qsTr("Forget the key")
            onClicked: signIn.page.forgetKey()
        }
        FButton {
            id: own
            visible: signIn.page.signInWord !== ""
            enabled: !signIn.page.working
            text: signIn.page.signInWord
            onClicked: signIn.page.beginSignIn()
        }
    }
    FText {
        width: parent.width
        visible: text !== ""
        text: signIn.page.signInHint
        color: Theme.faint
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
}

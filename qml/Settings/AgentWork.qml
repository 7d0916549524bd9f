// What is being done for the agent, with a way to stop it; or how the last of that ended.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Settings

Column {
    id: work

    required property AgentsPage page

    visible: page.working || page.done !== "" || page.problem !== ""
    spacing: 8

    Rectangle {
        width: parent.width
        height: words.height + 20
        radius: Theme.radius
        color: Theme.toneGround(work.page.working ? "accent" : work.page.problem !== "" ? "negative" : "positive")

        Column {
            id: words
            x: 12
            y: 10
            width: parent.width - 24
            spacing: 8

            FText {
                width: parent.width
                text: work.page.working ? work.page.work : work.page.problem !== "" ? work.page.problem : work.page.done
                color: work.page.working ? Theme.text
                    : Theme.toneText(work.page.problem !== "" ? "negative" : "positive")
                wrapMode: Text.Wrap
                Accessible.role: work.page.problem !== "" ? Accessible.AlertMessage : Accessible.StaticText
                Accessible.name: text
            }
            FText {
                width: parent.width
                visible: work.page.url !== ""
                text: work.page.url
                color: Theme.muted
                font.family: Theme.mono
                font.pixelSize: Theme.small
                wrapMode: Text.WrapAnywhere
            }
            FText {
                visible: work.page.code !== ""
                text: work.page.code
                font.family: Theme.mono
                font.pixelSize: Theme.large
                Accessible.name: qsTr("Code %1").arg(text)
            }
            Row {
                visible: work.page.asks
                spacing: 8
                width: parent.width
                FTextField {
                    id: field
                    width: parent.width - send.width - 8
                    name: qsTr("Code from the browser")
                    placeholderText: qsTr("Code from the browser")
                    mono: true
                    maximumLength: 4000
                    onAccepted: send.clicked()
                }
                FButton {
                    id: send
                    text: qsTr("Send the code")
                    enabled: field.text !== ""
                    onClicked: {
                        work.page.answer(field.text)
                        field.clear()
                    }
                }
            }
            Row {
                visible: work.page.working
                spacing: 8
                FButton {
                    visible: work.page.url !== ""
                    text: qsTr("Open in the browser")
                    onClicked: work.page.openUrl()
                }
                FButton {
                    text: qsTr("Cancel the work")
                    Accessible.name: text
                    onClicked: work.page.cancel()
                }
            }
        }
    }
}

// What a sign-in does now, what the person has to do for it, and how it ended.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Settings

Column {
    id: steps

    required property AccountsPage page

    spacing: 12

    FText {
        width: parent.width
        text: steps.page.line
        wrapMode: Text.Wrap
        Accessible.role: Accessible.StaticText
        Accessible.name: text
    }
    Row {
        visible: steps.page.code !== ""
        spacing: 10
        FText {
            id: code
            text: steps.page.code
            font.family: Theme.mono
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.StaticText
            Accessible.name: qsTr("Code %1").arg(text)
        }
        FIconButton {
            anchors.verticalCenter: code.verticalCenter
            glyph: "copy"
            name: qsTr("Copy the code")
            onClicked: steps.page.copy(steps.page.code)
        }
    }
    FText {
        width: parent.width
        visible: steps.page.url !== ""
        text: steps.page.url
        color: Theme.faint
        font.family: Theme.mono
        font.pixelSize: Theme.small
        wrapMode: Text.WrapAnywhere
        maximumLineCount: 2
        elide: Text.ElideRight
    }
    Row {
        visible: steps.page.url !== ""
        spacing: 8
        FButton {
            text: qsTr("Open in the browser")
            onClicked: steps.page.openUrl()
        }
        FButton {
            text: qsTr("Copy the address")
            onClicked: steps.page.copy(steps.page.url)
        }
    }
}

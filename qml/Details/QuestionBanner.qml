// A question of Foundry's on the task's behalf, under its header, until it is answered.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Details

Rectangle {
    id: banner

    required property TaskQuestions questions

    height: visible ? column.height + 20 : 0
    visible: questions.count > 0
    color: Theme.warningGround
    Accessible.role: Accessible.AlertMessage
    Accessible.name: questions.question

    FIcon {
        x: 16
        y: 11
        name: "attention"
        color: Theme.warning
    }
    Column {
        id: column
        x: 42
        y: 10
        width: parent.width - x - 16
        spacing: 8

        FText {
            width: parent.width
            text: banner.questions.question
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
        LogText {
            width: parent.width
            visible: banner.questions.text !== ""
            text: banner.questions.text
        }
        FText {
            width: parent.width
            text: banner.questions.explanation
            color: Theme.muted
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
        }
        Flow {
            width: parent.width
            spacing: 6
            FButton {
                text: banner.questions.aboutProject ? qsTr("Use it this time") : qsTr("Allow for this task")
                onClicked: banner.questions.allowForTask()
            }
            FButton {
                text: banner.questions.aboutProject ? qsTr("Use it") : qsTr("Allow for this repository")
                onClicked: banner.questions.allowForRepository()
            }
            FButton {
                text: banner.questions.aboutProject ? qsTr("Leave it out") : qsTr("No")
                accessibleName: banner.questions.aboutProject ? qsTr("Leave it out") : qsTr("Do not allow it")
                onClicked: banner.questions.refuse()
            }
        }
    }
}

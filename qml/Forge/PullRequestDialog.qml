// The pull request that a task is to become: its words, where it goes, who looks at it.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Forge

FDialog {
    id: dialog

    required property PullRequestDraft draft
    readonly property real inner: width - 36 - leftPadding - rightPadding
    property bool ofLabels: false // what was written last

    title: qsTr("Open a pull request")
    preferredWidth: 620
    onOpened: words.forceActiveFocus()

    FText {
        visible: dialog.draft.loading
        text: qsTr("Looking at the branch\u2026")
        color: Theme.muted
    }
    FText {
        width: dialog.inner
        visible: dialog.draft.possible
        text: qsTr("Of %1, in %2").arg(dialog.draft.branch).arg(dialog.draft.where)
        color: Theme.muted
        elide: Text.ElideMiddle
    }
    Row {
        visible: dialog.draft.targets.length > 0
        spacing: 8
        FText {
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("Open it in")
            color: Theme.muted
            font.pixelSize: Theme.small
            Accessible.ignored: true
        }
        FComboBox {
            name: qsTr("Repository of the pull request")
            mono: true
            model: dialog.draft.targets
            currentIndex: dialog.draft.target
            onActivated: index => dialog.draft.target = index
        }
    }
    FTextField {
        id: words
        width: dialog.inner
        visible: dialog.draft.possible
        name: qsTr("Title of the pull request")
        maximumLength: 256
        text: dialog.draft.title
        onWritten: dialog.draft.title = text
    }
    FTextArea {
        width: dialog.inner
        visible: dialog.draft.possible
        name: qsTr("Text of the pull request")
        font.pixelSize: Theme.small
        mono: true
        minimumHeight: 120
        maximumHeight: 220
        text: dialog.draft.text
        onTextEdited: dialog.draft.text = text
    }
    FText {
        width: dialog.inner
        visible: dialog.draft.possible && dialog.draft.templatePath !== ""
        text: qsTr("With the repository's template, %1").arg(dialog.draft.templatePath)
        color: Theme.faint
        font.pixelSize: Theme.small
        elide: Text.ElideMiddle
    }
    Row { // closer to its fields than they are to what is around them
        visible: dialog.draft.possible
        height: 12
        spacing: 8
        Repeater {
            model: [qsTr("Into"), qsTr("Reviewers"), qsTr("Labels")]
            FText {
                required property string modelData
                width: (dialog.inner - 16) / 3
                text: modelData
                color: Theme.muted
                font.pixelSize: Theme.small
                Accessible.ignored: true
            }
        }
    }
    Row {
        visible: dialog.draft.possible
        spacing: 8
        FTextField {
            width: (dialog.inner - 16) / 3
            name: qsTr("Base branch")
            placeholderText: qsTr("Base branch")
            mono: true
            text: dialog.draft.base
            onWritten: dialog.draft.base = text
        }
        FTextField {
            width: (dialog.inner - 16) / 3
            name: qsTr("Reviewers")
            placeholderText: qsTr("mona, acme/team")
            text: dialog.draft.reviewers
            onWritten: {
                dialog.ofLabels = false
                dialog.draft.reviewers = text
            }
        }
        FTextField {
            width: (dialog.inner - 16) / 3
            name: qsTr("Labels")
            placeholderText: qsTr("bug, docs")
            text: dialog.draft.labels
            onWritten: {
                dialog.ofLabels = true
                dialog.draft.labels = text
            }
        }
    }
    Flow { // what GitHub knows of the word that is being written
        width: dialog.inner
        spacing: 6
        visible: names.count > 0
        Repeater {
            id: names
            delegate: FButton {
                required property string modelData
                quiet: true
                text: modelData
                accessibleName: dialog.ofLabels ? qsTr("Add the label %1").arg(modelData)
                                                : qsTr("Ask %1 for a review").arg(modelData)
                onClicked: dialog.ofLabels ? dialog.draft.takeLabel(modelData) : dialog.draft.takeReviewer(modelData)
            }
        }
        Connections {
            target: dialog.draft
            function onEdited() {
                names.model = dialog.ofLabels ? dialog.draft.offeredLabels() : dialog.draft.offeredReviewers()
            }
        }
    }
    Row {
        visible: dialog.draft.possible
        spacing: 20
        FCheckBox {
            text: qsTr("As a draft")
            checked: dialog.draft.draft
            onToggled: dialog.draft.draft = checked
        }
        FCheckBox {
            text: qsTr("Archive the task when it is merged")
            checked: dialog.draft.archiveMerged
            onToggled: dialog.draft.archiveMerged = checked
        }
    }
    FText {
        width: dialog.inner
        visible: dialog.draft.commits
        text: qsTr("Uncommitted work becomes one commit first, and the branch is pushed.")
        color: Theme.muted
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
    FText {
        width: dialog.inner
        visible: text !== ""
        text: dialog.draft.problem
        color: Theme.negative
        wrapMode: Text.Wrap
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }

    buttons: [
        FButton {
            quiet: true
            text: qsTr("Cancel")
            onClicked: dialog.close()
        },
        FButton {
            primary: true
            text: dialog.draft.busy ? qsTr("Starting\u2026") : qsTr("Push and open")
            accessibleName: qsTr("Push and open")
            enabled: dialog.draft.canOpen
            onClicked: dialog.draft.open()
        }
    ]
}

// Gives work away. What is typed survives closing the dialog and the program.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Tasks

FDialog {
    id: dialog

    required property TaskDraft draft
    property bool names: false
    property bool network: false
    property bool limits: false

    preferredWidth: 640
    footerVisible: false
    onAboutToShow: names = false
    onOpened: {
        prompt.take()
        prompt.cursorPosition = prompt.text.length
    }

    Item {
        width: parent.width - 36
        height: 26
        Row {
            height: parent.height
            spacing: 4
            FText {
                height: parent.height
                text: qsTr("New task in")
                color: Theme.muted
                font.pixelSize: Theme.small
            }
            FComboBox {
                name: qsTr("Repository")
                quiet: true
                strong: true
                anchors.verticalCenter: parent.verticalCenter
                model: dialog.draft.repositoryNames
                currentIndex: dialog.draft.repositoryIndex
                onActivated: index => dialog.draft.repositoryIndex = index
            }
            FText {
                height: parent.height
                leftPadding: 4
                visible: dialog.draft.branches.length > 0 && dialog.draft.pullText === ""
                text: qsTr("from")
                color: Theme.muted
                font.pixelSize: Theme.small
            }
            FComboBox {
                name: qsTr("Base branch")
                quiet: true
                mono: true
                visible: dialog.draft.branches.length > 0 && dialog.draft.pullText === ""
                anchors.verticalCenter: parent.verticalCenter
                model: dialog.draft.branches
                currentIndex: dialog.draft.branchIndex
                onActivated: index => dialog.draft.branchIndex = index
            }
        }
    }
    FText {
        width: parent.width - 36
        visible: dialog.draft.pullText !== ""
        text: dialog.draft.pullText
        wrapMode: Text.Wrap
    }
    ProblemText {
        width: parent.width - 36
        text: dialog.draft.pullProblem
        tone: "warning"
    }
    FText {
        width: parent.width - 36
        visible: dialog.draft.issueText !== ""
        text: dialog.draft.issueText
        wrapMode: Text.Wrap
    }
    FText {
        width: parent.width - 36
        visible: dialog.draft.sourceText !== ""
        text: dialog.draft.sourceText
        color: Theme.muted
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
    FTextArea {
        id: prompt
        width: parent.width - 36
        plain: true
        minimumHeight: 128
        maximumHeight: 320
        font.pixelSize: Theme.large
        name: qsTr("What should be done?")
        placeholderText: qsTr("What should be done?")
        text: dialog.draft.prompt
        onTextEdited: dialog.draft.prompt = text
        onKeyPressed: event => {
            if ((event.key === Qt.Key_Return || event.key === Qt.Key_Enter) && event.modifiers & Qt.ControlModifier) {
                event.accepted = true
                dialog.draft.submit()
            }
        }
    }
    Row {
        width: parent.width - 36
        height: 20
        spacing: 4
        visible: !dialog.names && dialog.draft.pullText === ""
        FText {
            height: parent.height
            text: dialog.draft.branch === "" ? qsTr("Branch and title come from the first line") : qsTr("Branch")
            color: Theme.muted
            font.pixelSize: Theme.small
        }
        FText {
            id: branchText
            height: parent.height
            width: Math.min(implicitWidth, 240)
            visible: text !== ""
            mono: true
            text: dialog.draft.branch
            color: Theme.muted
            font.pixelSize: Theme.small
            elide: Text.ElideMiddle
        }
        FText {
            height: parent.height
            width: Math.min(implicitWidth, 240)
            visible: dialog.draft.title !== ""
            text: "\u00b7 " + dialog.draft.title
            color: Theme.muted
            font.pixelSize: Theme.small
            elide: Text.ElideRight
        }
        FLink {
            height: parent.height
            leftPadding: 2
            visible: dialog.draft.branch !== ""
            text: qsTr("edit")
            accessibleName: qsTr("Edit branch and title")
            font.pixelSize: Theme.small
            onClicked: dialog.names = true
        }
    }
    Row {
        width: parent.width - 36
        spacing: 8
        visible: dialog.names && dialog.draft.pullText === ""
        FTextField {
            width: (parent.width - 8) / 2
            name: qsTr("Title")
            placeholderText: qsTr("Title")
            maximumLength: 120
            text: dialog.draft.title
            onWritten: dialog.draft.title = text
        }
        FTextField {
            width: (parent.width - 8) / 2
            name: qsTr("Branch")
            placeholderText: qsTr("Branch")
            mono: true
            maximumLength: 200
            text: dialog.draft.branch
            onWritten: dialog.draft.branch = text
        }
    }
    FDivider {
        x: -17
        width: parent.width - 2
        fine: true
    }
    Flow {
        width: parent.width - 36
        spacing: 8
        FComboBox {
            name: qsTr("Agent")
            model: dialog.draft.agents
            textRole: "title"
            detailRole: "detail"
            popupWidth: 360
            currentIndex: dialog.draft.agentIndex
            onActivated: index => dialog.draft.agentIndex = index
        }
        FComboBox {
            name: qsTr("Freedom")
            model: [qsTr("Free in the sandbox"), qsTr("Ask first")]
            currentIndex: dialog.draft.askFirst ? 1 : 0
            onActivated: index => dialog.draft.askFirst = index === 1
        }
        FButton {
            small: true
            text: qsTr("Network: %1").arg(dialog.draft.networkText)
            accessibleName: qsTr("Network")
            trailingGlyph: dialog.network ? "up" : "down"
            onClicked: dialog.network = !dialog.network
        }
        FButton {
            small: true
            text: qsTr("Limits: %1").arg(dialog.draft.budget.text)
            accessibleName: qsTr("Limits")
            trailingGlyph: dialog.limits ? "up" : "down"
            onClicked: dialog.limits = !dialog.limits
        }
        FPill {
            visible: dialog.draft.uncommitted > 0 && !dialog.draft.canTakeUncommitted
            height: 24
            text: dialog.draft.uncommitted === 1 ? qsTr("1 uncommitted file left out")
                                                 : qsTr("%1 uncommitted files left out").arg(dialog.draft.uncommitted)
        }
    }
    FCheckBox {
        width: parent.width - 36
        visible: dialog.draft.canTakeUncommitted
        text: dialog.draft.uncommitted === 1 ? qsTr("Take my uncommitted file along")
                                             : qsTr("Take my %1 uncommitted files along").arg(dialog.draft.uncommitted)
        checked: dialog.draft.takeUncommitted
        onToggled: dialog.draft.takeUncommitted = checked
    }
    Column {
        width: parent.width - 36
        spacing: 8
        visible: dialog.network
        FText {
            width: parent.width
            text: dialog.draft.modelHosts === "" ? qsTr("This agent needs no network. Nothing else is reachable unless it is chosen here, or you allow it when the task asks.")
                                                 : qsTr("The model at %1 is reachable. Nothing else is, unless it is chosen here, or you allow it when the task asks.").arg(dialog.draft.modelHosts)
            color: Theme.muted
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
        }
        Row {
            width: parent.width
            spacing: 8
            FTextField {
                width: (parent.width - 8) * 0.62
                name: qsTr("Allowed hosts")
                placeholderText: qsTr("Hosts, such as packages.example.org")
                problem: dialog.draft.hostsProblem
                text: dialog.draft.hosts
                onWritten: dialog.draft.hosts = text
            }
            FTextField {
                width: (parent.width - 8) * 0.38
                name: qsTr("Allowed local ports")
                placeholderText: qsTr("Local ports, such as 11434")
                problem: dialog.draft.portsProblem
                text: dialog.draft.ports
                onWritten: dialog.draft.ports = text
            }
        }
        ProblemText {
            width: parent.width
            text: dialog.draft.hostsProblem
        }
        ProblemText {
            width: parent.width
            text: dialog.draft.portsProblem
        }
    }
    BudgetFields {
        width: parent.width - 36
        visible: dialog.limits
        budget: dialog.draft.budget
    }
    ProjectOfferView {
        width: parent.width - 36
        visible: implicitHeight > 0
        offer: dialog.draft.project
        registriesShown: dialog.network
    }
    Rectangle {
        width: parent.width - 36
        height: consent.height + 24
        visible: dialog.draft.isolationProblem !== ""
        radius: Theme.radius
        color: Theme.warningGround
        Column {
            id: consent
            x: 12
            y: 12
            width: parent.width - 24
            spacing: 8
            FText {
                width: parent.width
                text: dialog.draft.isolationProblem
                color: Theme.warning
                wrapMode: Text.Wrap
            }
            FCheckBox {
                width: parent.width
                text: qsTr("Run it without isolation: the agent can read and write everything that I can")
                checked: dialog.draft.acceptNoIsolation
                onToggled: dialog.draft.acceptNoIsolation = checked
            }
        }
    }
    ProblemText {
        width: parent.width - 36
        text: dialog.draft.repositoryProblem
    }
    ProblemText {
        width: parent.width - 36
        text: dialog.draft.sourceProblem
        tone: "warning"
    }
    ProblemText {
        width: parent.width - 36
        text: dialog.draft.agentProblem
        tone: "warning"
    }
    ProblemText {
        width: parent.width - 36
        text: dialog.draft.problem
    }
    Item {
        width: parent.width - 36
        height: Theme.control
        FText {
            height: parent.height
            text: dialog.draft.pullText !== "" ? qsTr("Its own sandbox")
                : dialog.draft.sourceText !== "" ? qsTr("Its own branch, its own sandbox")
                                                 : qsTr("Its own branch, its own sandbox; your clone stays as it is")
            color: Theme.faint
            font.pixelSize: Theme.small
        }
        Row {
            anchors.right: parent.right
            spacing: 8
            FButton {
                quiet: true
                text: qsTr("Cancel")
                onClicked: dialog.close()
            }
            FButton {
                primary: true
                text: dialog.draft.busy ? qsTr("Creating\u2026") : qsTr("Create task")
                accessibleName: qsTr("Create task")
                keyHint: "Ctrl \u23ce"
                enabled: dialog.draft.canSubmit
                onClicked: dialog.draft.submit()
            }
        }
    }
}

import QtQuick
import Foundry.Controls
import Foundry.Details
import Foundry.Review
import Foundry.Transcript
import Foundry.Ui.Details

Rectangle {
    id: root

    required property TaskView task
    property bool dark: false
    property bool changesShown: false

    color: Theme.surface
    Binding {
        target: Theme
        property: "choice"
        value: root.dark ? "dark" : "light"
    }
    TranscriptView {
        objectName: "transcript"
        anchors { left: parent.left; right: side.left; top: parent.top; bottom: composer.top }
        visible: root.task.review.path === "" || !root.changesShown
        task: root.task
    }
    DiffView {
        anchors { left: parent.left; right: side.left; top: parent.top; bottom: composer.top }
        visible: root.task.review.path !== "" && root.changesShown
        review: root.task.review
        onClosed: root.task.review.open("")
    }
    Composer {
        id: composer
        anchors { left: parent.left; right: side.left; bottom: parent.bottom }
        height: implicitHeight
        task: root.task
    }
    Rectangle {
        id: side
        anchors { right: parent.right; top: parent.top; bottom: parent.bottom }
        width: Theme.details
        color: Theme.panel
        FDivider {
            vertical: true
            height: parent.height
        }
        OverviewPane {
            anchors.fill: parent
            visible: !root.changesShown
            task: root.task
        }
        ChangesPane {
            anchors.fill: parent
            visible: root.changesShown
            review: root.task.review
        }
    }
}

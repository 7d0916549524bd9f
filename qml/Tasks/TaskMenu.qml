// What may be done with the current task now: exactly what the engine says.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell
import Foundry.Ui.Tasks

FMenu {
    id: menu

    required property Workbench workbench
    readonly property CurrentTask task: workbench.current
    signal renameAsked

    FMenuItem {
        text: qsTr("Rename")
        glyph: "pencil"
        keyHint: "F2"
        onTriggered: menu.renameAsked()
    }
    FMenuItem {
        text: qsTr("Copy branch name")
        glyph: "copy"
        onTriggered: menu.workbench.copyBranch()
    }
    FMenuItem {
        text: qsTr("Open a copy in an editor\u2026")
        glyph: "file"
        onTriggered: menu.workbench.askEditor()
    }
    FMenuItem {
        text: qsTr("Mark as unread")
        glyph: "dot"
        onTriggered: menu.task.markUnread()
    }
    FMenuSeparator {
        height: more.visible || again.visible || stop.visible ? implicitHeight : 0
    }
    FMenuItem {
        id: stop
        visible: menu.task.canStop
        text: qsTr("Stop")
        glyph: "stop"
        keyHint: "Esc"
        onTriggered: menu.task.stop()
    }
    FMenuItem {
        id: again
        visible: menu.task.canRetry
        text: qsTr("Retry the step")
        glyph: "retry"
        onTriggered: menu.task.retryStep()
    }
    FMenuItem {
        id: more
        visible: menu.task.canPublish || menu.task.canBring
        text: qsTr("Publish\u2026")
        glyph: "published"
        keyHint: "Ctrl+Shift+P"
        onTriggered: menu.workbench.publish()
    }
    FMenuSeparator {
        readonly property bool needed: menu.task.canArchive || menu.task.canUnarchive
            || menu.task.canRestore || menu.task.canDelete
        height: needed ? implicitHeight : 0
    }
    FMenuItem {
        visible: menu.task.canUnarchive
        text: qsTr("Bring back from the archive")
        glyph: "undo"
        onTriggered: menu.task.unarchive()
    }
    FMenuItem {
        visible: menu.task.canRestore
        text: qsTr("Restore")
        glyph: "undo"
        onTriggered: menu.task.restore()
    }
    FMenuItem {
        visible: menu.task.canArchive
        text: qsTr("Archive")
        glyph: "archive"
        onTriggered: menu.task.archive(false)
    }
    FMenuItem {
        visible: menu.task.canDelete
        text: qsTr("Delete\u2026")
        glyph: "trash"
        danger: true
        onTriggered: menu.workbench.askDelete()
    }
}

// The dialogs; the workbench says which one is open.
import QtQuick
import Foundry.Forge
import Foundry.Inspector
import Foundry.Onboarding
import Foundry.Settings
import Foundry.Tasks
import Foundry.Ui.Shell

Item {
    id: dialogs

    required property Workbench workbench

    // Closed by a key, and not because another one opens.
    function leave(which: int): void {
        if (workbench.dialog === which)
            workbench.closeDialog()
    }

    Accessible.ignored: true

    NewTaskDialog {
        draft: dialogs.workbench.draft
        visible: dialogs.workbench.dialog === Workbench.NewTask
        onClosed: dialogs.leave(Workbench.NewTask)
    }
    OpenRepositoryDialog {
        workbench: dialogs.workbench
        visible: dialogs.workbench.dialog === Workbench.OpenRepository
        onClosed: dialogs.leave(Workbench.OpenRepository)
    }
    PaletteDialog {
        workbench: dialogs.workbench
        visible: dialogs.workbench.dialog === Workbench.Palette
        onClosed: dialogs.leave(Workbench.Palette)
    }
    PublishDialog {
        task: dialogs.workbench.current
        visible: dialogs.workbench.dialog === Workbench.Publish
        onClosed: dialogs.leave(Workbench.Publish)
    }
    PullRequestDialog {
        draft: dialogs.workbench.pullDraft
        visible: dialogs.workbench.dialog === Workbench.PullRequest
        onClosed: dialogs.leave(Workbench.PullRequest)
    }
    ArchiveDialog {
        task: dialogs.workbench.current
        onPublishAsked: dialogs.workbench.publish()
        visible: dialogs.workbench.dialog === Workbench.ArchiveUnpublished
        onClosed: dialogs.leave(Workbench.ArchiveUnpublished)
    }
    DeleteDialog {
        task: dialogs.workbench.current
        visible: dialogs.workbench.dialog === Workbench.DeleteTask
        onClosed: dialogs.leave(Workbench.DeleteTask)
    }
    EditorDialog {
        workbench: dialogs.workbench
        visible: dialogs.workbench.dialog === Workbench.Editor
        onClosed: dialogs.leave(Workbench.Editor)
    }
    QuitDialog {
        workbench: dialogs.workbench
        visible: dialogs.workbench.dialog === Workbench.Quit
        onClosed: dialogs.leave(Workbench.Quit)
    }
    InspectorDialog {
        inspector: dialogs.workbench.inspector
        visible: dialogs.workbench.dialog === Workbench.Inspector
        onClosed: dialogs.leave(Workbench.Inspector)
    }
    SignInDialog {
        page: dialogs.workbench.accounts
        visible: dialogs.workbench.dialog === Workbench.SignIn
        onClosed: dialogs.leave(Workbench.SignIn)
    }
    SettingsDialog {
        workbench: dialogs.workbench
        visible: dialogs.workbench.dialog === Workbench.Settings
        onClosed: dialogs.leave(Workbench.Settings)
    }
}

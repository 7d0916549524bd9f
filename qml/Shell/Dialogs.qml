// The dialog that the workbench says is open; the others are not made.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Onboarding
import Foundry.Tasks
import Foundry.Ui.Shell

Item {
    id: dialogs

    required property Workbench workbench

    Accessible.ignored: true

    Slot {
        which: Workbench.NewTask
        sourceComponent: Item {
            NewTaskDialog {
                draft: dialogs.workbench.draft
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.OpenRepository
        sourceComponent: Item {
            OpenRepositoryDialog {
                workbench: dialogs.workbench
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.Palette
        sourceComponent: Item {
            PaletteDialog {
                workbench: dialogs.workbench
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.Publish
        sourceComponent: Item {
            PublishDialog {
                task: dialogs.workbench.current
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.ArchiveUnpublished
        sourceComponent: Item {
            ArchiveDialog {
                task: dialogs.workbench.current
                visible: true
                onPublishAsked: dialogs.workbench.publish()
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.DeleteTask
        sourceComponent: Item {
            DeleteDialog {
                task: dialogs.workbench.current
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.Quit
        sourceComponent: Item {
            QuitDialog {
                workbench: dialogs.workbench
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }
    Slot {
        which: Workbench.Settings
        sourceComponent: Item {
            SettingsDialog {
                workbench: dialogs.workbench
                visible: true
                onClosed: dialogs.workbench.closeDialog()
            }
        }
    }

    component Slot: Loader {
        required property int which
        anchors.fill: parent
        active: dialogs.workbench.dialog === which
    }
}

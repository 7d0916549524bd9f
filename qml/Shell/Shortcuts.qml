// The keys that work everywhere in the window. A dialog has the keyboard for itself.
import QtQuick
import Foundry.Ui.Shell

Item {
    id: keys

    required property Workbench workbench
    readonly property bool ready: workbench.phase === Workbench.Ready
    readonly property bool free: workbench.dialog === Workbench.None

    Accessible.ignored: true

    Shortcut {
        sequence: "Ctrl+N"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.newTask("")
    }
    Shortcut {
        sequence: "Ctrl+O"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.showOpenRepository()
    }
    Shortcut {
        sequence: "Ctrl+K"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.showPalette(false)
    }
    Shortcut {
        sequence: "Ctrl+P"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.showPalette(true)
    }
    Shortcut {
        sequence: "Ctrl+Shift+I"
        enabled: keys.free && keys.ready
        onActivated: keys.workbench.showInspector()
    }
    Shortcut {
        sequence: "Ctrl+,"
        enabled: keys.free && keys.ready
        onActivated: keys.workbench.showSettings()
    }
    Shortcut {
        sequence: "Ctrl+Shift+P"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.publish()
    }
    Shortcut {
        sequence: "Alt+Down"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.selectNeighbour(1)
    }
    Shortcut {
        sequence: "Alt+Up"
        enabled: keys.ready && keys.free
        onActivated: keys.workbench.selectNeighbour(-1)
    }
    Shortcut {
        sequence: "Ctrl+Z"
        enabled: keys.free && keys.workbench.toast.action === "Undo"
        onActivated: keys.workbench.toast.act()
    }
    Shortcut {
        sequence: "Ctrl+Q"
        enabled: keys.free
        onActivated: keys.workbench.requestQuit()
    }
}

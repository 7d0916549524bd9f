// A text cursor that stops blinking after ten seconds without a change: a window at rest draws no frame.
import QtQuick

Rectangle {
    id: cursor

    required property Item owner
    property int blinks: 0
    readonly property bool shown: owner.activeFocus

    width: 1
    visible: shown
    color: Theme.accent
    onXChanged: wake()
    onYChanged: wake()
    onShownChanged: wake()

    function wake(): void {
        blinks = 0
        opacity = 1
        if (shown)
            blink.restart()
        else
            blink.stop()
    }

    Timer {
        id: blink
        interval: 500
        repeat: true
        onTriggered: {
            cursor.blinks += 1
            cursor.opacity = cursor.blinks % 2 === 0 || cursor.blinks >= 20 ? 1 : 0
            if (cursor.blinks >= 20)
                stop()
        }
    }
}

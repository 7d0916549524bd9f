// The diff between two texts, drawn whole up to a limit; for what stands inside something that scrolls.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Ui.Review

Column {
    id: fragment

    required property string before
    required property string after
    property int shownRows: 60

    DiffModel {
        id: lines
        before: fragment.before
        after: fragment.after
        maximumRows: fragment.shownRows
    }
    Flickable {
        width: fragment.width
        height: rows.height
        contentWidth: Math.max(width, 60 + lines.longestLine * letter.advanceWidth)
        contentHeight: rows.height
        flickableDirection: Flickable.HorizontalFlick
        interactive: contentWidth > width
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        T.ScrollBar.horizontal: FScrollBar { }

        Column {
            id: rows
            width: parent.width
            Repeater {
                model: lines
                DiffRow { width: rows.width }
            }
        }
    }
    FButton {
        visible: lines.hiddenRows > 0
        quiet: true
        text: qsTr("Show more (%1)").arg(lines.hiddenRows)
        onClicked: lines.maximumRows = 2000
    }
    TextMetrics {
        id: letter
        font.family: Theme.mono
        font.pixelSize: Theme.small
        text: "m"
    }
}

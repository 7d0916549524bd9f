// A message's blocks, one below the other, drawn natively.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Transcript

Column {
    id: view

    required property string markdown
    property bool open: false
    property bool keepBreaks: false
    property color color: Theme.text

    spacing: 4

    MarkdownBlocks {
        id: blocks
        keepBreaks: view.keepBreaks
        open: view.open
        text: view.markdown
    }
    Repeater {
        model: blocks
        MarkdownBlockView {
            width: view.width
            color: view.color
            onLinkActivated: address => blocks.openLink(address)
            onCopied: words => blocks.copy(words)
        }
    }
    FButton {
        visible: blocks.hiddenBlocks > 0
        quiet: true
        text: qsTr("Show more (%1)").arg(blocks.hiddenBlocks)
        onClicked: blocks.maximumBlocks += 300
    }
}

// One block of a message. What it is decides which of the parts is made; nothing of it is loaded from anywhere.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls
import Foundry.Ui.Transcript

Item {
    id: block

    required property int index
    required property int type
    required property int level
    required property int indent
    required property int quote
    required property string marker
    required property int check
    required property string rich
    required property string text
    required property string language
    required property list<string> cells
    required property int columns
    property color color: Theme.text
    readonly property int inset: indent * 20 + quote * 14
    // items of a list stand closer than paragraphs
    readonly property int gap: index === 0 || indent > 0 ? 0 : 4
    signal linkActivated(address: string)
    signal copied(words: string)

    implicitHeight: part.height + gap
    height: implicitHeight

    Repeater {
        model: block.quote
        Rectangle {
            required property int index
            x: index * 14
            y: block.gap
            width: 2
            height: block.height - block.gap
            color: Theme.line
            Accessible.ignored: true
        }
    }
    FText {
        x: block.inset - width - 6
        visible: block.marker !== "" && block.check === 0
        text: block.marker
        color: Theme.muted
        Accessible.ignored: true
    }
    Rectangle {
        x: block.inset - 18
        y: 2
        width: 13
        height: 13
        radius: 3
        visible: block.check > 0
        color: block.check === 2 ? Theme.ink : "transparent"
        border.color: block.check === 2 ? Theme.ink : Theme.strongLine
        Accessible.role: Accessible.StaticText
        Accessible.name: block.check === 2 ? qsTr("done") : qsTr("to do")
        FIcon {
            anchors.fill: parent
            anchors.margins: 1
            visible: block.check === 2
            name: "check"
            color: Theme.inkText
        }
    }
    // Repeaters of one or none: Qt 6.4 refuses a Loader's bound component inside a delegate
    Column {
        id: part
        x: block.inset
        y: block.gap
        width: block.width - block.inset
        Repeater {
            model: block.type === MarkdownBlocks.Paragraph || block.type === MarkdownBlocks.Heading ? 1 : 0
            RichWords {
                width: part.width
                rich: block.rich
                plain: block.text
                heading: block.type === MarkdownBlocks.Heading ? block.level : 0
                color: block.quote > 0 ? Theme.muted : block.color
                onLinkActivated: address => block.linkActivated(address)
            }
        }
        Repeater {
            model: block.type === MarkdownBlocks.Code ? 1 : 0
            CodeBlock {
                width: part.width
                code: block.text
                language: block.language
                onCopied: block.copied(block.text)
            }
        }
        Repeater {
            model: block.type === MarkdownBlocks.Table ? 1 : 0
            MarkdownTable {
                width: part.width
                cells: block.cells
                columns: block.columns
                spoken: block.text
                onLinkActivated: address => block.linkActivated(address)
            }
        }
        FDivider {
            visible: block.type === MarkdownBlocks.Rule
            width: part.width
        }
    }
}

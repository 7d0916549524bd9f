// What stands below a tool call's line: its diffs, or what went in, and what came out.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Foundry.Controls
import Foundry.Review
import Foundry.Ui.Transcript

Column {
    id: detail

    required property var diffs
    required property string input
    required property string output
    required property int outputHidden
    required property string locations
    required property string title
    readonly property bool several: diffs !== undefined && diffs.length > 1
    signal wholeOutputAsked
    signal copied(words: string)

    bottomPadding: 1

    FDivider { width: parent.width }
    Repeater {
        model: detail.diffs
        Column {
            id: one
            required property var modelData
            width: detail.width
            FText {
                x: 12
                width: parent.width - 24
                height: 26
                visible: detail.several || !detail.title.includes(one.modelData.path)
                text: one.modelData.path
                mono: true
                font.pixelSize: Theme.small
                color: Theme.muted
                elide: Text.ElideMiddle
            }
            DiffFragment {
                width: parent.width
                before: one.modelData.before
                after: one.modelData.after
            }
        }
    }
    FText {
        x: 12
        width: parent.width - 24
        height: 28
        visible: detail.locations !== "" && detail.diffs.length === 0 && !detail.title.includes(detail.locations)
        text: detail.locations
        mono: true
        font.pixelSize: Theme.small
        color: Theme.muted
        elide: Text.ElideMiddle
    }
    PlainLines {
        width: parent.width
        visible: text !== ""
        name: qsTr("Input")
        text: detail.output === "" && detail.diffs.length === 0 ? detail.input : ""
        color: Theme.muted
    }
    FButton {
        x: 4
        visible: detail.outputHidden > 0
        quiet: true
        text: detail.outputHidden === 1 ? qsTr("Show what came before")
            : qsTr("Show %1 lines before").arg(detail.outputHidden)
        onClicked: detail.wholeOutputAsked()
    }
    PlainLines {
        width: parent.width
        visible: text !== ""
        name: qsTr("Output")
        text: detail.output
        copyable: true
        onCopied: detail.copied(detail.output)
    }
    FText {
        x: 12
        height: 30
        visible: detail.output === "" && detail.input === "" && detail.diffs.length === 0
        text: qsTr("Nothing more was told about it.")
        color: Theme.faint
    }
}

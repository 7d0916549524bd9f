// One line of a diff: its number, its sign, its text with the changed words marked. Spread over the whole width.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Review

Item {
    id: row

    required property int kind
    required property int oldNumber
    required property int newNumber
    required property string text
    required property string markup
    required property bool noNewline
    property int gutter: 44
    property bool current: false
    readonly property bool isAdded: kind === DiffModel.Added
    readonly property bool isRemoved: kind === DiffModel.Removed
    readonly property bool isHunk: kind === DiffModel.Hunk

    implicitHeight: isHunk ? 26 : 19
    Accessible.role: isHunk ? Accessible.Heading : Accessible.StaticText
    Accessible.name: isHunk ? text
        : qsTr("%1 line %2: %3").arg(isAdded ? qsTr("added") : isRemoved ? qsTr("removed") : qsTr("same"))
        .arg(newNumber > 0 ? newNumber : oldNumber).arg(text)

    Rectangle {
        anchors.fill: parent
        color: row.isAdded ? Theme.addedLine : row.isRemoved ? Theme.removedLine : row.isHunk ? Theme.code
            : "transparent"
        Accessible.ignored: true
    }
    Rectangle {
        width: 2
        height: parent.height
        visible: row.current
        color: Theme.accent
        Accessible.ignored: true
    }
    FText {
        x: 0
        width: row.gutter - 14
        height: parent.height
        visible: !row.isHunk
        text: row.newNumber > 0 ? row.newNumber : row.oldNumber
        mono: true
        font.pixelSize: Theme.small
        color: Theme.faint
        horizontalAlignment: Text.AlignRight
        Accessible.ignored: true
    }
    FText {
        x: row.gutter - 8
        height: parent.height
        visible: row.isAdded || row.isRemoved
        text: row.isAdded ? "+" : "\u2212"
        mono: true
        font.pixelSize: Theme.small
        color: row.isAdded ? Theme.positive : Theme.negative
        Accessible.ignored: true
    }
    FText {
        x: row.isHunk ? 12 : row.gutter + 8
        height: parent.height
        text: row.markup === "" ? row.text
            : "<style>.w{background-color:" + (row.isAdded ? Theme.addedWord : Theme.removedWord) + "}</style>"
                + row.markup
        textFormat: row.markup === "" ? Text.PlainText : Text.RichText
        mono: true
        font.pixelSize: Theme.small
        color: row.isHunk ? Theme.faint : Theme.text
        Accessible.ignored: true
    }
}

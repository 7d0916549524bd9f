// A paragraph or heading: can be selected, links open only by a click. The text comes escaped from the model.
import QtQuick
import Foundry.Controls

TextEdit {
    id: words

    required property string rich
    required property string plain
    property int heading: 0

    text: "<style>p{margin:0;line-height:118%} code{font-family:'" + Theme.mono + "';font-size:" + Theme.small
        + "px;background-color:" + Theme.code
        + "} a{color:" + Theme.accent + ";text-decoration:none}</style><p>" + rich + "</p>"
    textFormat: TextEdit.RichText
    readOnly: true
    selectByMouse: true
    activeFocusOnPress: true
    activeFocusOnTab: false
    wrapMode: TextEdit.Wrap
    color: Theme.text
    selectionColor: Theme.accent
    selectedTextColor: Theme.surface
    font.family: Theme.sans
    font.pixelSize: heading === 1 ? Theme.large + 1 : heading === 2 ? Theme.large : Theme.body
    font.weight: heading > 0 ? Font.DemiBold : Font.Normal
    Accessible.role: heading > 0 ? Accessible.Heading : Accessible.StaticText
    Accessible.name: plain
    Accessible.readOnly: true

    HoverHandler {
        enabled: words.hoveredLink !== ""
        cursorShape: Qt.PointingHandCursor
    }
}

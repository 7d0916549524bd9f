// How a turn ended and how long it took.
import QtQuick
import Foundry.Controls

FText {
    id: entry

    required property string tone

    height: 18
    color: tone === "warning" ? Theme.warning : Theme.faint
    font.pixelSize: Theme.small
    verticalAlignment: Text.AlignVCenter
}

// A glyph in the theme's colours; for the eye only.
import QtQuick
import Foundry.Ui.Controls

Glyph {
    width: Theme.icon
    height: Theme.icon
    color: Theme.muted
    Accessible.ignored: true
}

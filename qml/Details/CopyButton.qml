import QtQuick
import Foundry.Controls

FIconButton {
    width: 22
    height: 22
    glyph: "copy"
}

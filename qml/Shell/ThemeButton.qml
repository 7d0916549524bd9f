// One of the choices of appearance.
import QtQuick
import Foundry.Controls
import Foundry.Ui.Shell

FButton {
    id: button

    required property Workbench workbench
    required property string choice
    readonly property bool chosen: workbench.theme === choice

    glyph: chosen ? "check" : ""
    Accessible.role: Accessible.RadioButton
    Accessible.checkable: true
    Accessible.checked: chosen
    onClicked: workbench.theme = choice
}

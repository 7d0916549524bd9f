// One line of text. `problem` (a sentence) turns its line red; the form shows the sentence. Forms listen to `written`:
// a screen reader or another assistive technology writes without `textEdited`.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T

T.TextField {
    id: field

    property string name: placeholderText
    property string problem: ""
    property string glyph: ""
    property bool mono: false
    property bool ready: false
    signal written // the text is another one, whoever wrote it: what listens has to bear its own writing

    onTextChanged: if (ready) written()
    Component.onCompleted: ready = true

    implicitWidth: 200
    implicitHeight: Theme.control
    leftPadding: glyph === "" ? 10 : 30
    rightPadding: 10
    color: Theme.text
    placeholderTextColor: Theme.faint
    selectionColor: Theme.accent
    selectedTextColor: Theme.surface
    selectByMouse: true
    verticalAlignment: TextInput.AlignVCenter
    font.family: mono ? Theme.mono : Theme.sans
    font.pixelSize: Theme.body
    opacity: enabled ? 1 : 0.6
    Accessible.role: Accessible.EditableText
    Accessible.name: name
    Accessible.description: problem
    Accessible.editable: !readOnly
    Accessible.focusable: true

    FIcon {
        x: 9
        anchors.verticalCenter: parent.verticalCenter
        width: 14
        height: 14
        visible: field.glyph !== ""
        name: field.glyph
    }
    FText {
        x: field.leftPadding
        width: field.width - field.leftPadding - field.rightPadding
        height: field.height
        visible: field.text === "" && field.preeditText === ""
        text: field.placeholderText
        color: Theme.faint
        font: field.font
        elide: Text.ElideRight
        Accessible.ignored: true
    }
    background: Rectangle {
        radius: Theme.radius
        color: Theme.surface
        border.color: field.problem !== "" ? Theme.negative : field.activeFocus ? Theme.accent : Theme.line
    }
    cursorDelegate: FCursor { owner: field }
}

// One thing the agent lets the person choose, as a small box with its value.
import QtQuick
import Foundry.Controls

FComboBox {
    id: box

    required property var picker
    signal picked(value: string)

    name: picker.name
    maximumWidth: 200
    textRole: "name"
    valueRole: "value"
    model: picker.values
    currentIndex: picker.currentIndex
    onActivated: index => {
        const value = picker.values[index].value
        currentIndex = Qt.binding(() => picker.currentIndex) // what is chosen is what the agent says
        picked(value)
    }
}

// The key for something, as a small cap; decoration beside a name that is read.
import QtQuick

Rectangle {
    id: hint

    property alias text: label.text

    implicitWidth: label.implicitWidth + 10
    implicitHeight: 18
    radius: 4
    color: Theme.surface
    border.color: Theme.line
    Accessible.ignored: true

    FText {
        id: label
        anchors.centerIn: parent
        color: Theme.faint
        font.pixelSize: 11
        Accessible.ignored: true
    }
}

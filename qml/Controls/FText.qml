// Text in the theme's type. Read by a screen reader unless `Accessible.ignored` is set.
import QtQuick

Text {
    property bool mono: false

    color: Theme.text
    font.family: mono ? Theme.mono : Theme.sans
    font.pixelSize: Theme.body
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}

// A hairline, horizontal unless `vertical`.
import QtQuick

Rectangle {
    property bool vertical: false
    property bool fine: false

    implicitWidth: vertical ? 1 : 100
    implicitHeight: vertical ? 100 : 1
    color: fine ? Theme.fineLine : Theme.line
    Accessible.ignored: true
}

import QtQuick
import QtQuick.Templates as T

T.MenuSeparator {
    implicitWidth: 100
    implicitHeight: 9
    padding: 4
    Accessible.ignored: true
    contentItem: FDivider { }
}

// A strip of tabs with a line under the current one.
import QtQuick
import QtQuick.Templates as T

T.TabBar {
    id: bar

    implicitWidth: contentItem.implicitWidth
    implicitHeight: Theme.tabStrip
    spacing: 0
    Accessible.role: Accessible.PageTabList

    contentItem: ListView {
        implicitWidth: contentWidth
        model: bar.contentModel
        currentIndex: bar.currentIndex
        spacing: bar.spacing
        orientation: ListView.Horizontal
        boundsBehavior: Flickable.StopAtBounds
        interactive: contentWidth > width
        clip: true
        highlightMoveDuration: 0
    }
    background: Item { }
}

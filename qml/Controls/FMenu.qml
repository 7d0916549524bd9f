import QtQuick
import QtQuick.Templates as T

T.Menu {
    id: menu

    implicitWidth: Math.max(180, contentItem.implicitWidth + leftPadding + rightPadding)
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    margins: 8
    padding: 4
    overlap: 1

    delegate: FMenuItem { }

    contentItem: ListView {
        implicitWidth: menu.widest()
        implicitHeight: Math.min(contentHeight, 420)
        model: menu.contentModel
        currentIndex: menu.currentIndex
        clip: true
        interactive: contentHeight > height
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: FScrollBar { }
    }
    background: FPopupGround { }

    function widest(): real {
        let widest = 0
        for (let i = 0; i < count; ++i)
            widest = Math.max(widest, itemAt(i).implicitWidth)
        return Math.min(420, widest)
    }
}

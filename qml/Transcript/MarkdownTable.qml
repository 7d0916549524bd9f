// A table of a message: even columns, the head in bold.
pragma ComponentBehavior: Bound

import QtQuick
import Foundry.Controls

Rectangle {
    id: table

    required property list<string> cells
    required property int columns
    required property string spoken
    signal linkActivated(address: string)

    implicitHeight: grid.height + 2
    radius: Theme.radius
    color: "transparent"
    border.color: Theme.line
    Accessible.role: Accessible.Table
    Accessible.name: spoken

    Grid {
        id: grid
        x: 1
        y: 1
        width: parent.width - 2
        columns: Math.max(1, table.columns)
        Repeater {
            model: table.cells
            Item {
                id: cell
                required property int index
                required property string modelData
                readonly property bool head: index < table.columns
                width: Math.floor(grid.width / grid.columns)
                height: words.height + 12
                FDivider {
                    width: parent.width
                    fine: true
                    visible: !cell.head
                }
                RichWords {
                    id: words
                    x: 10
                    y: 6
                    width: parent.width - 20
                    rich: cell.modelData
                    plain: ""
                    font.weight: cell.head ? Font.DemiBold : Font.Normal
                    Accessible.ignored: true
                    onLinkActivated: address => table.linkActivated(address)
                }
            }
        }
    }
}

import QtQuick
import QtTest
import Foundry.Controls

Item {
    id: scene

    width: 640
    height: 480

    Column {
        spacing: 8
        FButton {
            id: button
            text: "Publish"
            keyHint: "Ctrl P"
        }
        FButton {
            id: narrow
            text: "Queue"
            trailingGlyph: "send"
        }
        FTextField {
            id: field
            name: "Title"
        }
        FTextArea {
            id: area
            name: "Message"
            width: 200
            minimumHeight: 40
            maximumHeight: 90
        }
        FCheckBox {
            id: box
            text: "Agree"
        }
        FComboBox {
            id: combo
            name: "Agent"
            model: ["One", "Two", "Three"]
        }
        FPill {
            id: pill
            text: "Needs you"
            tone: "warning"
        }
        FCard {
            id: card
            title: "Sandbox"
            FCardRow {
                label: "Network"
                value: "off"
            }
            FCardRow {
                label: "Ports"
                value: "none"
            }
        }
    }
    FDialog {
        id: dialog
        title: "A question"
        buttons: FButton {
            text: "Done"
            focus: true
            onClicked: dialog.close()
        }
        FText { text: "Words" }
    }
    SignalSpy {
        id: clicks
        target: button
        signalName: "clicked"
    }
    SignalSpy {
        id: toggles
        target: box
        signalName: "toggled"
    }

    TestCase {
        name: "Controls"
        when: windowShown

        function init(): void {
            clicks.clear()
            toggles.clear()
        }
        function test_buttonIsPressedByMouseAndKeys(): void {
            mouseClick(button)
            compare(clicks.count, 1)
            button.forceActiveFocus()
            keyClick(Qt.Key_Return)
            keyClick(Qt.Key_Space)
            compare(clicks.count, 3)
            button.enabled = false
            mouseClick(button)
            compare(clicks.count, 3)
            button.enabled = true
        }
        function test_wordsOnceNarrowFitAgain(): void {
            const wanted = narrow.implicitWidth
            narrow.width = 30
            waitForRendering(narrow)
            compare(narrow.implicitWidth, wanted)
        }
        function test_namesAreRead(): void {
            compare(button.Accessible.name, "Publish")
            compare(field.Accessible.name, "Title")
            compare(combo.Accessible.name, "Agent")
            compare(pill.Accessible.name, "Needs you")
            compare(box.Accessible.role, Accessible.CheckBox)
        }
        function test_checkBox(): void {
            mouseClick(box)
            verify(box.checked)
            compare(toggles.count, 1)
            box.press()
            verify(!box.checked)
            compare(toggles.count, 2)
        }
        function test_comboBoxByKeys(): void {
            combo.forceActiveFocus()
            keyClick(Qt.Key_Down)
            compare(combo.displayText, "Two")
            keyClick(Qt.Key_Up)
            compare(combo.currentIndex, 0)
        }
        function test_textAreaGrowsToItsLimit(): void {
            const small = area.implicitHeight
            area.text = "1\n2\n3\n4"
            verify(area.implicitHeight > small)
            area.text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12"
            compare(area.implicitHeight, 90)
            area.text = ""
            compare(area.implicitHeight, small)
        }
        function test_dialogClosesByKeyAndButton(): void {
            dialog.open()
            tryCompare(dialog, "opened", true)
            keyClick(Qt.Key_Escape)
            tryCompare(dialog, "visible", false)
            dialog.open()
            tryCompare(dialog, "opened", true)
            keyClick(Qt.Key_Return)
            tryCompare(dialog, "visible", false)
        }
        function luminance(c: color): real {
            const part = v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4)
            return 0.2126 * part(c.r) + 0.7152 * part(c.g) + 0.0722 * part(c.b)
        }
        function contrast(a: color, b: color): real {
            const x = luminance(a)
            const y = luminance(b)
            return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
        }
        function test_contrast_data(): var {
            return [{ tag: "light" }, { tag: "dark" }]
        }
        function test_contrast(row: var): void {
            Theme.choice = row.tag
            compare(Theme.dark, row.tag === "dark")
            const grounds = [Theme.window, Theme.panel, Theme.surface, Theme.hover, Theme.code]
            for (const ground of grounds) {
                for (const text of [Theme.text, Theme.muted, Theme.faint])
                    verify(contrast(text, ground) >= 4.5, row.tag + " " + text + " on " + ground)
            }
            for (const tone of ["accent", "positive", "warning", "negative"])
                verify(contrast(Theme.toneText(tone), Theme.toneGround(tone)) >= 4.5, row.tag + " " + tone)
            verify(contrast(Theme.inkText, Theme.ink) >= 4.5)
            for (const line of [Theme.addedLine, Theme.addedWord, Theme.removedLine, Theme.removedWord])
                verify(contrast(Theme.text, line) >= 4.5, row.tag + " " + line)
            Theme.choice = "system"
        }
    }
}

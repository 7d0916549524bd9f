// Every value of the look: colours, sizes, type, motion. Nothing else in qml/ names a colour or a font.
pragma Singleton

import QtQuick

QtObject {
    id: theme

    // "system", "light" or "dark"; the shell binds it to the person's preference.
    property string choice: "system"
    readonly property bool dark: choice === "dark" || (choice !== "light" && systemPalette.window.hslLightness < 0.5)
    readonly property SystemPalette systemPalette: SystemPalette { }

    // Grounds
    readonly property color window: dark ? "#161615" : "#f7f7f6"
    readonly property color panel: dark ? "#1a1a19" : "#fbfbfa"
    readonly property color surface: dark ? "#1f1f1e" : "#ffffff"
    readonly property color selection: dark ? "#2a2a28" : "#ececea"
    readonly property color hover: dark ? "#232322" : "#f3f3f1"
    readonly property color code: dark ? "#252523" : "#f4f4f2"
    // Hairlines
    readonly property color line: dark ? "#31312f" : "#e4e4e1"
    readonly property color fineLine: dark ? "#292927" : "#eeeeec"
    readonly property color strongLine: dark ? "#4a4a46" : "#c9c9c4"
    // Text: at least 4.5:1 on every ground above
    readonly property color text: dark ? "#ececea" : "#1d1d1b"
    readonly property color muted: dark ? "#a8a8a1" : "#62625d"
    readonly property color faint: dark ? "#96968f" : "#6b6b66"
    // The one thing to do now
    readonly property color ink: dark ? "#ececea" : "#1d1d1b"
    readonly property color inkHover: dark ? "#ffffff" : "#3a3a37"
    readonly property color inkText: dark ? "#1d1d1b" : "#ffffff"
    readonly property color inkHint: dark ? "#5a5a55" : "#b4b4ad"
    // Meaning
    readonly property color accent: dark ? "#8ea2ff" : "#3b5bdb"
    readonly property color accentGround: dark ? "#262b45" : "#eef1fd"
    readonly property color positive: dark ? "#6cc48f" : "#2b7a4b"
    readonly property color positiveGround: dark ? "#1c2f24" : "#e9f5ee"
    readonly property color warning: dark ? "#e3b341" : "#8a5c00"
    readonly property color warningGround: dark ? "#332a12" : "#fdf4dc"
    readonly property color negative: dark ? "#f28b82" : "#b42318"
    readonly property color negativeGround: dark ? "#3a201d" : "#fdecea"
    // Diffs
    readonly property color addedLine: dark ? "#1b2e22" : "#e6f5ec"
    readonly property color addedWord: dark ? "#2a5038" : "#bfe6cf"
    readonly property color removedLine: dark ? "#35201e" : "#fdecea"
    readonly property color removedWord: dark ? "#5e302b" : "#f7c6c1"
    // A terminal: the sixteen colours, then ground, text, cursor, text under the cursor, selection
    readonly property var terminal: dark
        ? ["#3a3a38", "#f28b82", "#6cc48f", "#e3b341", "#8ea2ff", "#d99bea", "#63c5cf", "#d6d6d2",
            "#8a8a84", "#ffaea6", "#93dfb0", "#f5cd6b", "#b3c0ff", "#ebbdf6", "#8fe0e8", "#ffffff",
            surface, text, "#ececea", "#1d1d1b", "#34406e"]
        : ["#1d1d1b", "#b42318", "#2b7a4b", "#8a5c00", "#3b5bdb", "#93329e", "#0b6f7c", "#d9d9d5",
            "#62625d", "#c8372b", "#2b7a4b", "#8a5c00", "#3b5bdb", "#93329e", "#0b6f7c", "#ffffff",
            surface, text, "#1d1d1b", "#ffffff", "#cfd8fb"]
    // Behind a dialog
    readonly property color veil: dark ? "#80000000" : "#331d1d1b"
    readonly property color shadow: dark ? "#40000000" : "#0c1d1d1b"

    // Type
    readonly property string sans: "Inter"
    readonly property string mono: "JetBrains Mono"
    readonly property int small: 12
    readonly property int body: 13
    readonly property int large: 15
    readonly property int title: 20

    // Spacing, in steps of 4
    readonly property int space1: 4
    readonly property int space2: 8
    readonly property int space3: 12
    readonly property int space4: 16
    readonly property int space6: 24
    readonly property int space8: 32

    // Measures
    readonly property int radius: 6
    readonly property int control: 28
    readonly property int sidebar: 272
    readonly property int details: 332
    readonly property int column: 680
    readonly property int bar: 44
    readonly property int tabStrip: 36
    readonly property int rowTall: 44
    readonly property int row: 30
    readonly property int icon: 16

    // Motion, in milliseconds
    readonly property int quick: 100
    readonly property int slow: 150

    // A tone is a word of the meanings above: neutral, accent, positive, warning, negative.
    function toneText(tone: string): color {
        switch (tone) {
        case "accent": return accent
        case "positive": return positive
        case "warning": return warning
        case "negative": return negative
        default: return muted
        }
    }
    function toneGround(tone: string): color {
        switch (tone) {
        case "accent": return accentGround
        case "positive": return positiveGround
        case "warning": return warningGround
        case "negative": return negativeGround
        default: return selection
        }
    }
}

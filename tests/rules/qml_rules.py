"""Rules for QML: names and actions for whoever does not see, one theme, quiet at rest."""

import re
from dataclasses import dataclass, field

from rule import Rule
from source import Violation


@dataclass
class Object:
    """An object of a QML file: its type, its line, and what stands directly in it (not in its children)."""

    type: str
    line: int
    own: str = ""
    parent: "Object" = None
    children: list = field(default_factory=list)

    def has(self, *properties):
        return any(re.search(rf"(^|[\s;{{]){re.escape(p)}\s*:", self.own) for p in properties)

    def ancestors(self):
        at = self.parent
        while at is not None:
            yield at
            at = at.parent


def objects(source):
    """Every object of a QML file. Braces of scripts stay with the object they stand in."""
    code, found, stack, at = source.code, [], [], 0
    for match in re.finditer(r"(?:\b((?:[A-Z]\w*\.)*[A-Z]\w*)(?:\s+on\s+[\w.]+)?\s*)?\{|\}", code):
        if stack and stack[-1][0] is not None:
            stack[-1][0].own += code[at : match.start()]
        at = match.end()
        if match.group(0) == "}":
            if stack:
                ended, kept = stack.pop()
                if not kept and stack and stack[-1][0] is not None:
                    stack[-1][0].own += "}"
            continue
        outer = stack[-1][0] if stack else None
        if match.group(1):
            made = Object(match.group(1), code.count("\n", 0, match.start()) + 1, parent=outer)
            if outer:
                outer.children.append(made)
            found.append(made)
            stack.append((made, True))
        else:
            if outer:
                outer.own += match.group(0)
            stack.append((outer, False))
    return found


PRESSED = {
    "Button",
    "AbstractButton",
    "ToolButton",
    "RoundButton",
    "CheckBox",
    "RadioButton",
    "Switch",
    "ItemDelegate",
}
PRESSED |= {"MenuItem", "TabButton", "ComboBox", "CheckDelegate", "SwitchDelegate", "DelayButton"}
TYPED = {"TextField", "TextArea", "TextInput", "TextEdit", "SpinBox"}


def controls_have_names_and_actions(tree):
    for source in tree.qml():
        for thing in objects(source):
            kind = thing.type.rsplit(".", 1)[-1]
            if kind in PRESSED | TYPED and not thing.has("Accessible.name", "Accessible.ignored"):
                yield Violation(source.path, thing.line, f"{thing.type} has no Accessible.name")
            if kind in PRESSED and not thing.has("Accessible.onPressAction", "Accessible.ignored"):
                yield Violation(source.path, thing.line, f"{thing.type} has no Accessible.onPressAction")


# Our own controls speak by a property each: one of these has to be there where they are used.
SPEAKS_BY = {
    "FButton": ("text", "accessibleName"),
    "FLink": ("text", "accessibleName"),
    "FIconButton": ("name",),
    "FCheckBox": ("text", "Accessible.name"),
    "FComboBox": ("name",),
    "FTextField": ("name", "placeholderText"),
    "FTextArea": ("name", "placeholderText"),
    "FMenuItem": ("text", "action"),
    "FTabButton": ("text",),
}


def uses_have_names(tree):
    for source in tree.qml():
        for thing in objects(source):
            wanted = SPEAKS_BY.get(thing.type)
            delegate = source.under("qml/Controls")  # a delegate of a menu gets its words from the menu
            if wanted and thing.parent is not None and not delegate and not thing.has(*wanted):
                yield Violation(source.path, thing.line, f"{thing.type} needs {' or '.join(wanted)}")


def pointer_is_not_the_only_way(tree):
    for source in tree.qml():
        for thing in objects(source):
            pressed = (thing.type == "MouseArea" and thing.has("onClicked", "onPressed")) or (
                thing.type == "TapHandler" and thing.has("onTapped", "onSingleTapped")
            )
            if pressed and "Qt.RightButton" not in thing.own:
                around = [thing, *list(thing.ancestors())[:2]]
                if not any(o.has("Accessible.onPressAction", "Accessible.ignored") for o in around):
                    yield Violation(source.path, thing.line, f"{thing.type} can be pressed by a pointer only")


DOMAIN = r"[Tt]ask|[Ss]ession|[Aa]gent|[Rr]epositor|[Bb]ranch|[Ss]andbox|[Cc]ommit|[Tt]ranscript|[Ww]orkflow|[Pp]ull[Rr]equest"


def controls_know_no_domain(tree):
    for source in tree.qml("qml/Controls"):
        yield from source.violations(rf"\b\w*({DOMAIN})\w*", "a plain control knows no word of the domain: {0}")


def colours_live_in_the_theme(tree):
    for source in tree.qml():
        if source.name != "Theme.qml":
            yield from source.violations(
                r'"#[0-9a-fA-F]{3,8}"|\bQt\.rgba\s*\(|\bQt\.hsla\s*\(', "a colour outside the theme: {0}"
            )


# Law 12: what may repeat, and why it does not keep an idle window awake.
MAY_REPEAT = {
    "qml/Controls/FCursor.qml": "a text cursor; stops blinking after 10 s",
    "qml/Shell/Ages.qml": "the one timer for ages; runs only while ages are in sight",
}


def idle_means_idle(tree):
    for source in tree.qml():
        if source.path not in MAY_REPEAT:
            yield from source.violations(
                r"\brepeat\s*:(?!\s*false)|\bAnimation\.Infinite\b", "moves for ever, law 12: {0}"
            )


RULES = [
    Rule(
        "controlsHaveNamesAndActions",
        controls_have_names_and_actions,
        bad=[
            {"qml/a/A.qml": "T.Button {\n text: 'x'\n Accessible.onPressAction: clicked()\n}"},
            {"qml/a/A.qml": "Item {\n Button {\n Accessible.name: text\n }\n}"},
            {"qml/a/A.qml": "Item { TextInput { text: 'x' } }"},
        ],
        good=[
            {"qml/a/A.qml": "T.Button { Accessible.name: text; Accessible.onPressAction: { clicked() } }"},
            {"qml/a/A.qml": "TextInput {\n    font { bold: true }\n    Accessible.name: n\n}"},
        ],
    ),
    Rule(
        "usesHaveNames",
        uses_have_names,
        bad=[
            {"qml/a/A.qml": 'Item {\n FButton { glyph: "x" }\n}'},
            {"qml/a/A.qml": 'Item { FIconButton { glyph: "x" } }'},
        ],
        good=[{"qml/a/A.qml": 'Item { FButton { text: qsTr("Open") } FTextField { placeholderText: "Path" } }'}],
    ),
    Rule(
        "pointerIsNotTheOnlyWay",
        pointer_is_not_the_only_way,
        bad=[
            {"qml/a/A.qml": "Item { MouseArea { onClicked: go() } }"},
            {"qml/a/A.qml": "Item { TapHandler { onTapped: go() } }"},
        ],
        good=[{"qml/a/A.qml": "Item { Accessible.onPressAction: go(); MouseArea { onClicked: go() } }"}],
    ),
    Rule(
        "controlsKnowNoDomain",
        controls_know_no_domain,
        bad=[
            {"qml/Controls/A.qml": "Item { property string taskTitle }"},
            {"qml/Controls/A.qml": 'Text { text: "Open repository" }'},
        ],
        good=[
            {
                "qml/Controls/A.qml": "// for a task's row\nItem { function f() { return 1 } }",
                "qml/Tasks/A.qml": "Item { id: task }",
            }
        ],
    ),
    Rule(
        "coloursLiveInTheTheme",
        colours_live_in_the_theme,
        bad=[
            {"qml/a/A.qml": 'Rectangle { color: "#fff" }'},
            {"qml/a/A.qml": "Rectangle { color: Qt.rgba(0, 0, 0, 1) }"},
        ],
        good=[
            {
                "qml/Controls/Theme.qml": 'QtObject { property color a: "#fff" }',
                "qml/a/A.qml": "Rectangle { color: Theme.a }",
            }
        ],
    ),
    Rule(
        "idleMeansIdle",
        idle_means_idle,
        bad=[
            {"qml/a/A.qml": "Timer { interval: 100; repeat: true }"},
            {"qml/a/A.qml": "RotationAnimator { loops: Animation.Infinite }"},
        ],
        good=[{"qml/a/A.qml": "Timer { interval: 100 }"}],
    ),
]

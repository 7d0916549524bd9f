"""What is on the screen, by role and name, as a screen reader finds it. Nothing here knows a coordinate.

Waiting is waiting for a state: the tree is looked at again when the accessibility bus tells of a change, and at least
five times a second, until a limit; then the journey fails with what was there instead.
"""

import re
import time

from accessibility import ACCESSIBLE, ACTION, EDITABLE, TEXT as CONTENTS, Bus, is_set, role_named
from gi.repository import GLib

LIMIT = 15  # seconds, where a wait names none

BUTTON, TEXT, CHECK, TAB, COMBO = "push button", "text", "check box", "page tab", "combo box"
ITEM, MENU_ITEM, LINK, LABEL, HEADING = "list item", "menu item", "link", "label", "heading"
ALERT = "alert"


class NotThere(AssertionError):
    """Something that the journey waited for did not come."""


class Thing:
    """Something on the screen: has a role, a name, states, perhaps text and actions, as they are when they are asked."""

    def __init__(self, screen, address):
        self.screen = screen
        self.address = address

    def _call(self, *arguments):
        return self.screen.bus.call(self.address, *arguments)

    def _property(self, interface, name):
        return self.screen.bus.property(self.address, interface, name)

    @property
    def name(self):
        return self._property(ACCESSIBLE, "Name")

    @property
    def role(self):
        return role_named(self._call(ACCESSIBLE, "GetRole")[0])

    @property
    def description(self):
        return self._property(ACCESSIBLE, "Description")

    def has(self, state):
        return is_set(self._call(ACCESSIBLE, "GetState")[0], state)

    @property
    def text(self):
        """What is written in a field."""
        count = self._property(CONTENTS, "CharacterCount")
        text = self._call(CONTENTS, "GetText", "(ii)", 0, count)[0] if count > 0 else ""
        return text.replace("\u2029", "\n")  # how a text document ends a paragraph

    def put(self, text):
        """Replaces what is written in a field."""
        self._call(EDITABLE, "SetTextContents", "(s)", text)

    def write(self, text):
        """The same, and waits until it is there."""
        self.put(text)
        self.screen.wait(lambda: (self.text == text) or None, f"'{self.name}' to hold what was written")

    def press(self):
        """Does what a press on it does; nothing while it is disabled (Qt 6.4 does not tell that outside)."""
        names = [action[0] for action in self._call(ACTION, "GetActions")[0]]
        for wanted in ("Press", "Toggle"):
            if wanted in names:
                self._call(ACTION, "DoAction", "(i)", names.index(wanted))
                return
        raise NotThere(f"{self.role} '{self.name}' has no press action, only {names}")

    def find(self, role=None, name=None):
        return self.screen.first(role, name, self)

    def all(self, role=None, name=None):
        return self.screen.all(role, name, self)


class Screen:
    """The windows of one program, found by its process id."""

    _bus = None  # one for the process

    def __init__(self, pid):
        self.pid = pid

    @property
    def bus(self):
        if Screen._bus is None:
            Screen._bus = Bus()
        return Screen._bus

    def program(self):
        return self.bus.program(self.pid)

    def nodes(self, below=None):
        """Everything in sight, in the order of the tree, as it is now."""
        address = below.address if below else self.program()
        tree = self.bus.tree(address) if address else None
        return [node for node in tree.in_order() if node.name is not None] if tree else []

    def all(self, role=None, name=None, below=None):
        def fits(node):
            if role is not None and node.role != role:
                return False
            return name is None or (name.search(node.name) if isinstance(name, re.Pattern) else node.name == name)

        return [Thing(self, node.address) for node in self.nodes(below) if fits(node)]

    def first(self, role=None, name=None, below=None):
        return next(iter(self.all(role, name, below)), None)

    def wait(self, condition, what, limit=LIMIT):
        """Waits until `condition()` gives something other than None, and returns it."""
        until = time.monotonic() + limit
        while True:
            try:
                result = condition()
            except GLib.Error:
                result = None
            if result is not None:
                return result
            if time.monotonic() > until:
                raise NotThere(f"waited {limit} s for {what}")
            self._until_change(0.2)

    def _until_change(self, seconds):
        """Lets the bus tell of changes; returns soon after the first one, or after `seconds`."""
        self.bus.changed = False
        self._listen(seconds, lambda: self.bus.changed)
        self._listen(0.02, lambda: False)  # one change seldom comes alone

    def _listen(self, seconds, enough):
        over = []
        GLib.timeout_add(int(seconds * 1000), lambda: over.append(True) or False)
        while not over and not enough():
            self.bus.context.iteration(True)

    def expect(self, role, name, limit=LIMIT, below=None):
        """Waits for something of that role and name, and returns it."""
        return self.wait(lambda: self.first(role, name, below), f"{role or 'something'} '{shown(name)}'", limit)

    def expect_gone(self, role, name, limit=LIMIT):
        self.wait(lambda: True if self.first(role, name) is None else None, f"{role} '{shown(name)}' to go", limit)

    def press(self, name, role=BUTTON, limit=LIMIT):
        self.expect(role, name, limit).press()

    def press_until(self, name, condition, what, role=BUTTON, limit=LIMIT):
        """Presses until `condition()` gives something: for a button that may still be disabled."""

        def press():
            button = self.first(role, name)
            if button is not None:
                button.press()
            return self.soon(condition)

        return self.wait(press, what, limit)

    def soon(self, condition, seconds=1.0):
        """What `condition()` gives within a short while, or None."""
        until = time.monotonic() + seconds
        while (result := condition()) is None and time.monotonic() < until:
            self._until_change(0.1)
        return result

    def write(self, name, text, role=TEXT, limit=LIMIT):
        self.expect(role, name, limit).write(text)

    def listing(self):
        """What is in sight, as lines, for whoever has to find out why a journey failed."""
        lines = []
        for node in self.nodes():
            if node.name or node.role in (BUTTON, TEXT):
                words = [word for word in ("checked", "selected", "focused") if node.has(word)]
                lines.append(f"  {node.role} '{node.name}'" + (f" ({', '.join(words)})" if words else ""))
        return "\n".join(lines)


def shown(name):
    return name.pattern if isinstance(name, re.Pattern) else name

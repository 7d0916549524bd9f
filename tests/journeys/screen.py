"""What is on the screen, by role and name, as a screen reader finds it. Nothing here knows a coordinate.

Waiting is waiting for a state: the tree is looked at again when the accessibility bus tells of a change, and at least
five times a second, until a limit; then the journey fails with what was there instead.
"""

import re
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib

warnings.filterwarnings("ignore", "Atspi.* is deprecated")  # the newer names are not in Debian 12

LIMIT = 15  # seconds, where a wait names none

BUTTON, TEXT, CHECK, TAB, COMBO = "push button", "text", "check box", "page tab", "combo box"
ITEM, MENU_ITEM, LINK, LABEL, HEADING = "list item", "menu item", "link", "label", "heading"
ALERT = "alert"


class NotThere(AssertionError):
    """Something that the journey waited for did not come."""


class Thing:
    """Something on the screen: has a role, a name, states, perhaps text and actions."""

    def __init__(self, screen, accessible):
        self.screen = screen
        self.accessible = accessible

    @property
    def name(self):
        return self.accessible.get_name() or ""

    @property
    def role(self):
        return self.accessible.get_role_name()

    @property
    def description(self):
        return self.accessible.get_description() or ""

    def has(self, state):
        return self.accessible.get_state_set().contains(getattr(Atspi.StateType, state.upper()))

    @property
    def text(self):
        """What is written in a field."""
        count = Atspi.Text.get_character_count(self.accessible)
        text = Atspi.Text.get_text(self.accessible, 0, count) if count > 0 else ""
        return text.replace("\u2029", "\n")  # how a text document ends a paragraph

    def write(self, text):
        """Replaces what is written in a field, and waits until it is there."""
        Atspi.EditableText.set_text_contents(self.accessible, text)
        self.screen.wait(lambda: (self.text == text) or None, f"'{self.name}' to hold what was written")

    def press(self):
        """Does what a press on it does; nothing while it is disabled (Qt 6.4 does not tell that outside)."""
        count = Atspi.Action.get_n_actions(self.accessible)
        names = [Atspi.Action.get_action_name(self.accessible, i) for i in range(count)]
        for wanted in ("Press", "Toggle"):
            if wanted in names:
                Atspi.Action.do_action(self.accessible, names.index(wanted))
                return
        raise NotThere(f"{self.role} '{self.name}' has no press action, only {names}")

    def find(self, role=None, name=None):
        return self.screen.first(role, name, self)

    def all(self, role=None, name=None):
        return self.screen.all(role, name, self)


class Screen:
    """The windows of one program, found by its process id."""

    def __init__(self, pid):
        Atspi.init()
        Atspi.set_timeout(10_000, 20_000)  # ms for an answer: a busy machine is no fault of the program
        self.pid = pid
        self._changed = False
        self._context = GLib.MainContext.default()
        self._listener = Atspi.EventListener.new(self._on_change)
        for kind in (
            "object:children-changed",
            "object:state-changed",
            "object:text-changed",
            "object:property-change",
        ):
            self._listener.register(kind)

    def _on_change(self, _event):
        self._changed = True

    def program(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application is not None and application.get_process_id() == self.pid:
                application.set_cache_mask(Atspi.Cache.NONE)  # always ask: nothing seen here may be stale
                return application
        return None

    def things(self, below=None):
        """Everything in sight, in the order of the tree."""
        open_ = [below.accessible if below else self.program()]
        while open_:
            at = open_.pop()
            if at is None:
                continue
            try:
                states = at.get_state_set()
                window = at.get_role() in (Atspi.Role.APPLICATION, Atspi.Role.FRAME)
                if not window and not states.contains(Atspi.StateType.SHOWING):
                    continue
                yield Thing(self, at)
                open_ += [at.get_child_at_index(i) for i in reversed(range(at.get_child_count()))]
            except GLib.Error:
                continue  # gone while we looked

    def matching(self, role=None, name=None, below=None):
        for thing in self.things(below):
            try:
                if role is not None and thing.role != role:
                    continue
                own = thing.name
                if name is None or (name.search(own) if isinstance(name, re.Pattern) else own == name):
                    yield thing
            except GLib.Error:
                continue

    def all(self, role=None, name=None, below=None):
        return list(self.matching(role, name, below))

    def first(self, role=None, name=None, below=None):
        return next(self.matching(role, name, below), None)

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
        """Lets the bus tell of changes; returns at the first one, or after `seconds`."""
        self._changed = False
        over = []
        GLib.timeout_add(int(seconds * 1000), lambda: over.append(True) or False)
        while not over and not self._changed:
            self._context.iteration(True)

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
        for thing in self.things():
            if thing.name or thing.role in (BUTTON, TEXT):
                words = [w for w in ("checked", "selected", "focused") if thing.has(w)]
                lines.append(f"  {thing.role} '{thing.name}'" + (f" ({', '.join(words)})" if words else ""))
        return "\n".join(lines)


def shown(name):
    return name.pattern if isinstance(name, re.Pattern) else name

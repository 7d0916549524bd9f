"""The accessibility bus (AT-SPI 2, https://docs.gtk.org/atspi2/), spoken to directly: a tree is asked for as fast as the
program answers, not one question after the other. Nothing is remembered between two looks."""

from gi.repository import Gio, GLib

LIMIT = 10_000  # ms for an answer: a busy machine is no fault of the program
INTERFACES = "org.a11y.atspi."
ACCESSIBLE, ACTION = INTERFACES + "Accessible", INTERFACES + "Action"
TEXT, EDITABLE = INTERFACES + "Text", INTERFACES + "EditableText"
REGISTRY, ROOT = "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"
PROPERTIES = "org.freedesktop.DBus.Properties"
# Roles by their numbers: the names that programs give are their own.
ROLES = {
    2: "alert", 7: "check box", 11: "combo box", 16: "dialog", 20: "filler", 23: "frame", 27: "image", 29: "label",
    31: "list", 32: "list item", 33: "menu", 35: "menu item", 37: "page tab", 38: "page tab list", 39: "panel",
    40: "password text", 41: "popup menu", 42: "progress bar", 43: "push button", 44: "radio button",
    48: "scroll bar", 50: "separator", 52: "spin button", 61: "text", 62: "toggle button", 69: "window",
    75: "application", 83: "heading", 88: "link",
}  # fmt: skip
WINDOWS = ("application", "frame")  # are looked into whether they are in sight or not
# Bits of a state set's first word.
STATES = {"checked": 4, "focused": 12, "selected": 23, "showing": 25}


def is_set(states, state):
    """Of a state set, two words of 32 bits: whether that one is in it."""
    return bool(states[0] >> STATES[state] & 1)


def role_named(number):
    return ROLES.get(number, f"role {number}")


class Node:
    """One thing as it was when it was looked at."""

    def __init__(self, address):
        self.address = address  # (name on the bus, path)
        self.states = self.role = self.name = None
        self.children = []

    def has(self, state):
        return is_set(self.states, state)

    def in_order(self):
        yield self
        for child in self.children:
            yield from child.in_order()


class Bus:
    """The connection of this process. `changed` is set when a program tells of a change."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        session.set_exit_on_close(False)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1)
        flags = Gio.DBusConnectionFlags
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address.unpack()[0], flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION
        )
        self.context = GLib.MainContext.default()
        self.changed = False
        self.open = 0  # questions without an answer yet
        self.connection.signal_subscribe(None, "org.a11y.atspi.Event.Object", None, None, None, 0, self._on_change)
        for kind in ("ChildrenChanged", "StateChanged", "TextChanged", "PropertyChange"):
            self.call((REGISTRY, "/org/a11y/atspi/registry"), REGISTRY, "RegisterEvent", "(s)", f"Object:{kind}:")

    def _on_change(self, *_):
        self.changed = True

    def call(self, address, interface, method, kind="()", *values):
        """Asks, and waits for the answer. GLib.Error where it is gone."""
        arguments = GLib.Variant(kind, values)
        return self.connection.call_sync(*address, interface, method, arguments, None, 0, LIMIT).unpack()

    def property(self, address, interface, name):
        return self.call(address, PROPERTIES, "Get", "(ss)", interface, name)[0]

    def program(self, pid):
        """The address of a process's accessible root, or None."""
        for address in self.call((REGISTRY, ROOT), ACCESSIBLE, "GetChildren")[0]:
            bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
            try:
                if self.call(bus, bus[0], "GetConnectionUnixProcessID", "(s)", address[0])[0] == pid:
                    return address
            except GLib.Error:
                continue  # gone while we looked
        return None

    def tree(self, address):
        """Everything in sight from there on, as a Node, or None."""
        root = Node(address)
        self._look(root)
        while self.open:
            self.context.iteration(True)
        return root if root.name is not None else None

    def _look(self, node):
        def rest():
            self._ask(node, "Name", lambda name: setattr(node, "name", name))
            self._ask(node, "GetChildren", lambda found: descend(found))

        def state(bits):
            node.states = bits
            self._ask(node, "GetRole", role)

        def role(number):
            node.role = role_named(number)
            if node.has("showing") or node.role in WINDOWS:
                rest()

        def descend(found):
            node.children = [Node(address) for address in found]
            for child in node.children:
                self._look(child)

        self._ask(node, "GetState", state)

    def _ask(self, node, what, then):
        if what == "Name":
            interface, method, arguments = PROPERTIES, "Get", GLib.Variant("(ss)", (ACCESSIBLE, what))
        else:
            interface, method, arguments = ACCESSIBLE, what, None

        def answered(connection, result):
            self.open -= 1
            try:
                answer = connection.call_finish(result).unpack()[0]
            except GLib.Error:
                return  # gone while we looked
            then(answer)

        self.open += 1
        self.connection.call(*node.address, interface, method, arguments, None, 0, LIMIT, None, answered)


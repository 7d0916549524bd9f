"""What a person does in Foundry's window, in the words of the window. Every journey speaks through this."""

import re

from screen import BUTTON, COMBO, HEADING, ITEM, LABEL, MENU_ITEM, TAB, TEXT

DEMONSTRATION = "Demonstration agent"

# A small piece of real work: a file is written, a command runs (and is asked for in ask mode), a word is said.
SCRIPT = """Add a greeting
say: I will add a greeting.
write hello.txt: hello, world
run: cat hello.txt
say: The greeting is there.
"""


def open_repository(screen, path):
    """From the first start, or from the sidebar later."""
    where = screen.wait(
        lambda: screen.first(TEXT, "Path of the repository") or screen.first(BUTTON, "Open repository"), "the window"
    )
    if where.role == BUTTON:
        where.press()
    screen.write("Path of the repository", path)
    screen.press_until(
        "Open",
        lambda: screen.first(BUTTON, "New task") or screen.first(None, re.compile("^New task in")),
        "the repository to be open",
    )


def create_task(screen, prompt, agent=DEMONSTRATION, ask=False, ports=""):
    if screen.first(TEXT, "What should be done?") is None:
        screen.press("New task")
    screen.write("What should be done?", prompt)
    choose(screen, "Agent", agent)
    choose(screen, "Freedom", "Ask first" if ask else "Free in the sandbox")
    if ports:
        if screen.first(TEXT, "Allowed local ports") is None:
            screen.press("Network")
        screen.write("Allowed local ports", ports)
    screen.press("Create task")
    screen.expect_gone(TEXT, "What should be done?")


def choose(screen, box, value):
    """Chooses a value of a box, unless it is chosen already."""

    def chosen():
        combo = screen.first(COMBO, box)
        return combo if combo is not None and combo.description == value else None

    if screen.soon(chosen, 0.5) is None:
        screen.press(box, COMBO)
        screen.press(value, ITEM)
        screen.wait(chosen, f"'{value}' to be chosen in {box}")


def state(screen, word, limit=30):
    """Waits until the task in view is in a state, by the word that the header shows."""
    return screen.expect(LABEL, re.compile(rf"^{word}\b"), limit)


def asked_now(screen):
    return screen.first(None, re.compile(r"^The agent asks: "))


def answer_all(screen, choice, until, limit=30):
    """Answers every permission until the task is in the state `until`. A choice's name ends in its key."""
    named = choice if isinstance(choice, re.Pattern) else re.compile(rf"^{re.escape(choice)}(, key .)?$")

    def answered():
        if asked_now(screen) is not None:
            button = screen.first(BUTTON, named)
            if button is not None:
                button.press()
        return screen.first(LABEL, re.compile(rf"^{until}\b"))

    return screen.wait(answered, f"the task to be {until}", limit)


def see_change(screen, path):
    """Opens the changes, and the diff of one file."""
    screen.press(re.compile("^Changes"), TAB)
    screen.press(re.compile(rf"^{re.escape(path)}, "), role=None)
    return screen.expect(None, f"Changes in {path}")


def publish(screen, message=None, button="Push", leaves=True):
    """Asks for it; `leaves`: and waits until the dialog has gone."""
    screen.press("Publish")
    screen.expect(TEXT, "Commit message")
    if message is not None:
        screen.write("Commit message", message)
    if not leaves:
        screen.press(button)
        return
    screen.press_until(
        button, lambda: True if screen.first(TEXT, "Commit message") is None else None, "the plan to be taken"
    )


def menu(screen, item):
    """Chooses from the menu of the task in view."""
    screen.press("More")
    screen.press(item, MENU_ITEM)


def archive(screen):
    """Puts the task in view away, with its unpublished work if there is any."""
    menu(screen, "Archive")
    there = screen.wait(
        lambda: screen.first(BUTTON, "Archive") or screen.first(LABEL, re.compile(r"^Archived\b")), "Archive to be done"
    )
    if there.role == BUTTON:
        there.press()
        state(screen, "Archived")


def send(screen, text):
    screen.write("Message", text)
    screen.press_until(
        "Send", lambda: True if screen.first(TEXT, "Message").text == "" else None, "the message to go"
    )


def select(screen, title):
    """Brings a task into view, from the sidebar where it is not yet."""
    row = re.compile(rf"^{re.escape(title)}, ")
    if screen.soon(lambda: screen.first(HEADING, title), 1) is None:
        section = re.compile("^Archived, ")
        found = screen.wait(lambda: screen.first(None, row) or screen.first(BUTTON, section), title)
        if section.search(found.name):
            found.press()  # it is folded
        screen.press(row, role=None)
    return screen.expect(HEADING, title)

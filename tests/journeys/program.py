"""The program itself: --open and --data-dir, going on in the background, and quitting while tasks work."""

import ctypes
import os
import re

import foundry_window as window
from bad_input import opened, sentence
from journey import run
from screen import BUTTON, LABEL, TEXT

WORKS = "Work on\nsay: Now I wait.\nwait: 600000"
WORKS_A_WHILE = "Work a while\nsay: Now I wait.\nwait: 1500\nwrite kept.txt: kept\nsay: Done in the background."


def opens_what_it_is_told_to(journey):
    clone, _ = journey.repository()
    other, _ = journey.repository("attic")
    plain = journey.desk.made("plain")
    before = places(journey)
    with journey.step("--open at the first start"):
        screen = journey.start("--open", clone)
        screen.expect(TEXT, "What should be done?")
        window.create_task(screen, window.SCRIPT)
        window.state(screen, "Ready")
    with journey.step("--open goes to the program that runs"):
        second = journey.desk.start([journey.program, "--data-dir", journey.data, "--open", other], "second.log")
        screen.wait(second.poll, "the second start to end", 30)
        assert second.returncode == 0, second.returncode
        screen.press("Commands")
        screen.write("Search or run a command", "New task in attic")
        screen.press("New task in attic")
        window.create_task(screen, window.SCRIPT.replace("Add", "Also add"))
        window.state(screen, "Ready")
    with journey.step("--open with what is no repository"):
        journey.stop()
        screen = journey.start("--open", plain)
        sentence(screen, "not in a git repository")
    with journey.step("everything is under --data-dir"):
        journey.stop()
        new = places(journey) - before
        assert not new, f"written outside of the data folder: {sorted(new)}"
        for name in ("actors", "logs", "sandboxes"):
            assert os.path.isdir(os.path.join(journey.data, name)), f"no {name} in the data folder"


def places(journey):
    """What belongs to Foundry in the person's home."""
    home = journey.desk.environment["HOME"]
    return {
        os.path.join(folder, name)
        for folder, folders, files in os.walk(home)
        for name in folders + files
        if "foundry" in name.lower()
    }


def goes_on_in_the_background(journey):
    screen, _, _ = opened(journey)
    window.create_task(screen, WORKS_A_WHILE)
    screen.expect(LABEL, "Now I wait.", 60)
    with journey.step("the window is closed"):
        close_window(journey)
        screen.expect_gone(BUTTON, "Commands")
        assert journey.running(), "the program ended with its window"
    with journey.step("the next start brings it back"):
        second = journey.desk.start([journey.program, "--data-dir", journey.data], "second.log")
        screen.wait(second.poll, "the second start to end", 30)
        screen.expect(LABEL, "Done in the background.", 60)
        window.state(screen, "Ready", 60)
    with journey.step("closed while nothing runs, it ends"):
        close_window(journey)
        screen.wait(lambda: journey.process.poll(), "the program to end", 30)
        assert journey.process.returncode == 0, journey.process.returncode


def asks_before_it_quits(journey):
    screen, _, _ = opened(journey)
    window.create_task(screen, WORKS)
    screen.expect(LABEL, "Now I wait.", 60)
    with journey.step("cancel"):
        ask_to_quit(screen)
        screen.press("Cancel")
        screen.expect_gone(BUTTON, "Go on in the background")
    with journey.step("go on in the background"):
        ask_to_quit(screen)
        screen.press("Go on in the background")
        screen.expect_gone(BUTTON, "Commands")
        second = journey.desk.start([journey.program, "--data-dir", journey.data], "second.log")
        screen.wait(second.poll, "the second start to end", 30)
    with journey.step("quit, and the turn goes on"):
        ask_to_quit(screen)
        screen.press("Quit, let them go on")
        screen.wait(lambda: journey.process.poll(), "the program to end", 30)
        assert journey.process.returncode == 0, journey.process.returncode
        assert len(journey.keepers()) == 1, journey.keepers()
        screen = journey.start()
        window.state(screen, "Working")
    with journey.step("stop and quit"):
        ask_to_quit(screen)
        screen.press("Stop them and quit")
        screen.wait(lambda: journey.process.poll(), "the program to end", 30)
        assert journey.process.returncode == 0, journey.process.returncode
        screen = journey.start()
        window.state(screen, "Ready")


def ask_to_quit(screen):
    screen.press("Commands")
    screen.write("Search or run a command", "Quit")
    screen.press("Quit")
    screen.expect(None, re.compile("still at work"))


def close_window(journey):
    """What the button of the window's frame does, without a window manager: WM_DELETE_WINDOW."""
    x = ctypes.CDLL("libX11.so.6")
    for name, result in (("XOpenDisplay", ctypes.c_void_p), ("XDefaultRootWindow", ctypes.c_ulong)):
        getattr(x, name).restype = result
    x.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x.XOpenDisplay(journey.desk.environment["DISPLAY"].encode()))
    assert display, "no display"
    root, parent, windows, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    at = ctypes.c_ulong(x.XDefaultRootWindow(display))
    x.XQueryTree(display, at, *(ctypes.byref(v) for v in (root, parent, windows, count)))
    protocols = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
    delete = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
    for index in range(count.value):
        if shown(x, display, windows[index]):
            message = ClientMessage(33, 0, 1, display, windows[index], protocols, 32, (ctypes.c_long * 5)(delete))
            event = (ctypes.c_byte * 192)()  # XEvent is a union of this size
            ctypes.memmove(event, ctypes.byref(message), ctypes.sizeof(message))
            x.XSendEvent(display, ctypes.c_ulong(windows[index]), 0, ctypes.c_long(0), event)
    x.XCloseDisplay(display)


class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
    ]


def shown(x, display, of):
    """Whether a window of the display can be seen: XWindowAttributes.map_state is IsViewable."""
    attributes = (ctypes.c_int * 34)()
    x.XGetWindowAttributes(display, ctypes.c_ulong(of), attributes)
    return attributes[23] == 2


if __name__ == "__main__":
    run(opens_what_it_is_told_to, goes_on_in_the_background, asks_before_it_quits)

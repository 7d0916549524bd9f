"""Trying the result: a terminal in the task's sandbox, through the real window."""

import os
import re

import foundry_window as window
from journey import run
from screen import BUTTON, LABEL, MENU_ITEM, TAB, TEXT

TERMINAL = re.compile("^Terminal, ")


def typed(screen, line):
    """Types a line into the terminal in sight, as assistive technology does."""
    screen.expect(TEXT, TERMINAL).put(line + "\n")


def shows(screen, pattern, limit=20):
    """Waits until the terminal in sight shows something, and returns all that it shows."""
    wanted = re.compile(pattern, re.MULTILINE)

    def seen():
        terminal = screen.first(TEXT, TERMINAL)
        text = terminal.text if terminal is not None else ""
        return text if wanted.search(text) else None

    return screen.wait(seen, f"the terminal to show {pattern}", limit)


def a_shell_in_the_sandbox(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("open a terminal"):
        screen.press(re.compile("^Terminal"), BUTTON)
        shows(screen, r"\$ ?$")
    with journey.step("it is in the task's tree"):
        typed(screen, "clear; pwd; git status --short; echo $((40 + 2))-is-it")
        text = shows(screen, "^42-is-it")
        assert re.search(r"^/workspace/", text, re.M), text
        assert "?? hello.txt" in text, text
        journey.picture("terminal")
    with journey.step("it is isolated"):
        typed(screen, "clear; ls /root /home; cat /proc/1/cmdline | tr '\\0' ' '; tty; echo e$((1))d")
        text = shows(screen, "^e1d")
        text = text.replace("\n", "")  # lines are as long as the terminal is wide
        assert "/foundry/entry" in text, text
        assert "/dev/pts/0" in text, text
    with journey.step("two of them"):
        screen.press("New terminal")
        shows(screen, r"\$ ?$")
        typed(screen, "clear; echo seco$((0))nd")
        shows(screen, "^seco0nd")
        assert len(screen.all(TAB, re.compile("(agent@|Terminal)"))) == 2, screen.listing()
    with journey.step("a flood does not hold the window up"):
        typed(screen, "seq 200000; echo flood-$((7))-over")
        shows(screen, "^flood-7-over", 60)
    with journey.step("exit closes the tab"):
        typed(screen, "exit")
        shows(screen, "^e1d")
    with journey.step("hide and show again"):
        screen.press("Hide the terminals")
        screen.expect_gone(TEXT, TERMINAL)
        screen.press(re.compile("^Terminal, 1 open"), BUTTON)
        shows(screen, "^e1d")
    with journey.step("archive ends it"):
        window.archive(screen)
        screen.expect_gone(TEXT, TERMINAL)
    journey.stop()


def runs_the_projects_command(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT + "write Cargo.toml: [package]\n")
    window.state(screen, "Ready")
    with journey.step("what its files propose"):
        screen.press("Run\u2026")
        screen.expect(BUTTON, "Take cargo test")
        journey.picture("run")
    with journey.step("another command"):
        screen.write("Command for the sandbox", "cat hello.txt && echo no-$((1))ne; exit 3")
        screen.press("Run it")
        shows(screen, "^no-1ne")
        screen.expect(LABEL, "Ended with exit code 3")
        journey.picture("run-ended")
    with journey.step("again, and remembered"):
        screen.press("Run again")
        shows(screen, "^no-1ne")
        screen.press("Run\u2026")
        field = screen.expect(TEXT, "Command for the sandbox")
        screen.wait(lambda: field.text.startswith("cat hello.txt") or None, "the command to be remembered")
        screen.press("Do not run")
        screen.press("Close the terminal")
        screen.expect_gone(TEXT, TERMINAL)
    with journey.step("compare with my files"):
        with open(os.path.join(clone, "mine.txt"), "w", encoding="utf-8") as file:
            file.write("mine\n")
        screen.press(re.compile("^Changes"), TAB)
        screen.press("Compared with: Since the start")
        screen.press("Compare with my working tree", MENU_ITEM)
        screen.expect(None, re.compile("^mine.txt, "))
        journey.picture("compare")
    assert "mine.txt" in journey.git("status", "--porcelain", at=clone)
    journey.stop()


def ends_with_the_program(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    screen.press(re.compile("^Terminal"), BUTTON)
    shows(screen, r"\$ ?$")
    typed(screen, "clear; (setsid sleep 1234 &) ; echo r$((1))y")
    shows(screen, "^r1y")
    with journey.step("the program is killed"):
        journey.kill()
        screen.soon(lambda: None, 1)
        left = [p for p in os.listdir("/proc") if p.isdigit() and _holds(p, b"sleep\x001234\x00")]
        assert not left, left
    journey.kill_keepers()  # of the agent, which goes on without the program


def _holds(process, words):
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            return words in file.read()
    except OSError:
        return False


run(a_shell_in_the_sandbox, runs_the_projects_command, ends_with_the_program)

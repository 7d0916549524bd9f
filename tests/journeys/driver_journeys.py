"""The driver itself, tried on a small window of plain controls: what it promises to every journey."""

import os

from desk import descendants
from journey import command, run
from screen import CHECK, COMBO, ITEM, LABEL, NotThere, TEXT


def sample(journey):
    journey.program = os.path.join(journey.build, "tests", "journeys", "sample", "journey-sample")
    return journey.start()


def finds_presses_and_writes(journey):
    screen = sample(journey)
    with journey.step("press"):
        screen.press("Count")
        screen.press("Count")
        screen.expect(LABEL, "pressed 2")
    with journey.step("write"):
        screen.write("Path", "/a path/with spaces")
        screen.expect(LABEL, "written /a path/with spaces")
        screen.write("Prompt", "line one\nline two: é 漢")
        assert screen.expect(TEXT, "Prompt").text == "line one\nline two: é 漢"
    with journey.step("what cannot be pressed yet"):
        screen.press("Later")
        assert screen.first(LABEL, "came") is None, "what is not visible is not found, and nothing happened"
        screen.press("Choice", CHECK)
        screen.press_until("Later", lambda: screen.first(LABEL, "came"), "the label to come")
    with journey.step("choose"):
        screen.press("Colour", COMBO)
        screen.press("green", ITEM)
        screen.wait(lambda: screen.first(COMBO, "Colour").description == "green" or None, "green to be chosen")
    with journey.step("picture"):
        assert os.path.getsize(journey.picture("sample")) > 5000
    try:
        screen.press("Missing", limit=1)
        raise AssertionError("a button that is not there was pressed")
    except NotThere:
        pass


def fails_on_a_warning(journey):
    screen = sample(journey)
    screen.press("Warn")
    screen.wait(lambda: journey.warnings() or None, "the warning in the log")
    assert "a warning of the sample" in journey.warnings()[0]
    os.truncate(journey.log, 0)  # seen; the journey itself is to pass


def clears_the_desk(journey):
    sample(journey)
    journey.kill()
    assert not journey.running()
    orphan = journey.desk.start(["sh", "-c", "setsid sleep 300 & exit 0"], "orphan.log")
    orphan.wait()
    assert any(command(p) in ("sleep", "sh", "setsid") for p in descendants(os.getpid())), "the orphan is ours to end"
    sample(journey)
    journey.stop()


run(finds_presses_and_writes, fails_on_a_warning, clears_the_desk)

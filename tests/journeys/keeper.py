"""Agents go on without the program: killed, replaced by another build, and told to go on; and what is said when their
keeper is killed."""

import os
import re
import shutil

import foundry_window as window
import stores
from bad_input import opened
from journey import descendants, run
from screen import BUTTON, LABEL

GOES_ON = """Work without Foundry
say: Now I work.
wait: 2500
write kept.txt: kept
run: cat kept.txt
say: Done without Foundry.
"""
ASKS = """Ask without Foundry
say: Now I work.
wait: 1500
ask: May I go on?
write kept.txt: kept
say: Done after the question.
"""
WORKS = "Work on\nsay: Now I work.\nwait: 600000"


def made(journey):
    """Whether the agent has come to its file."""
    found = [folder for folder, _, files in os.walk(os.path.join(journey.data, "sandboxes")) if "kept.txt" in files]
    return found or None


def whole(journey, screen):
    """The turn ended as if nothing had been: nothing asked, nothing missing, nothing twice."""
    window.state(screen, "Ready", 60)
    assert screen.first(BUTTON, "Send again") is None
    texts = stores.said(journey.data)
    assert texts == ["Now I work.", "Done without Foundry."], texts
    assert stores.transcripts_are_whole(journey.data) == 1


def goes_on_when_the_program_is_killed(journey):
    screen, _, _ = opened(journey)
    window.create_task(screen, GOES_ON)
    screen.expect(LABEL, "Now I work.", 60)
    with journey.step("killed: the agent goes on to its end"):
        journey.kill()
        assert len(journey.keepers()) == 1, journey.keepers()
        screen.wait(lambda: made(journey), "the agent to go on", 60)
    with journey.step("the next start shows what it did"):
        screen = journey.start()
        screen.expect(LABEL, "Done without Foundry.", 60)
        whole(journey, screen)
    with journey.step("and its work is published"):
        window.publish(screen, "Work of both")
        window.state(screen, "Published")


def a_question_waits_for_the_program(journey):
    screen, _, _ = opened(journey)
    window.create_task(screen, ASKS)
    screen.expect(LABEL, "Now I work.", 60)
    journey.kill()
    with journey.step("asked while nobody was there, answered once"):
        screen = journey.start()
        screen.wait(lambda: window.asked_now(screen), "the question", 60)
        journey.kill()
        screen = journey.start()
        window.answer_all(screen, "Allow", "Ready", 60)
        screen.expect(LABEL, "Done after the question.", 60)
    assert stores.transcripts_are_whole(journey.data) == 1


def goes_on_across_an_update(journey):
    old, new = copied(journey, "old"), copied(journey, "new")
    journey.program = os.path.join(old, "bin", "foundry")
    screen, _, _ = opened(journey)
    window.create_task(screen, GOES_ON)
    screen.expect(LABEL, "Now I work.", 60)
    with journey.step("the old program is closed and removed"):
        journey.stop()
        shutil.rmtree(old)
    with journey.step("the new one takes up the turn"):
        journey.program = os.path.join(new, "bin", "foundry")
        screen = journey.start()
        screen.expect(LABEL, "Done without Foundry.", 60)
        whole(journey, screen)
    with journey.step("and the agent is spoken with on"):
        window.send(screen, "say: Still here.")
        screen.expect(LABEL, "Still here.", 60)
        window.state(screen, "Ready")


def copied(journey, name):
    """The program as an installation has it, in a folder of its own."""
    folder = os.path.join(journey.folder, name)
    helpers = os.path.join(folder, "libexec", "foundry")
    os.makedirs(os.path.join(folder, "bin"))
    shutil.copytree(os.path.join(journey.build, "libexec"), helpers)
    shutil.copy(os.path.join(journey.build, "engine", "demo_agent", "foundry-demo-agent"), helpers)
    shutil.copy(os.path.join(journey.build, "app", "foundry"), os.path.join(folder, "bin"))
    return folder


def says_when_its_keeper_is_killed(journey):
    screen, _, _ = opened(journey)
    window.create_task(screen, WORKS)
    screen.expect(LABEL, "Now I work.", 60)
    with journey.step("the whole tree ends, and it is said"):
        journey.kill_keepers()
        window.state(screen, "Needs you")
        said = screen.expect(None, re.compile("keeper"))
        print(f"          {said.name[:200]}", flush=True)
        screen.wait(lambda: True if not sandboxed() else None, "nothing to live on", 10)
    with journey.step("the person says how it goes on"):
        screen.press("Continue")
        window.state(screen, "Ready", 90)


def sandboxed():
    """Processes in a sandbox."""
    found = []
    for process in descendants(os.getpid()):
        try:
            with open(f"/proc/{process}/cmdline", encoding="utf-8", errors="replace") as file:
                if "bwrap" in file.read().split("\0")[0]:
                    found.append(process)
        except OSError:
            pass
    return found


if __name__ == "__main__":
    run(
        goes_on_when_the_program_is_killed,
        a_question_waits_for_the_program,
        goes_on_across_an_update,
        says_when_its_keeper_is_killed,
    )

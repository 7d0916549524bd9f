"""The program is killed in the middle and at the end of every step of a task's life, and started again. Each task ends
with one sandbox (none once released), one commit, one branch and a whole transcript. Prints the number of kills.

    crash.py killed_in_every_step release    only the lives whose name has "release"
"""

import collections
import os
import re
import sys

import foundry_window as window
import stores
from journey import run
from main_job import branches, commits
from screen import BUTTON, LABEL

PREPARING = ["resolveBase", "createSandbox", "checkAgent", "startAgent", "openSession", "turnBegins"]
# Of each thing that a person asks for: its steps, in their order.
STEPS = {
    "create": PREPARING + ["turn", "snapshot"],
    "publish": ["snapshot", "commit", "push", "moveSandbox"],
    "bring": ["snapshot", "commit", "bringIntoClone", "moveSandbox"],
    "archive": ["snapshot", "release"],
}

PROMPT = """Crash at {name}
write {name}.txt: {name}
wait: 300
run: echo ran
say: Ended {name}.
"""
SEND_AGAIN, CONTINUE = "Send again", "Continue"
RELEASED = 40  # seconds, the twelve of Archive's undo among them


class Life:
    """One task, from its creation to what it ends with."""

    def __init__(self, crash, name, way=SEND_AGAIN):
        self.crash, self.journey = crash, crash.journey
        self.name, self.way = name, way
        self.title = f"Crash at {name}"
        self.known = stores.every(self.journey.data)
        self.branches = set(self.crash.all_branches())
        self.sandboxes = set(self.crash.sandboxes())
        self.screen = self.journey.start()
        self.store = None

    # ---- what a person does ----------------------------------------------------------------------

    def create(self, ask=False):
        window.create_task(self.screen, PROMPT.format(name=self.name), ask=ask)

    def publish(self):
        window.publish(self.screen, f"Work of {self.name}")

    def bring(self):
        window.publish(self.screen, f"Work of {self.name}", button="Bring into my clone")

    def archive(self):
        window.archive(self.screen)

    def until(self, word, limit=90):
        """Waits for the state; where a turn was interrupted the person presses what the window offers for it."""

        def there():
            resume = self.screen.first(BUTTON, self.way)
            if resume is not None:
                resume.press()
                self.screen.soon(lambda: True if self.screen.first(BUTTON, self.way) is None else None, 5)
            return self.screen.first(LABEL, re.compile(rf"^{word}\b"))

        self.screen.wait(there, f"{self.title} to be {word}", limit)
        self.find()

    def until_released(self):
        self.screen.wait(lambda: True if not self.made() else None, "the sandbox to go", RELEASED)

    # ---- kills -----------------------------------------------------------------------------------

    def find(self):
        self.store = self.store or stores.newest(self.journey.data, self.known)
        return self.store

    def killed_at(self, asked, step, moment):
        """Asks for one thing, and kills the program on the way. Then it runs again, with the task in view."""
        order = STEPS[asked]
        later = order[order.index(step) + 1 :]
        halfway = self.crash.took.get(step, 0) if moment == "middle" else None
        with stores.Killer(self.journey, self.find, step, halfway, stores.now(), later) as killer:
            getattr(self, asked)()
        self.crash.hits[killer.hit] += 1
        self.again()

    def kill(self):
        self.journey.kill()
        self.crash.hits["at rest"] += 1

    def again(self):
        self.screen = self.journey.start()
        window.select(self.screen, self.title)

    # ---- what is left ----------------------------------------------------------------------------

    def made(self):
        return set(self.crash.sandboxes()) - self.sandboxes

    def ends(self, released=False):
        """What must be there whatever happened on the way."""
        self.kill()  # also at rest: what is published stays published
        if not released:
            assert len(self.made()) == 1, f"{self.title}: {self.made()}"
            self.crash.kept |= self.made()
        new = set(self.crash.all_branches()) - self.branches
        assert len(new) == 1, f"{self.title}: {new}"
        for where, branch in new:
            made = commits(self.journey, where, branch)
            assert len(made) == 1, f"{branch} has {len(made)} commits"
            text = self.journey.git("show", f"{made[0]}:{self.name}.txt", at=where)
            assert text == self.name, text


class Crash:
    def __init__(self, journey):
        self.journey = journey
        self.clone, self.bare = journey.repository()
        self.hits = collections.Counter()
        self.took = {}
        self.kept = set()  # sandboxes
        self.lives = 0
        self.only = sys.argv[2] if len(sys.argv) > 2 else ""

    def all_branches(self):
        return [(at, branch) for at in (self.bare, self.clone) for branch in branches(self.journey, at)]

    def sandboxes(self):
        folder = os.path.join(self.journey.data, "sandboxes")
        return os.listdir(folder) if os.path.isdir(folder) else []

    def life(self, name, lived, *arguments, way=SEND_AGAIN):
        if lived is not undisturbed and not re.search(self.only, name):
            return
        with self.journey.step(name):
            self.lives += 1
            lived(Life(self, re.sub(r"\W+", "-", name), way), *arguments)


def undisturbed(life):
    """Tells how long each step takes, for the kills in their middle."""
    life.create()
    life.until("Ready")
    life.publish()
    life.until("Published")
    life.archive()
    life.until_released()
    life.until("Archived")
    life.crash.took = stores.took(life.store)
    life.ends(released=True)


def created(life, step, moment):
    life.killed_at("create", step, moment)
    life.until("Ready")
    life.publish()
    life.until("Published")
    life.ends()


def asked(life):
    life.create(ask=True)
    life.screen.wait(lambda: window.asked_now(life.screen), "the question", 60)
    life.kill()
    life.again()
    life.screen.expect(BUTTON, life.way).press()
    window.answer_all(life.screen, "Allow", "Ready", 60)
    life.publish()
    life.until("Published")
    life.ends()


def published(life, how, step, moment):
    life.create()
    life.until("Ready")
    life.killed_at(how, step, moment)
    life.until("Published")
    life.ends()


def archived(life, step, moment):
    life.create()
    life.until("Ready")
    life.publish()
    life.until("Published")
    life.killed_at("archive", step, moment)
    if step == "release":
        life.until_released()
    life.until("Archived")
    life.ends(released=True)  # or in a later life: a release goes on across starts


def undone(life, step, moment):
    """The person brings the task back after the start, and publishes then."""
    life.create()
    life.until("Ready")
    life.killed_at("archive", step, moment)
    life.screen.press("Bring back")
    life.until("Ready")
    if step == "release":
        life.until_released()
    life.publish()
    life.until("Published")
    # On a slow machine the time to undo is over before the program is there again: then it was released first.
    gone = ("release", "done") in [seen[:2] for seen in stores.steps(life.store)]
    life.ends(released=step == "release" or gone)


def killed_in_every_step(journey):
    crash = Crash(journey)
    window.open_repository(journey.start(), crash.clone)
    journey.kill()
    crash.hits["at rest"] += 1
    crash.life("nothing", undisturbed)
    for step in STEPS["create"]:
        for moment in ("middle", "end"):
            if (step, moment) == ("turnBegins", "middle"):
                continue  # one commit, without a middle
            crash.life(f"create, {step}, {moment}", created, step, moment)
    crash.life("create, turnBegins, end, continued", created, "turnBegins", "end", way=CONTINUE)
    crash.life("create, turn, middle, continued", created, "turn", "middle", way=CONTINUE)
    crash.life("permission", asked)
    crash.life("permission, continued", asked, way=CONTINUE)
    for step in STEPS["publish"]:
        for moment in ("middle", "end"):
            crash.life(f"publish, {step}, {moment}", published, "publish", step, moment)
    for moment in ("middle", "end"):
        crash.life(f"bring, bringIntoClone, {moment}", published, "bring", "bringIntoClone", moment)
        for step in STEPS["archive"]:
            crash.life(f"archive, {step}, {moment}", archived, step, moment)
            crash.life(f"undo, {step}, {moment}", undone, step, moment)
    transcripts = stores.transcripts_are_whole(journey.data)
    assert transcripts == crash.lives, f"{transcripts} transcripts for {crash.lives} tasks"
    journey.start().wait(
        lambda: True if set(crash.sandboxes()) == crash.kept else None, "every archived task to be released", RELEASED
    )
    journey.stop()
    told = ", ".join(f"{count} {moment}" for moment, count in sorted(crash.hits.items()))
    print(f"{sum(crash.hits.values())} kills in {crash.lives} lives: {told}")


if __name__ == "__main__":
    run(killed_in_every_step)

"""The program is killed in the middle and at the end of every step of a task's life, and started again. Each task ends
with one sandbox (none once released), one commit, one branch and a whole transcript, and nobody was asked anything:
agents outlive the program under their keepers. Where the keepers are killed too, the person says how it goes on. Prints
the number of kills.

    crash.py killed_at_every_step_of_work permission    only the lives whose name has "permission"
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
    "delete": ["snapshot", "release"],
    "purge": ["release", "purge"],
}

PROMPT = """Crash at {name}
write {name}.txt: {name}
wait: 300
run: echo ran
say: Ended {name}.
"""
SEND_AGAIN, CONTINUE = "Send again", "Continue"
RELEASED = 40  # seconds, the twelve of Archive's undo among them
DAYS = 31  # after them what was deleted goes for good


class Life:
    """One task, from its creation to what it ends with."""

    def __init__(self, crash, name, way=None):
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

    def delete(self):
        window.menu(self.screen, "Delete…")
        self.screen.press("Delete")

    def purge(self):
        """Nobody asks for it: the computer was off until its time had come."""
        self.journey.days_ahead += DAYS
        self.journey.launch()

    def until(self, word, limit=90):
        """Waits for the state; where the keeper died with the turn the person presses what the window offers for it."""

        def there():
            resume = self.screen.first(BUTTON, self.way or SEND_AGAIN)
            assert resume is None or self.way, f"{self.title}: the person was asked how to go on"
            if resume is not None:
                resume.press()
                self.screen.soon(lambda: True if self.screen.first(BUTTON, self.way) is None else None, 5)
            return self.screen.first(LABEL, re.compile(rf"^{word}\b"))

        self.screen.wait(there, f"{self.title} to be {word}", limit)
        self.find()

    def until_released(self):
        self.screen.wait(lambda: True if not self.made() else None, "the sandbox to go", RELEASED)

    def until_purged(self):
        row = re.compile(rf"^{re.escape(self.title)}, ")
        self.screen.wait(lambda: True if not os.path.exists(self.store) else None, "the task's store to go", RELEASED)
        self.screen.wait(lambda: True if self.screen.first(None, row) is None else None, "the task's row to go")
        assert not self.made(), f"left of {self.title}: {self.made()}"

    # ---- kills -----------------------------------------------------------------------------------

    def find(self):
        self.store = self.store or stores.newest(self.journey.data, self.known)
        return self.store

    def now(self):
        """As the program tells the time."""
        return stores.now() + self.journey.days_ahead * 24 * 3600 * 1000

    def killed_at(self, asked, step, moment):
        """Asks for one thing, and kills the program on the way."""
        order = STEPS[asked]
        later = order[order.index(step) + 1 :]
        halfway = self.crash.took.get(step, 0) if moment == "middle" else None
        with stores.Killer(self.journey, self.find, self.now, step, halfway, later) as killer:
            getattr(self, asked)()
        self.crash.hits[killer.hit] += 1
        self.kill_keepers()
        if step == "turnBegins":  # the turn's next attempt comes before the agent is taken up
            self.journey.hold_keepers(4)

    def kill(self):
        self.journey.kill()
        self.crash.hits["at rest"] += 1
        self.kill_keepers()

    def kill_keepers(self):
        if self.way:
            self.journey.kill_keepers()

    def again(self):
        """The program runs, with the task in view."""
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
    """A person with one repository, and the lives that its tasks have."""

    def __init__(self, journey):
        self.journey = journey
        self.clone, self.bare = journey.repository()
        self.hits = collections.Counter()
        self.took = {}
        self.kept = set()  # sandboxes
        self.lives = 0
        self.deleted = 0
        self.only = sys.argv[2] if len(sys.argv) > 2 else ""
        window.open_repository(journey.start(), self.clone)
        journey.kill()
        self.hits["at rest"] += 1
        self.life("nothing", undisturbed)

    def all_branches(self):
        return [(at, branch) for at in (self.bare, self.clone) for branch in branches(self.journey, at)]

    def sandboxes(self):
        folder = os.path.join(self.journey.data, "sandboxes")
        return os.listdir(folder) if os.path.isdir(folder) else []

    def life(self, name, lived, *arguments, way=None):
        if lived is not undisturbed and not re.search(self.only, name):
            return
        with self.journey.step(name):
            self.lives += 1
            lived(Life(self, re.sub(r"\W+", "-", name), way), *arguments)

    def at_every_step(self, name, asked, lived, steps=None):
        for step in steps or STEPS[asked]:
            for moment in ("middle", "end"):
                if (step, moment) != ("turnBegins", "middle"):  # one commit, without a middle
                    self.life(f"{name}, {step}, {moment}", lived, asked, step, moment)

    def ends(self):
        there = stores.transcripts_are_whole(self.journey.data)
        gone = self.deleted if self.journey.days_ahead else 0
        assert there == self.lives - gone, f"{there} transcripts for {self.lives} tasks, {gone} of them gone"
        self.journey.start().wait(
            lambda: True if set(self.sandboxes()) == self.kept else None, "every archived task to be released", RELEASED
        )
        self.journey.stop()
        told = ", ".join(f"{count} {moment}" for moment, count in sorted(self.hits.items()))
        print(f"{sum(self.hits.values())} kills in {self.lives} lives: {told}")


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


def created(life, asked, step, moment):
    life.killed_at(asked, step, moment)
    life.again()
    life.until("Ready")
    life.publish()
    life.until("Published")
    life.ends()


def permitted(life):
    life.create(ask=True)
    life.screen.wait(lambda: window.asked_now(life.screen), "the question", 60)
    life.kill()
    life.again()
    if life.way:
        life.screen.expect(BUTTON, life.way).press()
    window.answer_all(life.screen, "Allow", "Ready", 60)
    life.publish()
    life.until("Published")
    life.ends()


def published(life, asked, step, moment):
    life.create()
    life.until("Ready")
    life.killed_at(asked, step, moment)
    life.again()
    life.until("Published")
    life.ends()


def put_away(life, asked, step, moment):
    life.create()
    life.until("Ready")
    life.publish()
    life.until("Published")
    life.killed_at(asked, step, moment)
    life.again()
    if step == "release":
        life.until_released()
    life.until("Archived" if asked == "archive" else "Deleted")
    life.crash.deleted += asked == "delete"
    life.ends(released=True)  # or in a later life: a release goes on across starts


def brought_back(life, asked, step, moment):
    """The person wants the task back after the start, and publishes then."""
    life.create()
    life.until("Ready")
    life.killed_at(asked, step, moment)
    life.again()
    life.screen.press("Bring back" if asked == "archive" else "Restore")
    life.until("Ready")
    life.kill()
    life.again()
    life.until("Ready")
    if step == "release":
        life.until_released()
    life.publish()
    life.until("Published")
    # On a slow machine the time to undo is over before the program is there again: then it was released first.
    gone = ("release", "done") in [seen[:2] for seen in stores.steps(life.store)]
    life.ends(released=step == "release" or gone)


def purged(life, asked, step, moment):
    life.create()
    life.until("Ready")
    life.publish()
    life.until("Published")
    life.delete()
    life.until("Deleted")
    life.kill()  # its sandbox was to be kept for another few seconds
    life.killed_at(asked, step, moment)
    life.screen = life.journey.start()
    life.until_purged()
    life.crash.deleted += 1
    life.ends(released=True)


def killed_at_every_step_of_work(journey):
    crash = Crash(journey)
    crash.at_every_step("create", "create", created)
    crash.life("permission", permitted)
    for way in (SEND_AGAIN, CONTINUE):
        crash.life(f"create, turnBegins, end, keeper too, {way}", created, "create", "turnBegins", "end", way=way)
        crash.life(f"create, turn, middle, keeper too, {way}", created, "create", "turn", "middle", way=way)
        crash.life(f"permission, keeper too, {way}", permitted, way=way)
    crash.ends()


def killed_at_every_step_of_publishing(journey):
    crash = Crash(journey)
    crash.at_every_step("publish", "publish", published)
    crash.at_every_step("bring", "bring", published, ["bringIntoClone"])
    crash.ends()


def killed_at_every_step_of_archiving(journey):
    crash = Crash(journey)
    crash.at_every_step("archive", "archive", put_away)
    crash.at_every_step("bring back", "archive", brought_back)
    crash.ends()


def killed_at_every_step_of_deleting(journey):
    crash = Crash(journey)
    crash.at_every_step("delete", "delete", put_away)
    crash.at_every_step("restore", "delete", brought_back)
    crash.at_every_step("purge", "purge", purged)  # a month passes each time
    crash.ends()


if __name__ == "__main__":
    run(
        killed_at_every_step_of_work,
        killed_at_every_step_of_publishing,
        killed_at_every_step_of_archiving,
        killed_at_every_step_of_deleting,
    )

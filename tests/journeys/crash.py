"""The program is killed at every step of a task's life and in the middle of every step, started again, and ends with one
sandbox, one commit, one pushed branch and a whole transcript for each task. Prints the number of kills."""

import re

import foundry_window as window
import stores
from journey import run
from main_job import branches, commits
from screen import BUTTON, LABEL

PREPARING = ["resolveBase", "createSandbox", "checkAgent", "startAgent", "openSession"]
WORKING = ["turn", "snapshot"]
PUBLISHING = ["commit", "push"]

PROMPT = """Crash at {name}
write {name}.txt: {name}
run: echo ran
say: Ended {name}.
"""


def killed_in_every_step(journey):
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    journey.kill()
    kills = 1
    for step in PREPARING + WORKING + PUBLISHING:
        for moment in ("running", "done"):
            name = f"{step}-{moment}"
            with journey.step(name):
                kills += one_life(journey, name, step, moment)
    print(f"{kills} kills")
    made = branches(journey, bare)
    lives = 2 * len(PREPARING + WORKING + PUBLISHING)
    assert len(made) == lives, f"{len(made)} branches for {lives} tasks: {made}"
    for branch in made:
        assert len(commits(journey, bare, branch)) == 1, f"{branch} has {len(commits(journey, bare, branch))} commits"
    journey.stop()
    stores.transcript_is_whole(journey.data)


def one_life(journey, name, step, moment):
    """One task from its creation to its publishing, with a kill on the way. Returns the number of kills."""
    known = stores.with_table(journey.data, "workflow_entry")
    screen = journey.start()
    kills = 0

    def here(steps):
        return any(s == step and (status == moment or status == "done") for s, status, _ in steps)

    window.create_task(screen, PROMPT.format(name=name))
    if step not in PUBLISHING:
        assert stores.until(journey.data, known, here), f"{name} was never reached"
        journey.kill()
        kills += 1
        screen = journey.start()
        window.select(screen, f"Crash at {name}")
    go_on(screen, "Ready")
    window.publish(screen, f"Work of {name}")
    if step in PUBLISHING:
        assert stores.until(journey.data, known, here), f"{name} was never reached"
        journey.kill()
        kills += 1
        screen = journey.start()
        window.select(screen, f"Crash at {name}")
    go_on(screen, "Published")
    journey.kill()  # also at rest: what is published stays published
    return kills + 1


def go_on(screen, until):
    """Waits for the state; where a turn was interrupted, a person sends the prompt again, as the window offers."""

    def there():
        again = screen.first(BUTTON, "Send again")
        if again is not None:
            again.press()
            screen.soon(lambda: True if screen.first(BUTTON, "Send again") is None else None, 2)
        return screen.first(LABEL, re.compile(rf"^{until}\b"))

    return screen.wait(there, f"the task to be {until}", 40)


if __name__ == "__main__":
    run(killed_in_every_step)

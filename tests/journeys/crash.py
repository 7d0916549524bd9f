"""The program is killed at every step of a task's life and in the middle of every step, and started again. Each task
ends with one sandbox, one commit, one pushed branch and a whole transcript. Prints the number of kills.
"""

import os
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
wait: 150
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
    sandboxes = os.listdir(os.path.join(journey.data, "sandboxes"))
    assert len(sandboxes) == lives, f"{len(sandboxes)} sandboxes for {lives} tasks"
    transcripts = stores.transcripts_are_whole(journey.data)
    assert transcripts == lives, f"{transcripts} transcripts for {lives} tasks"
    journey.start()
    journey.stop()


def one_life(journey, name, step, moment):
    """One task from its creation to its publishing, with a kill on the way. Returns the number of kills."""
    order = PREPARING + WORKING + PUBLISHING
    known = stores.every(journey.data)
    screen = journey.start()

    def here(seen):
        later = {name for name, _ in seen if name in order and order.index(name) > order.index(step)}
        return (step, moment) in seen or (step, "done") in seen or later

    if step in PUBLISHING:
        window.create_task(screen, PROMPT.format(name=name))
        go_on(screen, "Ready")
        with stores.Killer(journey, known, here):
            window.publish(screen, f"Work of {name}")
    else:
        with stores.Killer(journey, known, here):
            window.create_task(screen, PROMPT.format(name=name))
    screen = journey.start()
    window.select(screen, f"Crash at {name}")
    if step not in PUBLISHING:
        go_on(screen, "Ready")
        window.publish(screen, f"Work of {name}")
    go_on(screen, "Published")
    journey.kill()  # also at rest: what is published stays published
    return 2


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

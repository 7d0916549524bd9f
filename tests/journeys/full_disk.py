"""The disk with everything of Foundry's on it is full for a while: it is said, nothing is lost, and work goes on by
itself. The disk is a small one in memory, in a mount namespace of its own.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import foundry_window as window
import stores
from bad_input import sentence
from desk import die_with_parent
from journey import run
from main_job import branches, commits
from screen import ALERT, BUTTON, LABEL, TEXT

SIZE = 48 * 1024 * 1024
SAYS = "".join(f"say: Word {number} of the agent.\nwait: 400\n" for number in range(1, 16))
FULL = "The disk is full.*work goes on by itself"


class SmallDisk:
    """The disk that is mounted at `path`."""

    def __init__(self, path):
        self.path = path
        self.ballast = os.path.join(path, "ballast")

    def fill(self):
        """Until not one byte more fits. (Nothing that is there is written over.)"""
        with open(self.ballast, "ab", buffering=0) as file:
            for block in (1 << 20, 4096, 1):
                while True:
                    try:
                        file.write(b"\0" * block)
                    except OSError:
                        break

    def space(self):
        os.remove(self.ballast)


def disk_is_full_for_a_while(journey):
    disk = SmallDisk(os.environ["FOUNDRY_SMALL_DISK"])
    journey.data = os.path.join(disk.path, "data")
    journey.allowed.append(re.compile("storage.full"))
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("full in the middle of a turn"):
        window.create_task(screen, f"Talk on\nwrite kept.txt: kept\n{SAYS}say: That was all.")
        screen.expect(LABEL, "Word 2 of the agent.", 60)
        disk.fill()
        sentence(screen, FULL, 60)
        journey.picture("full")
    with journey.step("space again: the turn goes on to its end by itself"):
        disk.space()
        screen.expect(LABEL, "That was all.", 90)
        window.state(screen, "Ready", 60)
        screen.expect_gone(ALERT, re.compile(FULL, re.DOTALL), 30)
    with journey.step("full when a task is asked for: what was written stays"):
        disk.fill()
        screen.press("New task")
        screen.write("What should be done?", window.SCRIPT)
        window.choose(screen, "Agent", window.DEMONSTRATION)
        screen.press("Create task")
        sentence(screen, FULL, 60)
        disk.space()
        if screen.first(TEXT, "What should be done?") is not None:
            screen.press_until(
                "Create task", lambda: True if screen.first(TEXT, "What should be done?") is None else None, "a task"
            )
        screen.expect(None, re.compile("^Add a greeting, Ready"), 90)
    with journey.step("full when it is published"):
        window.select(screen, "Talk on")
        disk.fill()
        window.publish(screen, "Talk", leaves=False)
        sentence(screen, FULL, 60)
        disk.space()
        retry_until(screen, "Published")
    with journey.step("the next start knows everything"):
        journey.stop()
        screen = journey.start()
        window.select(screen, "Talk on")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    assert journey.git("show", f"{commit}:kept.txt", at=bare) == "kept"
    assert stores.transcripts_are_whole(journey.data) == 2
    said = [text.strip() for text in stores.said(journey.data) if "of the agent" in text]
    assert said == [f"Word {number} of the agent." for number in range(1, 16)], said


def retry_until(screen, word):
    """It goes on by itself, or says that a step failed and offers to try it again."""

    def there():
        again = screen.first(BUTTON, "Push") or screen.first(BUTTON, "Retry step")
        if again is not None:
            again.press()
            screen.soon(lambda: screen.first(LABEL, re.compile(rf"^{word}\b")), 3)
        return screen.first(LABEL, re.compile(rf"^{word}\b"))

    screen.wait(there, f"the task to be {word}", 90)


# ---- the disk --------------------------------------------------------------------------------------


def outside():
    """Runs this script once more where the disk is mounted: as root in another mount namespace, else in a user
    namespace, in which mounting is allowed and which the person's own id is given back in before anything starts.
    """
    folder = tempfile.mkdtemp(prefix="foundry-small-disk-")
    inner = [sys.executable, "-B", *sys.argv]
    mount = f"mount -t tmpfs -o size={SIZE},mode=0700 small {folder}"
    if os.getuid() == 0:
        command = ["unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh", *inner]
    else:
        back = ["unshare", "--user", f"--map-user={os.getuid()}", f"--map-group={os.getgid()}"]
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh", *back, *inner]
    try:
        environment = {**os.environ, "FOUNDRY_SMALL_DISK": folder}
        return subprocess.run(command, env=environment, preexec_fn=die_with_parent, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if "FOUNDRY_SMALL_DISK" not in os.environ:
        sys.exit(outside())
    die_with_parent()  # once more: a new user namespace forgets it
    run(disk_is_full_for_a_while)

"""The place a task works in: a host that is refused becomes a question, and a repository brings its own set-up."""

import os
import re

import foundry_window as window
from journey import run
from screen import CHECK, LABEL, TAB, TEXT

REACH = "curl -s -o /dev/null -w '%{http_code}' http://late.invalid/"


def commit(journey, clone, files):
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(clone, path)) or clone, exist_ok=True)
        with open(os.path.join(clone, path), "w", encoding="utf-8") as file:
            file.write(text)
    journey.git("add", "-A", at=clone)
    journey.git("commit", "-q", "-m", "Set up", at=clone)


def a_refused_host_is_answered(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("something in the sandbox wants to reach a host"):
        # The proxy answers 403 where the policy refuses, and 502 where it lets pass what nobody can find.
        script = f"Reach\nrun: until test \"$({REACH})\" = 502; do sleep 0.2; done\nsay: Reached."
        window.create_task(screen, script)
        screen.expect(None, re.compile("wanted to reach late.invalid"), 60)
        screen.expect(LABEL, re.compile("^Needs you"))
        journey.picture("refused-host")
    with journey.step("allowed for this repository, the same turn goes on"):
        screen.press("Allow for this repository")
        screen.expect(LABEL, "Reached.", 60)
        screen.expect_gone(None, re.compile("wanted to reach"))
        window.state(screen, "Ready")
    with journey.step("the next task of the repository is not asked"):
        window.create_task(screen, f"Again\nrun: test \"$({REACH})\" = 502\nsay: At once.")
        screen.expect(LABEL, "At once.", 60)
        window.state(screen, "Ready")
        assert screen.first(None, re.compile("wanted to reach")) is None


def a_repository_brings_its_own_set_up(journey):
    clone, _ = journey.repository()
    config = 'carry = [".env"]\n\n[setup]\nscript = "cat .env; test -f done || exit 3"\n'
    commit(journey, clone, {".foundry/config.toml": config, ".gitignore": ".env\n", "package.json": "{}\n"})
    with open(os.path.join(clone, ".env"), "w", encoding="utf-8") as file:
        file.write("KEY=carried\n")
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("the dialog shows what the branch brings along"):
        screen.press("New task")
        screen.press("Network")
        screen.expect(CHECK, "Reach npm")
        screen.press("Show .foundry/config.toml")
        screen.expect(None, re.compile("cat .env"))
        screen.press("Limits")
        screen.expect(TEXT, "Disk in GB")
        journey.picture("new-task")
        screen.press(re.compile("^Use its new .foundry/config.toml: "), CHECK)
        window.create_task(screen, "Look\nrun: grep -q carried .env\nsay: It is there.")
    with journey.step("the script fails, and says why"):
        window.state(screen, "Failed", 60)
        screen.expect(None, re.compile("set-up script failed"))
        screen.press(re.compile("^Overview"), TAB)
        screen.press("Show log of Set-up script")
        screen.expect(None, re.compile("KEY=carried"))
        journey.picture("set-up-failed")
    with journey.step("skipped, the task goes on with the file of the clone"):
        screen.press("Skip step")
        screen.expect(LABEL, "It is there.", 60)
        window.state(screen, "Ready")
        journey.picture("overview")


if __name__ == "__main__":
    run(a_refused_host_is_answered, a_repository_brings_its_own_set_up)

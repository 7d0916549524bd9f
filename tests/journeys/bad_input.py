"""What a person may come with: each time a sentence is in sight, and the way out that it names works when pressed."""

import os
import re
import stat

import foundry_window as window
from journey import run
from main_job import branches, commits
from screen import ALERT, BUTTON, LABEL, TEXT

LIMIT_OF_A_PROMPT = 1_000_000  # characters


def sentence(screen, words, limit=30):
    """Waits for an alert that says `words`, and prints it."""
    said = screen.expect(ALERT, re.compile(words, re.IGNORECASE | re.DOTALL), limit)
    print(f"          {said.name[:200]}", flush=True)
    return said.name


def agents(journey, **commands):
    """Agents of the person's own, in config.toml: name=[command, arguments…]."""
    os.makedirs(journey.data, exist_ok=True)
    with open(os.path.join(journey.data, "config.toml"), "w", encoding="utf-8") as file:
        for name, (command, *arguments) in commands.items():
            listed = ", ".join(f'"{argument}"' for argument in arguments)
            file.write(f'[agents.{name}]\ncommand = "{command}"\nargs = [{listed}]\n')


def faulty(journey, **flags):
    fake = os.path.join(journey.build, "tests", "fake_agent", "fake-agent")
    agents(journey, **{name: [fake, *words.split()] for name, words in flags.items()})


def opened(journey):
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    return screen, clone, bare


def archive(screen):
    """The way out of any trouble: put the task away."""
    window.archive(screen)
    window.state(screen, "Archived")


# ---- the repository --------------------------------------------------------------------------------


def a_repository_that_moved_away(journey):
    screen, clone, bare = opened(journey)
    elsewhere = clone + "-elsewhere"
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    os.rename(clone, elsewhere)
    with journey.step("publish"):
        screen.press("Publish")
        sentence(screen, "no longer where it was")
    os.rename(elsewhere, clone)
    with journey.step("put back, and tried again"):
        retry(screen)
        window.state(screen, "Published")
    assert len(branches(journey, bare)) == 1


def retry(screen):
    again = screen.wait(
        lambda: screen.first(BUTTON, "Retry step") or screen.first(BUTTON, "Push") or screen.first(BUTTON, "Publish"),
        "a way to try again",
    )
    if again.name == "Publish":
        again.press()
        again = screen.expect(BUTTON, "Push")
    again.press()


def a_remote_that_refuses(journey):
    screen, _, bare = opened(journey)
    hook = os.path.join(bare, "hooks", "pre-receive")
    with open(hook, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho 'the main office says no' >&2\nexit 1\n")
    os.chmod(hook, os.stat(hook).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("the remote says no, and why"):
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        sentence(screen, "refused the push.*the main office says no")
        journey.picture("refused")
    os.remove(hook)
    with journey.step("retry step"):
        screen.press("Retry step")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    assert len(commits(journey, bare, branch)) == 1


def no_network(journey):
    screen, clone, bare = opened(journey)
    address = "https://git.foundry.invalid/shop.git"  # RFC 2606: no name server knows it
    journey.git("remote", "set-url", "origin", address, at=clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("the network cannot be reached, and the work waits"):
        window.publish(screen, "A greeting")
        screen.expect(LABEL, re.compile("tries again: pushing"), 30)
        window.state(screen, "Failed", 120)
        sentence(screen, "[Cc]ould not resolve host")
        journey.picture("no-network")
    journey.git("config", "--global", f"url.{bare}.insteadOf", address)
    with journey.step("it is back"):
        screen.press("Retry step")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    assert len(commits(journey, bare, branch)) == 1


def no_remote(journey):
    clone, _ = journey.repository(remote=False)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("publish says that there is none, and offers the clone"):
        screen.press(re.compile("^(Publish|Bring into clone)$"))
        screen.expect(None, re.compile("^Remote: none"))
        assert screen.first(BUTTON, "Push") is None
        screen.press("Bring into my clone")
        window.state(screen, "Published")
    (branch,) = branches(journey, clone)
    assert journey.git("show", f"{branch}:hello.txt", at=clone) == "hello, world"


# ---- the dialog ------------------------------------------------------------------------------------


def a_branch_that_exists(journey):
    screen, _, bare = opened(journey)
    screen.write("What should be done?", window.SCRIPT)
    window.choose(screen, "Agent", window.DEMONSTRATION)
    screen.press("Edit branch and title")
    for branch, words in (("main", "exists already"), ("no..branch", "does not accept")):
        with journey.step(branch):
            screen.write("Branch", branch)
            screen.press("Create task")
            sentence(screen, words)
    with journey.step("another name"):
        screen.write("Branch", "my-own")
        screen.press("Create task")
        window.state(screen, "Ready")
        window.publish(screen, "Mine")
        window.state(screen, "Published")
    assert branches(journey, bare) == ["my-own"]


def a_prompt_of_a_megabyte(journey):
    screen, _, bare = opened(journey)
    line = "This is a line of what somebody pasted, and it is as long as lines are.\n"
    prompt = "Keep it\nwrite kept.txt: kept\nsay: Read it all.\n" + line * (LIMIT_OF_A_PROMPT // len(line) + 1)
    with journey.step("one character too much"):
        screen.write("What should be done?", prompt[: LIMIT_OF_A_PROMPT + 1])
        window.choose(screen, "Agent", window.DEMONSTRATION)
        screen.press("Create task")
        sentence(screen, "too long.*million")
    with journey.step("the longest that is taken"):
        screen.write("What should be done?", prompt[:LIMIT_OF_A_PROMPT])
        screen.press("Create task")
        screen.expect_gone(TEXT, "What should be done?", 60)
    with journey.step("sent whole, and worked on"):
        window.state(screen, "Ready", 90)
        screen.expect(LABEL, "Read it all.", 30)
        window.publish(screen, "Keep it")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    assert journey.git("show", f"{branch}:kept.txt", at=bare) == "kept"


# ---- the agent -------------------------------------------------------------------------------------


def an_agent_that_is_missing(journey):
    agents(journey, nobody=["/nowhere/at-all"])
    screen, _, _ = opened(journey)
    screen.write("What should be done?", window.SCRIPT)
    with journey.step("the dialog names it, and does not begin"):
        window.choose(screen, "Agent", "nobody")
        said = screen.expect(None, re.compile("^nobody: not found: /nowhere/at-all. Correct its command"))
        print(f"          {said.name}")
        screen.press("Create task")
        assert screen.first(TEXT, "What should be done?") is not None, "a task was begun without an agent"
    with journey.step("another agent"):
        window.choose(screen, "Agent", window.DEMONSTRATION)
        screen.press("Create task")
        window.state(screen, "Ready")


def an_agent_that_crashes(journey):
    faulty(journey, fragile="--crash-on-initialize --exit-code 3", weak="--crash-on-prompt")
    screen, _, _ = opened(journey)
    with journey.step("at its start"):
        window.create_task(screen, "Crash at once", agent="fragile")
        window.state(screen, "Failed", 60)
        sentence(screen, "could not be started|ended unexpectedly")
        screen.expect(None, re.compile("giving up"))  # its own last words
        journey.picture("crashed")
        screen.press("Retry step")
        window.state(screen, "Failed", 60)
        archive(screen)
    with journey.step("in a turn"):
        window.create_task(screen, "Crash in a turn", agent="weak")
        window.state(screen, "Needs you", 60)
        sentence(screen, "ended unexpectedly")
        screen.press("Send again")
        screen.wait(lambda: len(screen.all(None, re.compile("^You, turn"))) >= 2 or None, "the second turn")
        window.state(screen, "Needs you", 60)
        archive(screen)


def an_agent_that_talks_nonsense(journey):
    faulty(journey, babbler="--nonsense-only", flooder="--flood 50000000", failing="--error-on-prompt")
    screen, _, _ = opened(journey)
    for agent, words in (
        ("babbler", "does not understand"),
        ("flooder", "more than Foundry can take in"),
        ("failing", "could not work on this"),
    ):
        with journey.step(agent):
            window.create_task(screen, f"Hear the {agent}", agent=agent)
            screen.expect(LABEL, re.compile("^(Needs you|Failed)"), 60)
            sentence(screen, words)
            archive(screen)


def an_agent_that_never_answers(journey):
    faulty(journey, mute="--silent-on prompt", deaf="--silent-on initialize")
    screen, _, _ = opened(journey)
    with journey.step("a prompt"):
        window.create_task(screen, "Never answered", agent="mute")
        screen.expect(LABEL, re.compile("^Preparing.*first answer"), 60)
        screen.press("Stop")
        screen.expect(LABEL, re.compile("^(Ready|Stopped|Needs you)"), 60)
        archive(screen)
    with journey.step("the very first word"):
        window.create_task(screen, "Never heard", agent="deaf")
        screen.expect(LABEL, re.compile("^Preparing.*(agent|session)"), 60)
        screen.press("Stop")
        window.state(screen, "Stopped", 60)
        screen.expect(BUTTON, "Retry step")
        archive(screen)


if __name__ == "__main__":
    run(
        a_repository_that_moved_away,
        a_remote_that_refuses,
        no_network,
        no_remote,
        a_branch_that_exists,
        a_prompt_of_a_megabyte,
        an_agent_that_is_missing,
        an_agent_that_crashes,
        an_agent_that_talks_nonsense,
        an_agent_that_never_answers,
    )

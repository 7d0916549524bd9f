"""The main job, end to end, through the real window with the bundled demonstration agent."""

import os
import re

import foundry_window as window
from journey import run
from screen import CHECK, LABEL, TAB, TEXT


def commits(journey, bare, branch):
    return journey.git("rev-list", f"main..{branch}", at=bare).split()


def branches(journey, bare):
    return [
        b
        for b in journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
        if b != "main"
    ]


def first_start_to_publish(journey):
    clone, bare = journey.repository()
    before = journey.git("status", "--porcelain", "--branch", at=clone)
    with journey.step("first start"):
        screen = journey.start()
        screen.expect(TEXT, "Path of the repository")
        journey.picture("first-start")
    with journey.step("open the repository"):
        window.open_repository(screen, clone)
    with journey.step("create a task that asks first"):
        window.create_task(screen, window.SCRIPT, ask=True)
        screen.expect(None, re.compile("Add a greeting"))
    with journey.step("permission"):
        screen.expect(None, re.compile("^The agent asks: "), 30)
        journey.picture("permission")
        window.answer_all(screen, "Allow", "Ready")
    with journey.step("see the change"):
        window.see_change(screen, "hello.txt")
        screen.expect(None, re.compile("hello, world"))
        journey.picture("diff")
    with journey.step("publish"):
        window.publish(screen, "Add a greeting\n\nWritten by the demonstration agent.")
        window.state(screen, "Published")
        journey.picture("published")
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    told = journey.git("show", "-s", "--format=%s|%an|%ae|%ce", commit, at=bare)
    assert told == "Add a greeting|Ada Example|ada@example.org|ada@example.org", told
    assert journey.git("show", f"{commit}:hello.txt", at=bare) == "hello, world"
    assert journey.git("status", "--porcelain", "--branch", at=clone) == before, "the person's clone was written to"
    with journey.step("second start shows the same"):
        journey.stop()
        screen = journey.start()
        window.select(screen, "Add a greeting")
        window.state(screen, "Published")
        screen.press(re.compile("^Session"), TAB)
        screen.expect(LABEL, "The greeting is there.")


def follow_up_and_publish_again(journey):
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("first turn and publish"):
        window.create_task(screen, window.SCRIPT)
        window.state(screen, "Ready")
        window.publish(screen, "First")
        window.state(screen, "Published")
    with journey.step("follow-up"):
        window.send(screen, "write second.txt: two\nsay: A second file.")
        window.state(screen, "Ready")
    with journey.step("publish again"):
        window.publish(screen, "Second")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    subjects = journey.git("log", "--format=%s", f"main..{branch}", at=bare).splitlines()
    assert subjects == ["Second", "First"], subjects


def stop_keeps_the_work(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("a turn that would last"):
        window.create_task(screen, "Wait\nwrite kept.txt: kept\nsay: Now I wait.\nwait: 600000\nsay: never said")
        screen.expect(LABEL, "Now I wait.", 30)  # said, not only waiting as a prompt
    with journey.step("stop"):
        screen.press("Stop")
        screen.expect(LABEL, re.compile("^(Ready|Stopped)"), 20)
    with journey.step("the work is kept, and the task goes on"):
        window.see_change(screen, "kept.txt")
        screen.press(re.compile("^Session"), TAB)
        window.send(screen, "say: Here again.")
        screen.expect(LABEL, "Here again.", 30)
        window.state(screen, "Ready")  # an agent at work would be left to its keeper


def archive_and_undo(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("archive asks about unpublished work"):
        window.menu(screen, "Archive")
        screen.expect(None, re.compile("unpublished work"))
        screen.press("Archive")
        window.state(screen, "Archived")
    with journey.step("undo"):
        screen.press("Bring back")
        window.state(screen, "Ready")
    with journey.step("delete and restore"):
        window.menu(screen, "Delete…")
        screen.press("Delete")
        window.state(screen, "Deleted")
        screen.press("Restore")
        screen.expect(LABEL, re.compile("^(Archived|Ready)"))


def uncommitted_work_comes_along(journey):
    clone, bare = journey.repository()
    with open(os.path.join(clone, "draft.txt"), "w", encoding="utf-8") as file:
        file.write("a beginning\n")
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("taken along when asked to"):
        screen.press("New task")
        screen.press("Take my uncommitted file along", CHECK)
        journey.picture("take-along")
        window.create_task(screen, "Finish the draft\nappend draft.txt: an end")
        window.state(screen, "Ready")
        screen.expect(LABEL, "1 uncommitted file of your clone came along")
        window.see_change(screen, "draft.txt")
        journey.picture("came-along")
    with journey.step("published in one commit, and the clone is as it was"):
        window.publish(screen, "The draft")
        window.state(screen, "Published")
        (branch,) = branches(journey, bare)
        assert journey.git("show", f"{branch}:draft.txt", at=bare) == "a beginning\nan end"
        assert journey.git("status", "--porcelain", at=clone) == "?? draft.txt"


def bad_repositories(journey):
    clone, bare = journey.repository()
    plain = os.path.join(journey.folder, "plain")
    empty = os.path.join(journey.folder, "empty")
    os.makedirs(plain)
    journey.git("init", "-q", empty)
    screen = journey.start()
    told = set()
    for path, words in (
        (os.path.join(journey.folder, "missing"), "nothing at this path"),
        (plain, "not .*repository|no repository"),
        (bare, "bare"),
        (empty, "no commit|empty"),
    ):
        with journey.step(f"open {os.path.basename(path)}"):
            screen.write("Path of the repository", path)
            screen.press("Open")
            sentence = screen.wait(lambda t=frozenset(told): alert(screen, t), "a sentence of its own")
            print(f"          {sentence}")
            told.add(sentence)
            assert re.search(words, sentence, re.IGNORECASE), f"'{sentence}' does not say '{words}'"
    with journey.step("a good one opens all the same"):
        window.open_repository(screen, clone)


def alert(screen, known):
    """The sentence that stands as an alert now, unless it was there before."""
    return next((t.name for t in screen.nodes() if t.role == "alert" and t.name and t.name not in known), None)


def second_start_shows_the_first(journey):
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    second = journey.desk.start([journey.program, "--data-dir", journey.data], "second.log")
    with journey.step("the second start ends by itself"):
        screen.wait(second.poll, "the second start to end", 15)
    assert second.returncode == 0, second.returncode
    assert journey.running()
    screen.expect(None, "New task")


if __name__ == "__main__":
    run(
        first_start_to_publish,
        follow_up_and_publish_again,
        stop_keeps_the_work,
        archive_and_undo,
        uncommitted_work_comes_along,
        bad_repositories,
        second_start_shows_the_first,
    )

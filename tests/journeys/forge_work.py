"""Work on repositories of GitHub that nobody has a clone of here: Foundry fetches, works and pushes with the account's
token, which nobody sees.
"""

import os
import re

import foundry_window as window
from fake_github import FakeGitHub, visit
from github import nowhere_else
from journey import run
from screen import BUTTON, HEADING, LABEL, TAB, TEXT

NAME = "acme/repo-003"
FIRST, SECOND = "000cdeepen 1", "000edeepen 100"  # as git asks for the newest commit alone, and for more behind it


def forge(journey, commits=2, kibibytes=120):
    """A GitHub that serves NAME to whoever has a token. Returns it, and the repository on the server."""
    root = journey.desk.made("forge")
    clone, _ = journey.repository("source", remote=False)
    for number in range(2, commits):
        journey.git("commit", "-q", "--allow-empty", "-m", f"Commit {number + 1}", at=clone)
    bare = serve(journey, root, NAME)
    github = FakeGitHub(journey, repositories=14, pullRequests=60, gitRoot=root)
    github.change(R_3={"url": f"{github.origin}/{NAME}", "diskUsage": kibibytes})
    return github, bare


def serve(journey, root, name):
    bare = os.path.join(root, name + ".git")
    journey.git("clone", "-q", "--bare", os.path.join(journey.folder, "source"), bare)
    journey.git("config", "http.receivepack", "true", at=bare)
    return bare


def at_the_page(github, journey):
    """Signed in, and at the repository's page."""
    screen = journey.start()
    screen.press("Sign in with GitHub")
    screen.press("Continue in the browser")
    visit(github.address())
    screen.expect(LABEL, "Signed in as mona: token in your keychain.")
    screen.press("Done")
    screen.press("Look at repositories at GitHub", limit=60)
    screen.expect(None, re.compile("^GitHub account mona. Last synchronised just now"), 60)
    open_page(screen)
    return screen


def open_page(screen):
    screen.write("Find repositories at GitHub", "repo-003")
    screen.press(re.compile(f"^{NAME}, .*pull requests?$"), role=None)
    screen.expect(HEADING, re.compile(f"^{NAME} .*B$"))


def new_task(screen):
    screen.press_until(
        f"New task in {NAME}", lambda: screen.first(TEXT, "What should be done?"), "the dialog of a new task"
    )
    screen.expect(LABEL, re.compile("^From GitHub, without a clone of yours"))


def branches(journey, bare):
    listed = journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
    return [branch for branch in listed if branch != "main"]


def without_a_clone(journey):
    github, bare = forge(journey)
    with journey.step("signed in, and at the repository's page"):
        screen = at_the_page(github, journey)
        journey.picture("page")
    with journey.step("a new task says where it comes from, and how much that is"):
        new_task(screen)
        screen.expect(LABEL, re.compile("about .*B are fetched once"))
        journey.picture("new-task")
        window.create_task(screen, window.SCRIPT)
        window.state(screen, "Ready", 60)
        journey.picture("ready")
    with journey.step("what needs a clone is not offered"):
        screen.press(re.compile("^Changes"), TAB)
        screen.press(re.compile("^Compared with"))
        screen.expect(None, "Since the start")
        assert screen.first(None, "Compare with my working tree") is None
        screen.press("Since the start", role=None)
    with journey.step("published: the branch is on the server"):
        screen.press("Publish")
        screen.expect(BUTTON, "Push")
        assert screen.first(BUTTON, "Bring into my clone") is None
        journey.picture("publish")
        screen.write("Commit message", "A greeting")
        screen.press("Push")
        window.state(screen, "Published", 60)
        journey.picture("published")
    (branch,) = branches(journey, bare)
    told = journey.git("show", "-s", "--format=%s|%an|%ae", branch, at=bare)
    assert told == "A greeting|Ada Example|ada@example.org", told
    with journey.step("the token is in the keyring, and nowhere else"):
        nowhere_else(journey, github.control()["secrets"])


def killed_while_it_fetches(journey):
    github, bare = forge(journey, commits=160, kibibytes=200_000)
    screen = at_the_page(github, journey)
    with journey.step("the second part of its history does not come"):
        github.control(faults={"gitHold": SECOND})
        new_task(screen)
        window.create_task(screen, window.SCRIPT)
        screen.wait(lambda: asked(github, SECOND) or None, "the second part to be asked for", 60)
        nowhere_else(journey, github.control()["secrets"])  # while git runs
        journey.picture("fetching")
    with journey.step("killed: it goes on with what is there"):
        journey.kill()
        firsts = asked(github, FIRST)
        assert firsts == 1, firsts
        github.control(faults={"gitHold": None})
        screen = journey.start()
        window.state(screen, "Ready", 90)
        assert asked(github, FIRST) == firsts, "it began anew"
        assert asked(github, "have ") > 0
    with journey.step("its whole history is there"):
        (store,) = [f for f in os.listdir(os.path.join(journey.data, "repositories")) if f.endswith(".git")]
        store = os.path.join(journey.data, "repositories", store)
        assert not os.path.exists(os.path.join(store, "shallow"))
        head = journey.git("rev-parse", "main", at=bare)
        assert journey.git("rev-list", "--count", head, at=store) == "160"
    nowhere_else(journey, github.control()["secrets"])


def asked(github, words):
    """How often git asked the server with these words."""
    return sum(words in one for one in github.control()["gitAsked"])


def in_the_accounts_name(journey):
    github, bare = forge(journey)
    for setting in ("user.name", "user.email"):
        journey.git("config", "--global", "--unset", setting)
    screen = at_the_page(github, journey)
    new_task(screen)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready", 60)
    with journey.step("an account that may not push: it is said"):
        github.control(faults={"gitReadOnly": True})
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        screen.expect(None, re.compile("may read this repository, but not push"))
        journey.picture("may-not-push")
    with journey.step("allowed: it is pushed, in the account's name"):
        github.control(faults={"gitReadOnly": None})
        screen.press("Retry step")
        window.state(screen, "Published", 60)
    (branch,) = branches(journey, bare)
    told = journey.git("show", "-s", "--format=%an|%ae", branch, at=bare)
    assert told == "Mona Lisa|583231+mona@users.noreply.127.0.0.1", told


def a_revoked_token(journey):
    """While it fetches, and while it pushes: the task says what is wrong, and goes on after signing in."""
    github, bare = forge(journey)
    screen = at_the_page(github, journey)
    with journey.step("revoked before the base is fetched"):
        new_task(screen)
        github.control(revoke=True)
        window.create_task(screen, window.SCRIPT)
        window.state(screen, "Failed", 60)
        screen.expect(None, re.compile("GitHub does not accept this sign-in any more|Nobody is signed in"))
        journey.picture("revoked-fetching")
    with journey.step("signed in again from there: it goes on"):
        sign_in_again(screen, github, 2)
        screen.press("Retry step")
        window.state(screen, "Ready", 60)
    with journey.step("revoked before it is pushed"):
        github.control(revoke=True)
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        journey.picture("revoked-pushing")
        assert branches(journey, bare) == []
    with journey.step("signed in again: the same commit is pushed"):
        sign_in_again(screen, github, 3)
        screen.press("Retry step")
        window.state(screen, "Published", 60)
    (branch,) = branches(journey, bare)
    assert journey.git("show", f"{branch}:hello.txt", at=bare) == "hello, world"
    nowhere_else(journey, github.control()["secrets"])


def sign_in_again(screen, github, number):
    screen.press("Sign in to GitHub again")
    screen.press("Continue in the browser")
    visit(github.address(number))
    screen.expect(LABEL, "Signed in as mona: token in your keychain.", 60)
    screen.press("Done")


def a_pull_request_of_a_fork(journey):
    github, bare = forge(journey)
    fork = serve(journey, os.path.join(journey.folder, "forge"), "dev-0/repo-003")
    source = os.path.join(journey.folder, "source")
    journey.git("checkout", "-q", "-b", "change-17", at=source)
    with open(os.path.join(source, "theirs.txt"), "w", encoding="utf-8") as file:
        file.write("from a fork\n")
    journey.git("add", ".", at=source)
    journey.git("commit", "-q", "-m", "Theirs", at=source)
    journey.git("push", "-q", bare, "HEAD:refs/pull/2/head", at=source)
    journey.git("push", "-q", fork, "HEAD:refs/heads/change-17", at=source)
    head = journey.git("rev-parse", "HEAD", at=source)
    away = {"__typename": "Repository", "nameWithOwner": "dev-0/repo-003", "viewerPermission": "READ"}
    github.change(PR_17={"headRepository": away, "headRefOid": head, "maintainerCanModify": True})
    screen = at_the_page(github, journey)
    with journey.step("work on it"):
        screen.press("#2 Change number 17, by dev-0, ready, checks passed", role=None)
        screen.press("Work on it")
        screen.expect(LABEL, re.compile("^On pull request #2, .*change-17 of dev-0/repo-003"))
        journey.picture("work-on-it")
        window.create_task(screen, window.SCRIPT)
        window.state(screen, "Ready", 60)
    with journey.step("its page leads to the task"):
        open_page(screen)
        screen.press("#2 Change number 17, by dev-0, ready, checks passed, a task works on it", role=None)
        screen.expect(LABEL, "A task works on its branch")
        journey.picture("with-a-task")
        screen.press("Open its task")
        window.state(screen, "Ready")
    with journey.step("published to its own branch"):
        window.publish(screen, "A greeting")
        window.state(screen, "Published", 60)
        journey.picture("published")
    assert journey.git("rev-parse", "change-17^", at=fork) == head
    assert journey.git("show", "change-17:hello.txt", at=fork) == "hello, world"
    assert branches(journey, bare) == []
    nowhere_else(journey, github.control()["secrets"])


if __name__ == "__main__":
    run(without_a_clone, killed_while_it_fetches, in_the_accounts_name, a_revoked_token, a_pull_request_of_a_fork)

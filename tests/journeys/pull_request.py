"""From task to merge: a task becomes a pull request, its failed check goes to the agent, and it is merged and put away
without leaving the window. Git is real: the remote's address is GitHub's, and git leads it to a bare repository."""

import os
import re

import foundry_window as window
from fake_github import FakeGitHub, visit
from journey import run
from screen import CHECK, LABEL, TAB, TEXT

PULL = "PR_5000"  # the first that is made through the interface
LOG = "2026-01-01T00:00:00Z compiling\n2026-01-01T00:00:01Z error: the greeting is too short\n"
FRESH = 90  # seconds until a change at GitHub is in sight, on a machine that others use too


def at_github(journey):
    """A repository whose remote is GitHub's by its address, and a signed-in window."""
    clone, bare = journey.repository()
    github = FakeGitHub(journey, repositories=2, pullRequests=2, shop=bare)
    address = f"{github.origin}/acme/shop.git"
    journey.git("remote", "set-url", "origin", address, at=clone)
    journey.git("config", "--global", f"url.{bare}.insteadOf", address)
    return signed_in(journey, github, clone), github, bare


def signed_in(journey, github, clone):
    screen = journey.start("--open", clone)
    screen.expect(TEXT, "What should be done?")
    screen.press("Cancel")
    screen.press("Sign in to GitHub")
    screen.press("Continue in the browser")
    visit(github.address())
    screen.expect(LABEL, "Signed in as mona: token in your keychain.")
    screen.press("Done")
    screen.expect(None, re.compile("^GitHub account mona. Last synchronised"), 60)
    return screen


def change_the_base(journey, bare, other):
    """The same file as the task's, another text. Returns the commit."""
    journey.git("clone", "-q", bare, other)
    with open(os.path.join(other, "hello.txt"), "w", encoding="utf-8") as file:
        file.write("goodbye\n")
    journey.git("add", ".", at=other)
    journey.git("commit", "-q", "-m", "Goodbye", at=other)
    journey.git("push", "-q", "origin", "HEAD:main", at=other)
    return journey.git("rev-parse", "HEAD", at=other)


def from_task_to_merge(journey):
    screen, github, bare = at_github(journey)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("a pull request is opened"):
        screen.press("Open a pull request")
        screen.expect(LABEL, re.compile("^Of .* in acme/shop at .* as mona$"))
        screen.write("Title of the pull request", "Greet the world")
        screen.write("Reviewers", "dev-1")
        screen.write("Labels", "bug")
        journey.picture("dialog")
        screen.press("Push and open")
        window.state(screen, "Published . as #1", 60)
        screen.expect(None, "Pull request")
        assert github.control()["counts"]["opened"] == 1
        branch = journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
        assert len(branch) == 2, branch
    with journey.step("a check fails: it is said, and shown with the end of its log"):
        run_ = {"name": "test", "conclusion": "failure", "log": LOG}
        thread = {
            "isResolved": False,
            "path": "hello.txt",
            "line": 1,
            "comments": {
                "totalCount": 1,
                "nodes": [
                    {
                        "author": {"__typename": "User", "login": "dev-1"},
                        "body": "Why so short?",
                        "createdAt": "2026-06-01T00:00:00Z",
                    }
                ],
            },
        }
        threads = {"totalCount": 1, "nodes": [thread]}
        github.change(**{PULL: {"checks": "FAILURE", "runs": [run_], "reviewThreads": threads}})
        window.state(screen, "Published . as #1, checks failed", FRESH)
        screen.expect(None, re.compile("^CI / test, failed"), FRESH)
        screen.expect(None, "dev-1, hello.txt:1: Why so short?")
        screen.press("Show the log", role=None)
        screen.expect(LABEL, re.compile("error: the greeting is too short"))
        journey.picture("failed-check")
    with journey.step("the agent gets the failure, and the comments after it"):
        screen.press("Send this failure to the agent", role=None)
        screen.expect(None, re.compile("The check .CI / test. of pull request #1"))
        window.state(screen, "(Ready|Published)", 60)
        screen.press("Send these comments to the agent", role=None)
        screen.expect(None, re.compile("These comments are on pull request #1"))
        window.state(screen, "(Ready|Published)", 60)
        window.send(screen, "write hello.txt: hello, whole world\nsay: It is longer now.")
        window.state(screen, "Ready", 60)
        assert github.control()["counts"].get("leaked", 0) == 0, "the token went to another host"
    with journey.step("a second publish updates it"):
        window.publish(screen, "Greet all of it")
        window.state(screen, "Published . as #1", 60)
        assert github.control()["counts"]["opened"] == 1
    with journey.step("the checks pass, and it is merged"):
        screen.press("Reload the pull request", role=None)
        window.state(screen, "Published . as #1, checks run", FRESH)
        github.change(**{PULL: {"checks": "SUCCESS", "runs": [{"name": "test"}]}})
        screen.press("Reload the pull request", role=None)
        window.state(screen, "Published . as #1, checks passed", FRESH)
        screen.expect(None, re.compile("^CI / test, passed"), FRESH)
        box = screen.expect(CHECK, "Archive the task when it is merged")
        if not box.has("checked"):
            box.press()
        journey.picture("passed")
        head = journey.git("rev-parse", branch[0] if branch[0] != "main" else branch[1], at=bare)
        screen.press("Merge the pull request")
        window.state(screen, "Archived", 60)
        assert journey.git("rev-parse", "main", at=bare) == head
        left = journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
        assert left == ["main"], left
        journey.picture("merged")


RESOLVE = """Resolve the conflict
run: git merge -q refs/remotes/origin/main || { echo 'hello, all' > hello.txt && git add -A && git commit -q -m Merge; }
say: Both sides are in.
"""


def the_base_conflicts(journey):
    screen, github, bare = at_github(journey)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    screen.press("Open a pull request")
    screen.expect(LABEL, re.compile("^Of .* in acme/shop at .* as mona$"))
    with journey.step("names that GitHub knows are offered"):
        screen.write("Reviewers", "dev-11")
        screen.press("Ask dev-110 for a review", limit=60)
        screen.write("Labels", "good")
        screen.press("Add the label good first issue")
        journey.picture("offered")
    screen.press("Push and open")
    window.state(screen, "Published . as #1", 60)
    with journey.step("somebody changes the same file on the base"):
        base = change_the_base(journey, bare, os.path.join(journey.folder, "other"))
        github.change(**{PULL: {"mergeable": "CONFLICTING", "updatedAt": "2026-12-01T00:00:00Z"}})
        screen.press("Reload the pull request", role=None)
        screen.press("Ask the agent to resolve the conflicts", limit=FRESH)
    with journey.step("the agent is told where the newest base is"):
        screen.expect(None, re.compile("git merge refs/remotes/origin/main"), 60)
        window.state(screen, "(Ready|Published)", 60)
        journey.picture("asked")
        window.send(screen, RESOLVE)
        screen.expect(None, re.compile("Both sides are in"), 60)
        window.state(screen, "Ready", 60)
    with journey.step("published: the branch has the new base in it"):
        screen.press("Publish")
        screen.press("Push")  # the commits are the agent's: there is nothing to say
        window.state(screen, "Published . as #1", 60)
        names = journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
        branch = [name for name in names if name != "main"]
        assert base in journey.git("rev-list", branch[0], at=bare).split()
        assert journey.git("show", f"{branch[0]}:hello.txt", at=bare) == "hello, all"
        assert github.control()["counts"]["opened"] == 1
        journey.picture("resolved")


def a_fork_goes_to_its_parent(journey):
    clone, bare = journey.repository()  # the person's fork
    root = journey.desk.made("forge")
    parent = os.path.join(root, "acme", "shop.git")
    journey.git("clone", "-q", "--bare", bare, parent)
    github = FakeGitHub(journey, repositories=2, pullRequests=2, shop=parent, shopFork=bare, gitRoot=root)
    address = f"{github.origin}/mona/shop.git"
    journey.git("remote", "set-url", "origin", address, at=clone)
    journey.git("config", "--global", f"url.{bare}.insteadOf", address)
    screen = signed_in(journey, github, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("the parent is proposed, the fork can be chosen"):
        screen.press("Open a pull request")
        screen.expect(LABEL, re.compile("^Of .* in acme/shop at .* as mona$"))
        screen.press("Repository of the pull request", role=None)
        screen.press("mona/shop", role=None)
        screen.expect(LABEL, re.compile("^Of .* in mona/shop at .* as mona$"))
        screen.press("Repository of the pull request", role=None)
        screen.press("acme/shop", role=None)
        screen.expect(LABEL, re.compile("^Of .* in acme/shop at .* as mona$"))
        screen.write("Reviewers", "core")
        screen.press("Ask acme/core for a review", limit=60)
        journey.picture("parent")
        screen.press("Push and open")
        window.state(screen, "Published . as #1", 60)
        names = journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
        branch = [name for name in names if name != "main"]
        assert len(branch) == 1, names
        assert journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=parent).split() == ["main"]
    with journey.step("the parent's newest commit is what a conflict is resolved with"):
        other = os.path.join(journey.folder, "other")
        base = change_the_base(journey, parent, other)
        github.change(**{PULL: {"mergeable": "CONFLICTING", "updatedAt": "2026-12-01T00:00:00Z"}})
        screen.press("Reload the pull request", role=None)
        screen.press("Ask the agent to resolve the conflicts", limit=FRESH)
        screen.expect(None, re.compile("git merge refs/remotes/origin/main"), 60)
        window.state(screen, "(Ready|Published)", 60)
        window.send(screen, RESOLVE)
        screen.expect(None, re.compile("Both sides are in"), 60)
        window.state(screen, "Ready", 60)
        screen.press("Publish")
        screen.press("Push")
        window.state(screen, "Published . as #1", 60)
        assert base in journey.git("rev-list", branch[0], at=bare).split()
        assert github.control()["counts"]["opened"] == 1


def a_review_is_asked_for(journey):
    screen, github, _ = at_github(journey)
    with journey.step("somebody asks for the person's review"):
        who = {"requestedReviewer": {"__typename": "User", "login": "mona"}}
        github.change(PR_1={"reviewRequests": {"nodes": [who]}})
        screen.press("Synchronise mona now")
        screen.expect(None, re.compile("^Your review is asked for: acme/repo-001 #1, Change number 1"), 60)
        journey.picture("review")
    with journey.step("pressed: it is there"):
        screen.press("Show")
        screen.expect(None, re.compile("^#1 Change number 1"), 60)
        journey.picture("shown")


def merged_elsewhere_and_refused(journey):
    screen, github, _ = at_github(journey)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    screen.press("Open a pull request")
    screen.expect(LABEL, re.compile("^Of .* in acme/shop at .* as mona$"))
    screen.press("Push and open")
    window.state(screen, "Published . as #1", 60)
    with journey.step("GitHub refuses to merge: in its own words"):
        github.control(faults={"mergeRefused": [405, 'Required status check "build" is expected.']})
        screen.press("Merge the pull request")
        screen.expect(None, re.compile("Checks that are required have not passed.*is expected", re.S), 60)
        journey.picture("refused")
    with journey.step("killed in between, and merged by somebody else"):
        journey.kill()
        github.change(**{PULL: {"state": "MERGED", "updatedAt": "2026-12-01T00:00:00Z"}})
        screen = journey.start()
        window.select(screen, "Add a greeting")
        window.state(screen, "Merged . as #1", FRESH)
        screen.press(re.compile("^Pull request"), TAB)
        journey.picture("merged-elsewhere")


if __name__ == "__main__":
    run(
        from_task_to_merge,
        merged_elsewhere_and_refused,
        the_base_conflicts,
        a_fork_goes_to_its_parent,
        a_review_is_asked_for,
    )

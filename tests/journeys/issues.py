"""Issues as a source of tasks: read when the repository is looked at, worked on, and closed by the pull request."""

import re

import foundry_window as window
from fake_github import FakeGitHub
from forge_work import NAME, at_the_page, open_page, serve
from journey import run
from screen import BUTTON, LABEL, TAB, TEXT

BODY = """The greeting is missing.

write hello.txt: hello, world
say: The greeting is there.
"""
ROW = "#100 Trouble number 3, by dev-3, bug, 1 comment"


def forge(journey):
    """A GitHub with issues, that serves NAME. Returns it, and the repository on the server."""
    journey.repository("source", remote=False)
    bare = serve(journey, journey.desk.made("forge"), NAME)
    github = FakeGitHub(journey, repositories=14, pullRequests=20, issues=42, gitRoot=journey.desk.made("forge"))
    github.change(R_3={"url": f"{github.origin}/{NAME}"}, I_3={"body": BODY, "title": "Trouble number 3"})
    return github, bare


def the_issues(screen):
    screen.press(re.compile("^Issues"), TAB)
    screen.expect(TEXT, "Find issues")


def open_pull_request(screen):
    screen.press("Open a pull request")
    screen.expect(LABEL, re.compile(f"^Of .* in {NAME} at .* as mona$"))


def from_issue_to_pull_request(journey):
    github, bare = forge(journey)
    with journey.step("the issues are beside the pull requests"):
        screen = at_the_page(github, journey)
        the_issues(screen)
        screen.expect(None, ROW)
        screen.expect(LABEL, "3 open")
        journey.picture("issues")
        screen.write("Find issues", "bug")
        screen.expect_gone(None, re.compile("^#101 Trouble"))
        screen.write("Find issues", "no such words")
        screen.expect(LABEL, "No open issue has these words")
        screen.write("Find issues", "")
    with journey.step("what happens at GitHub is in sight"):
        github.change(I_17={"state": "CLOSED", "updatedAt": "2030-01-01T00:00:00Z"})
        screen.press("Synchronise now")
        screen.expect(LABEL, "2 open")
        screen.expect_gone(None, re.compile("^#101 Trouble"))
    with journey.step("one is read"):
        screen.press(ROW, role=None)
        screen.expect(LABEL, re.compile("The greeting is missing"))
        screen.expect(None, re.compile("^dev-1, .*: I see it too, 3.$"))
        journey.picture("issue")
    with journey.step("work on it: what others wrote is quoted"):
        screen.press("Work on it")
        screen.expect(LABEL, re.compile(f"^From issue #100 of {NAME}, .Trouble number 3."))
        prompt = screen.expect(TEXT, "What should be done?").text
        assert f"Work on issue #100 of {NAME}." in prompt, prompt
        assert "written by others" in prompt and "dev-1, comment:\n\n```text\nI see it too, 3.\n```" in prompt, prompt
        assert "dev-3, the issue:\n\n```text\nTrouble number 3\n\nThe greeting is missing." in prompt, prompt
        journey.picture("new-task")
        window.choose(screen, "Agent", window.DEMONSTRATION)
        window.choose(screen, "Freedom", "Free in the sandbox")
        screen.press("Create task")
        screen.expect_gone(TEXT, "What should be done?")
        window.state(screen, "Ready", 60)
        screen.expect(None, f"Issue #100 of {NAME}: Trouble number 3")
        journey.picture("task")
    with journey.step("its row leads to the task, after a start too"):
        journey.kill()
        screen = journey.start()
        window.state(screen, "Ready", 60)
        open_page(screen)
        the_issues(screen)
        screen.press(ROW + ", a task works on it", role=None)
        screen.press("Open its task")
        window.state(screen, "Ready")
    with journey.step("its pull request closes it"):
        open_pull_request(screen)
        text = screen.expect(TEXT, "Text of the pull request").text
        assert text == "Closes #100", text
        journey.picture("pull-request")
        screen.press("Push and open")
        window.state(screen, "Published . as #", 60)
        (opened,) = github.change()["opened"]
        assert opened == {"title": "Trouble number 3", "body": "Closes #100"}, opened
    branches = journey.git("for-each-ref", "--format=%(refname:short)", "refs/heads", at=bare).split()
    assert sorted(branches) == ["main", "task/trouble-number-3"], branches
    message = journey.git("show", "-s", "--format=%B", "task/trouble-number-3", at=bare)
    assert message.strip() == f"Trouble number 3\n\nFor {NAME}#100", message


def issues_that_are_not_to_be_had(journey):
    github, bare = forge(journey)
    clone = journey.desk.made("clone-of-hers")
    journey.git("clone", "-q", bare, clone)
    journey.git("remote", "set-url", "origin", f"{github.origin}/{NAME}.git", at=clone)
    with journey.step("switched off, protected, gone: each has its sentence"):
        github.change(R_3={"hasIssuesEnabled": False})
        screen = at_the_page(github, journey)
        the_issues(screen)
        screen.expect(LABEL, re.compile("has its issues switched off"))
        journey.picture("switched-off")
        github.change(R_3={"hasIssuesEnabled": True, "saml": True})
        screen.press("Synchronise now")
        screen.expect(LABEL, re.compile("asks for its single sign-on first"), 60)
        journey.picture("protected")
        github.change(R_3={"saml": False})
        screen.press("Synchronise now")
        screen.expect(None, ROW, 60)
    with journey.step("a known clone of it is where the work is done"):
        screen.press("Close the repository")
        window.open_repository(screen, clone)
        screen.press_until("Cancel", lambda: screen.first(TEXT, "What should be done?") is None, "no dialog")
        open_page(screen)
        the_issues(screen)
        screen.press(ROW, role=None)
        screen.press_until(
            "Work on it", lambda: screen.first(LABEL, re.compile("^From issue #100")), "the dialog of a new task"
        )
        assert screen.first(LABEL, re.compile("^From GitHub, without a clone")) is None
        journey.picture("in-the-clone")
        screen.press("Cancel")


if __name__ == "__main__":
    run(from_issue_to_pull_request, issues_that_are_not_to_be_had)

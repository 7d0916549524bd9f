"""Signing in to GitHub: the ways, what goes wrong on them, and that the token is in the keyring and nowhere else."""

import glob
import os
import re
import time
from urllib.parse import parse_qs, urlsplit

from desk import descendants
from fake_github import FakeGitHub, visit
from journey import run, words
from screen import BUTTON, LABEL, TEXT


def begin(screen, way):
    screen.press("Sign in with GitHub")
    screen.press(way)


def open_accounts(screen):
    screen.press("Accounts…")
    screen.expect(BUTTON, "Sign in to another account…")


def signs_in_with_the_browser(journey):
    github = FakeGitHub(journey, expiresIn=28800)
    screen = journey.start()
    journey.picture("first-start")
    with journey.step("the browser is opened"):
        screen.press("Sign in with GitHub")
        screen.expect(BUTTON, "Continue in the browser")
        journey.picture("ways")
        screen.press("Continue in the browser")
        address = github.address()
        screen.expect(LABEL, re.compile("^GitHub asks you in your browser"))
        journey.picture("waiting")
    with journey.step("whoever else calls changes nothing"):
        redirect = parse_qs(urlsplit(address).query)["redirect_uri"][0]
        assert visit(redirect + "?code=stolen&state=wrong")[1] == 400
        assert visit(redirect.replace("/callback", "/other"))[1] == 404
        assert visit(redirect + "?code=stolen", {"Host": "evil.example.com"})[1] == 421
        screen.expect(LABEL, re.compile("^GitHub asks you in your browser"))
    with journey.step("the browser comes back: signed in"):
        came_to, status, page = visit(address)
        assert status == 200 and "Go back to Foundry" in page, page
        screen.expect(LABEL, "Signed in as mona: token in your keychain.")
        journey.picture("signed-in")
    with journey.step("a second callback is answered politely"):
        assert visit(came_to)[1] == 410
        assert github.control()["counts"]["exchange"] == 1
    with journey.step("the token is in the keyring, and nowhere else"):
        nowhere_else(journey, [*github.control()["secrets"], parse_qs(urlsplit(came_to).query)["code"][0]])
    with journey.step("it is there after a restart"):
        screen.press("Done")
        screen.expect(LABEL, "Signed in as mona")
        journey.stop()
        screen = journey.start()
        open_accounts(screen)
        screen.expect(None, re.compile(f"^mona at {github.host}, token in your keychain"))
        screen.press("Check mona")
        screen.wait(lambda: github.control()["counts"]["user"] == 2 or None, "GitHub to be asked")
        journey.picture("accounts")
        nowhere_else(journey, github.control()["secrets"])
    with journey.step("signed out, the secret is gone"):
        assert secrets_kept(journey) == 1
        screen.press("Sign out mona")
        screen.expect(LABEL, re.compile("^Nobody is signed in"))
        assert secrets_kept(journey) == 0


def nowhere_else(journey, secrets, but=()):
    """Searched for in every file, log, environment and argument list of the run; the keyring's files are encrypted. A
    program whose argument list has a word of `but` in it is the test's own and knows the secret."""
    assert secrets
    found = []
    for secret in (s.encode() for s in secrets):
        for path in glob.glob(os.path.join(journey.folder, "**"), recursive=True, include_hidden=True):
            if os.path.isfile(path) and not os.path.islink(path) and "frame-buffer" not in path:
                with open(path, "rb") as file:
                    if secret in file.read():
                        found.append(path)
        for pid in descendants(os.getpid()):
            if any(word in words(pid) for word in but):
                continue
            for name in ("environ", "cmdline"):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as file:
                        if secret in file.read():
                            found.append(f"{name} of {pid}")
                except OSError:
                    pass
    assert not found, f"a secret is in {found}"


def sign_ins_that_do_not_happen(journey):
    github = FakeGitHub(journey)
    screen = journey.start()
    with journey.step("denied"):
        github.control(faults={"redirectError": "access_denied"})
        begin(screen, "Continue in the browser")
        _, status, page = visit(github.address(1))
        assert status == 200 and "<b>" not in page and "&lt;b&gt;" in page, page
        screen.expect(None, re.compile("^You did not allow Foundry"))
        journey.picture("denied")
        screen.press("Start again")
    with journey.step("another state comes back"):
        github.control(faults={"redirectError": None, "redirectState": "another"})
        screen.press("Continue in the browser")
        assert visit(github.address(2))[1] == 400
        screen.expect(LABEL, re.compile("^GitHub asks you in your browser"))
    with journey.step("cancelled, the browser comes too late"):
        screen.press("Cancel")
        screen.expect(BUTTON, "Continue in the browser")
        github.control(faults={"redirectState": None})
        try:
            visit(github.address(2))
            raise AssertionError("the listener is still there")
        except OSError:
            pass
        assert "exchange" not in github.control()["counts"]
    with journey.step("the code is not good: it is exchanged once"):
        github.control(faults={"exchangeDrops": True})
        screen.press("Continue in the browser")
        visit(github.address(3))
        screen.expect(None, re.compile("^GitHub gave no token for the code"))
        assert github.control(faults={"exchangeDrops": False})["counts"]["exchange"] == 1
        screen.press("Start again")
    with journey.step("the time is up"):
        github.control(faults={"deviceExpires": 3, "interval": 1})
        screen.press("Get a code")
        screen.expect(None, re.compile("^The code has expired"), 30)
        screen.press("Start again")
    with journey.step("a restart while signing in"):
        screen.press("Continue in the browser")
        late = github.address(4)
        journey.kill()
        screen = journey.start()
        screen.press("Sign in with GitHub")
        screen.expect(BUTTON, "Continue in the browser")
        try:
            visit(late)
            raise AssertionError("somebody answers")
        except OSError:
            pass
    with journey.step("and then it goes well"):
        screen.press("Continue in the browser")
        visit(github.address(5))
        screen.expect(LABEL, "Signed in as mona: token in your keychain.")


def signs_in_with_a_code(journey):
    github = FakeGitHub(journey, interval=1, slowDown=1)
    screen = journey.start()
    begin(screen, "Get a code")
    code = screen.expect(LABEL, re.compile("^Code [A-Z0-9-]{9}$")).name.removeprefix("Code ")
    journey.picture("code")
    github.control(approve=code)
    screen.expect(LABEL, "Signed in as mona: token in your keychain.", 60)
    assert not os.path.exists(github.opened)
    nowhere_else(journey, github.control()["secrets"])


def a_revoked_token_signs_out(journey):
    github = FakeGitHub(journey)
    clone, _ = journey.repository()
    screen = journey.start("--open", clone)
    screen.expect(TEXT, "What should be done?")
    screen.press("Cancel")
    with journey.step("signed in from the foot of the sidebar"):
        screen.press("Sign in to GitHub")
        screen.press("Continue in the browser")
        visit(github.address())
        screen.expect(LABEL, "Signed in as mona: token in your keychain.")
        screen.press("Done")
        journey.picture("sidebar")
    with journey.step("revoked at GitHub: signed out, and told why"):
        github.control(revoke=True)
        screen.press("GitHub account mona")
        screen.press("Accounts…", role=None)
        screen.press("Check mona")
        screen.expect(BUTTON, "Sign in again mona")
        screen.expect(LABEL, re.compile("^GitHub does not accept this sign-in any more"))
        journey.picture("revoked")
        assert secrets_kept(journey) == 0
    with journey.step("signed in again"):
        screen.press("Sign in again mona")
        screen.press("Continue in the browser")
        visit(github.address(2))
        screen.expect(LABEL, "Signed in as mona: token in your keychain.")


def repositories_and_pull_requests(journey):
    github = FakeGitHub(journey, repositories=14, pullRequests=60, app={"acme": "selected"}, others=["beta"])
    clone, _ = journey.repository()
    screen = journey.start("--open", clone)
    screen.expect(TEXT, "What should be done?")
    screen.press("Cancel")
    with journey.step("nobody is signed in: GitHub is not asked"):
        assert github.control()["counts"].get("graphqlCounted", 0) == 0
        assert screen.first(TEXT, "Find repositories at GitHub") is None
    with journey.step("signed in: the repositories appear"):
        screen.press("Sign in to GitHub")
        screen.press("Continue in the browser")
        visit(github.address())
        screen.expect(LABEL, "Signed in as mona: token in your keychain.")
        screen.press("Done")
        screen.expect(None, re.compile("^GitHub account mona. Last synchronised just now"), 60)
        screen.write("Find repositories at GitHub", "repo-003")
        screen.expect_gone(None, "acme/repo-004, 4 open pull requests")
    with journey.step("one of them, and its open pull requests"):
        screen.press("acme/repo-003, 5 open pull requests", role=None)
        screen.expect(LABEL, "5 open")
        screen.expect(None, "#1 Change number 3, by dev-3, ready")
        journey.picture("repository")
        screen.press("#2 Change number 17, by dev-0, ready, checks passed", role=None)
        screen.expect(LABEL, "From change-17 into main")
        journey.picture("pull-request")
    with journey.step("all of an organisation's, and all that the account sees"):
        screen.press("Pull requests of acme", role=None)
        screen.expect(None, "acme/repo-011#4 Change number 53, by dev-2, ready, checks passed")
        screen.expect_gone(None, re.compile("^mona/"))
        screen.expect(LABEL, "121 members  \u00b7  2 teams  \u00b7  Foundry's app sees chosen repositories")
        screen.expect(BUTTON, "Change what Foundry's app sees")
        journey.picture("organisation")
        screen.press(re.compile("^GitHub account mona. "), role=None)
        screen.expect(LABEL, "60 open")
        screen.expect(LABEL, re.compile("^2 organisations .* Foundry's app is not active at beta: "))
        screen.expect(BUTTON, "Install Foundry's app at GitHub")
        journey.picture("account")
        screen.press("acme/repo-011#4 Change number 53, by dev-2, ready, checks passed", role=None)
        screen.expect(LABEL, "From change-53 into main")
        screen.press("acme/repo-003, 5 open pull requests", role=None)
        screen.press("#2 Change number 17, by dev-0, ready, checks passed", role=None)
    with journey.step("what changes at GitHub shows by itself or when asked for"):
        github.change(PR_17={"title": "Another title", "updatedAt": "2026-06-01T00:00:00Z"})
        screen.press("Synchronise now")
        screen.expect(None, "#2 Another title")
        screen.press("Back to the pull requests")
    with journey.step("a restart shows them at once, without a network"):
        journey.stop()
        github.stop()
        screen = journey.start()
        screen.write("Find repositories at GitHub", "repo-003")
        screen.press("acme/repo-003, 5 open pull requests", role=None)
        screen.expect(None, "#2 Another title, by dev-0, ready, checks passed")
        screen.expect(None, re.compile("^GitHub is not reached"), 60)
        journey.picture("offline")
    with journey.step("signed out, nothing of it is left"):
        screen.press("GitHub account mona")
        screen.press("Accounts…", role=None)
        screen.press("Sign out mona")
        screen.expect(LABEL, re.compile("^Nobody is signed in"))
        screen.press("Done")
        screen.expect_gone(TEXT, "Find repositories at GitHub")


# ---- the keyring -----------------------------------------------------------------------------------


def secret_service(method, arguments, path="/org/freedesktop/secrets", interface="org.freedesktop.Secret.Service"):
    from gi.repository import Gio  # needs the bus' address in the environment

    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync(
        "org.freedesktop.secrets", path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 10_000
    ).unpack()


def secrets_kept(journey):
    """How many secrets the keyring has of Foundry."""
    from gi.repository import GLib

    until = time.monotonic() + 10
    while journey.running():
        try:
            opened, shut = secret_service("SearchItems", GLib.Variant("(a{ss})", ({"server": "foundry"},)))
            return len(opened) + len(shut)
        except GLib.Error:
            assert time.monotonic() < until
    return 0


if __name__ == "__main__":
    run(
        signs_in_with_the_browser,
        sign_ins_that_do_not_happen,
        signs_in_with_a_code,
        a_revoked_token_signs_out,
        repositories_and_pull_requests,
    )

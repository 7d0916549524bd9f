"""Where the token goes when the keyring is locked or not there, and the ways to sign in that need no browser."""

import os
import re

from accessibility import ACTION
from desk import descendants
from fake_github import FakeGitHub, visit
from github import begin, nowhere_else, open_accounts, secret_service, secrets_kept
from journey import command, run
from screen import BUTTON, LABEL, Screen

LOCKED = re.compile("^Your keychain is locked")
TYPED = "password text"
KEPT = "Signed in as mona: token in your keychain."
FOR_THIS_RUN = "Signed in as mona: signed in until Foundry ends."


def by_browser(screen, github, number=1):
    """Signed in at GitHub; what the keyring makes of it comes after."""
    screen.press("Continue in the browser")
    visit(github.address(number))


def is_locked():
    from gi.repository import GLib

    path = secret_service("ReadAlias", GLib.Variant("(s)", ("default",)))[0]
    asked = GLib.Variant("(ss)", ("org.freedesktop.Secret.Collection", "Locked"))
    return secret_service("Get", asked, path, "org.freedesktop.DBus.Properties")[0]


def lock(screen):
    from gi.repository import GLib

    def locked():
        path = secret_service("ReadAlias", GLib.Variant("(s)", ("default",)))[0]
        secret_service("Lock", GLib.Variant("(ao)", ([path],)))
        return is_locked() or None

    screen.wait(locked, "the keyring to be locked")


def unlock():
    """As the person's log-in does it, without a question."""
    from gi.repository import Gio, GLib

    bus = Gio.bus_get_sync(Gio.BusType.SESSION)  # held: a session of the service ends with the connection
    (path,) = secret_service("ReadAlias", GLib.Variant("(s)", ("default",)))
    session = secret_service("OpenSession", GLib.Variant("(sv)", ("plain", GLib.Variant("s", ""))))[1]
    secret_service(
        "UnlockWithMasterPassword",
        GLib.Variant("(o(oayays))", (path, (session, b"", b"journey", "text/plain"))),
        interface="org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
    )
    assert not is_locked() and not bus.is_closed()


class Desktop:
    """The desktop's own question, in the window of another program (gcr-prompter)."""

    def __init__(self, screen):
        self.screen = screen

    def _window(self):
        for pid in descendants(os.getpid()):
            if command(pid) == "gcr-prompter":
                prompter = Screen(pid)
                if prompter.program() and prompter.first(BUTTON, "Unlock"):
                    return prompter
        return None

    def asks(self):
        return self.screen.wait(self._window, "the desktop's question to unlock the keyring", 30)

    def answer(self, password):
        window = self.asks()
        window.first("password text").put(password)
        click = window.first(BUTTON, "Unlock")
        click.screen.bus.call(click.address, ACTION, "DoAction", "(i)", 0)  # of another toolkit: its name is another


def the_keyring_is_locked(journey):
    github = FakeGitHub(journey)
    screen = journey.start()
    desktop = Desktop(screen)
    lock(screen)
    with journey.step("the window says so while the desktop asks"):
        screen.press("Sign in with GitHub")
        by_browser(screen, github)
        screen.expect(None, LOCKED)
        desktop.asks()
        journey.picture("locked")
    with journey.step("for this run only: signed in, and nothing is kept, also when the desktop is answered late"):
        screen.press("Stay signed in for this run only")
        screen.expect(LABEL, FOR_THIS_RUN)
        desktop.answer("journey")
        screen.wait(lambda: None if is_locked() else True, "the keyring to be open")
        nowhere_else(journey, github.control()["secrets"])
        screen.press("Done")
    with journey.step("after a restart nobody is signed in"):
        journey.stop()
        assert secrets_kept(journey) == 0
        lock(screen)
        screen = journey.start()
        desktop = Desktop(screen)
        screen.press("Sign in with GitHub")
    with journey.step("try again does not ask twice"):
        by_browser(screen, github, 2)
        screen.expect(None, LOCKED)
        desktop.asks()
        screen.press("Try again")
        screen.expect(None, LOCKED)
        desktop.asks()
    with journey.step("unlocked by another program, try again keeps the token"):
        unlock()
        screen.press("Try again")
        screen.expect(LABEL, KEPT)
        assert secrets_kept(journey) == 1
        nowhere_else(journey, github.control()["secrets"])


def the_keyring_is_unlocked_when_the_desktop_asks(journey):
    github = FakeGitHub(journey)
    screen = journey.start()
    desktop = Desktop(screen)
    lock(screen)
    with journey.step("cancelled: nobody is signed in, nothing is left"):
        screen.press("Sign in with GitHub")
        by_browser(screen, github)
        screen.expect(None, LOCKED)
        desktop.asks()
        screen.press("Cancel the sign-in")
        screen.expect(BUTTON, "Continue in the browser")
        assert secrets_kept(journey) == 0
    with journey.step("the password in the desktop's window: it goes on by itself"):
        by_browser(screen, github, 2)
        screen.expect(None, LOCKED)
        desktop.answer("journey")
        screen.expect(LABEL, KEPT)
        screen.press("Done")
        assert secrets_kept(journey) == 1
    with journey.step("locked at the next start: the account says what it waits for, and then works"):
        journey.stop()
        lock(screen)
        screen = journey.start()
        desktop = Desktop(screen)
        open_accounts(screen)
        screen.expect(None, re.compile(f"^mona at {github.host}"))
        desktop.asks()
        screen.expect(LABEL, LOCKED)
        journey.picture("account-locked")
        desktop.answer("journey")
        screen.expect(None, re.compile(f"^mona at {github.host}, token in your keychain"))


TOKEN = "gho_of-the-gh-program-or-typed-by-hand"


def stub_of_gh(journey, github):
    """A gh on PATH that is signed in to the fake GitHub, and writes down what it is asked."""
    folder = journey.desk.made("programs")
    asked = os.path.join(journey.folder, "gh-was-asked")
    program = os.path.join(folder, "gh")
    with open(program, "w", encoding="utf-8") as file:
        file.write(
            f"""#!/bin/sh
printf '%s\\n' "$*" >>"{asked}"
case "$*" in
    "auth token --hostname {github.host}")
        if [ -f "{folder}/hosts" ]; then cat "{folder}/hosts"; else echo "no oauth token found" >&2; exit 1; fi ;;
    "config get --host {github.host} user") echo mona ;;
    *) echo "not logged in" >&2; exit 1 ;;
esac
"""
        )
    os.chmod(program, 0o755)
    with open(os.path.join(folder, "hosts"), "w", encoding="utf-8") as file:
        file.write(TOKEN + "\n")
    journey.desk.environment["PATH"] = folder + ":" + journey.desk.environment["PATH"]
    return asked, os.path.join(folder, "hosts")


def signs_in_with_the_gh_program(journey):
    github = FakeGitHub(journey, seedToken=TOKEN)
    asked, hosts = stub_of_gh(journey, github)
    screen = journey.start()
    with journey.step("its login is offered, and is enough"):
        screen.press("Sign in with GitHub")
        screen.expect(LABEL, re.compile("mona"))
        journey.picture("gh-is-offered")
        screen.press("Use gh's login")
        screen.expect(LABEL, "Signed in as mona: by the gh program's login.")
        screen.press("Done")
    with journey.step("its token is kept nowhere, and asked for each time"):
        assert secrets_kept(journey) == 0
        os.rename(hosts, hosts + ".away")
        only_here(journey, TOKEN)
        os.rename(hosts + ".away", hosts)
        with open(asked, encoding="utf-8") as file:
            before = file.read().count("auth token")
        open_accounts(screen)
        screen.press("Check mona")

        def once_more():
            with open(asked, encoding="utf-8") as file:
                return True if file.read().count("auth token") > before else None

        screen.wait(once_more, "gh to be asked again")
    with journey.step("gh logs out: the account says so, and how to go on"):
        os.remove(hosts)
        screen.press("Check mona")
        screen.expect(None, re.compile("The gh program is not signed in to this host"))
        journey.picture("gh-logged-out")


def only_here(journey, token):
    """What the played gh reads is put away; whatever else has the token is one too many."""
    away = os.path.join(journey.desk.made("programs"), "hosts.away")
    with open(away, "rb") as file:
        kept = file.read()
    os.remove(away)
    nowhere_else(journey, [token], but=("fake_github",))
    with open(away, "wb") as file:
        file.write(kept)


def signs_in_with_a_typed_token(journey):
    github = FakeGitHub(journey, seedToken=TOKEN)
    screen = journey.start()
    screen.press("Sign in with GitHub")
    field = screen.expect(None, "Personal access token")
    field = screen.expect(TYPED, None, below=field)
    with journey.step("one that GitHub does not know"):
        field.put("ghp_nobodys")
        screen.press("Use the token")
        screen.expect(None, re.compile("^GitHub does not accept this sign-in"))
        screen.press("Start again")
    with journey.step("one that it knows"):
        field = screen.expect(TYPED, None, below=screen.expect(None, "Personal access token"))
        field.put(TOKEN)
        screen.press("Use the token")
        screen.expect(LABEL, KEPT)
        screen.press("Done")
        assert secrets_kept(journey) == 1
        nowhere_else(journey, [TOKEN], but=("fake_github",))


def there_is_no_keyring(journey):
    journey.desk.without_keyring()
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = journey.desk.environment["DBUS_SESSION_BUS_ADDRESS"]
    github = FakeGitHub(journey)
    screen = journey.start()
    with journey.step("said, with what can be done"):
        screen.press("Sign in with GitHub")
        by_browser(screen, github)
        screen.expect(None, re.compile("^No keychain runs in this desktop session"))
        journey.picture("no-keyring")
        screen.press("Try again")
        screen.expect(None, re.compile("^No keychain runs in this desktop session"))
    with journey.step("for this run only, and no file has it"):
        screen.press("Stay signed in for this run only")
        screen.expect(LABEL, FOR_THIS_RUN)
        nowhere_else(journey, github.control()["secrets"])


if __name__ == "__main__":
    run(
        the_keyring_is_locked,
        the_keyring_is_unlocked_when_the_desktop_asks,
        signs_in_with_the_gh_program,
        signs_in_with_a_typed_token,
        there_is_no_keyring,
    )

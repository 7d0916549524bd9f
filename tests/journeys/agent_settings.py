"""Settings → Agents by accessible name: a key that is kept in the real keychain, and an agent that npm installs from a
registry on the loopback."""

import base64
import hashlib
import http.server
import io
import json
import os
import re
import tarfile
import threading

from gi.repository import Gio, GLib

import foundry_window as window
from agents import write
from journey import run
from real_agent import program
from screen import BUTTON, ITEM, LABEL, TAB


KEY = "sk-journey-0123456789"


class Registry:
    """An npm registry with the packages of these folders; 127.0.0.1 only."""

    def __init__(self, folders):
        self.asked = []
        self._packages = {}
        for folder in folders:
            with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
                description = json.load(file)
            self._packages[description["name"]] = (description, packed(folder))
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                registry.asked.append(self.path)
                content = registry.answer(self.path.lstrip("/").replace("%2f", "/").replace("%2F", "/"))
                self.send_response(200 if content else 404)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, path):
        if path.endswith(".tgz"):
            found = self._packages.get(path[len("tarballs/") : -len(".tgz")])
            return found[1] if found else b""
        found = self._packages.get(path)
        if not found:
            return b""
        description, tarball = found
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        dist = {"tarball": f"{self.address}tarballs/{description['name']}.tgz", "integrity": integrity}
        version = description["version"]
        versions = {version: description | {"dist": dist}}
        answer = {"name": description["name"], "dist-tags": {"latest": version}, "versions": versions}
        return json.dumps(answer).encode()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def packed(folder):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as tar:
        tar.add(folder, "package")
    return buffer.getvalue()


def with_shell(journey, lines=""):
    home = journey.desk.environment["HOME"]
    write(os.path.join(home, ".bashrc"), lines)
    write(os.path.join(home, ".bash_profile"), ". ~/.bashrc\n")
    journey.desk.environment["SHELL"] = "/bin/bash"
    return home


def a_key_is_kept_in_the_keychain(journey):
    with_shell(journey, f"export PATH={os.path.dirname(program())}:$PATH\n")
    screen = journey.start()
    with journey.step("no key, no sign-in"):
        screen.expect(None, re.compile("^Codex: needs attention, not signed in"), 60)
        screen.press("Set up Codex")
        screen.expect(LABEL, "Not signed in.")
    with journey.step("a key is typed and kept"):
        # Qt 6.4 tells neither the name nor the text of a field that hides what is typed: it is inside what is named so.
        place = screen.expect(None, "Key")
        field = screen.wait(lambda: place.find("password text"), "the key's field")
        field.put(KEY)
        screen.press_until("Keep the key", lambda: signed_in(screen), "the key to be kept")
        journey.picture("key-kept")
    with journey.step("the keychain has it, and nothing of Foundry's"):
        assert KEY in keychain(journey)
        assert not files_with(journey.data, KEY.encode())
    with journey.step("the next start finds it again"):
        journey.stop()
        screen = journey.start()
        screen.expect(None, re.compile("^Codex: (good|ready)"), 60)
    with journey.step("forgotten, it is gone from the keychain"):
        window.open_repository(screen, journey.repository()[0])
        screen.press("Settings")
        screen.press("Agents", TAB)
        screen.press(re.compile("^Codex, "), ITEM)
        screen.expect(LABEL, re.compile(r"^Signed in by \w+, kept in your keychain"), 30)
        screen.press("Forget the key")
        screen.expect(LABEL, "Not signed in.", 30)
        assert KEY not in keychain(journey)


def signed_in(screen):
    return screen.first(LABEL, re.compile(r"^Signed in by \w+, kept in your keychain"))


def keychain(journey):
    """What the desk's Secret Service holds, as it tells over the bus."""
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    address = journey.desk.environment["DBUS_SESSION_BUS_ADDRESS"]
    bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def ask(method, kind, *values):
        name, path = "org.freedesktop.secrets", "/org/freedesktop/secrets"
        wish = GLib.Variant(kind, values)
        answer = bus.call_sync(
            name, path, "org.freedesktop.Secret.Service", method, wish, None, Gio.DBusCallFlags.NONE, 10_000, None
        )
        return answer.unpack()

    session = ask("OpenSession", "(sv)", "plain", GLib.Variant("s", ""))[1]
    (items, _) = ask("SearchItems", "(a{ss})", {})
    (secrets,) = ask("GetSecrets", "(aoo)", items, session)
    bus.close_sync(None)
    return [base64.b64decode(bytes(secret[2])).decode() for secret in secrets.values()]  # as QtKeychain writes bytes


def files_with(folder, words):
    found = []
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    if words in file.read():
                        found.append(path)
    return found


def an_agent_is_installed_and_removed(journey):
    native = os.path.dirname(os.path.dirname(program()))
    registry = Registry([os.path.join(os.path.dirname(native), "codex-acp"), native])
    home = with_shell(journey)
    write(os.path.join(home, ".npmrc"), f"registry={registry.address}\n")
    screen = journey.start()
    with journey.step("Codex is missing"):
        screen.expect(None, re.compile("^Codex: "), 60)
        screen.press("Set up Codex")
        screen.expect(LABEL, re.compile("codex-acp was not found"), 60)
        screen.expect(LABEL, re.compile("from npm, into Foundry's own folder"))
        journey.picture("missing")
    with journey.step("installed, with the version that is pinned"):
        screen.press(re.compile("^Install 0"), BUTTON, 60)
        screen.expect(LABEL, re.compile("0.16.0 is installed in Foundry's own folder"), 120)
        journey.picture("installed")
    assert any(path.endswith("codex-acp.tgz") for path in registry.asked), registry.asked
    assert glob_native(journey), "the native program is not there"
    with journey.step("removed"):
        screen.press("Remove")
        screen.expect(LABEL, re.compile("codex-acp was not found"), 60)
        assert not glob_native(journey)
    registry.close()


def glob_native(journey):
    return [at for at, _, names in os.walk(os.path.join(journey.data, "agents")) if "codex-acp" in names]


if __name__ == "__main__":
    run(a_key_is_kept_in_the_keychain, an_agent_is_installed_and_removed)

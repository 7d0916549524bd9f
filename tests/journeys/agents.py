"""The person's own agents: found through their shell, signed in from Foundry, one login for many tasks. Codex is the
real one from npm; its model, its login and the service behind it are played on the loopback."""

import glob
import json
import os
import re

import foundry_window as window
from journey import run
from main_job import branches, commits
from model_server import Login, ModelServer
from real_agent import program
from screen import CHECK, LABEL, TEXT

CONFIGURATION = """model = "gpt-5.4"
model_provider = "local"

[model_providers.local]
name = "local"
base_url = "http://127.0.0.1:{port}/v1"
wire_api = "responses"
requires_openai_auth = true
request_max_retries = 1
stream_max_retries = 1
"""
COMMAND, MESSAGE = "printf 'from codex\\n' > codex.txt", "I wrote the file as asked."

# What the person's own program does: says where to go, wants the code from there, and writes its login down.
LOGIN = """#!/bin/sh
test "$1" = login && test -t 0 || exit 2
echo "Open this page and sign in:"
echo "  https://auth.example.com/codex/device"
printf 'Paste the code here: '
read -r code
test "$code" = ABCD-12345 || { echo "Wrong code."; exit 1; }
umask 077
cp "$HOME/.login-of-the-service" "$HOME/.codex/auth.json"
echo "Successfully logged in"
"""


def person(journey, login, model):
    """A home as people have it: the agent and the keys come with the interactive shell."""
    home = journey.desk.environment["HOME"]
    tools = os.path.join(home, "tools")
    os.makedirs(tools)
    os.makedirs(os.path.join(home, ".codex"))
    os.symlink(program(), os.path.join(tools, "codex-acp"))
    write(os.path.join(tools, "codex"), LOGIN, 0o755)
    write(os.path.join(home, ".codex", "config.toml"), CONFIGURATION.format(port=model.port))
    write(os.path.join(home, ".login-of-the-service"), login.file())
    lines = f"export PATH={tools}:$PATH\nexport GITHUB_TOKEN=ghp_of_the_person\nexport MISTRAL_API_KEY=of-another\n"
    lines += f"export CODEX_REFRESH_TOKEN_URL_OVERRIDE=http://127.0.0.1:{model.port}/token\n"
    write(os.path.join(home, ".bashrc"), "echo Welcome\n" + lines)
    write(os.path.join(home, ".bash_profile"), ". ~/.bashrc\n")
    journey.desk.environment["SHELL"] = "/bin/bash"
    return home


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def codex_found_but_not_signed_in(journey):
    login = Login()
    model = ModelServer(COMMAND, MESSAGE, login=login)
    home = person(journey, login, model)
    clone, bare = journey.repository()
    screen = journey.start()
    with journey.step("Codex is found, and not signed in"):
        screen.expect(None, re.compile("^Codex: needs attention, not signed in"), 60)
        screen.press("Set up Codex")
        screen.expect(LABEL, "Not signed in.")
        screen.expect(LABEL, re.compile(r"^Read from /bin/bash: \d+ more variables"), 60)
        journey.picture("not-signed-in")
    with journey.step("a forge's token is not given, another variable is"):
        screen.write("Another variable", "GITHUB_TOKEN")
        screen.press("Give the variable")
        screen.expect(None, re.compile("token of a forge"))
        screen.press("MISTRAL_API_KEY", CHECK)
        screen.wait(lambda: screen.first(CHECK, "MISTRAL_API_KEY").has("checked") or None, "the variable to be given")
    with journey.step("a sign-in that goes wrong says why"):
        screen.press("Sign in…")
        screen.expect(LABEL, "https://auth.example.com/codex/device", 30)
        journey.picture("signing-in")
        screen.write("Code from the browser", "WRONG-11111")
        screen.press("Send the code")
        screen.expect(None, re.compile("did not succeed.*Wrong code", re.DOTALL), 30)
    with journey.step("sign in"):
        screen.press("Sign in…")
        screen.expect(TEXT, "Code from the browser", 30)
        screen.write("Code from the browser", "ABCD-12345")
        screen.press("Send the code")
        screen.expect(LABEL, "Signed in.", 30)
        screen.expect(LABEL, re.compile("^Signed in by your login in "))
        journey.picture("signed-in")
        screen.press("Done")
    with journey.step("a task, and its accepted change"):
        window.open_repository(screen, clone)
        window.create_task(screen, "Write a file\n\nIt is to say where it comes from.", agent="Codex")
        window.state(screen, "Ready", 90)
        screen.expect(None, re.compile("I wrote the file as asked"))
        window.see_change(screen, "codex.txt")
        window.publish(screen, "Say where it comes from")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    assert journey.git("show", f"{commit}:codex.txt", at=bare) == "from codex"
    assert not login.signed_out
    no_secret_in_sandboxes(journey, ["ghp_of_the_person", login.renewal])
    with open(os.path.join(home, ".codex", "auth.json"), encoding="utf-8") as file:
        assert file.read() == login.file(), "the person's login is another one"
    model.close()


def no_secret_in_sandboxes(journey, secrets):
    for path in glob.glob(os.path.join(journey.data, "sandboxes", "*", "home", ".codex", "*.*")):
        with open(path, "rb") as file:
            content = file.read()
        for secret in secrets:
            assert secret.encode() not in content, f"{path} holds {secret}"


def five_agents_share_a_login(journey):
    """Five tasks at once; the access ends under all of them. Nobody is signed out, the person neither."""
    login = Login()
    model = ModelServer(COMMAND, MESSAGE, login=login)
    home = person(journey, login, model)
    write(os.path.join(home, ".codex", "auth.json"), login.file(), 0o600)
    clone, _ = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("five tasks with one login"):
        for number in range(5):
            window.create_task(screen, f"Write file {number}", agent="Codex")
        for number in range(5):
            window.select(screen, f"Write file {number}")
            window.state(screen, "Ready", 120)
    with journey.step("the access ends before its time, and all five are asked again"):
        login.end_access()
        for number in range(5):
            window.select(screen, f"Write file {number}")
            window.send(screen, "Write it once more")
        for number in range(5):
            window.select(screen, f"Write file {number}")
            screen.wait(lambda: answers(screen) >= 2 or None, "the second answer", 120)
            window.state(screen, "Ready", 120)
    assert login.renewals == 1, login.renewals
    assert not login.signed_out
    no_secret_in_sandboxes(journey, ["renewal-1", "renewal-2"])
    with open(os.path.join(home, ".codex", "auth.json"), encoding="utf-8") as file:
        assert json.load(file)["tokens"]["refresh_token"] == "renewal-2"
    model.close()


def answers(screen):
    return len(screen.all(None, re.compile("^(I wrote|.*I wrote the file as asked)")))


if __name__ == "__main__":
    run(codex_found_but_not_signed_in, five_agents_share_a_login)

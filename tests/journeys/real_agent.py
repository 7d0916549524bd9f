"""Real coding agents from npm at work in the real window and its sandbox, their models played on the loopback."""

import json
import os
import re

import foundry_window as window
from journey import run
from main_job import branches, commits
from model_server import ModelServer
from screen import ALERT, BUTTON, LABEL

CONFIGURATION = """model = "gpt-5.4"
model_provider = "local"

[model_providers.local]
name = "local"
base_url = "http://127.0.0.1:{port}/v1"
wire_api = "responses"
env_key = "LOCAL_MODEL_KEY"
request_max_retries = 1
stream_max_retries = 1
"""
COMMAND, MESSAGE = "printf 'from codex\\n' > codex.txt", "I wrote the file as asked."


def program():
    folder = os.path.join(os.environ["FOUNDRY_NPM_DIR"], "node_modules", "@zed-industries")
    for machine in ("x64", "arm64"):
        path = os.path.join(folder, f"codex-acp-linux-{machine}", "bin", "codex-acp")
        if os.path.exists(path):
            return path
    raise AssertionError(
        f"there is no codex-acp below {folder}: ./dev test installs it from npm, which needs a network once"
    )


def install(journey, port):
    """Codex on PATH, told to find its model at a port of the loopback."""
    codex = program()
    home = journey.desk.environment["HOME"]
    os.makedirs(os.path.join(home, ".codex"))
    with open(os.path.join(home, ".codex", "config.toml"), "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(port=port))
    journey.desk.environment["PATH"] = os.path.dirname(codex) + ":" + journey.desk.environment["PATH"]
    journey.desk.environment["LOCAL_MODEL_KEY"] = "not-a-secret"


def install_on_path(journey, program):
    """A program of an npm package on PATH, as `npm install -g` makes it, and the node that it needs."""
    path = os.path.join(os.environ["FOUNDRY_NPM_DIR"], "node_modules", ".bin", program)
    assert os.path.exists(path), f"there is no {path}: ./dev test installs it from npm, which needs a network once"
    folder = os.path.join(journey.desk.environment["HOME"], "bin")
    os.makedirs(folder)
    os.symlink(os.path.realpath(path), os.path.join(folder, program))
    journey.desk.environment["PATH"] = folder + ":" + journey.desk.environment["PATH"]


def codex_does_the_main_job(journey):
    does_the_main_job(journey, "Codex", install)


def claude_does_the_main_job(journey):
    def prepare(journey, port):
        install_on_path(journey, "claude-agent-acp")
        journey.desk.environment["ANTHROPIC_BASE_URL"] = f"http://127.0.0.1:{port}"
        journey.desk.environment["ANTHROPIC_API_KEY"] = "not-a-secret"

    does_the_main_job(journey, "Claude Code", prepare)


def gemini_does_the_main_job(journey):
    def prepare(journey, port):
        install_on_path(journey, "gemini")
        journey.desk.environment["GOOGLE_GEMINI_BASE_URL"] = f"http://127.0.0.1:{port}"
        journey.desk.environment["GEMINI_API_KEY"] = "not-a-secret"

    does_the_main_job(journey, "Gemini", prepare)


def opencode_does_the_main_job(journey):
    """With a provider of the person's own, in opencode's own configuration."""

    def prepare(journey, port):
        install_on_path(journey, "opencode")
        folder = os.path.join(journey.desk.environment["HOME"], ".config", "opencode")
        os.makedirs(folder)
        options = {"baseURL": f"http://127.0.0.1:{port}/v1", "apiKey": "not-a-secret"}
        local = {"npm": "@ai-sdk/openai-compatible", "options": options, "models": {"played": {}}}
        with open(os.path.join(folder, "opencode.json"), "w", encoding="utf-8") as file:
            json.dump({"provider": {"local": local}, "model": "local/played"}, file)

    does_the_main_job(journey, "OpenCode", prepare)


def does_the_main_job(journey, agent, prepare):
    """A first task that asks before each command, then one that is free in the sandbox."""
    name = agent.split()[0].lower()
    model = ModelServer(COMMAND.replace("codex", name), MESSAGE)
    prepare(journey, model.port)
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step(f"create a task for {agent}"):
        window.create_task(screen, "Write a file\n\nIt is to say where it comes from.", agent=agent, ask=True)
    with journey.step("permission, and the turn"):
        screen.expect(None, re.compile("^The agent asks: "), 60)
        journey.picture(f"{name}-asks")
        window.answer_all(screen, re.compile("^(Yes|Allow|Approve)"), "Ready", 60)
        screen.expect(None, re.compile("I wrote the file as asked"))
    with journey.step("see the change and publish"):
        window.see_change(screen, f"{name}.txt")
        window.publish(screen, "Say where it comes from")
        window.state(screen, "Published")
        journey.picture(f"{name}-published")
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    assert journey.git("show", f"{commit}:{name}.txt", at=bare) == f"from {name}"
    with journey.step("free in the sandbox, nothing is asked"):
        window.create_task(screen, "Write it again", agent=agent)
        window.state(screen, "Ready", 60)
        assert window.asked_now(screen) is None
        window.see_change(screen, f"{name}.txt")
    assert len(model.requests) >= 4, model.requests
    model.close()


def codex_loses_its_model(journey):
    """The model's host cannot be reached, then breaks off in the middle of an answer, then is there again."""
    model = ModelServer(COMMAND, MESSAGE)
    port = model.port
    model.close()
    install(journey, port)
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("the model cannot be reached: it is said"):
        window.create_task(screen, "Write a file", agent="Codex")
        print("          " + trouble(screen))
        journey.picture("no-model")
    with journey.step("the model breaks off in the middle of a turn: it is said"):
        model = ModelServer(COMMAND, MESSAGE, port, stalls=True)
        again(screen)
        screen.wait(lambda: model.stalled.is_set() or None, "the model to be asked", 60)
        model.close()
        print("          " + trouble(screen))
    with journey.step("the model is there again: the task goes on"):
        model = ModelServer(COMMAND, MESSAGE, port)
        again(screen)
        window.state(screen, "Ready", 90)
        screen.expect(None, re.compile("I wrote the file as asked"))
        window.publish(screen, "Say where it comes from")
        window.state(screen, "Published")
        model.close()
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    assert journey.git("show", f"{commit}:codex.txt", at=bare) == "from codex"


def trouble(screen):
    """Waits until the task rests with something to be done about it, and returns what it says."""
    screen.expect(LABEL, re.compile("^(Needs you|Failed)"), 120)
    return screen.wait(
        lambda: next((t.name for t in screen.nodes() if t.role == ALERT and t.name), None), "a sentence", 30
    )


def again(screen):
    button = screen.wait(
        lambda: screen.first(BUTTON, "Send again") or screen.first(BUTTON, "Retry step"), "a way to go on"
    )
    button.press()
    screen.expect(LABEL, re.compile(r"^(Working|Preparing)\b"), 60)


if __name__ == "__main__":
    run(
        codex_does_the_main_job,
        claude_does_the_main_job,
        gemini_does_the_main_job,
        opencode_does_the_main_job,
        codex_loses_its_model,
    )

"""A real coding agent from npm (Codex over ACP) at work in the real window, its model played on the loopback."""

import os
import re

import foundry_window as window
from journey import run
from main_job import branches, commits
from model_server import ModelServer

CONFIGURATION = """model = "gpt-5.4"
model_provider = "local"

[model_providers.local]
name = "local"
base_url = "http://127.0.0.1:{port}/v1"
wire_api = "responses"
env_key = "LOCAL_MODEL_KEY"
"""


def program():
    folder = os.path.join(os.environ["FOUNDRY_NPM_DIR"], "node_modules", "@zed-industries")
    for machine in ("x64", "arm64"):
        path = os.path.join(folder, f"codex-acp-linux-{machine}", "bin", "codex-acp")
        if os.path.exists(path):
            return path
    raise AssertionError(
        f"there is no codex-acp below {folder}: ./dev test installs it from npm, which needs a network once"
    )


def codex_does_the_main_job(journey):
    codex = program()
    model = ModelServer("printf 'from codex\\n' > codex.txt", "I wrote the file as asked.")
    home = journey.desk.environment["HOME"]
    os.makedirs(os.path.join(home, ".codex"))
    with open(os.path.join(home, ".codex", "config.toml"), "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(port=model.port))
    journey.desk.environment["PATH"] = os.path.dirname(codex) + ":" + journey.desk.environment["PATH"]
    journey.desk.environment["LOCAL_MODEL_KEY"] = "not-a-secret"
    clone, bare = journey.repository()
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("create a task for Codex"):
        window.create_task(screen, "Write a file\n\nIt is to say where it comes from.", agent="Codex", ask=True)
    with journey.step("permission, and the turn"):
        screen.expect(None, re.compile("^The agent asks: .*codex.txt"), 60)
        journey.picture("codex-asks")
        window.answer_all(screen, re.compile("^(Yes|Allow|Approve)"), "Ready", 60)
        screen.expect(None, re.compile("I wrote the file as asked"))
    with journey.step("see the change and publish"):
        window.see_change(screen, "codex.txt")
        window.publish(screen, "Say where it comes from")
        window.state(screen, "Published")
        journey.picture("codex-published")
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    assert journey.git("show", f"{commit}:codex.txt", at=bare) == "from codex"
    assert len(model.requests) >= 2, model.requests
    model.close()


if __name__ == "__main__":
    run(codex_does_the_main_job)

"""tests/fake_github beside a journey, and the browser that the person has."""

import json
import os
import select
import subprocess
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = {"FOUNDRY_GITHUB_CLIENT_ID": "Iv23liFoundryTests", "FOUNDRY_GITHUB_CLIENT_SECRET": "secret-of-the-tests"}


class FakeGitHub:
    """A GitHub on this computer, which the program is told to use. `faults`: of oauth.mjs."""

    def __init__(self, journey, **faults):
        self.journey = journey
        words = [w for name, value in faults.items() for w in ("--fault", f"{name}={json.dumps(value)}")]
        environment = dict(journey.desk.environment)
        if "repositories" in faults:  # its interfaces need GitHub's own descriptions, which take a moment to load
            environment["FOUNDRY_NPM_DIR"] = os.environ["FOUNDRY_NPM_DIR"]
        program = os.path.join(HERE, "..", "fake_github", "main.mjs")
        self.process = journey.desk.start(
            ["node", program, *words],
            "fake-github.log",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        assert ready, "the GitHub of the tests did not start"
        self.origin = json.loads(self.process.stdout.readline())["origin"]
        self.host = self.origin.removeprefix("http://")
        self.opened = os.path.join(journey.folder, "opened-addresses")
        browser = os.path.join(journey.folder, "browser")
        with open(browser, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nprintf "%s\\n" "$1" >>"{self.opened}"\n')
        os.chmod(browser, 0o755)
        journey.desk.environment.update(CLIENT, FOUNDRY_GITHUB_HOST=self.origin, BROWSER=browser)

    def control(self, **wish):
        request = urllib.request.Request(self.origin + "/_control", json.dumps(wish).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def change(self, **pull_requests):
        """What somebody does at GitHub meanwhile."""
        wish = json.dumps({"change": pull_requests}).encode()
        request = urllib.request.Request(self.origin + "/_world", wish, method="POST")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)

    def address(self, number=1, limit=30):
        """The address that the program opened in the browser, the `number`th."""
        until = time.monotonic() + limit
        while True:
            try:
                with open(self.opened, encoding="utf-8") as file:
                    lines = file.read().splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) >= number:
                return lines[number - 1]
            assert time.monotonic() < until, "no browser was opened"
            select.select([], [], [], 0.05)


def visit(address, headers=None):
    """What a browser does with an address, redirects followed: where it came to, the status and the page."""
    request = urllib.request.Request(address, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.url, answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.url, error.code, error.read().decode()

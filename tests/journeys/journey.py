"""A journey: the real program in a real window, driven as a person who uses a screen reader would.

    from journey import run

    def first_start(journey):
        journey.start()
        journey.screen.press("Open")

    run(first_start)

Each journey has its own display, buses, home and data folder. It fails on any warning that the program logs, and on
any process that it leaves behind. FOUNDRY_BUILD_DIR says where the program was built, FOUNDRY_JOURNEY_DIR (optional)
where pictures go.
"""

import contextlib
import glob
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from desk import Desk, descendants
from picture import save_display

WARNING = re.compile(
    r"(^|\W)(warning|critical|fatal)\b\W|TypeError|ReferenceError|is not a type|Unable to assign", re.IGNORECASE
)
# Lines of others that say nothing about us, each with its reason.
ALLOWED = [
    re.compile(r"dconf|GLib-GIO|Gtk-Message"),  # the toolkit's own look-ups on a desk without a settings service
]


class Journey:
    def __init__(self, name):
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="foundry-journey-")
        self.build = os.environ["FOUNDRY_BUILD_DIR"]
        self.program = os.environ.get("FOUNDRY_PROGRAM", os.path.join(self.build, "app", "foundry"))
        self.pictures = os.environ.get("FOUNDRY_JOURNEY_DIR", os.path.join(self.build, "journeys", name))
        self.data = os.path.join(self.folder, "data")
        self.desk = Desk(self.folder)
        os.environ.update({k: v for k, v in self.desk.environment.items() if k != "QT_QPA_PLATFORM"})
        self.process = None
        self.screen = None
        self.began = time.monotonic()
        self.log = os.path.join(self.folder, "program.log")
        self.days_ahead = 0
        self._shown = 0
        self.allowed = list(ALLOWED)  # warnings that this journey brings about
        self.git("config", "--global", "user.name", "Ada Example")
        self.git("config", "--global", "user.email", "ada@example.org")
        self.git("config", "--global", "init.defaultBranch", "main")

    # ---- the program -----------------------------------------------------------------------------

    def launch(self, *arguments):
        """Starts the program on the journey's data folder, on a calendar that is `days_ahead`."""
        command = [self.program, "--data-dir", self.data, *arguments]
        calendar = ahead(self.days_ahead) if self.days_ahead else {}
        self.process = self.desk.start(command, "program.log", env=self.desk.environment | calendar)

    def start(self, *arguments):
        """Launches the program and finds its window."""
        self.launch(*arguments)
        return self.find_window()

    def find_window(self):
        from screen import Screen  # needs the buses' addresses in the environment

        self.screen = Screen(self.process.pid)
        self.screen.wait(lambda: self._alive() and self.screen.program(), "the program's window", 30)
        return self.screen

    def _alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended with {self.process.returncode}:\n{self.output()[-2000:]}")
        return True

    def kill(self):
        """The program is killed: no chance to save anything. What it had started dies with it or is waited for."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for left in glob.glob(f"/dev/shm/*faketime*_{self.process.pid}"):
            os.remove(left)

    def keepers(self):
        """The processes that hold an agent each, whoever started them."""
        return [p for p in descendants(os.getpid()) if command(p) == "foundry-keeper"]

    def kill_keepers(self):
        """As when the computer is started anew: the agents end too. Only while the program does not run."""
        for keeper in self.keepers():
            handle = os.pidfd_open(keeper)
            os.kill(keeper, signal.SIGKILL)
            select.select([handle], [], [], 5)
            os.close(handle)

    def hold_keepers(self, seconds):
        """They answer nobody for so long, as on a computer that has much to do at its start."""
        keepers = self.keepers()

        def tell(number):
            for keeper in keepers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(keeper, number)

        tell(signal.SIGSTOP)
        threading.Timer(seconds, tell, [signal.SIGCONT]).start()

    def stop(self):
        """The program is asked to end (SIGTERM) and has to end by itself, without an error."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            raise AssertionError("the program did not end within 20 s of being asked to") from None
        if code != 0:
            raise AssertionError(f"the program ended with {code}:\n{self.output()[-2000:]}")

    def running(self):
        return self.process is not None and self.process.poll() is None

    def output(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def warnings(self):
        lines = self.output().splitlines()
        return [l for l in lines if WARNING.search(l) and not any(a.search(l) for a in self.allowed)]

    # ---- git, as the person has it ---------------------------------------------------------------

    def git(self, *arguments, at=None):
        """Runs git as the person would, and returns what it printed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=at or self.folder,
            env=self.desk.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def repository(self, name="shop", remote=True):
        """A repository with two commits, and a bare one beside it as its remote. Returns both paths."""
        clone, bare = os.path.join(self.folder, name), os.path.join(self.folder, name + ".git")
        self.git("init", "-q", clone)
        for number, (path, text) in enumerate((("README.md", f"# {name}\n"), ("greet.py", 'print("hello")\n'))):
            with open(os.path.join(clone, path), "w", encoding="utf-8") as file:
                file.write(text)
            self.git("add", path, at=clone)
            self.git("commit", "-q", "-m", f"Commit {number + 1}", at=clone)
        if remote:
            self.git("clone", "-q", "--bare", clone, bare)
            self.git("remote", "add", "origin", bare, at=clone)
            self.git("fetch", "-q", "origin", at=clone)
        return clone, bare

    # ---- telling ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def step(self, what):
        started = time.monotonic()
        yield
        print(f"{time.monotonic() - started:7.2f} s  {what}", flush=True)

    def picture(self, name):
        self._shown += 1
        path = os.path.join(self.pictures, f"{self._shown:02d}-{name}.png")
        save_display(self.desk.frame_buffer, path)
        return path

    def end(self, failed):
        left = []
        if self.running():
            if not failed:
                self.stop()
            else:
                self.kill()
        if self.process is not None:
            known = {p.pid for p in self.desk.processes}
            names = ("foundry", "codex", "bwrap")
            left = [p for p in descendants(os.getpid()) if p not in known and command(p).startswith(names)]
            left = [words(p) for p in left if not ends(p, 5)]
        self.desk.clear()
        shutil.rmtree(self.folder, ignore_errors=True)
        return left


def ahead(days):
    """The environment of a program for which it is some days later."""
    (library,) = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    return {
        "LD_PRELOAD": library,
        "FAKETIME": f"+{days}d",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def ends(pid, limit):
    """Whether a process ends within `limit` seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], limit)[0])
    finally:
        os.close(handle)


def words(pid):
    """The command line of a process."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read().replace("\0", " ")[:300] or f"process {pid}"
    except OSError:
        return f"process {pid}"


def command(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return ""


SKIPPED = 77  # ends a journey for which this system lacks something, as ctest is told


class Skipped(Exception):
    """What this system lacks."""


def run(*journeys):
    """Runs the journeys, or the one that the command line names; ends the process with 0 when all went well."""
    # ctest ends a test that takes too long with SIGTERM or SIGKILL: clean up on the first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chosen = [j for j in journeys if len(sys.argv) < 2 or j.__name__ in sys.argv[1:]]
    if len(chosen) == 1:
        sys.exit(attempt(chosen[0]))
    # One process each: the accessibility bus is known for as long as it lives.
    codes = [subprocess.call([sys.executable, "-B", sys.argv[0], j.__name__]) for j in chosen]
    passed, skipped = codes.count(0), codes.count(SKIPPED)
    failed = len(codes) - passed - skipped
    print(f"{passed} passed, {skipped} skipped, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


def attempt(function):
    """Answers the code to end with."""
    journey = Journey(function.__name__)
    print(f"-- {function.__name__}", flush=True)
    failed = True
    lacking = ""
    try:
        function(journey)
        if journey.warnings():
            raise AssertionError("the program warned:\n" + "\n".join(journey.warnings()))
        failed = False
    except Skipped as what:
        lacking = f"{what} not installed here"
        failed = False
    except (Exception, SystemExit):  # told below; the desk is cleared either way
        traceback.print_exc()
        with contextlib.suppress(Exception):
            print("In sight:\n" + journey.screen.listing())
        with contextlib.suppress(Exception):
            print("Picture: " + journey.picture("failed"))
        print("The program's last words:\n" + journey.output()[-3000:])
    finally:
        try:
            left = journey.end(failed)
            if left and not failed:
                print(f"left behind: {left}")
                failed = True
        except AssertionError as error:
            print(f"at the end: {error}")
            failed = True
    print(
        f"{'FAILED' if failed else f'skipped ({lacking})' if lacking else 'passed'} {function.__name__} in {time.monotonic() - journey.began:.1f} s",
        flush=True,
    )
    return 1 if failed else SKIPPED if lacking else 0

"""The program's stores, looked at from outside: how far a task's life has come, and what was kept.

A running program holds its stores for itself alone, so a copy of the file and its log is read.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import sqlite3
import tempfile
import threading
import time


@contextlib.contextmanager
def reading(path):
    with tempfile.TemporaryDirectory(prefix="foundry-store-") as folder:
        copy = os.path.join(folder, "store")
        shutil.copyfile(path, copy)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(path + "-wal", copy + "-wal")
        store = sqlite3.connect(copy)
        try:
            yield store
        finally:
            store.close()


def with_table(data, table, without=()):
    """Every store below the data folder that has a table, oldest first."""
    found = []
    for folder, _, files in os.walk(os.path.join(data, "actors")):
        for name in files:
            path = os.path.join(folder, name)
            if not name.endswith(".sqlite") or path in without:
                continue
            with contextlib.suppress(sqlite3.Error, FileNotFoundError), reading(path) as store:
                if store.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                    found.append(path)
    return sorted(found, key=os.path.getctime)


def newest(data, known):
    """The store of the one task that was made since `known`, or None while there is none."""
    return next(iter(with_table(data, "workflow_entry", known)), None)


def steps(path, since=0):
    """A task's steps as [(name, status, begun)], begun not before `since` (milliseconds since 1970): those of the
    running workflow, and those its timeline remembers."""
    with reading(path) as store:
        seen = store.execute("SELECT name, status, started FROM workflow_entry").fetchall()
        for name, line in store.execute("SELECT name, line FROM timeline"):
            kept = json.loads(line)
            seen.append((name, kept.get("status", "running"), kept.get("startedAt", 0)))
        return [step for step in seen if step[2] >= since]


def took(path):
    """How long each step of a task took, in milliseconds."""
    with reading(path) as store:
        lines = [(name, json.loads(line)) for name, line in store.execute("SELECT name, line FROM timeline")]
        return {name: line["endedAt"] - line["startedAt"] for name, line in lines if line.get("endedAt", 0) > 0}


def every(data):
    """All stores there are now."""
    return {os.path.join(f, n) for f, _, names in os.walk(os.path.join(data, "actors")) for n in names}


def now():
    """As the stores tell the time."""
    return int(time.time() * 1000)


class Changes:
    """Tells when a file was written to."""

    def __init__(self, path):
        libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        modified = 0x2
        if self._inotify < 0 or libc.inotify_add_watch(self._inotify, os.fsencode(path), modified) < 0:
            raise OSError(ctypes.get_errno(), path)

    def wait(self, seconds):
        if select.select([self._inotify], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._inotify, 65536)

    def close(self):
        os.close(self._inotify)


class Killer(threading.Thread):
    """Kills the program at the end of a step of a task, or when half of the time `halfway` (milliseconds) that the
    step is known to take is over, both by the program's time `now()`. At each write to the task's store the program
    stands still while it is looked at, so that no moment is missed. `later`: steps that come after; when one has
    begun, or the store is gone, the moment was missed.
    """

    def __init__(self, journey, find, now, step, halfway=None, later=(), limit=120):
        super().__init__(daemon=True)
        self.journey, self.find, self.step, self.halfway = journey, find, step, halfway
        self.now, self.since, self.later = now, now(), set(later)
        self.over = time.monotonic() + limit
        self.killed = False
        self.hit = ""  # middle, end, or late
        self.start()

    def run(self):
        changes = None
        try:
            while time.monotonic() < self.over and not self.killed:
                store = self.find()
                if store is None:
                    select.select([], [], [], 0.001)  # nothing tells of a store that comes
                    continue
                changes = changes or Changes(os.path.dirname(store))
                seconds = self._look(store)
                if not self.killed:
                    changes.wait(seconds)
        finally:
            if changes is not None:
                changes.close()

    def _look(self, store):
        """Kills, or tells in how many seconds to look again when nothing is written meanwhile."""
        left = 50  # where the store was just being written
        self.journey.process.send_signal(signal.SIGSTOP)
        try:
            with contextlib.suppress(sqlite3.Error):
                left = self._left(steps(store, self.since))
        except FileNotFoundError:
            self.hit, left = "late", 0
        finally:
            if left <= 0:
                self.journey.kill()
                self.killed = True
            else:
                self.journey.process.send_signal(signal.SIGCONT)
        return left / 1000

    def _left(self, seen):
        """Milliseconds until the kill."""
        if any(name in self.later for name, _, _ in seen):
            self.hit = "late"
            return 0
        own = [(status, begun) for name, status, begun in seen if name == self.step]
        if any(status == "done" for status, _ in own):
            self.hit = "end"
            return 0
        if self.halfway is None or not own:
            return 1000
        self.hit = "middle"
        return own[-1][1] + self.halfway / 2 - self.now()

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        """Waits for the kill; what the window could not do any more because of it is no fault."""
        self.join()
        if not self.killed and kind is None:
            raise AssertionError(f"the moment to kill the program in {self.step} never came")
        return self.killed and kind is not None


def said(data):
    """What agents said, in the order of each transcript."""
    texts = []
    for path in with_table(data, "entry"):
        with reading(path) as store:
            rows = store.execute("SELECT text FROM entry WHERE kind = 'agentMessage' ORDER BY position").fetchall()
        texts += [row[0] for row in rows]
    return texts


def transcripts_are_whole(data):
    """Raises unless in every transcript nothing is missing and nothing is there twice. Returns how many there are."""
    paths = with_table(data, "entry")
    for path in paths:
        with reading(path) as store:
            rows = store.execute("SELECT position, turn, kind, text FROM entry ORDER BY position").fetchall()
        if [row[0] for row in rows] != list(range(len(rows))):
            raise AssertionError(f"gaps in the transcript of {path}: {[row[0] for row in rows]}")
        turns = [row[1] for row in rows if row[2] == "personMessage"]
        if turns != list(range(1, len(turns) + 1)):
            raise AssertionError(f"prompts and turns of {path} do not match: {turns}")
        said = [(row[1], row[3]) for row in rows if row[2] == "agentMessage"]
        if len(said) != len(set(said)):
            raise AssertionError(f"something is said twice in {path}: {said}")
    return len(paths)

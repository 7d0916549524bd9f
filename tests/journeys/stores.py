"""The program's stores, looked at from outside: how far a task's life has come, and what was kept.

A running program holds its stores for itself alone, so a copy of the file and its log is read.
"""

import contextlib
import json
import os
import select
import shutil
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


def steps(path):
    """A task's steps as {(name, status)}: those of the running workflow, and those its timeline remembers."""
    with reading(path) as store:
        seen = set(store.execute("SELECT name, status FROM workflow_entry").fetchall())
        for name, line in store.execute("SELECT name, line FROM timeline"):
            seen.add((name, json.loads(line).get("status", "running")))
        return seen


def every(data):
    """All stores there are now."""
    return {os.path.join(f, n) for f, _, names in os.walk(os.path.join(data, "actors")) for n in names}


class Killer(threading.Thread):
    """Kills the program as soon as `reached(steps)` says so of a task whose store is not in `known`."""

    def __init__(self, journey, known, reached, limit=30):
        super().__init__(daemon=True)
        self.journey, self.known, self.reached = journey, known, reached
        self.over = time.monotonic() + limit
        self.killed = False
        self.store = None
        self.start()

    def run(self):
        while time.monotonic() < self.over and not self.killed:
            if self.store is None:
                self.store = next(iter(with_table(self.journey.data, "workflow_entry", self.known)), None)
            with contextlib.suppress(sqlite3.Error, FileNotFoundError):
                if self.store is not None and self.reached(steps(self.store)):
                    self.journey.kill()
                    self.killed = True
            select.select([], [], [], 0.001)  # nothing tells of another process's commits

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        """Waits for the kill; what the window could not do any more because of it is no fault."""
        self.join()
        if not self.killed and kind is None:
            raise AssertionError("the moment to kill the program never came")
        return self.killed and kind is not None


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

"""The program's stores, looked at from outside and read only: how far a task's life has come, and what was kept."""

import contextlib
import os
import select
import sqlite3
import time


def reading(path):
    return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0.2))


def with_table(data, table):
    """Every store below the data folder that has a table, oldest first."""
    found = []
    for folder, _, files in os.walk(data):
        for name in files:
            path = os.path.join(folder, name)
            if name.endswith(("-wal", "-shm", "-journal")) or os.path.getsize(path) < 1024:
                continue
            with contextlib.suppress(sqlite3.Error), reading(path) as store:
                if store.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                    found.append(path)
    return sorted(found, key=os.path.getctime)


def entries(path):
    """A task's steps so far as (name, status, attempt), in order."""
    with reading(path) as store:
        return store.execute("SELECT name, status, attempt FROM workflow_entry ORDER BY number").fetchall()


def until(data, known, reached, limit=30):
    """Waits until `reached(steps)` says so of a task whose store is not in `known`; returns the store, or None."""
    over = time.monotonic() + limit
    mine = None
    while time.monotonic() < over:
        if mine is None:
            mine = next((p for p in with_table(data, "workflow_entry") if p not in known), None)
        with contextlib.suppress(sqlite3.Error):
            if mine is not None and reached(entries(mine)):
                return mine
        select.select([], [], [], 0.002)  # nothing tells of another process's commits
    return None


def transcript_is_whole(data):
    """Raises unless every transcript's entries are numbered without a gap and none is there twice."""
    for path in with_table(data, "entry"):
        with reading(path) as store:
            positions = [row[0] for row in store.execute("SELECT position FROM entry ORDER BY position")]
        first = positions[0] if positions else 0
        if positions != list(range(first, first + len(positions))):
            raise AssertionError(f"gaps in the transcript of {path}: {positions}")

"""A repository as large companies have them, and how long a task in it takes, in the real program.

    /usr/bin/python3 -B tests/bench/monorepo.py [--files 100000] [--size 4G] [--keep FOLDER]

FOUNDRY_BUILD_DIR says where the program was built. The content is noise, the worst case for git. Prints seconds and
bytes; the disk needs about three times the size.
"""

import argparse
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "journeys"))


def bytes_of(text):
    unit = {"K": 2**10, "M": 2**20, "G": 2**30}.get(text[-1].upper(), 1)
    return int(float(text.rstrip("kKmMgG")) * unit)


def make(folder, files, size):
    """One commit on main; a hundredth of the files hold half of the bytes, as sources and assets do."""
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    noise = random.Random(7).randbytes(8 * 2**20)
    large = max(1, files // 100)
    small_size, large_size = size // 2 // max(1, files - large), size // 2 // large
    settings = ["-c", "core.compression=0", "-c", "fastimport.unpackLimit=1"]
    importer = subprocess.Popen(["git", *settings, "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    out = importer.stdin
    out.write(b"commit refs/heads/main\ncommitter Ada Example <ada@example.org> 1700000000 +0000\ndata 5\nFirst\n")
    for number in range(files):
        length = large_size if number % 100 == 0 else small_size
        ending = "bin" if number % 100 == 0 else "txt"
        path = f"area{number % 97}/part{number // 97 % 101}/file{number}.{ending}"
        out.write(f"M 100644 inline {path}\ndata {length + 10}\n{number:010d}".encode())
        while length > 0:
            at = (number * 7919 + length) % (len(noise) // 2)
            piece = noise[at : at + min(length, len(noise) // 2)]
            out.write(piece)
            length -= len(piece)
        out.write(b"\n")
    out.write(b"done\n")
    out.close()
    if importer.wait() != 0:
        raise SystemExit("git fast-import failed")
    subprocess.run(["git", "checkout", "-q", "-f", "main"], cwd=folder, check=True)


def disk(folder):
    said = subprocess.run(["du", "-s", "-B1", folder], capture_output=True, text=True, check=True).stdout
    return int(said.split()[0])


def measure(journey, clone):
    import foundry_window as window

    def timed(what, act):
        began = time.monotonic()
        act()
        print(f"{time.monotonic() - began:8.1f} s  {what}", flush=True)

    screen = journey.start()
    timed("open the repository", lambda: window.open_repository(screen, clone))

    def create():
        window.create_task(screen, "Look around\nsay: here I am\nwrite new.txt: hello\n")
        screen.expect(None, "here I am", 3600)

    timed("create a task, to the agent's first words", create)
    timed("first snapshot, to Ready", lambda: window.state(screen, "Ready", 3600))

    def again():
        window.send(screen, "write other.txt: hello\nsay: there I was\n")
        screen.expect(None, "there I was", 3600)
        window.state(screen, "Ready", 3600)

    timed("another turn with its snapshot", again)

    def second():
        window.create_task(screen, "Look again\nsay: I came second\n")
        screen.expect(None, "I came second", 3600)

    timed("a second task, to the agent's first words", second)
    window.state(screen, "Ready", 3600)
    for name in ("repositories", "sandboxes"):
        print(f"{disk(os.path.join(journey.data, name)) / 2**20:8.0f} MB {name}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--size", default="4G")
    parser.add_argument("--keep", help="make the repository here, or take the one that is here")
    arguments = parser.parse_args()
    from journey import Journey

    journey = Journey("monorepo")
    failed = True
    try:
        clone = arguments.keep or os.path.join(journey.folder, "monorepo")
        if not os.path.isdir(os.path.join(clone, ".git")):
            began = time.monotonic()
            make(clone, arguments.files, bytes_of(arguments.size))
            print(f"{time.monotonic() - began:8.1f} s  to make it", flush=True)
        print(f"{disk(clone) / 2**20:8.0f} MB the clone, {arguments.files} files", flush=True)
        measure(journey, clone)
        failed = False
    finally:
        journey.end(failed)


if __name__ == "__main__":
    main()

"""Clones as people have them: with submodules, sparse, with Git LFS. What comes along is said on the task, and work
in a submodule is seen and published."""

import os
import re

import foundry_window as window
from journey import run
from main_job import branches, commits
from screen import LABEL

IN_A_PART = """Change a part
say: I will change the part.
write libs/part/new.txt: hello from the part
write hello.txt: hello
say: Done.
"""


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def work_in_a_submodule(journey):
    part, part_bare = journey.repository("part")
    clone, bare = journey.repository()
    journey.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", part_bare, "libs/part", at=clone)
    journey.git("commit", "-q", "-m", "With a part", at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, IN_A_PART)
    window.state(screen, "Ready", 60)
    with journey.step("the task says that the submodule is there"):
        screen.expect(LABEL, re.compile("Submodule libs/part is checked out"))
        journey.picture("submodule")
    with journey.step("the review shows the file inside"):
        window.see_change(screen, "libs/part/new.txt")
        journey.picture("review")
    with journey.step("published: the part first, to its own remote"):
        window.publish(screen, "Change the part")
        window.state(screen, "Published", 60)
        journey.picture("published")
    (branch,) = branches(journey, bare)
    inside = journey.git("rev-parse", branch, at=part_bare)
    assert journey.git("show", f"{inside}:new.txt", at=part_bare) == "hello from the part"
    assert journey.git("rev-parse", f"{branch}:libs/part", at=bare) == inside
    assert len(commits(journey, bare, branch)) == 2  # the clone's own commit was not pushed before


def a_sparse_clone_with_lfs(journey):
    clone, _ = journey.repository()
    write(clone, "far/away.txt", "far\n")
    write(clone, "near/by.txt", "near\n")
    write(clone, ".gitattributes", "*.png filter=lfs diff=lfs merge=lfs -text\n")
    nobody_has = "version https://git-lfs.github.com/spec/v1\noid sha256:" + 64 * "7" + "\nsize 12345\n"
    write(clone, "near/picture.png", nobody_has)
    journey.git("add", "-A", at=clone)
    journey.git("commit", "-q", "-m", "More", at=clone)
    journey.git("sparse-checkout", "set", "--cone", "near", at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, "Look\nrun: ls\nwrite near/new.txt: hello\nsay: Done.\n")
    window.state(screen, "Ready", 60)
    with journey.step("both are said"):
        screen.expect(LABEL, re.compile("The checkout is sparse, as your clone is"))
        screen.expect(LABEL, re.compile("Some Git LFS files are pointers here: .*failed to fetch"))
        journey.picture("sparse-and-lfs")
    with journey.step("what is left out is not deleted"):
        window.publish(screen, "A file", "Bring into my clone")
        window.state(screen, "Published", 60)
        (branch,) = [b for b in journey.git("branch", "--format=%(refname:short)", at=clone).split() if b != "main"]
        assert journey.git("diff", "--name-status", f"main..{branch}", at=clone) == "A\tnear/new.txt"


def big_files_come_along(journey):
    """Content that Git LFS keeps is there for the agent, and what it changes is published with its content."""
    clone, bare = journey.repository()
    journey.git("lfs", "install", "--local", at=clone)
    write(clone, ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    write(clone, "big.bin", "picture\n" * 40_000)
    journey.git("add", "-A", at=clone)
    journey.git("commit", "-q", "-m", "A picture", at=clone)
    journey.git("push", "-q", "origin", "main", at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(
        screen,
        "Turn the picture\nrun: test $(wc -l <big.bin) = 40000\nrun: yes turned | head -n 30000 >big.bin\nsay: Done.\n",
    )
    window.state(screen, "Ready", 60)
    assert not screen.all(LABEL, re.compile("pointers here")), screen.listing()
    with journey.step("published, with its content"):
        window.publish(screen, "Turn the picture")
        window.state(screen, "Published", 60)
        journey.picture("published")
    (branch,) = branches(journey, bare)
    pointer = journey.git("show", f"{branch}:big.bin", at=bare)
    name = re.search("oid sha256:([0-9a-f]{64})", pointer).group(1)
    with open(os.path.join(bare, "lfs", "objects", name[:2], name[2:4], name), encoding="utf-8") as file:
        assert file.read() == "turned\n" * 30_000


if __name__ == "__main__":
    run(work_in_a_submodule, a_sparse_clone_with_lfs, big_files_come_along)

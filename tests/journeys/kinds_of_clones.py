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
    journey.git("add", "-A", at=clone)
    journey.git("commit", "-q", "-m", "More", at=clone)
    journey.git("sparse-checkout", "set", "--cone", "near", at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, "Look\nrun: ls\nwrite near/new.txt: hello\nsay: Done.\n")
    window.state(screen, "Ready", 60)
    with journey.step("both are said"):
        screen.expect(LABEL, re.compile("The checkout is sparse, as your clone is"))
        screen.expect(LABEL, re.compile("Git LFS files are pointers here"))
        journey.picture("sparse-and-lfs")
    with journey.step("what is left out is not deleted"):
        window.publish(screen, "A file", "Bring into my clone")
        window.state(screen, "Published", 60)
        (branch,) = [b for b in journey.git("branch", "--format=%(refname:short)", at=clone).split() if b != "main"]
        assert journey.git("diff", "--name-status", f"main..{branch}", at=clone) == "A\tnear/new.txt"


if __name__ == "__main__":
    run(work_in_a_submodule, a_sparse_clone_with_lfs)

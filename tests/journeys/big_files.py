"""Git LFS at a server: the content that the clone never had is fetched for the agent, and what the agent makes is there
before the commits that name it; over HTTP with the person's credential helper, and over SSH as forges do it.
"""

import hashlib
import json
import os
import re

import foundry_window as window
from bad_input import sentence
from journey import run
from kinds_of_clones import write
from lfs_server import LfsServer
from main_job import branches
from persons_git import TOKEN, everything_written
from screen import LABEL
from ssh_server import SshServer, make_key

OLD = b"picture\n" * 40_000
NEW = b"turned\n" * 30_000
TURN = """Turn the picture
run: test $(wc -l <big.bin) = 40000
run: yes turned | head -n 30000 >big.bin
say: Done.
"""


def clone_without_content(journey, server, address="", name="shop"):
    """A clone whose big file is a pointer, as GIT_LFS_SKIP_SMUDGE leaves it: only the server has the content."""
    clone, bare = journey.repository(name)
    write(clone, ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    if address:
        write(clone, ".lfsconfig", f"[lfs]\n\turl = {address}\n")
    content = server.keep(OLD)
    write(clone, "big.bin", f"version https://git-lfs.github.com/spec/v1\noid sha256:{content}\nsize {len(OLD)}\n")
    journey.git("add", "-A", at=clone)
    journey.git("commit", "-q", "-m", "A picture", at=clone)
    journey.git("push", "-q", "origin", "main", at=clone)
    return clone, bare


def let_in(journey, server):
    known = os.path.join(journey.folder, "known")
    write(journey.folder, "known", server.address.replace("http://", f"http://ada:{TOKEN}@").rsplit("/", 1)[0] + "\n")
    journey.git("config", "--global", "credential.helper", f"store --file={known}")


def is_published(journey, bare, server):
    (branch,) = branches(journey, bare)
    pointer = journey.git("show", f"{branch}:big.bin", at=bare)
    name = re.search("oid sha256:([0-9a-f]{64})", pointer).group(1)
    assert name == hashlib.sha256(NEW).hexdigest()
    assert server.content(name) == NEW
    assert server.asked.count(f"upload {name}") == 1, server.asked


def lfs_over_http(journey):
    server = LfsServer(journey, TOKEN)
    clone, bare = clone_without_content(journey, server, server.address)
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("nobody knows the password: the task says that it has pointers"):
        window.create_task(screen, "Look\nrun: head -n 1 big.bin\nsay: Done.\n")
        window.state(screen, "Ready", 60)
        screen.expect(LABEL, re.compile("Some Git LFS files are pointers here: "))
        journey.picture("no-password")
    let_in(journey, server)
    with journey.step("the helper knows it: the agent has the content"):
        window.create_task(screen, TURN)
        window.state(screen, "Ready", 60)
        assert not screen.all(LABEL, re.compile("pointers here")), screen.listing()
    with journey.step("published: first the content, then the commit"):
        window.publish(screen, "Turn the picture")
        window.state(screen, "Published", 60)
        journey.picture("published")
    is_published(journey, bare, server)
    with journey.step("the password was kept nowhere"):
        journey.stop()
        left = [path for path, content in everything_written(journey.data) if TOKEN.encode() in content]
        assert not left, f"the password is in {left}"
        assert TOKEN not in journey.output()


def lfs_in_a_submodule(journey):
    """The submodule's own .lfsconfig says where; the repository around it knows nothing of LFS."""
    server = LfsServer(journey, TOKEN)
    _, part_bare = clone_without_content(journey, server, server.address, "part")
    let_in(journey, server)
    clone, bare = journey.repository()
    journey.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", part_bare, "part", at=clone)
    journey.git("commit", "-q", "-m", "With a part", at=clone)
    journey.git("push", "-q", "origin", "main", at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step("the agent has the content of the submodule's file"):
        window.create_task(screen, TURN.replace("big.bin", "part/big.bin"))
        window.state(screen, "Ready", 60)
        screen.expect(LABEL, re.compile("Submodule part is checked out"))
        assert not screen.all(LABEL, re.compile("pointers here")), screen.listing()
    with journey.step("published: content, then the submodule's commit, then the repository's"):
        window.publish(screen, "Turn the picture")
        window.state(screen, "Published", 60)
        journey.picture("published")
    is_published(journey, part_bare, server)
    (branch,) = branches(journey, bare)
    inside = journey.git("rev-parse", branch, at=part_bare)
    assert journey.git("rev-parse", f"{branch}:part", at=bare) == inside


def lfs_over_ssh(journey):
    """The forge's way: `git-lfs-authenticate` at the other end of SSH says where the content is, and lets in."""
    server, ssh = LfsServer(journey, "given for this transfer"), SshServer(journey)
    clone, bare = clone_without_content(journey, server)
    make_key(ssh.path("id"), "")
    ssh.allow(ssh.path("id.pub"))
    ssh.accept_host()
    entry = {"href": server.address, "header": {"Authorization": server.authorization}, "expires_in": 600}
    ssh.offer("git-lfs-authenticate", f"cat <<'END'\n{json.dumps(entry)}\nEND")
    journey.git("remote", "set-url", "origin", ssh.address(bare), at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, TURN)
    window.state(screen, "Ready", 60)
    assert not screen.all(LABEL, re.compile("pointers here")), screen.listing()
    with journey.step("a server that lets nobody in: it is said, and nothing is pushed"):
        allowed, server.authorization = server.authorization, "nobody"
        window.publish(screen, "Turn the picture")
        window.state(screen, "Failed", 60)
        sentence(screen, "did not accept|sign in|password")
        journey.picture("refused")
        assert not branches(journey, bare)
    server.authorization = allowed
    with journey.step("and again, when it does"):
        screen.press("Retry step")
        window.state(screen, "Published", 60)
        journey.picture("published-over-ssh")
    is_published(journey, bare, server)


if __name__ == "__main__":
    run(lfs_over_http, lfs_in_a_submodule, lfs_over_ssh)

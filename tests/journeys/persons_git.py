"""git as people have it: a remote whose password only their credential helper knows, and commits that are signed with
their key. Both stay on the host. The remote is served by lighttpd and git http-backend.
"""

import os
import socket
import subprocess

import foundry_window as window
from bad_input import sentence
from journey import run
from main_job import branches, commits

TOKEN = "correct-horse-battery-staple"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(journey, bare):
    """Serves the bare repository to those who know the token. Returns its address, without it."""
    journey.git("config", "http.receivepack", "true", at=bare)
    port, folder = free_port(), journey.desk.made("server")
    exec_path = journey.git("--exec-path")
    with open(os.path.join(folder, "users"), "w", encoding="utf-8") as file:
        file.write(f"ada:{TOKEN}\n")
    with open(os.path.join(folder, "lighttpd.conf"), "w", encoding="utf-8") as file:
        file.write(
            f"""server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}"
server.errorlog = "{folder}/errors"
server.modules = ("mod_auth", "mod_authn_file", "mod_alias", "mod_cgi", "mod_setenv", "mod_accesslog")
accesslog.filename = "{folder}/asked"
auth.backend = "plain"
auth.backend.plain.userfile = "{folder}/users"
auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
alias.url = ("/" => "{exec_path}/git-http-backend/")
cgi.assign = ("" => "")
setenv.set-environment = ("GIT_PROJECT_ROOT" => "{os.path.dirname(bare)}", "GIT_HTTP_EXPORT_ALL" => "1")
"""
        )
    journey.desk.start(["/usr/sbin/lighttpd", "-D", "-f", os.path.join(folder, "lighttpd.conf")], "lighttpd.log")
    for _ in range(200):
        with socket.socket() as knock:
            knock.settimeout(0.05)
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
    return f"http://127.0.0.1:{port}/{os.path.basename(bare)}"


def everything_written(folder):
    """The contents of all files below a folder, as bytes."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    yield path, file.read()


def pushes_with_the_persons_credential_helper(journey):
    clone, bare = journey.repository()
    address = serve(journey, bare)
    journey.git("remote", "set-url", "origin", address, at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("nobody knows the password: it is said, and nobody is asked behind the window"):
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        sentence(screen, "did not accept|sign in|credential|password")
        journey.picture("no-password")
    known = os.path.join(journey.folder, "known")
    with open(known, "w", encoding="utf-8") as file:
        file.write(address.replace("http://", f"http://ada:{TOKEN}@").rsplit("/", 1)[0] + "\n")
    journey.git("config", "--global", "credential.helper", f"store --file={known}")
    with journey.step("the helper knows it"):
        screen.press("Retry step")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    assert len(commits(journey, bare, branch)) == 1
    with journey.step("it was kept nowhere"):
        journey.stop()
        left = [path for path, content in everything_written(journey.data) if TOKEN.encode() in content]
        assert not left, f"the password is in {left}"
        assert TOKEN not in journey.output()


def signs_with_the_persons_key(journey):
    clone, bare = journey.repository()
    key = os.path.join(journey.desk.made("keys", 0o700), "signing")
    make_key(key, "a passphrase that nobody is there to type")
    for setting in (("gpg.format", "ssh"), ("user.signingKey", key), ("commit.gpgSign", "true")):
        journey.git("config", "--global", *setting)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("a key that is locked, without an agent for it: it is said"):
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        sentence(screen, "could not sign the commit")
        journey.picture("locked-key")
    os.remove(key)
    make_key(key, "")
    with journey.step("a key that can be used"):
        screen.press("Retry step")
        window.state(screen, "Published")
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    with open(key + ".pub", encoding="utf-8") as public, open(key + ".signers", "w", encoding="utf-8") as signers:
        signers.write(f"ada@example.org {public.read()}")
    journey.git("-c", f"gpg.ssh.allowedSignersFile={key}.signers", "verify-commit", commit, at=bare)
    with journey.step("no sandbox holds it"):
        with open(key, "rb") as file:
            secret = file.read().splitlines()[1]
        journey.stop()
        left = [path for path, content in everything_written(journey.data) if secret in content]
        assert not left, f"the key is in {left}"


def make_key(path, passphrase):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", path], check=True)


if __name__ == "__main__":
    run(pushes_with_the_persons_credential_helper, signs_with_the_persons_key)

"""git as people have it: a remote whose password only their credential helper knows, and commits that are signed with
their key, by ssh or gpg, pushed over HTTP or SSH. All of that stays on the host. The remote is served by lighttpd and
git http-backend, or by a real sshd.
"""

import os
import socket
import subprocess

import foundry_window as window
from bad_input import sentence
from journey import run
from main_job import branches, commits
from ssh_server import SshServer, make_key

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


def pushes_over_ssh(journey):
    clone, bare = journey.repository()
    server, passphrase = SshServer(journey), "a passphrase that only the agent is told"
    make_key(server.path("id"), passphrase)
    server.allow(server.path("id.pub"))
    server.start_agent()
    journey.git("remote", "set-url", "origin", server.address(bare), at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("a host that the person never accepted: it is said, and not accepted for them"):
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        sentence(screen, "does not know this host|host key")
        journey.picture("unknown-host")
        assert server.known_hosts() == "", server.known_hosts()
    server.accept_host()
    with journey.step("a key with a passphrase, and an agent that does not hold it: what to do is said"):
        screen.press("Retry step")
        sentence(screen, "ssh-add")  # another one than before: it may fail sooner than anybody could see it try
        window.state(screen, "Failed", 60)
        journey.picture("no-key-in-the-agent")
    server.add_to_agent(server.path("id"), passphrase)
    with journey.step("the agent holds it"):
        screen.press("Retry step")
        window.state(screen, "Published", 60)
        journey.picture("published-over-ssh")
    (branch,) = branches(journey, bare)
    assert len(commits(journey, bare, branch)) == 1
    with open(os.path.join(journey.folder, "sshd.log"), encoding="utf-8") as log:
        assert "Accepted publickey" in log.read(), "it did not go over ssh"
    with journey.step("neither key nor passphrase is kept anywhere, and no sandbox saw the agent"):
        journey.stop()
        with open(server.path("id"), "rb") as file:
            secret = file.read().splitlines()[1]
        for word in (secret, passphrase.encode(), server.path("agent").encode()):
            left = [path for path, content in everything_written(journey.data) if word in content]
            assert not left, f"{word} is in {left}"
        assert passphrase not in journey.output()


def signs_with_gpg(journey):
    clone, bare = journey.repository()
    home, passphrase = journey.desk.made("gnupg", 0o700), "a passphrase that nobody is there to type"
    journey.desk.environment["GNUPGHOME"] = home
    # No window asks here: a pinentry that a person closes, until the key's passphrase is known.
    pinentry = os.path.join(home, "pinentry")
    with open(pinentry, "w", encoding="utf-8") as file:
        file.write(
            "#!/bin/sh\necho OK\nwhile read -r word rest; do case $word in\n"
            'GETPIN) echo "ERR 83886179 Operation cancelled <Pinentry>" ;;\nBYE) echo OK; exit ;;\n*) echo OK ;;\n'
            "esac; done\n"
        )
    os.chmod(pinentry, 0o755)
    with open(os.path.join(home, "gpg-agent.conf"), "w", encoding="utf-8") as file:
        file.write(f"pinentry-program {pinentry}\nallow-preset-passphrase\n")
    who = "Ada Example <ada@example.org>"

    def gpg(*arguments, **more):
        command = ["gpg", "--batch", *arguments]
        more = {"env": journey.desk.environment, "capture_output": True, "text": True} | more
        return subprocess.run(command, check=True, **more).stdout

    gpg("--pinentry-mode", "loopback", "--passphrase", passphrase, "--quick-generate-key", who, "ed25519", "sign")
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=journey.desk.environment, check=True)  # it remembers
    key = next(l.split(":")[9] for l in gpg("--with-colons", "--list-keys").splitlines() if l.startswith("fpr"))
    for setting in (("user.signingKey", key), ("commit.gpgSign", "true")):
        journey.git("config", "--global", *setting)
    screen = journey.start()
    window.open_repository(screen, clone)
    window.create_task(screen, window.SCRIPT)
    window.state(screen, "Ready")
    with journey.step("a key that is locked: it is said as that"):
        window.publish(screen, "A greeting")
        window.state(screen, "Failed", 60)
        sentence(screen, "signing key is locked|could not sign the commit")  # git 2.39 keeps gpg's words to itself
        journey.picture("locked-gpg-key")
    with journey.step("unlocked, as by a person who signs something else"):
        gpg("--pinentry-mode", "loopback", "--passphrase", passphrase, "--detach-sign", "-o", "/dev/null", pinentry)
        screen.press("Retry step")
        window.state(screen, "Published", 60)
    (branch,) = branches(journey, bare)
    (commit,) = commits(journey, bare, branch)
    journey.git("verify-commit", commit, at=bare)
    assert key in journey.git("show", "-s", "--format=%GF", commit, at=bare)
    with journey.step("no sandbox holds it"):
        journey.stop()
        for folder, _, names in os.walk(os.path.join(home, "private-keys-v1.d")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    secret = file.read()
                left = [path for path, content in everything_written(journey.data) if secret in content]
                assert not left, f"the key is in {left}"
        left = [path for path, content in everything_written(journey.data) if passphrase.encode() in content]
        assert not left, f"the passphrase is in {left}"
    subprocess.run(["gpgconf", "--kill", "all"], env=journey.desk.environment, check=True)


if __name__ == "__main__":
    run(pushes_with_the_persons_credential_helper, signs_with_the_persons_key, pushes_over_ssh, signs_with_gpg)

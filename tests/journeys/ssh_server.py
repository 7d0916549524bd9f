"""A real sshd on 127.0.0.1 as an ordinary process: its own host key, one account, no service of the system's.

Its program comes from `./dev` (build/openssh, unpacked and not installed), or from the system where it is there.
"""

import glob
import os
import pwd
import socket
import subprocess
import time


def make_key(path, passphrase):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", path], check=True)


def program():
    unpacked = os.environ.get("FOUNDRY_SSHD_DIR", "")
    for path in (os.path.join(unpacked, "usr/sbin/sshd"), "/usr/sbin/sshd"):
        if os.access(path, os.X_OK):
            return path, glob.glob(os.path.join(unpacked, "*lib*/*-linux-gnu")) + glob.glob(
                os.path.join(unpacked, "usr/lib/*-linux-gnu")
            )
    raise AssertionError("there is no sshd: run ./dev test once, which gets it")


class SshServer:
    """`address(bare)` is what a person would have as their remote; `client` is the configuration of their ssh."""

    def __init__(self, journey):
        self.journey, self.user = journey, pwd.getpwuid(os.getuid()).pw_name
        self.folder = journey.desk.made("sshd", 0o700)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        make_key(self.path("host_key"), "")
        self._write(
            "sshd_config",
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.path('host_key')}\n"
            f"AuthorizedKeysFile {self.path('authorized')}\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nPidFile none\nPermitRootLogin yes\n"
            # SHLVL: else bash reads the account's own .bashrc
            f"SetEnv SHLVL=2 PATH={self.path('programs')}:/usr/bin:/bin\n",
        )
        # Nothing of the computer's own ~/.ssh: ssh looks for that by the account and not by HOME.
        self._write(
            "client_config",
            f"Host *\n  UserKnownHostsFile {self.path('known_hosts')}\n  GlobalKnownHostsFile /dev/null\n"
            f"  IdentityFile {self.path('id')}\n",
        )
        self._write("known_hosts", "")
        self._put_before_path("ssh", f'exec /usr/bin/ssh -F {self.path("client_config")} "$@"')
        binary, libraries = program()
        command = [binary, "-D", "-e", "-f", self.path("sshd_config")]
        if os.getuid() == 0:  # then it wants an account and a folder for the part without rights
            with open("/etc/passwd", encoding="utf-8") as file:
                accounts = [line for line in file if not line.startswith("sshd:")]
            self._write("passwd", "".join(accounts) + "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n")
            place = "--dev-bind / / --tmpfs /run --perms 0755 --dir /run/sshd --die-with-parent"
            command = ["bwrap", *place.split(), "--ro-bind", self.path("passwd"), "/etc/passwd", *command]
        more = {"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {}
        journey.desk.start(command, "sshd.log", env=journey.desk.environment | more)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        raise AssertionError("sshd did not start")

    def path(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def _put_before_path(self, name, body):
        where = os.path.join(self.journey.desk.made("bin"), name)
        with open(where, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{body}\n")
        os.chmod(where, 0o755)
        environment = self.journey.desk.environment
        environment["PATH"] = os.path.dirname(where) + ":" + environment["PATH"]

    def address(self, bare):
        return f"ssh://{self.user}@127.0.0.1:{self.port}{bare}"

    def offer(self, name, body):
        """A program at this end of the connection, for those who come in."""
        os.makedirs(self.path("programs"), exist_ok=True)
        self._write(os.path.join("programs", name), f"#!/bin/sh\n{body}\n")
        os.chmod(self.path(os.path.join("programs", name)), 0o755)

    def allow(self, public_key):
        with open(public_key, encoding="utf-8") as file:
            self._write("authorized", file.read())

    def known_hosts(self):
        with open(self.path("known_hosts"), encoding="utf-8") as file:
            return file.read()

    def accept_host(self):
        """What a person does who compared the fingerprint."""
        with open(self.path("host_key.pub"), encoding="utf-8") as file:
            self._write("known_hosts", f"[127.0.0.1]:{self.port} {file.read()}")

    def start_agent(self):
        """The person's ssh-agent, without a key yet. Before the program starts, which learns of it from its environment."""
        socket_path = self.path("agent")
        agent = self.journey.desk.start(["ssh-agent", "-D", "-a", socket_path], "ssh-agent.log")
        self.journey.desk.environment["SSH_AUTH_SOCK"] = socket_path
        def listens():
            with socket.socket(socket.AF_UNIX) as knock:
                return knock.connect_ex(socket_path) == 0

        while not listens():  # a journey has a time limit
            assert agent.poll() is None, "ssh-agent ended"

    def add_to_agent(self, key, passphrase):
        self._put_before_path("say-passphrase", f"echo '{passphrase}'")
        more = {"SSH_ASKPASS": self.path("../bin/say-passphrase"), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
        subprocess.run(
            ["ssh-add", "-q", key], env=self.journey.desk.environment | more, stdin=subprocess.DEVNULL, check=True
        )

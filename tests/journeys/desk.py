"""A desk for one program: a display, a session bus, a keychain and the accessibility bus, all private, gone afterwards.

Every process started here, and whatever they start, ends with `Desk.clear()`, or with this process: children that lose
their parent come to us (we are their subreaper), and direct children get a signal when we die.
"""

import ctypes
import os
import select
import signal
import subprocess
import time

_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def die_with_parent():
    """Called in a child before it becomes another program."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def descendants(of):
    """The processes below one, nearest first."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parents.setdefault(int(file.read().rsplit(")", 1)[1].split()[1]), []).append(int(entry))
            except OSError:
                pass
    found, open_ = [], [of]
    while open_:
        children = parents.get(open_.pop(0), [])
        found += children
        open_ += children
    return found


class Desk:
    """Start with `Desk(folder)`, where `folder` is a private place for sockets, logs and the frame buffer."""

    SIZE = (1280, 800)  # the size of the window at its first start

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": self.made("home"),
            "XDG_RUNTIME_DIR": self.made("run", 0o700),
            "XDG_DATA_HOME": self.made("home/.local/share"),
            "XDG_CONFIG_HOME": self.made("home/.config"),
            "XDG_CACHE_HOME": self.made("home/.cache"),
            "QT_QPA_PLATFORM": "xcb",
            "QT_QUICK_BACKEND": "software",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_MESSAGE_PATTERN": "%{type}: %{category}: %{message}",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GTK_A11Y": "none",
        }
        self._start_display()
        self._start_buses()

    def made(self, name, mode=0o755):
        path = os.path.join(self.folder, name)
        os.makedirs(path, mode=mode, exist_ok=True)
        return path

    def start(self, arguments, log, **more):
        """Starts a process whose output goes to the file `log` in the desk's folder; ends with the desk."""
        with open(os.path.join(self.folder, log), "ab") as output:
            more.setdefault("stdin", subprocess.DEVNULL)
            more.setdefault("stdout", output)
            more.setdefault("env", self.environment)
            process = subprocess.Popen(
                arguments, stderr=output, preexec_fn=die_with_parent, cwd=self.folder, **more
            )
        self.processes.append(process)
        return process

    def _start_display(self):
        read, write = os.pipe()
        buffer = self.made("frame-buffer")
        width, height = self.SIZE
        display = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-fbdir", buffer]
        self.start(display + ["-nolisten", "tcp", "-noreset"], "xvfb.log", pass_fds=[write])
        os.close(write)
        self.environment["DISPLAY"] = ":" + self._line(read, 20, "Xvfb named no display")
        os.close(read)
        self.frame_buffer = os.path.join(buffer, "Xvfb_screen0")

    def without_keyring(self):
        """Before anything else is started: the session anew, without a Secret Service and one that could be started."""
        config = os.path.join(self.folder, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                f'<busconfig><type>session</type><listen>unix:dir={self.folder}</listen><policy context="default">'
                '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>'
                "</busconfig>"
            )
        display, *others = self.processes
        for process in reversed(others):
            process.terminate()
            process.wait(timeout=5)
        self.processes = [display]
        self._start_bus(f"--config-file={config}")
        self._start_accessibility()

    def _start_buses(self):
        self._start_bus("--session")
        keys = self.start(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            "keyring.log",
            stdin=subprocess.PIPE,
        )
        keys.stdin.write(b"journey")
        keys.stdin.close()
        self._start_accessibility()

    def _start_bus(self, kind):
        command = ["dbus-daemon", kind, "--nofork", "--nopidfile", "--print-address=1"]
        bus = self.start(command, "bus.log", stdout=subprocess.PIPE)
        address = self._line(bus.stdout.fileno(), 20, "the session bus gave no address")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def _start_accessibility(self):
        self.start(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"], "at-spi.log")

    @staticmethod
    def _line(descriptor, limit, otherwise):
        text, until = b"", time.monotonic() + limit
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([descriptor], [], [], max(0, until - time.monotonic()))
            more = os.read(descriptor, 1024) if ready else b""
            if not more:
                raise RuntimeError(otherwise)
            text += more
        return text.decode().strip()

    def clear(self):
        """Ends every process of the desk, whoever started it. Returns those that had outlived their parent."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for _ in range(50):  # each round may bring up children that have just lost their parent
            left = descendants(os.getpid())
            if not left:
                break
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                while os.waitpid(-1, 0)[0]:
                    pass
            except ChildProcessError:
                pass

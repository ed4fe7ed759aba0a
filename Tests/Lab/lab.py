"""A throw-away systemd for tests: the script `lab` beside this file, and what the tests do inside it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import socket
import subprocess
import time
from pathlib import Path

SCRIPT = Path(__file__).with_name("lab")


def why_not() -> str | None:
    """Why this machine cannot run the lab, or None if it can."""
    if os.geteuid() != 0:
        return "the lab needs root"
    for program in ("unshare", "nsenter", "ip", "/lib/systemd/systemd", "dpkg"):
        if subprocess.run(["which", program], capture_output=True).returncode != 0:
            return f"the lab needs {program}"
    return None


def wait_for(condition, what: str, within: float = 20):
    """The first true value of `condition()`, asked again and again. Fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.01)


class Lab:
    """One booted systemd. `with Lab(...) as lab:` takes it down again."""

    def __init__(self, directory: Path, root: str = "/", bind: list[str] | None = None):
        self.environment = dict(os.environ, LAB=str(directory), LAB_ROOT=root, LAB_BIND=" ".join(bind or []))

    def __enter__(self) -> Lab:
        self._script("up")
        self.pid = int(self._script("pid"))
        return self

    def __exit__(self, *_) -> None:
        self._script("down")

    def _script(self, *arguments: str) -> str:
        result = subprocess.run(
            [SCRIPT, *arguments], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert result.returncode == 0, f"lab {arguments}: {result.stderr}"
        return result.stdout

    # Commands

    def run(self, *command: str, check: bool = True, input: str | None = None, timeout: float = 120):
        """Runs a command inside, and returns what subprocess.run does."""
        result = subprocess.run(
            [SCRIPT, "exec", *command], env=self.environment, capture_output=True, text=True, timeout=timeout, input=input
        )
        if check:
            assert result.returncode == 0, f"{command} ended with {result.returncode}: {result.stdout}{result.stderr}"
        return result

    def out(self, *command: str, **options) -> str:
        return self.run(*command, **options).stdout.strip()

    def start(self, *command: str, **options) -> subprocess.Popen:
        """Starts a command inside and does not wait for it."""
        return subprocess.Popen([SCRIPT, "exec", *command], env=self.environment, text=True, **options)

    def path(self, path: str) -> Path:
        """A file of the lab, as seen from outside."""
        return Path(f"/proc/{self.pid}/root{path}")

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        self.run("mkdir", "-p", str(Path(path).parent))
        self.path(path).write_text(text)
        self.path(path).chmod(mode)

    # systemd

    def systemctl(self, *arguments: str, **options):
        return self.run("systemctl", *arguments, **options)

    def show(self, unit: str, name: str) -> str:
        return self.out("systemctl", "show", "-P", name, unit)

    def drop_in(self, unit: str, text: str) -> None:
        self.write(f"/etc/systemd/system/{unit}.d/test.conf", text)
        self.systemctl("daemon-reload")

    def journal(self, *matches: str) -> list[dict]:
        """The journal's entries that match, oldest first."""
        self.run("journalctl", "--sync")
        lines = self.out("journalctl", "-o", "json", "--all", *matches, check=False).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    # The network of the lab

    @contextlib.contextmanager
    def network(self):
        """This thread makes its sockets on the lab's loopback; files and processes stay where they are."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        other = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            _setns(other)
            yield
        finally:
            _setns(own)
            os.close(own)
            os.close(other)

    def get(self, path: str = "/healthz", port: int = 8888, timeout: float = 30) -> bytes:
        """The whole answer to a GET, after which the hub closes the connection."""
        with self.network(), socket.create_connection(("127.0.0.1", port), timeout) as connection:
            return ask(connection, path)


def ask(connection: socket.socket, path: str = "/healthz") -> bytes:
    """Sends a GET, and returns the whole answer."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _setns(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")

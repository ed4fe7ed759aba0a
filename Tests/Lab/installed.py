"""A hub that was installed from the package into a lab."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from hub import Publisher, Stream, make_token
from lab import Lab, wait_for

SERVICE = "pushhubd.service"
SOCKETS = ("pushhubd-http.socket", "pushhubd-publish.socket")
KEY = "/etc/pushhub/jwt-key"


class Installed:
    def __init__(self, lab: Lab):
        self.lab = lab
        self.configuration = lab.path("/etc/pushhub/pushhubd.yaml").read_text()

    def reset(self) -> None:
        """Takes back what a test changed, and waits until the hub serves."""
        self.lab.systemctl("stop", "trial.socket", "trial.service", check=False)
        self.lab.run("sh", "-c", "rm -rf /etc/systemd/system/pushhubd*.d /etc/systemd/system/trial*")
        self.lab.write("/etc/pushhub/pushhubd.yaml", self.configuration)
        self.lab.systemctl("daemon-reload")
        self.lab.systemctl("stop", SERVICE, *SOCKETS)
        self.lab.systemctl("reset-failed")
        self.lab.systemctl("start", *SOCKETS, SERVICE)

    def configure(self, text: str) -> None:
        self.lab.write("/etc/pushhub/pushhubd.yaml", text)

    def stop(self) -> None:
        self.lab.systemctl("stop", SERVICE)

    # State

    def show(self, name: str) -> str:
        return self.lab.show(SERVICE, name)

    @property
    def inner_pid(self) -> int:
        """The hub's process id inside the lab, 0 if it does not run."""
        return int(self.show("MainPID"))

    @property
    def pid(self) -> int:
        """The hub's process id as this process sees it."""
        inner = self.inner_pid
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                for line in status.read_text().splitlines():
                    if line.startswith("NSpid:"):
                        ids = line.split()[1:]
                        same = os.readlink(status.parent / "ns/pid") == os.readlink(f"/proc/{self.lab.pid}/ns/pid")
                        if same and ids[-1] == str(inner):
                            return int(ids[0])
        raise AssertionError(f"no process {inner} in the lab")

    def wait_for_status(self, text: str) -> None:
        wait_for(lambda: text in self.show("StatusText"), f"{text!r} in the status line")

    def wait_for_new_process(self, old: int, within: float = 20) -> None:
        wait_for(
            lambda: self.inner_pid not in (0, old) and self.show("ActiveState") == "active", "a new process", within
        )

    # The journal

    def journal(self, *matches: str) -> list[dict]:
        return self.lab.journal(f"_SYSTEMD_UNIT={SERVICE}", *matches)

    def wait_for_entry(self, *matches: str, count: int = 1) -> dict:
        return wait_for(lambda: self.journal(*matches)[count - 1 :], f"an entry with {matches}")[0]

    # Clients

    @property
    def secret(self) -> bytes:
        return self.lab.path(KEY).read_bytes().removesuffix(b"\n")

    def token(self, user: str, scopes: str = "", secret: bytes | None = None) -> str:
        return make_token({"sub": user, "scope": scopes, "exp": time.time() + 3600}, secret or self.secret)

    def subscribe(self, user: str = "42", last_event_id: str | None = None, port: int = 8888, token: str | None = None):
        with self.lab.network():
            return Stream(port, token or self.token(user), last_event_id)

    def publisher(self) -> Publisher:
        return Publisher(f"/proc/{self.lab.pid}/root/run/pushhub/publish.sock")

    def command(self, line: str) -> str:
        with self.publisher() as publisher:
            return publisher.command(line)

"""A part of the hub that hangs."""

import contextlib
import ctypes
import os
import signal
import threading
import time
from pathlib import Path

from installed import SERVICE
from lab import wait_for

PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)


class Stopped:
    """Holds one thread of a process still, as a debugger does, while the others run. A tracer is a thread: so is this."""

    def __init__(self, thread: int):
        self.thread, self.failure = thread, None
        self.is_held, self.release = threading.Event(), threading.Event()
        self.tracer = threading.Thread(target=self._hold, daemon=True)

    def _hold(self):
        for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
            if _ptrace(request, self.thread, None, None) != 0:
                self.failure = OSError(ctypes.get_errno(), "ptrace")
        self.is_held.set()
        # A thread that is killed is gone only when its tracer has taken note of that.
        while not self.release.wait(0.01):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.thread, os.WNOHANG | WALL)

    def __enter__(self):
        self.tracer.start()
        assert self.is_held.wait(10)
        if self.failure:
            raise self.failure
        return self

    def __exit__(self, *_):
        self.release.set()
        self.tracer.join()


def threads(pid: int, name: str) -> list[int]:
    return [
        int(task.name) for task in Path(f"/proc/{pid}/task").iterdir() if (task / "comm").read_text().startswith(name)
    ]


WATCHED = "[Service]\nWatchdogSec=2s\nTimeoutAbortSec=1s\n"


def test_hanging_shard_is_replaced(hub):
    """Within WatchdogSec= and a half; the other shards go on and do not feed the watchdog for it."""
    hub.lab.drop_in(SERVICE, WATCHED)
    hub.lab.systemctl("restart", SERVICE)
    old, pid = hub.inner_pid, hub.pid
    loops = threads(pid, "shard")
    assert loops, [(t.name, (t / "comm").read_text()) for t in Path(f"/proc/{pid}/task").iterdir()]
    began = time.monotonic()
    with Stopped(loops[0]):
        wait_for(lambda: not Path(f"/proc/{pid}/task").exists() or hub.inner_pid != old, "its end")
        killed = time.monotonic() - began
    hub.wait_for_new_process(old)
    replaced = time.monotonic() - began
    print(f"killed after {killed:.2f} s, replaced after {replaced:.2f} s")
    assert replaced <= 2 * 1.5 + 1
    assert "watchdog" in "\n".join(e["MESSAGE"] for e in hub.lab.journal(f"UNIT={SERVICE}", "_PID=1")).lower()
    with hub.subscribe() as stream:
        stream.opened()


def test_hub_that_is_well_is_left_alone(hub):
    hub.lab.drop_in(SERVICE, "[Service]\nWatchdogSec=1s\n")
    hub.lab.systemctl("restart", SERVICE)
    old = hub.inner_pid
    end = time.monotonic() + 4
    while time.monotonic() < end:
        hub.lab.systemctl("reload", SERVICE)
        assert hub.command("PUSH * notice {}").startswith("OK ")
    assert (hub.inner_pid, hub.show("NRestarts")) == (old, "0")


def test_stopped_process_is_replaced(hub):
    hub.lab.drop_in(SERVICE, WATCHED)
    hub.lab.systemctl("restart", SERVICE)
    old = hub.inner_pid
    os.kill(hub.pid, signal.SIGSTOP)
    hub.wait_for_new_process(old)
    assert hub.command("PING") == "OK pong"

"""A hub that reaches the memory limit of its unit."""

import contextlib

import pytest
from installed import SERVICE
from lab import wait_for

MIB = 1 << 20


def test_at_the_memory_limit_the_hub_is_started_anew_and_clients_are_told(hub):
    """Lost: history, and what was on its way; every client that returns is told `gap`. The sockets stay, so whoever
    connects meanwhile waits and is served."""
    hub.configure("history:\n  max-bytes: 2GiB\n  max-events: 1000000\n")
    hub.lab.drop_in(SERVICE, "[Service]\nMemoryMax=96M\nMemorySwapMax=0\n")
    hub.lab.systemctl("restart", SERVICE)
    old = hub.inner_pid
    ids = []
    with hub.subscribe("42") as stream, hub.publisher() as publisher:
        stream.opened()
        with contextlib.suppress(OSError, EOFError):
            while len(ids) < 400:
                # Each is kept in history, which may grow beyond what the unit may use.
                ids.append(publisher.command(f'PUSH user:{len(ids)} n "{"x" * 900_000}"').split()[1])
        if len(ids) == 400:
            pytest.skip("this machine's systemd does not hold units to MemoryMax=")
        assert len(ids) * 900_000 < 128 * MIB
        position = stream.last_id
    hub.wait_for_new_process(old)
    assert int(hub.show("NRestarts")) >= 1
    assert hub.command("PING") == "OK pong"
    assert hub.command("PUSH user:42 n 1").split()[1] not in ids
    with hub.subscribe("42", last_event_id=position) as stream:
        assert stream.opened()["replay"] == "gap"
        # What the new process took before this client came back.
        assert [event.data for event in stream.owed()[0]] == [1]
        hub.command("PUSH user:42 n 2")
        assert stream.next().data == 2

    def reasons():
        return " ".join(entry["MESSAGE"] for entry in hub.lab.journal(f"UNIT={SERVICE}", "_PID=1"))

    # With cgroups of version 1 systemd sees the kill, not its reason.
    wait_for(lambda: "oom-kill" in reasons() or "status=9/KILL" in reasons(), "the reason")

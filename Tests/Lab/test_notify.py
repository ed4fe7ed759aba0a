"""What the hub tells systemd."""

import errno
import re
import socket
import time

from installed import SERVICE
from lab import wait_for


def test_start_returns_when_the_hub_serves(hub):
    for _ in range(5):
        hub.stop()
        hub.lab.systemctl("stop", "pushhubd-http.socket", "pushhubd-publish.socket")
        hub.lab.systemctl("start", SERVICE)
        assert hub.lab.get("/healthz").startswith(b"HTTP/1.1 200")
        assert hub.command("PING") == "OK pong"


def test_status_counts_what_is_there(hub):
    hub.wait_for_status("0 connections, 0 users, 0 events/s")
    streams = [hub.subscribe(user) for user in ("1", "2", "2")]
    hub.wait_for_status("3 connections, 2 users, 0 events/s")
    streams[0].close()
    hub.wait_for_status("2 connections, 1 user, 0 events/s")
    with hub.publisher() as publisher:

        def rate():
            assert publisher.command("PUSH * notice {}").startswith("OK ")
            return not re.search(r", 0 events/s", hub.show("StatusText"))

        wait_for(rate, "a rate of events in the status line")
    for stream in streams[1:]:
        stream.close()
    hub.wait_for_status("0 connections, 0 users, 0 events/s")


def test_status_changes_at_most_every_few_seconds(hub):
    hub.wait_for_status("0 connections")
    changes, last, end = 0, hub.show("StatusText"), time.monotonic() + 7
    while time.monotonic() < end:
        hub.command("PUSH * notice {}")
        if (now := hub.show("StatusText")) != last:
            changes, last = changes + 1, now
    assert 1 <= changes <= 3


def test_stop_is_announced_and_orderly(hub):
    with hub.subscribe() as stream:
        stream.opened()
        hub.stop()
        assert stream.next_of("close").data["reason"] == "shutdown"
        assert stream.rest() == []
    assert (hub.show("Result"), hub.show("ExecMainStatus")) == ("success", "0")
    assert hub.wait_for_entry("PUSHHUB_KIND=hub-stopping")


def test_reload_returns_when_it_is_done(hub):
    """Without the command that announces the reload first, some of a hundred return too soon."""
    done = len(hub.journal("PUSHHUB_KIND=configuration-reloaded"))
    pid = hub.inner_pid
    with hub.subscribe() as stream:
        stream.opened()
        for count in range(1, 101):
            hub.lab.systemctl("reload", SERVICE)
            assert hub.show("ActiveState") == "active"
            assert len(hub.journal("PUSHHUB_KIND=configuration-reloaded")) == done + count
        assert hub.command("PUSH user:42 notice {}").endswith(" 1")
        assert stream.next().type == "notice"
    assert hub.inner_pid == pid
    assert hub.show("NRestarts") == "0"


def test_reload_shows_the_new_configuration_at_once(hub):
    for level in ("debug", "info") * 5:
        hub.configure(f"log:\n  level: {level}\n")
        before = len(hub.journal("PRIORITY=7"))
        hub.lab.systemctl("reload", SERVICE)
        hub.command("PING")
        # At debug, publishers are named in the log; at info they are not.
        if level == "debug":
            wait_for(lambda: len(hub.journal("PRIORITY=7")) > before, "debugging entries")
    assert hub.show("ActiveState") == "active"


def test_bad_configuration_changes_nothing(hub):
    pid = hub.inner_pid
    with hub.subscribe() as stream:
        stream.opened()
        hub.configure("stream:\n  heartbeat-interval: soon\n")
        assert hub.lab.systemctl("reload", SERVICE, check=False).returncode != 0
        entry = hub.wait_for_entry("PUSHHUB_KIND=configuration-refused")
        assert "heartbeat-interval" in entry["MESSAGE"] and "/etc/pushhub/pushhubd.yaml" in entry["MESSAGE"]
        assert hub.command("PUSH user:42 notice {}").endswith(" 1")
        assert stream.next().type == "notice"
    assert (hub.inner_pid, hub.show("ActiveState")) == (pid, "active")
    hub.configure(hub.configuration)
    hub.lab.systemctl("reload", SERVICE)


def test_each_reload_has_the_verdict_on_what_is_there_then(hub):
    for _ in range(20):
        hub.configure("nonsense: 1\n")
        assert hub.lab.systemctl("reload", SERVICE, check=False).returncode != 0
        assert hub.show("ActiveState") == "active"
        hub.configure("log:\n  level: debug\n")
        hub.lab.systemctl("reload", SERVICE)
    assert hub.lab.out("ls", "/run/pushhubd") == "jwt-key"


def test_reload_of_a_hub_that_hangs_or_ends_fails(hub):
    """Within the unit's time."""
    hub.lab.drop_in(SERVICE, "[Service]\nTimeoutStartSec=3s\nRestart=no\nWatchdogSec=0\n")
    hub.lab.systemctl("restart", SERVICE)
    hub.lab.systemctl("kill", "--signal=STOP", "--kill-whom=main", SERVICE)
    assert hub.lab.systemctl("reload", SERVICE, check=False).returncode != 0
    reload = hub.lab.start("systemctl", "reload", SERVICE)
    hub.lab.systemctl("kill", "--signal=KILL", "--kill-whom=main", SERVICE)
    assert reload.wait(20) != 0


def test_hub_that_cannot_start_says_why_and_comes_back(hub):
    """The sockets stay; the client that waited is served when the mistake is mended."""
    hub.stop()
    hub.configure("stream:\n  heartbeat-interval: soon\n")
    hub.lab.systemctl("start", "--no-block", SERVICE)
    wait_for(lambda: int(hub.show("NRestarts")) >= 3, "three attempts")
    assert any("heartbeat-interval" in entry["MESSAGE"] for entry in hub.journal("PUSHHUB_KIND=hub-failed"))
    for unit in ("pushhubd-http.socket", "pushhubd-publish.socket"):
        assert hub.lab.show(unit, "ActiveState") == "active"
    hub.configure(hub.configuration)
    assert hub.lab.get("/healthz").startswith(b"HTTP/1.1 200")


def test_socket_that_is_taken_is_told_with_its_errno(hub):
    """Without activation the hub opens its own, and here it cannot."""
    hub.stop()
    hub.lab.systemctl("stop", "pushhubd-http.socket", "pushhubd-publish.socket")
    hub.lab.write(
        "/etc/systemd/system/trial.service",
        "[Service]\nType=notify\nLoadCredential=jwt-key:/etc/pushhub/jwt-key\nRuntimeDirectory=trial\n"
        "ExecStart=/usr/bin/pushhubd --http-listen=127.0.0.1:8891 --publish-socket=/run/trial/publish.sock\n",
    )
    hub.lab.systemctl("daemon-reload")
    with hub.lab.network(), socket.create_server(("127.0.0.1", 8891)):
        assert hub.lab.systemctl("start", "trial.service", check=False).returncode != 0
    assert hub.lab.show("trial.service", "StatusErrno") == str(errno.EADDRINUSE)
    assert "127.0.0.1:8891" in hub.lab.show("trial.service", "StatusText")

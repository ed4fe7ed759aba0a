"""Sockets that systemd opens, and that outlive the hub."""

import socket
import threading

import pytest
from installed import SERVICE
from lab import ask, wait_for


@pytest.mark.parametrize("way", ["http", "publish", "by hand"])
def test_however_it_is_started_it_gets_both_sockets(hub, way):
    hub.stop()
    assert hub.show("ActiveState") == "inactive"
    if way == "http":
        assert hub.lab.get("/healthz").startswith(b"HTTP/1.1 200")
    elif way == "publish":
        assert hub.command("PING") == "OK pong"
    else:
        hub.lab.systemctl("start", SERVICE)
    assert hub.show("ActiveState") == "active"
    with hub.subscribe() as stream:
        stream.opened()
        assert hub.command("PUSH user:42 notice {}").endswith(" 1")
        assert stream.next().type == "notice"


def test_several_http_sockets_serve(hub):
    hub.stop()
    hub.lab.systemctl("stop", "pushhubd-http.socket")
    hub.lab.drop_in("pushhubd-http.socket", "[Socket]\nListenStream=127.0.0.1:8889\nListenStream=[::1]:8888\n")
    hub.lab.systemctl("start", "pushhubd-http.socket")
    for port in (8888, 8889):
        with hub.subscribe(port=port) as stream:
            stream.opened()
    with hub.lab.network(), socket.create_connection(("::1", 8888), 20) as connection:
        assert ask(connection).startswith(b"HTTP/1.1 200")


def test_hub_may_open_its_own_sockets_instead(hub):
    """As the operations guide has it."""
    hub.stop()
    hub.lab.systemctl("mask", "--now", "pushhubd-http.socket", "pushhubd-publish.socket")
    try:
        hub.lab.drop_in(
            SERVICE,
            "[Service]\nPrivateNetwork=no\nRestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\nIPAddressDeny=\n"
            "RuntimeDirectory=pushhubd pushhub\nRuntimeDirectoryMode=0755\nGroup=pushhub\n",
        )
        hub.configure("http:\n  listen: 127.0.0.1:8895\n")
        hub.lab.systemctl("start", SERVICE)
        hub.wait_for_status("127.0.0.1:8895")
        with hub.subscribe(port=8895) as stream:
            stream.opened()
            assert hub.command("PUSH user:42 notice {}").endswith(" 1")
            assert stream.next().type == "notice"
        assert hub.lab.out("stat", "-c", "%G %a", "/run/pushhub/publish.sock") == "pushhub 660"
        hub.stop()
    finally:
        hub.lab.systemctl("unmask", "pushhubd-http.socket", "pushhubd-publish.socket")


@pytest.mark.parametrize(
    "name, listen, complaint",
    [
        ("publish", "ListenStream=127.0.0.1:8890", "must be a listening Unix stream socket"),
        ("http", "ListenStream=/run/trial.sock", "must be a listening TCP socket"),
        ("http", "ListenDatagram=127.0.0.1:8890", "must be a listening TCP socket"),
        ("trial", "ListenStream=127.0.0.1:8890", "named “trial”"),
        (None, "ListenStream=127.0.0.1:8890", "named “trial.socket”"),
    ],
)
def test_wrong_socket_is_a_clear_error(hub, name, listen, complaint):
    hub.stop()
    named = f"FileDescriptorName={name}\n" if name else ""
    hub.lab.write("/etc/systemd/system/trial.socket", f"[Socket]\n{listen}\n{named}Service={SERVICE}\n")
    hub.lab.drop_in(SERVICE, "[Service]\nSockets=\nSockets=trial.socket\nRestart=no\n")
    hub.lab.systemctl("start", "trial.socket")
    assert hub.lab.systemctl("start", SERVICE, check=False).returncode != 0
    assert (hub.show("ExecMainStatus"), hub.show("Result")) == ("78", "exit-code")
    invocation = hub.show("InvocationID")
    entries = hub.journal("PRIORITY=2", f"_SYSTEMD_INVOCATION_ID={invocation}")
    assert any(complaint in entry["MESSAGE"] for entry in entries), entries
    assert complaint in hub.show("StatusText")


@pytest.mark.parametrize("end", ["restart", "crash"])
def test_thousand_connects_while_the_hub_is_replaced(hub, end):
    """None is refused, each is answered. A thousand, and as many more as it takes until the new hub serves."""
    old = hub.inner_pid
    began, replaced = threading.Event(), threading.Event()
    answered, failures = [], []

    def connect():
        number = 0
        while number < 1000 or not replaced.is_set():
            number += 1
            try:
                with socket.create_connection(("127.0.0.1", 8888), 30) as connection:
                    answer = ask(connection)
                # 503 is what a hub says that is stopping.
                (answered if answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")) else failures).append((number, answer))
            except OSError as error:
                failures.append((number, error))
            if number == 100:
                began.set()

    def connect_inside():
        with hub.lab.network():
            connect()

    clients = threading.Thread(target=connect_inside)
    clients.start()
    try:
        assert began.wait(30)
        if end == "restart":
            hub.lab.systemctl("restart", SERVICE)
        else:
            hub.lab.systemctl("kill", "--signal=SEGV", "--kill-whom=main", SERVICE)
        hub.wait_for_new_process(old)
    finally:
        replaced.set()
        clients.join(120)
    print(f"{len(answered)} answered, not answered: {failures}")
    assert not [error for _, error in failures if isinstance(error, ConnectionRefusedError)]
    # A crash takes along the one request that is just being served, if there is one.
    assert len(failures) <= (1 if end == "crash" else 0)
    assert len(answered) >= 999


def test_client_that_connects_between_two_processes_waits(hub):
    """The crash leaves RestartSec= in which nobody accepts."""
    hub.lab.drop_in(SERVICE, "[Service]\nRestartSec=1s\n")
    old = hub.inner_pid
    hub.lab.systemctl("kill", "--signal=KILL", "--kill-whom=main", SERVICE)
    wait_for(lambda: hub.show("SubState") == "auto-restart", "the pause before the restart")
    with hub.subscribe() as stream:
        assert stream.opened()["replay"] == "none"
    assert hub.inner_pid not in (0, old)


def test_publish_socket_that_was_removed_is_told_and_comes_back(hub):
    """As the operations guide has it."""
    hub.lab.run("rm", "/run/pushhub/publish.sock")
    hub.wait_for_entry("PUSHHUB_KIND=publish-socket-gone")
    hub.wait_for_status("publishers cannot connect: /run/pushhub/publish.sock is gone")
    assert hub.lab.get("/healthz").startswith(b"HTTP/1.1 200")
    hub.lab.systemctl("stop", SERVICE, "pushhubd-publish.socket")
    hub.lab.systemctl("start", SERVICE)
    assert hub.command("PING") == "OK pong"
    hub.wait_for_status("0 connections, 0 users")
    assert "cannot connect" not in hub.show("StatusText")


def test_hub_that_starts_with_its_first_client(hub):
    """As the operations guide has it."""
    try:
        hub.lab.systemctl("disable", "--now", SERVICE)
        for unit in ("pushhubd-http.socket", "pushhubd-publish.socket"):
            assert hub.lab.out("systemctl", "is-enabled", unit) == "enabled"
            assert hub.lab.show(unit, "ActiveState") == "active"
        assert hub.show("ActiveState") == "inactive"
        assert hub.lab.get("/healthz").startswith(b"HTTP/1.1 200")
    finally:
        hub.lab.systemctl("enable", SERVICE)


def test_crash_is_over_at_once(hub):
    """Swift's own report of it would take most of a minute, and write the hub's memory into the journal."""
    assert "SWIFT_BACKTRACE" not in hub.show("Environment")
    old = hub.inner_pid
    hub.lab.systemctl("kill", "--signal=SEGV", "--kill-whom=main", SERVICE)
    hub.wait_for_new_process(old, within=5)
    messages = [entry["MESSAGE"] for entry in hub.journal(f"_PID={old}")]
    assert messages and not any("Crash" in message or "Registers" in message for message in messages)


@pytest.mark.parametrize("drop_in", ["StateDirectory=pushhub another", "ReadOnlyPaths=/var/lib/private/pushhub"])
def test_state_directory_of_any_kind_is_no_reason_not_to_start(hub, drop_in):
    hub.lab.drop_in(SERVICE, f"[Service]\n{drop_in}\n")
    hub.lab.systemctl("restart", SERVICE)
    assert hub.command("PUSH * notice {}").startswith("OK ")
    told = hub.journal("PUSHHUB_KIND=state-not-kept", f"_SYSTEMD_INVOCATION_ID={hub.show('InvocationID')}")
    assert len(told) == (0 if drop_in.startswith("StateDirectory") else 1)
    assert all(entry["PRIORITY"] == "3" for entry in told)


def test_stream_resumes_after_a_restart(hub):
    with hub.subscribe() as stream:
        stream.opened()
        position = stream.last_id
        hub.lab.systemctl("restart", SERVICE)
        assert stream.next_of("close").data == {"reason": "shutdown", "reconnect": True}
    with hub.subscribe(last_event_id=position) as stream:
        assert stream.opened()["replay"] in ("complete", "gap")


def test_ids_never_come_again_after_a_crash(hub):
    first = hub.command("PUSH * notice {}").split()[1]
    old = hub.inner_pid
    hub.lab.systemctl("kill", "--signal=KILL", "--kill-whom=main", SERVICE)
    hub.wait_for_new_process(old)
    second = hub.command("PUSH * notice {}").split()[1]
    assert first != second
    assert first.rpartition("-")[0] != second.rpartition("-")[0]

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
    hub.lab.systemctl("stop", "trial.socket")


@pytest.mark.parametrize("end", ["restart", "crash"])
def test_thousand_connects_while_the_hub_is_replaced(hub, end):
    """None is refused, each is answered."""
    old = hub.inner_pid
    began, answered, failures = threading.Event(), [], []

    def connect():
        with hub.lab.network():
            for number in range(1000):
                try:
                    with socket.create_connection(("127.0.0.1", 8888), 30) as connection:
                        connection.settimeout(30)
                        answer = ask(connection)
                    # A request that the old process had taken may die with it; a connect must not.
                    if answer.startswith(b"HTTP/1.1 200"):
                        answered.append(number)
                    else:
                        failures.append((number, answer))
                except OSError as error:
                    failures.append((number, error))
                if number == 100:
                    began.set()

    clients = threading.Thread(target=connect)
    clients.start()
    assert began.wait(30)
    if end == "restart":
        hub.lab.systemctl("restart", SERVICE)
    else:
        hub.lab.systemctl("kill", "--signal=SEGV", "--kill-whom=main", SERVICE)
    clients.join(120)
    assert hub.inner_pid not in (0, old)
    refused = [failure for failure in failures if isinstance(failure[1], ConnectionRefusedError)]
    assert not refused
    # At a crash, the one request that was just being served is lost with the process.
    assert len(failures) <= (1 if end == "crash" else 0), failures
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

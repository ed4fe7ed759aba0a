"""The parts of the service that can be seen without a systemd as PID 1, and without root."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from hub import SECRET, Publisher, Stream, make_token
from lab import ask, wait_for


@pytest.fixture(scope="session")
def binary(package, tmp_path_factory) -> Path:
    tree = tmp_path_factory.mktemp("package")
    subprocess.run(["dpkg-deb", "--extract", package, tree], check=True)
    return tree / "usr" / "bin" / "pushhubd"


@pytest.fixture
def activated(binary, tmp_path):
    """Starts the hub by systemd-socket-activate with the named sockets, and a listener on NOTIFY_SOCKET."""
    if not shutil.which("systemd-socket-activate"):
        pytest.skip("needs systemd-socket-activate")
    key = tmp_path / "key"
    key.write_bytes(SECRET)
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind(str(tmp_path / "notify"))
    notifications.settimeout(20)
    processes = []

    def start(sockets: dict[str, str], **environment) -> subprocess.Popen:
        command = ["systemd-socket-activate", "--fdname=" + ":".join(sockets)]
        command += [f"--listen={address}" for address in sockets.values()]
        settings = {
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "PUSHHUB_AUTH_KEY_FILE": str(key),
            "PUSHHUB_LOG_TARGET": "stderr",
            "STATE_DIRECTORY": str(tmp_path),
            **environment,
        }
        for name, value in settings.items():
            command.append(f"--setenv={name}={value}")
        process = subprocess.Popen([*command, str(binary)], stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    start.notifications = notifications
    yield start
    notifications.close()
    for process in processes:
        process.kill()
        process.communicate(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connected(address, family=socket.AF_INET):
    """A connection, as soon as somebody listens."""

    def attempt():
        client = socket.socket(family)
        client.settimeout(20)
        try:
            client.connect(address)
        except OSError:
            client.close()
            return None
        return client

    return wait_for(attempt, f"a listener on {address}")


def messages_until(notifications: socket.socket, text: str) -> str:
    seen = ""
    while text not in seen:
        seen += notifications.recv(4096).decode() + "\n"
    return seen


def test_named_sockets_serve(activated, tmp_path):
    port = free_port()
    hub = activated({"publish": str(tmp_path / "p.sock"), "http": f"127.0.0.1:{port}"})
    with connected(("127.0.0.1", port)) as connection:
        assert ask(connection).startswith(b"HTTP/1.1 200")
    messages_until(activated.notifications, "READY=1")
    token = make_token({"sub": "42"})
    with Stream(port, token) as stream, Publisher(str(tmp_path / "p.sock")) as publisher:
        stream.opened()
        assert publisher.command("PUSH user:42 notice {}").endswith(" 1")
        assert stream.next().type == "notice"
        messages_until(activated.notifications, "STATUS=1 connection, 1 user")
        hub.send_signal(signal.SIGHUP)
        reload = messages_until(activated.notifications, "READY=1")
        assert "RELOADING=1" in reload and "MONOTONIC_USEC=" in reload
        hub.send_signal(signal.SIGTERM)
        messages_until(activated.notifications, "STOPPING=1")
        assert stream.next_of("close").data["reason"] == "shutdown"
    assert hub.wait(20) == 0


@pytest.mark.parametrize("name", ["other", "publish"])
def test_wrong_socket_ends_with_its_code(activated, name):
    port = free_port()
    hub = activated({name: f"127.0.0.1:{port}"})
    connected(("127.0.0.1", port)).close()
    _, log = hub.communicate(timeout=20)
    assert hub.returncode == 78
    assert name in log
    assert "STATUS=" in messages_until(activated.notifications, "STATUS=")


PRELOADED = """
#include <stdlib.h>
__attribute__((constructor)) static void prepare(void) { setenv("PRELOADED", "1", 1); }
"""


def test_command_line_counts_beside_a_preloaded_library(binary, tmp_path):
    """One that changes the environment before the hub begins, as some do: Swift finds no command line then."""
    source, library = tmp_path / "preloaded.c", tmp_path / "preloaded.so"
    source.write_text(PRELOADED)
    compiler = shutil.which("cc") or shutil.which("clang")
    assert compiler, "needs a C compiler"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    environment = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(library)}
    for arguments, code, text in [(["--version"], 0, "pushhubd "), (["--dev", "--no-such-option"], 64, "--no-such-option")]:
        result = subprocess.run([binary, *arguments], env=environment, capture_output=True, text=True, timeout=20)
        assert result.returncode == code and text in result.stdout + result.stderr


def test_watchdog_is_fed(activated):
    port = free_port()
    activated({"http": f"127.0.0.1:{port}"}, WATCHDOG_USEC="400000")
    connected(("127.0.0.1", port)).close()
    seen = ""
    while seen.count("WATCHDOG=1") < 4:
        seen += activated.notifications.recv(4096).decode() + "\n"


def test_own_sockets_are_opened_without_activation(binary, tmp_path):
    key = tmp_path / "key"
    key.write_bytes(SECRET)
    port = free_port()
    hub = subprocess.Popen(
        [binary, f"--http-listen=127.0.0.1:{port}", f"--publish-socket={tmp_path}/own.sock", f"--auth-key-file={key}"],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "STATE_DIRECTORY": str(tmp_path)},
    )
    try:
        with connected(("127.0.0.1", port)) as connection:
            assert ask(connection).startswith(b"HTTP/1.1 200")
        with Publisher(f"{tmp_path}/own.sock") as publisher:
            assert publisher.command("PING") == "OK pong"
    finally:
        hub.terminate()
        hub.communicate(timeout=20)

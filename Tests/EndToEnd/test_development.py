"""`pushhubd --dev`, as somebody types it in a terminal: no setting, no file, no root."""

import base64
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import termios
import time

import pytest

from conftest import binary
from hub import DEADLINE, Hub, Publisher, Stream

NOBODY = 65534


class Terminal:
    """A hub for development in a terminal of its own."""

    def __init__(self, *arguments, prefix=(), **environment):
        # Where an ordinary user may make files; not tmp_path, whose parents are their owner's alone.
        self.directory = tempfile.mkdtemp(prefix="pushhub-dev-")
        os.chmod(self.directory, 0o777)
        self.master, slave = pty.openpty()
        variables = {"PATH": os.environ["PATH"], "TMPDIR": self.directory, **environment}
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        if os.geteuid() == 0:
            os.chown(os.ttyname(slave), NOBODY, -1)
        self.process = subprocess.Popen(
            [*prefix, binary("pushhubd", "PUSHHUBD"), "--dev", *arguments], env=variables, stdin=slave, stdout=slave,
            stderr=slave, cwd="/", start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **user)
        os.close(slave)
        self.text = ""
        self.wait_for(r"pushhub-send --socket .*")
        self.base = self.wait_for(r"(http://[\d.]+:\d+)/\?user=").group(1)
        self.port = int(self.base.rpartition(":")[2])
        self.curl = self.wait_for(r"curl -N -H 'Authorization: Bearer (\S+)' (\S+)")
        self.send = self.wait_for(r"pushhub-send --socket (\S+) --user (\S+) (\S+) '(.*)'")
        self.page = self.wait_for(r"http://\S+/\?user=(\S+)")

    def wait_for(self, pattern):
        end = time.monotonic() + DEADLINE
        while not (match := re.search(pattern, self.text)):
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {pattern!r} on the terminal:\n{self.text}"
            try:
                self.text += os.read(self.master, 65536).decode().replace("\r\n", "\n")
            except OSError:
                raise AssertionError(f"the hub ended without {pattern!r}:\n{self.text}") from None
        return match

    def close_terminal(self):
        os.close(self.master)
        self.master = None

    def end(self):
        if self.master is not None:
            self.close_terminal()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory)


@pytest.fixture
def terminal():
    with contextlib.ExitStack() as stack:

        def start(*arguments, **options):
            terminal = Terminal(*arguments, **options)
            stack.callback(terminal.end)
            return terminal

        yield start


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_all_that_is_printed_is_for_one_user(terminal):
    dev = terminal()
    user = dev.page.group(1)
    assert claims(dev.curl.group(1))["sub"] == user == dev.send.group(2)
    assert f"A subscriber, user {user}:" in dev.text
    # The page takes the same one where its address names nobody.
    script = request(dev, "GET", "/demo/demo.js")
    assert script.status == 200 and f'|| "{user}"' in script.body.decode()
    # The lines work as they are printed.
    with Stream(dev.port, dev.curl.group(1)) as stream:
        stream.opened()
        with Publisher(dev.send.group(1)) as publisher:
            assert publisher.command(f"PUSH user:{user} {dev.send.group(3)} {dev.send.group(4)}").endswith(" 1")
        assert stream.next().data == json.loads(dev.send.group(4))


def request(dev, method, path, token=None, body=None, headers=()):
    hub = Hub.__new__(Hub)
    hub.port = dev.port
    return hub.request(method, path, token, body, headers)


def test_several_work_beside_each_other(terminal):
    """The second finds port and socket taken by the first, if nobody had them before."""
    first, second = terminal(), terminal()
    assert first.port != second.port and first.send.group(1) != second.send.group(1)
    for dev in (first, second):
        assert request(dev, "GET", "/healthz").status == 200
        with Publisher(dev.send.group(1)) as publisher:
            assert publisher.command("PING") == "OK pong"


def test_its_socket_is_in_the_users_runtime_directory_or_one_of_its_own(terminal):
    if os.geteuid() != 0 and os.access("/run", os.W_OK):
        pytest.skip("this user may make /run/pushhub")
    own = terminal()
    directory = os.path.dirname(own.send.group(1))
    assert os.path.dirname(directory) == own.directory
    assert os.stat(directory).st_mode & 0o777 == 0o700
    own.process.send_signal(signal.SIGTERM)
    assert own.process.wait(DEADLINE) == 0
    assert os.listdir(own.directory) == []
    runtime = tempfile.mkdtemp(prefix="pushhub-run-")
    os.chmod(runtime, 0o777)
    try:
        first, second = terminal(XDG_RUNTIME_DIR=runtime), terminal(XDG_RUNTIME_DIR=runtime)
        assert first.send.group(1) == runtime + "/pushhub/publish.sock"
        assert second.send.group(1).startswith(second.directory)
    finally:
        shutil.rmtree(runtime)


def test_an_address_that_was_asked_for_is_not_exchanged(terminal):
    first = terminal("--http-listen=127.0.0.1:0")
    result = subprocess.run(
        [binary("pushhubd", "PUSHHUBD"), "--dev", f"--http-listen=127.0.0.1:{first.port}",
         f"--publish-socket={first.directory}/other"],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=DEADLINE)
    assert result.returncode == 71 and f"127.0.0.1:{first.port}" in result.stderr


def test_it_ends_with_its_terminal(terminal):
    dev = terminal()
    with Stream(dev.port, dev.curl.group(1)) as stream:
        stream.opened()
        dev.close_terminal()
        assert stream.next_of("close").data["reason"] == "shutdown"
    assert dev.process.wait(DEADLINE) == 0
    assert not os.path.exists(dev.send.group(1))


def test_nohup_keeps_it(terminal):
    dev = terminal(prefix=["sh", "-c", 'trap "" HUP; exec "$0" "$@"'])
    dev.process.send_signal(signal.SIGHUP)
    # The next signal is dealt with after that one.
    assert request(dev, "GET", "/healthz").status == 200
    dev.process.send_signal(signal.SIGTERM)
    dev.wait_for("stopping: SIGTERM")
    assert "SIGHUP" not in dev.text


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8080"])
def test_a_page_of_this_machine_may_use_it(terminal, origin):
    dev = terminal()
    token = dev.curl.group(1)
    fields = [f"Origin: {origin}"]
    preflight = request(
        dev, "OPTIONS", "/sse/send",
        headers=[*fields, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"])
    assert preflight.status == 204 and preflight.headers["access-control-allow-origin"] == origin
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    with Stream(dev.port, token, headers=fields) as stream:
        assert stream.headers["access-control-allow-origin"] == origin
        assert stream.headers["access-control-allow-credentials"] == "true"
        stream.opened()
        # Also where the page keeps the token in its cookie, which ports share.
        body = {"userId": dev.page.group(1), "eventType": "n", "data": 1}
        sent = request(dev, "POST", "/sse/send", body=body, headers=[*fields, f"Cookie: pushhub_token={token}"])
        assert sent.status == 200 and sent.headers["access-control-allow-origin"] == origin
        assert stream.next_of("n").data == 1
    assert "origin" not in dev.text


def test_an_origin_that_is_refused_is_told_once(terminal):
    dev = terminal()
    for _ in range(3):
        answer = request(dev, "GET", "/healthz", headers=["Origin: https://elsewhere.example"])
        assert answer.status == 200 and "access-control-allow-origin" not in answer.headers
    request(dev, "GET", "/healthz", headers=["Origin: https://other.example x=y"])
    dev.wait_for('origin="https://other.example x=y"')
    told = r"notice: an origin is refused that is not in http.allowed-origins origin=https://elsewhere.example\n"
    assert len(re.findall(told, dev.text)) == 1

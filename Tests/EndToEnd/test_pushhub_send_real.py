"""pushhub-send and the real hub: the fixture `hub` is one that listens on `hub.socket_path`."""

import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PUSHHUB_SEND", str(ROOT / ".build/debug/pushhub-send"))


@pytest.fixture
def send(hub):
    def send(*arguments, stdin=b""):
        return subprocess.run(
            [BINARY, "--socket", str(hub.socket_path), *arguments], input=stdin, capture_output=True, timeout=20)

    return send


def test_ping(send):
    result = send("ping")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"pong\n", b"")


def test_an_event_gets_its_receipt(send):
    for target in (["--user", "a, b%"], ["--users", "42,43"], ["--broadcast"]):
        result = send(*target, "notice", '{\n"a": [1,\n2]\n}')
        assert result.returncode == 0 and re.fullmatch(rb"\S{1,64} 0\n", result.stdout), result


def test_nobody_is_there_to_deliver_to(send):
    assert send("--user", "42", "notice", "1", "--require-delivery").returncode == 3
    unknown = send("--connection", "conn_AAAAAAAAAAAAAAAAAAAAAA", "notice", "1")
    assert unknown.returncode == 65 and b"unknown-connection" in unknown.stderr


def test_a_key_makes_a_repetition_safe(send):
    first = send("--broadcast", "notice", "1", "--key", "only-once", "--ttl", "60")
    again = send("--broadcast", "notice", "1", "--key", "only-once")
    assert first.returncode == again.returncode == 0 and first.stdout == again.stdout


def test_figures_are_json(send):
    assert json.loads(send("stats").stdout)["totalConnections"] == 0
    assert json.loads(send("connections", "a, b%").stdout) == {"userId": "a, b%", "connections": []}


def test_nobody_is_there_to_disconnect(send):
    result = send("disconnect", "--user", "42", "--reason", "be gone")
    assert (result.returncode, result.stdout) == (0, b"0\n")
    assert send("disconnect", "--connection", "conn_AAAAAAAAAAAAAAAAAAAAAA").returncode == 65


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--broadcast", "notice", "{"], "bad-json"),
        (["--broadcast", "heartbeat", "1"], "reserved-event"),
        (["--broadcast", "e" * 129, "1"], "bad-event"),
        (["--user", "u" * 129, "notice", "1"], "bad-target"),
    ],
)
def test_what_the_hub_refuses_is_bad_data(send, arguments, code):
    result = send(*arguments)
    assert result.returncode == 65 and result.stderr.startswith(f"pushhub-send: {code}".encode()), result


def test_lines_pass_in_order_and_bad_ones_are_told(send):
    stdin = b'1\n\n{\n"\\u0041"\n"' + b"x" * (2 << 20) + b'"\n"end"\n'
    result = send("--broadcast", "log", "--lines", stdin=stdin)
    assert result.returncode == 65 and result.stdout.count(b" 0\n") == 3
    told = sorted(result.stderr.decode().splitlines())
    assert [line.split(": ")[1:3] for line in told] == [["line 3", "bad-json"], ["line 5", "too-long"]]


def test_many_lines_pass(send):
    count = 20_000
    result = send("--broadcast", "log", "--lines", "--text", stdin=b"".join(b"line %d\n" % n for n in range(count)))
    assert result.returncode == 0 and result.stderr == b"" and result.stdout.count(b"\n") == count

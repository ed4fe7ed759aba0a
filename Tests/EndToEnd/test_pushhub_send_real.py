"""pushhub-send and the real hub: the fixture `hub` is one that listens on `hub.socket_path`."""

import json
import os
import pathlib
import re
import subprocess
import urllib.parse

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


KEYS = ["a%41", "aA", "100%", " two  words ", "a;b", "a\tb\n", "k=v,w", "größe \u0085\u2028", "%" * 128]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_the_same_text_however_it_was_written(hub, send, key):
    def by_command():
        result = send("--broadcast", "notice", "1", "--key", key)
        assert result.returncode == 0, result
        return result.stdout.split()[0].decode()

    def by_tag(encoded):
        reply = hub.command(f"@key={encoded} PUSH * notice 1").split()
        assert reply[0] == "OK", reply
        return reply[1]

    first = by_command()
    everything = "".join(f"%{byte:02x}" for byte in key.encode())
    assert by_command() == by_tag(everything) == by_tag(urllib.parse.quote(key, safe="=,")) == first
    for other in KEYS:
        if other != key:
            again = send("--broadcast", "notice", "1", "--key", other)
            assert again.returncode == 0 and again.stdout.split()[0].decode() != first


def test_keys_that_look_alike_are_others_over_http_as_well(hub):
    token = hub.token("publisher", scopes=["pushhub:publish"])

    def by_http(key):
        response = hub.request("POST", "/sse/broadcast", token, {"eventType": "notice", "data": 1, "key": key})
        assert response.status == 200, response
        return response.json["id"]

    ids = {key: by_http(key) for key in KEYS}
    assert len(set(ids.values())) == len(KEYS)
    assert {key: by_http(key) for key in KEYS} == ids


IDS = ["42", "user:42", "conn:x", "users:1,2", "a%41", "100%", " a b ", "a;b@c", "*", "-5", "größe", "[1]", "x" * 128]


@pytest.mark.parametrize("user", IDS)
def test_any_id_reaches_its_user_and_no_other(hub, send, user):
    with hub.subscribe(user) as stream, hub.subscribe("A") as other:
        connection = stream.opened()["connectionId"]
        other.opened()
        result = send("--user", user, "notice", "1", "--require-delivery")
        assert result.returncode == 0 and result.stdout.endswith(b" 1\n"), result
        assert send("--user", user, "--user", "nobody", "notice", "2").stdout.endswith(b" 1\n")
        assert send("--connection", connection, "notice", "3").stdout.endswith(b" 1\n")
        assert [stream.next().data for _ in range(3)] == [1, 2, 3]
        for arguments in ([user], ["--user", user], ["--connection", connection]):
            document = json.loads(send("connections", *arguments).stdout)
            assert document["userId"] == user
            assert [c["connectionId"] for c in document["connections"]] == [connection]
        assert send("disconnect", "--user", user).stdout == b"1\n"
        assert send("--broadcast", "notice", "4").stdout.endswith(b" 1\n")
        assert other.next().data == 4


def test_connections_on_the_socket_are_of_a_user_or_of_one_connection(hub):
    with hub.subscribe("42") as one, hub.subscribe("42") as two:
        ids = [one.opened()["connectionId"], two.opened()["connectionId"]]

        def asked(target):
            status, document = hub.command(f"CONNECTIONS {target}").split(" ", 1)
            assert status == "OK", document
            return [c["connectionId"] for c in json.loads(document)["connections"]]

        assert asked("42") == asked("user:42") == asked("user:%34%32") == ids
        assert asked(f"conn:{ids[1]}") == [ids[1]]
        assert asked("user:user:42") == asked("nobody") == []
        for target in ("users:42", "*", "user:", "conn:", "conn:42", "topics:42", "42,43", "user:42 43"):
            assert hub.command(f"CONNECTIONS {target}").startswith("ERR bad-target "), target
        assert hub.command("CONNECTIONS conn:conn_AAAAAAAAAAAAAAAAAAAAAA").startswith("ERR unknown-connection ")


def test_rights_to_ask_for_connections_are_of_the_target(start_hub):
    hub = start_hub({"publish.allow": "everyone connections to=user:42"})
    with hub.subscribe("42") as stream:
        connection = stream.opened()["connectionId"]
        assert hub.command("CONNECTIONS user:42").startswith("OK ")
        assert hub.command("CONNECTIONS user:44").startswith("ERR forbidden ")
        assert hub.command(f"CONNECTIONS conn:{connection}").startswith("ERR forbidden ")


def test_payloads_of_arguments_arrive_as_they_were_meant(hub, send):
    with hub.subscribe("42") as stream:
        stream.opened()
        text = "@/etc/hostname\n\t\"quoted\" \\ größe"
        assert send("--user", "42", "--text", "notice", text).returncode == 0
        assert stream.next().data == text
        assert send("--user", "42", "notice", f"title={text}", "level=5", "n:=5", 'deep:={"a":\n[1,null]}').returncode == 0
        assert stream.next().data == {"title": text, "level": "5", "n": 5, "deep": {"a": [1, None]}}
        assert send("--user", "42", "notice", "n:=5x").returncode == 65
        assert send("--user", "42", "notice", "{\n \"a\": 1\n}\n").returncode == 0
        assert stream.next().data == {"a": 1}

"""pushhub-send and the real hub: topics, last values, and text that is sent as it is."""

import json
import os
import pathlib
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


def done(result, output=None):
    assert (result.returncode, result.stderr) == (0, b"")
    if output is not None:
        assert result.stdout == output
    return result.stdout.split()


def refused(result, text):
    assert result.returncode == 65 and result.stdout == b"" and text in result.stderr, result


def test_a_user_follows_what_it_is_given_until_it_is_taken_back(hub, send):
    with hub.subscribe("42") as stream:
        stream.opened()
        done(send("subscribe", "--user", "42", "--topic", "orders/42, %"), b"1\n")
        id_, count = done(send("--topic", "orders/42, %", "update", "state=packed"))
        event = stream.next_of("update")
        assert (event.id, event.data, count) == (id_.decode(), {"state": "packed"}, b"1")
        done(send("unsubscribe", "--user", "42", "--topic", "orders/42, %", "--json"), b'{"changedCount":1}\n')
        assert done(send("--topic", "orders/42, %", "update", "1"))[1] == b"0"


def test_the_connections_of_a_topic_are_listed(hub, send):
    with hub.subscribe("42") as stream:
        connection = stream.opened()["connectionId"]
        done(send("subscribe", "--connection", connection, "--topics", "a,b"), b"1\n")
        listed = json.loads(send("connections", "--topic", "b").stdout)
        assert [entry["connectionId"] for entry in listed["connections"]] == [connection]
        assert json.loads(send("connections", "--topic", "c").stdout)["connections"] == []


def test_several_topics_are_one_event_for_each_connection(hub, send):
    with hub.subscribe("42") as stream:
        stream.opened()
        done(send("subscribe", "--user", "42", "--topics", "a,b", "--for", "1h"), b"1\n")
        id_, count = done(send("--topics", "b,a", "notice", "1"))
        last = done(send("--user", "42", "end", "1"))[0]
        assert (stream.next_of("notice").id, stream.next_of("end").id, count) == (id_.decode(), last.decode(), b"1")


def test_who_connects_gets_the_newest_of_each_value_that_was_not_taken_back(hub, send):
    for name, level in (("a", "1"), ("a", "2"), ("b", "3")):
        done(send("--user", "42", "--replace", name, "level", level))
    done(send("--user", "42", "--clear", "b", "level", "4"))
    with hub.subscribe("42") as stream:
        stream.opened()
        assert stream.next_of("level").data == 2
        done(send("--user", "42", "level", "5"))
        assert stream.next_of("level").data == 5


def test_raw_text_goes_out_line_by_line(hub, send):
    with hub.subscribe("42") as stream:
        stream.opened()
        done(send("--user", "42", "patch", "--raw", "<p>\n @one</p>"))
        assert stream.next_of("patch").text == "<p>\n @one</p>"
        done(send("--user", "42", "patch", "--raw", "--file", "-", stdin=b"name=value\n"))
        assert stream.next_of("patch").text == "name=value"
        done(send("--user", "42", "patch", "--raw", "--lines", stdin=b"a\n\n{\n"))
        assert [stream.next_of("patch").text for _ in range(2)] == ["a", "{"]


def test_what_the_hub_does_not_take_is_bad_data(start_hub):
    hub = start_hub({"history.max-values": "1", "limits.topics-per-user": "1"})

    def send(*arguments):
        return subprocess.run([BINARY, "--socket", str(hub.socket_path), *arguments], capture_output=True, timeout=20)

    refused(send("--topic", "a/*", "notice", "1"), b"bad-target")
    refused(send("--user", "42", "notice", "--raw", "--file", "/dev/zero"), b"too-long")
    done(send("--user", "42", "--replace", "a", "notice", "1"))
    refused(send("--user", "42", "--replace", "b", "notice", "1"), b"too-many-values")
    done(send("subscribe", "--user", "42", "--topic", "a"), b"0\n")
    refused(send("subscribe", "--user", "42", "--topic", "b"), b"too-many-topics")
    for duration in ("9999d", "soon", "0s", "1 h", ""):
        refused(send("subscribe", "--user", "42", "--topic", "a", "--for", duration), b"bad-argument")

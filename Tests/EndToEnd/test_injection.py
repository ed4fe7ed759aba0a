"""Nothing that a publisher or a client sends makes a second field, event, header or log entry."""

import json
import re
import socket
import urllib.parse

import pytest

from hub import DEADLINE, make_token

# What ends lines, fields or texts somewhere, and what is no text.
NASTY = {
    "CR": b"\r", "LF": b"\n", "CR LF": b"\r\n", "two LF": b"\n\n", "NUL": b"\0", "TAB": b"\t", "ESC": b"\x1b[2J",
    "DEL": b"\x7f", "NEL": "\u0085".encode(), "C1": "\u009b".encode(), "LS": "\u2028".encode(), "PS": "\u2029".encode(),
    "BOM": "\ufeff".encode(), "RLO": "\u202e".encode(), "stray byte": b"\xff", "overlong": b"\xc0\x8a",
    "surrogate": b"\xed\xa0\x80", "cut": b"\xe2\x80", "colon": b": ", "field": b"\nid: 1-1\ndata: x\n\nevent: forged",
}
CONTROLS = {"CR", "LF", "CR LF", "two LF", "NUL", "TAB", "ESC", "DEL", "NEL", "C1", "field"}
BROKEN = {"stray byte", "overlong", "surrogate", "cut"}
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info|notice|warning|error|critical): .+")

names = pytest.mark.parametrize("name", NASTY)


@pytest.fixture
def watched(start_hub):
    """A hub whose log, at the end, has to consist of entries of one line each."""
    hub = start_hub({"log.level": "trace"})
    yield hub
    hub.command("PING")
    hub.stop()
    lines = hub.lines
    assert len(lines) > 3
    for line in lines:
        assert LOG_LINE.fullmatch(line), repr(line)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", line), repr(line)
        assert "forged" not in line.split(" ", 2)[1]


def between(name):
    return b"a" + NASTY[name] + b"b"


def refused(reply):
    return reply.startswith("ERR ")


@names
def test_what_a_publisher_writes_makes_one_event_or_none(watched, name):
    """In every place of a line, as it is and percent-encoded where that is allowed."""
    raw, escaped = between(name), urllib.parse.quote_from_bytes(between(name)).encode()
    lines = [
        b"PUSH user:42 " + raw + b" 1", b'PUSH user:42 n "' + raw + b'"', b"PUSH user:42 n " + NASTY[name] + b"1",
        b"PUSH user:42 n 1" + NASTY[name], b"@key=" + raw + b" PUSH user:42 n 1", b"@key=" + escaped + b" PUSH user:42 n 1",
        b"PUSH users:42," + escaped + b" n 1", b"PUSH users:42," + raw + b" n 1", NASTY[name] + b"PUSH user:42 n 1",
        b"PU" + NASTY[name] + b"SH user:42 n 1", b"CONNECTIONS " + escaped, b"CONNECTIONS " + raw,
    ]
    with watched.subscribe("42") as stream, watched.publisher() as publisher:
        stream.opened()
        ids = set()
        for line in lines:
            publisher.send(line + b"\nPING\n")
            replies = [publisher.reply()]
            while replies[-1] != "OK pong":
                replies.append(publisher.reply())
            assert len(replies) <= 2 + line.count(b"\n"), (line, replies)
            for reply in replies:
                assert re.match(r"OK |ERR [a-z0-9-]+ ", reply), reply
                assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", reply), reply
            pushed = [reply for reply in replies if reply.startswith("OK ") and "-" in reply.split()[1]]
            for reply in pushed:
                # Two spellings of one key are one key: the second is not delivered.
                if reply.split()[2] == "1" and reply.split()[1] not in ids:
                    event = stream.next()
                    assert event.id == reply.split()[1]
                    ids.add(event.id)
                    if name not in CONTROLS | BROKEN and line.startswith(b"PUSH user:42 n \"a"):
                        assert event.data.encode() == raw
        assert publisher.command("PUSH user:42 last 1").startswith("OK ")
        event = stream.next()
        assert (event.type, event.data) == ("last", 1)


@names
def test_what_comes_over_http_makes_one_event_or_none(watched, name):
    token = watched.token("7", ["pushhub:publish"])
    raw, text = between(name), between(name).decode("utf-8", "replace")

    def send(body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return watched.request("POST", "/sse/send", token, data)

    with watched.subscribe("42") as stream:
        stream.opened()
        # Escaped in JSON, data may be any text.
        answer = send({"userId": "42", "data": {text: text}})
        event = stream.next()
        assert (event.id, event.type, event.data) == (answer.json["id"], "notification", {text: text})
        # As an event's type it may not.
        answer = send({"userId": "42", "eventType": text, "data": 1})
        if name in CONTROLS:
            assert (answer.status, answer.json["code"]) == (400, "bad-event")
        else:
            event = stream.next()
            assert (answer.status, event.type, event.id) == (200, text, answer.json["id"])
        # As it is, within a string and between tokens.
        for body in [b'{"userId":"42","data":"' + raw + b'"}', b'{"userId":"42","data":[' + NASTY[name] + b"1]}"]:
            answer = send(body)
            assert answer.status in (200, 400)
            if answer.status == 200:
                event = stream.next()
                assert event.id == answer.json["id"] and event.data in ([1], text)
            else:
                assert "\n" not in answer.json["detail"]
        for member in ["userId", "key"]:
            answer = send({"userId": "42", "data": 1, member: text})
            assert answer.status in (200, 400)
            if answer.status == 200 and member == "key":
                assert stream.next().id == answer.json["id"]
        watched.command("PUSH user:42 last 1")
        assert stream.next().type == "last"


@pytest.mark.parametrize("escape", [r"\ud800", r"\udfff\ud800", r"\u0000", r"\u000a", r"\u2028", r"\ufeff"])
def test_escapes_go_through_as_they_came(watched, escape):
    with watched.subscribe("42") as stream:
        stream.opened()
        watched.command(f'PUSH user:42 n "a{escape}b"')
        token = watched.token("7", ["pushhub:publish"])
        watched.request("POST", "/sse/broadcast", token, f'{{"data":"a{escape}b"}}'.encode())
        for _ in range(2):
            event = stream.next()
            assert event.data == json.loads(f'"a{escape}b"')
        # What is no text cannot name anybody or anything.
        body = f'{{"userId":"a{escape}b","data":1}}'.encode()
        status = watched.request("POST", "/sse/send", token, body).status
        assert status == (200 if escape in (r"\u2028", r"\ufeff") else 400)


@names
def test_a_reason_stays_in_its_close(watched, name):
    text = between(name).decode("utf-8", "replace")
    with watched.subscribe("42") as over_http, watched.subscribe("43") as over_the_socket:
        over_http.opened(), over_the_socket.opened()
        answer = watched.request("POST", "/sse/users/42/disconnect", watched.token("42"), {"reason": text})
        assert answer.json == {"success": True, "closedCount": 1}
        event = over_http.next()
        assert event.data == {"reason": "disconnected", "reconnect": False, "detail": text}
        assert over_http.rest() == []
        with watched.publisher() as publisher:
            publisher.send(b"CLOSE user:43 " + between(name) + b"\nPING\n")
            assert refused(publisher.reply()) == (name in BROKEN)
            if name not in BROKEN:
                event = over_the_socket.next()
                assert event.type == "close" and event.data["detail"] == between(name).split(b"\n")[0].rstrip(b"\r").decode()
                assert over_the_socket.rest() == []


def test_a_reason_has_at_most_1024_bytes(watched):
    with watched.subscribe("42") as stream:
        stream.opened()
        assert watched.command("CLOSE user:42 " + "x" * 1025).startswith("ERR too-long ")
        body = {"reason": "x" * 1025}
        assert watched.request("POST", "/sse/users/42/disconnect", watched.token("42"), body).status == 400
        assert watched.command("CLOSE user:42 " + "x" * 1024) == "OK 1"
        assert stream.next().data["detail"] == "x" * 1024


@names
def test_a_user_id_stays_one(watched, name):
    """In a token, in a path, in the welcome, in the figures and in the log."""
    text = between(name).decode("utf-8", "replace")
    token = make_token({"sub": text})
    with watched.subscribe(token=token) as stream:
        if name in CONTROLS:
            assert stream.status == 401
            return
        assert stream.status == 200
        opening, welcome = stream.next(), stream.next()
        assert (opening.type, welcome.data["message"]) == ("open", f"Welcome back, user {text}!")
        path = f"/sse/users/{urllib.parse.quote(text, safe='')}/connections"
        answer = watched.request("GET", path, token).json
        assert answer["userId"] == text and len(answer["connections"]) == 1
        stats = json.loads(watched.command("STATS")[3:])
        assert stats["connectionsByUser"] == {text: 1}


@names
@pytest.mark.parametrize("place", ["query", "header", "user agent", "last event id"])
def test_what_a_client_calls_itself_stays_one_value(watched, name, place):
    raw = between(name)
    path, headers = "/sse/connect/auth", []
    if place == "query":
        path += "?clientId=" + urllib.parse.quote_from_bytes(raw)
    else:
        field = {"header": "X-Client-Id", "user agent": "User-Agent", "last event id": "Last-Event-ID"}[place]
        headers = [field + ": " + raw.decode("latin-1")]
    with Latin(watched, path, headers) as answer:
        status, rest = answer
    assert status in (200, 400, 401), (status, rest)
    for head_line in rest.split(b"\r\n\r\n")[0].split(b"\r\n"):
        assert not head_line.lower().startswith((b"id:", b"data:")), rest
    if place == "query" and name in CONTROLS | BROKEN:
        assert status == 400
    if status == 200:
        events = rest.split(b"\r\n\r\n", 1)[1]
        assert events.count(b"event: ") == 2 and events.count(b"data: ") == 2


class Latin:
    """A stream's request of any bytes; gives the status and what came with the beginning of the stream."""

    def __init__(self, hub, path, headers):
        self.socket = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
        lines = [f"GET {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {hub.token('42')}", *headers]
        self.socket.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")

    def __enter__(self):
        data = b""
        while b"event: welcome" not in data or not data.endswith(b"\n\n\r\n"):
            part = self.socket.recv(1 << 16)
            if not part:
                break
            data += part
            if data.startswith(b"HTTP/1.1 4") and b"}" in data:
                break
        return int(data.split()[1]), data

    def __exit__(self, *_):
        self.socket.close()

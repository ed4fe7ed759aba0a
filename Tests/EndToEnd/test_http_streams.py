"""How a request becomes a stream: the hand-over of the socket, and what hostile or hasty clients make of it."""

import json
import os
import random
import resource
import signal
import socket
import struct

import pytest

from hub import DEADLINE, Response

# A plain request is served where it is accepted; one with this field is read by the HTTP library.
LIBRARY = "Content-Length: 0"
both_ways = pytest.mark.parametrize("fields", [[], [LIBRARY]], ids=["plain", "library"])

PIPELINED = {
    "another stream": b"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\n\r\n",
    "a health check": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "half a request": b"GET /healthz HT",
    "garbage": bytes(range(256)) * 64,
    "an upgrade": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "a body": b"POST /sse/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
}


def stream_request(hub, user="42", version="1.1", fields=()):
    lines = [f"GET /sse/connect/auth HTTP/{version}", "Host: a", f"Authorization: Bearer {hub.token(user)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def connections(hub):
    return hub.request("GET", "/sse/stats", hub.token("root", ["pushhub:admin"])).json["totalConnections"]


def wait_for_connections(hub, count):
    end = DEADLINE
    while connections(hub) != count:
        # Each look is a round trip through the hub, not a sleep.
        end -= 0.01
        assert end > 0, f"{connections(hub)} connections, not {count}"


@both_ways
def test_response_head_is_that_of_the_contract(hub, fields):
    with hub.subscribe(headers=fields) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-store, no-transform"
        assert stream.headers["expires"] == "0"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.headers["transfer-encoding"] == "chunked"
        stream.opened()


def test_request_may_come_in_pieces(hub):
    request = stream_request(hub)
    for cut in [*range(1, len(request), 29), *range(len(request) - 5, len(request))]:
        with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
            client.settimeout(DEADLINE)
            client.sendall(request[:cut])
            assert hub.request("GET", "/healthz").status == 200  # time enough to look at the first piece
            client.sendall(request[cut:])
            file = client.makefile("rb")
            assert Response.read_head(file)[0] == 200
            file.readline()
            assert file.readline() == b"event: open\n"


def test_http_1_0_gets_a_stream_without_chunks(hub):
    with hub.subscribe(version="1.0") as stream:
        assert "transfer-encoding" not in stream.headers
        assert stream.headers["connection"] == "close"
        stream.opened()
        assert hub.command("PUSH user:42 notice 1").split()[2] == "1"
        assert stream.next().data == 1


@pytest.mark.parametrize("rest", PIPELINED.values(), ids=PIPELINED.keys())
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "later"])
@both_ways
def test_what_follows_the_request_is_discarded(hub, rest, at_once, fields):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        file = client.makefile("rb")
        client.sendall(stream_request(hub, fields=fields) + (rest if at_once else b""))
        status, headers = Response.read_head(file)
        assert status == 200
        if not at_once:
            client.sendall(rest)
        assert hub.command("PUSH user:42 notice 1").split()[2] == "1"
        seen = b""
        while b"event: notice" not in seen:
            line = file.readline()
            assert line, "the stream ended"
            seen += line
        assert b"HTTP/1.1" not in seen
    assert hub.request("GET", "/healthz").status == 200


def test_requests_before_the_stream_are_answered_first(hub):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        file = client.makefile("rb")
        health = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        refused = b"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\n\r\n"
        client.sendall(health + refused + stream_request(hub) + health)
        assert [Response.read(file).status for _ in range(2)] == [200, 401]
        assert Response.read_head(file)[0] == 200
        assert file.readline().strip().isalnum()
        assert file.readline() == b"event: open\n"


def test_refused_stream_leaves_the_connection_open(hub):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        file = client.makefile("rb")
        for fields, status in [(["Accept: text/html"], 406), (["X-Client-Id: " + "x" * 129], 400), (["Last-Event-ID: closed"], 204)]:
            client.sendall(stream_request(hub, fields=fields))
            assert Response.read(file).status == status
        client.sendall(stream_request(hub))
        assert Response.read_head(file)[0] == 200


@pytest.mark.parametrize("fields, query, client_id", [
    (["X-Client-Id: a"], "", "a"), ([], "?clientId=b%20c", "b c"), (["X-Client-Id: a"], "?clientId=b", "b"), ([], "", None),
    (["X-Client-Id: "], "", None), ([], "?clientId=" + "x" * 128, "x" * 128),
])
def test_client_id_comes_from_query_or_header(hub, fields, query, client_id):
    with hub.subscribe(path="/sse/connect/auth" + query, headers=fields) as stream:
        assert stream.opened()["clientId"] == client_id


@pytest.mark.parametrize("form", ["header", "lastEventId", "last_event_id", "header and query"])
def test_last_event_id_comes_from_header_or_query(hub, form):
    ids = [hub.command(f"PUSH user:42 notice {n}").split()[1] for n in range(3)]
    path, last = "/sse/connect/auth", None
    if form == "header":
        last = ids[1]
    elif form == "header and query":
        path, last = path + f"?lastEventId={ids[0]}", ids[1]
    else:
        path += f"?{form}={ids[1]}"
    with hub.subscribe(path=path, last_event_id=last) as stream:
        assert stream.opened()["replay"] == "complete"
        assert stream.next().data == 2


def test_head_tells_the_head_and_opens_nothing(hub):
    response = hub.request("HEAD", "/sse/connect/auth", hub.token("42"))
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert connections(hub) == 0


@pytest.mark.parametrize("settings, status", [
    ({"limits.connections": "1"}, 503), ({"limits.connections-per-user": "1", "limits.per-user-policy": "refuse"}, 429),
    ({"limits.connections-per-user": "1"}, 200),
], ids=["full", "refused", "replaced"])
def test_head_tells_what_a_get_would_be_refused_with(start_hub, settings, status):
    hub = start_hub(settings)
    with hub.subscribe("42") as stream:
        stream.opened()
        response = hub.request("HEAD", "/sse/connect/auth", hub.token("42"))
        assert response.status == status
        assert ("retry-after" in response.headers) == (status != 200)
        assert connections(hub) == 1
        assert hub.command("PUSH user:42 n 1").endswith(" 1")
        assert stream.next().data == 1


def test_origin_that_is_allowed_may_read_the_stream(start_hub):
    hub = start_hub({"http.allowed-origins": "https://app.example"})
    with hub.subscribe(headers=["Origin: https://app.example"]) as stream:
        assert stream.headers["access-control-allow-origin"] == "https://app.example"
        assert stream.headers["access-control-allow-credentials"] == "true"
    with hub.subscribe(headers=["Origin: https://evil.example"]) as stream:
        assert "access-control-allow-origin" not in stream.headers


def test_clients_that_leave_at_any_moment_leave_nothing_behind(hub):
    """3,000 clients that ask for a stream and go, in all the ways there are."""
    source = random.Random(7)
    requests = [stream_request(hub), stream_request(hub, fields=[LIBRARY])]
    for _ in range(3000):
        request = source.choice(requests)
        client = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
        client.sendall(request[:source.randint(len(request) - 5, len(request))] + b"x" * source.choice([0, 0, 100]))
        way = source.choice(["close", "reset", "half-close", "read"])
        if way == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif way == "half-close":
            client.shutdown(socket.SHUT_WR)
        elif way == "read":
            client.settimeout(DEADLINE)
            client.shutdown(socket.SHUT_WR)
            client.recv(1)
        client.close()
    wait_for_connections(hub, 0)
    descriptors = len(os.listdir(f"/proc/{hub.process.pid}/fd"))
    assert descriptors < 100, "sockets are left behind"
    with hub.subscribe() as stream:
        stream.opened()


def test_descriptor_limit_stops_new_clients_only_for_a_while(hub):
    with hub.subscribe("1") as first:
        first.opened()
        publisher = hub.publisher()
        assert publisher.command("PING") == "OK pong"
        used = len(os.listdir(f"/proc/{hub.process.pid}/fd"))
        resource.prlimit(hub.process.pid, resource.RLIMIT_NOFILE, (used + 40, used + 40))
        waiting = []
        for _ in range(100):
            client = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
            waiting.append(client)
        hub.wait_for_log("cannot accept HTTP connections")
        # Who was there before is still served.
        with publisher:
            assert publisher.command("PUSH user:1 notice 1").split()[2] == "1"
        assert first.next().data == 1
        for client in waiting:
            client.close()
        with hub.subscribe("1") as late:
            late.opened()
            assert hub.request("GET", "/healthz").status == 200
        hub.wait_for_log("HTTP connections are accepted again")


def test_stopping_answers_what_was_begun_and_ends_the_streams(hub):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client, hub.subscribe() as stream:
        client.settimeout(DEADLINE)
        file = client.makefile("rb")
        stream.opened()
        body = json.dumps({"data": 1}).encode()
        token = hub.token("7", ["pushhub:publish"])
        head = (f"POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n").encode()
        client.sendall(head)
        assert file.readline() == b"HTTP/1.1 100 Continue\r\n"
        file.readline()
        hub.signal(signal.SIGTERM)
        assert stream.next_of("close").data["reason"] == "shutdown"
        client.sendall(body)
        response = Response.read(file)
        assert (response.status, response.json["code"]) == (503, "draining")
        assert response.headers["connection"] == "close"
        assert hub.process.wait(DEADLINE) == 0

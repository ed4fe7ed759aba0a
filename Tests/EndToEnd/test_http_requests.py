"""Requests on real connections: keeping them, ending them, and everything that is refused."""

import json
import socket

import pytest

from hub import DEADLINE, Response, make_token

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


class Raw:
    """A connection on which anything may be sent."""

    def __init__(self, hub):
        self.socket = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
        self.socket.settimeout(DEADLINE)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        return self

    def response(self, method="GET"):
        return Response.read(self.file, method)

    def is_at_end(self):
        try:
            return self.file.read(1) == b""
        except ConnectionResetError:
            return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


@pytest.fixture
def connect(hub):
    opened = []

    def make():
        opened.append(Raw(hub))
        return opened[-1]

    yield make
    for raw in opened:
        raw.__exit__()


def post(hub, path, body, scopes=("pushhub:publish",), fields=()):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {hub.token('7', scopes)}",
             "Content-Type: application/json", f"Content-Length: {len(data)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def test_connection_is_used_for_one_request_after_another(hub, connect):
    raw = connect()
    for _ in range(20):
        assert raw.send(HEALTH).response().body == b"ok"


def test_requests_sent_at_once_are_answered_in_turn(hub, connect):
    raw = connect()
    requests = HEALTH + post(hub, "/sse/broadcast", {"data": 1}) + b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    raw.send(requests * 30)
    for _ in range(30):
        assert [raw.response().status for _ in range(3)] == [200, 200, 404]


def test_answer_made_elsewhere_keeps_its_turn(hub, connect):
    raw = connect()
    token = hub.token("7")
    ask = f"GET /sse/users/7/connections HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with hub.subscribe("7") as stream:
        stream.opened()
        raw.send((ask + HEALTH) * 10)
        for _ in range(10):
            assert len(raw.response().json["connections"]) == 1
            assert raw.response().body == b"ok"


def test_half_closed_connection_still_gets_its_answers(hub, connect):
    raw = connect()
    raw.send(HEALTH * 3)
    raw.socket.shutdown(socket.SHUT_WR)
    assert [raw.response().status for _ in range(3)] == [200] * 3
    assert raw.is_at_end()


def test_answer_may_be_large_and_its_reader_slow(start_hub):
    hub = start_hub({"limits.connections-per-user": "400", "threads": "1"})
    streams = [hub.subscribe("7") for _ in range(150)]
    for stream in streams:
        stream.opened()
    with Raw(hub) as raw:
        token = hub.token("7")
        ask = f"GET /sse/users/7/connections HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.send(ask * 40)
        for _ in range(40):
            assert len(raw.response().json["connections"]) == 150
    for stream in streams:
        stream.close()


SMUGGLING = {
    "length twice": b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "two lengths": b"Content-Length: 3\r\nContent-Length: 40\r\n\r\nabc",
    "list of lengths": b"Content-Length: 3, 3\r\n\r\nabc",
    "length and chunks": b"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 40\r\n\r\n0\r\n\r\n",
    "unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "identity last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "coding twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n\r\n0\r\n\r\n",
    "blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "vertical tab in the coding": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "folded coding": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "folded field": b"X: a\r\n b\r\nContent-Length: 3\r\n\r\nabc",
    "plus sign": b"Content-Length: +3\r\n\r\nabc",
    "hexadecimal": b"Content-Length: 0x3\r\n\r\nabc",
    "negative": b"Content-Length: -3\r\n\r\nabc",
    "length too large for a word": b"Content-Length: 18446744073709551619\r\n\r\nabc",
    "bare line feeds": b"Content-Length: 3\n\nabc",
    "bare carriage return": b"Content-Length: 3\rX: y\r\n\r\nabc",
    "nul": b"Content-Length: 3\r\nX: a\0b\r\n\r\nabc",
    "chunk size with sign": b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
    "chunk size too large": b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\nabc\r\n0\r\n\r\n",
    "chunk ended by a bare line feed": b"Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
    "chunk longer than it says": b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("rest", SMUGGLING.values(), ids=SMUGGLING.keys())
def test_smuggled_request_is_never_answered(hub, connect, rest):
    raw = connect()
    head = (f"POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hub.token('7', ['pushhub:publish'])}\r\n"
            "Content-Type: application/json\r\n").encode()
    raw.send(head + rest + HEALTH)
    response = raw.response()
    assert (response.status, response.json["code"]) == (400, "malformed-request")
    assert response.headers["connection"] == "close"
    assert raw.is_at_end()
    assert hub.request("GET", "/healthz").status == 200


@pytest.mark.parametrize("start, status", [
    (b"GET /" + b"a" * 20_000, 414),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000, 431),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 3000, 431),
    (b"\r\n" * 20_000, 414),
    (b"POST /sse/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 401),
    (b"POST /sse/send HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n", 401),
])
def test_too_much_is_refused_before_it_is_all_there(hub, connect, start, status):
    raw = connect()
    raw.send(start)
    response = raw.response()
    assert response.status == status
    assert response.headers["content-type"] == "application/problem+json"


def test_body_over_the_limit_is_refused_at_once(hub, connect):
    head = post(hub, "/sse/broadcast", b"").replace(b"Content-Length: 0", b"Content-Length: 1048577")
    assert connect().send(head).response().status == 413
    chunked = post(hub, "/sse/broadcast", b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    raw = connect().send(chunked + b"180000\r\n")
    # The answer must be readable though the rest of the body is still on its way.
    raw.send(b"x" * 0x180000)
    assert raw.response().status == 413


def test_client_that_waits_for_a_word_gets_it(hub, connect):
    raw = connect()
    request = post(hub, "/sse/broadcast", {"data": 1}, fields=["Expect: 100-continue"])
    head, _, body = request.partition(b"\r\n\r\n")
    raw.send(head + b"\r\n\r\n")
    assert raw.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert raw.file.readline() == b"\r\n"
    assert raw.send(body).response().status == 200


def test_slow_requests_end_with_408_and_idle_connections_without_a_word(start_hub):
    hub = start_hub({"http.header-timeout": "300ms", "http.idle-timeout": "600ms"})
    slow = [b"G", b"GET /healthz HTTP/1.1\r\nHost: a\r\n", post(hub, "/sse/broadcast", {"data": 1})[:-1]]
    raws = [Raw(hub).send(start) for start in slow]
    for raw in raws:
        response = raw.response()
        assert (response.status, response.json["code"]) == (408, "request-timeout")
        assert raw.is_at_end()
    with Raw(hub) as idle:
        assert idle.send(HEALTH).response().status == 200
        assert idle.is_at_end()
    with Raw(hub) as silent:
        assert silent.is_at_end()
    for raw in raws:
        raw.__exit__()


def test_half_open_connections_do_not_hinder_others(start_hub):
    hub = start_hub({"http.header-timeout": "2s"})
    raws = [Raw(hub).send(b"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nX: ") for _ in range(1000)]
    with hub.subscribe() as stream:
        stream.opened()
        assert hub.request("GET", "/healthz").status == 200
    for raw in raws:
        assert raw.response().status == 408
        raw.__exit__()


def test_many_connects_and_drops_leave_nothing_behind(hub):
    """At every point of a request."""
    request = post(hub, "/sse/broadcast", {"data": 1})
    for end in range(0, len(request), 7):
        for linger in (False, True):
            with Raw(hub) as raw:
                raw.send(request[:end])
                if linger:
                    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert hub.request("GET", "/healthz").status == 200


@pytest.mark.parametrize("target, status", [
    ("http://elsewhere.example/healthz", 200), ("//healthz", 404), ("/healthz/", 404), ("/healthz?x=%", 200),
    ("/%68ealthz", 200), ("/sse/users/%/connections", 400), ("/sse/users/%ff/connections", 400), ("/a/../healthz", 404),
])
def test_targets_are_read_strictly(hub, target, status):
    assert hub.request("GET", target).status == status


def test_ids_in_paths_are_compared_byte_by_byte(hub):
    composed, decomposed = "\u00e9", "e\u0301"
    with hub.subscribe(composed) as stream:
        stream.opened()
        path = "/sse/users/%65%CC%81/connections"
        assert hub.request("GET", path, hub.token(composed)).status == 403
        assert hub.request("GET", path, hub.token(decomposed)).json["connections"] == []
        assert len(hub.request("GET", "/sse/users/%C3%A9/connections", hub.token(composed)).json["connections"]) == 1


def test_cookie_needs_an_origin_on_a_post_only(hub):
    cookie = f"Cookie: pushhub_token={hub.token('7', ['pushhub:publish'])}"
    body = {"data": 1}
    assert hub.request("GET", "/sse/users/7/connections", headers=[cookie]).status == 200
    assert hub.request("POST", "/sse/broadcast", body=body, headers=[cookie]).json["code"] == "origin-not-allowed"
    evil = "Origin: http://evil.example"
    assert hub.request("POST", "/sse/broadcast", body=body, headers=[cookie, evil]).status == 403
    own = f"Origin: http://127.0.0.1:{hub.port}"
    assert hub.request("POST", "/sse/broadcast", body=body, headers=[cookie, own]).status == 200


def test_requests_over_the_rate_are_told_when_to_come_back(start_hub):
    hub = start_hub({"limits.requests-per-second": "2"})
    token = hub.token("7")
    answers = [hub.request("GET", "/sse/users/7/connections", token) for _ in range(12)]
    refused = [a for a in answers if a.status == 429]
    assert answers[0].status == 200 and refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert hub.request("GET", "/sse/users/8/connections", hub.token("8")).status == 200


# What clients and proxies of other makes send

@pytest.mark.parametrize("coding", ["gzip", "br", "identity", "GZIP, br"])
@pytest.mark.parametrize("path", ["/sse/send", "/sse/broadcast", "/sse/users/7/disconnect"])
def test_a_body_with_a_content_encoding_is_a_415(hub, path, coding):
    token = hub.token("7", ["pushhub:publish"])
    body = {} if "disconnect" in path else {"data": 1, **({"userId": 7} if "send" in path else {})}
    for fields, status in [([], 200), (["Content-Encoding: "], 200), ([f"Content-Encoding: {coding}"], 415)]:
        response = hub.request("POST", path, token, body, fields)
        assert response.status == status
    assert response.json["code"] == "unsupported-encoding"
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("fields, body, status", [
    (["Transfer-Encoding: chunked"], b"0\r\n\r\n", 200),
    (["Transfer-Encoding: chunked", "Content-Type: text/plain"], b"0\r\n\r\n", 200),
    (["Content-Length: 0"], b"", 200), ([], b"", 200),
    (["Transfer-Encoding: chunked", "Content-Type: application/json"], b"2\r\n{}\r\n0\r\n\r\n", 200),
    (["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n", 415),
    (["Content-Length: 2"], b"{}", 415),
])
def test_disconnect_needs_a_content_type_only_for_content(hub, fields, body, status):
    lines = ["POST /sse/users/7/disconnect HTTP/1.1", "Host: a", f"Authorization: Bearer {hub.token('7')}", *fields]
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        client.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        assert Response.read(client.makefile("rb")).status == status


@pytest.mark.parametrize("claims", [
    {"scope": ["pushhub:publish"]}, {"scopes": "a pushhub:publish"}, {"scp": ["x", "pushhub:publish"]},
    {"scp": "pushhub:publish"},
])
def test_scopes_come_in_every_usual_form(start_hub, claims):
    body = {"userId": 7, "data": 1}
    for settings, status in [({}, 200), ({"auth.scope-claim": "permissions"}, 403)]:
        hub = start_hub(settings)
        assert hub.request("POST", "/sse/send", make_token({"sub": "7", **claims}), body).status == status


def test_one_of_several_audiences_is_enough(start_hub):
    hub = start_hub({"auth.audience": "hub,https://api.example"})
    for audience, status in [("hub", 200), (["x", "https://api.example"], 200), ("x", 401), (None, 401)]:
        claims = {"sub": "7", **({"aud": audience} if audience else {})}
        assert hub.request("GET", "/sse/users/7/connections", make_token(claims)).status == status


def test_an_empty_authorization_field_is_none(hub):
    cookie = f"Cookie: pushhub_token={hub.token('7')}"
    path = "/sse/users/7/connections"
    assert hub.request("GET", path, None, None, ["Authorization: ", cookie]).status == 200
    assert hub.request("GET", path, None, None, ["Authorization: "]).json["code"] == "missing-token"


@pytest.mark.parametrize("name", ["lastEventId", "last_event_id", "lastEventID"])
def test_the_position_comes_under_every_usual_name(hub, name):
    first = hub.command("PUSH user:42 n 1").split()[1]
    hub.command("PUSH user:42 n 2")
    with hub.subscribe("42", path=f"/sse/connect/auth?{name}={first}") as stream:
        assert stream.opened()["replay"] == "complete"
        assert stream.next().data == 2


@pytest.mark.parametrize("query, meant", [
    ("lasteventid=1-1", "lastEventId"), ("LastEventId=1-1", "lastEventId"), ("lastEventIds=1-1", "lastEventId"),
    ("Last_Event_ID=1-1", "last_event_id"), ("clientID=a", "clientId"), ("x=1&clientids=a", "clientId"),
    ("client%49D=a", "clientId"),
])
def test_a_parameter_that_is_nearly_one_is_refused(hub, query, meant):
    response = hub.request("GET", f"/sse/connect/auth?{query}", hub.token("42"))
    assert response.status == 400 and response.json["detail"].endswith(f"did you mean {meant}?")


def test_other_parameters_are_passed_over(hub):
    query = "utm_source=x&_=1&client=a&lastEvent=1&&=&%zz=1"
    with hub.subscribe("42", path=f"/sse/connect/auth?{query}") as stream:
        assert stream.opened()["replay"] == "none"


def test_preflights_allow_the_configured_header_fields(start_hub):
    hub = start_hub({"http.allowed-origins": "https://app.example", "http.allowed-headers": "traceparent, baggage"})
    asked = ["Origin: https://app.example", "Access-Control-Request-Method: GET",
             "Access-Control-Request-Headers: authorization,traceparent,baggage"]
    answer = hub.request("OPTIONS", "/sse/connect/auth", None, None, asked)
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "traceparent", "baggage"} <= set(allowed)

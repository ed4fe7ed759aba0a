"""The HTTP contract as tables: who may do what, what is answered where, and what becomes of the bytes of an event."""

import json
import signal
import socket
import threading
import time

import pytest

from hub import DEADLINE, Response, make_token

ORIGIN = "Origin: https://app.example"
UNKNOWN = "conn_" + "A" * 22

# method, path, who may
ENDPOINTS = [
    ("GET", "/sse/connect/auth", "caller"),
    ("POST", "/sse/send", "publisher"),
    ("POST", "/sse/broadcast", "publisher"),
    ("GET", "/sse/stats", "administrator"),
    ("GET", "/sse/users/7/connections", "owner"),
    ("POST", "/sse/users/7/disconnect", "owner"),
    ("POST", "/sse/users/9/revoke", "administrator"),
    ("POST", "/sse/users/9/unrevoke", "administrator"),
    ("POST", "/sse/users/9/block", "administrator"),
    ("POST", "/sse/users/9/unblock", "administrator"),
    ("POST", f"/sse/connections/{UNKNOWN}/renew", "caller"),
    ("POST", "/sse/connections/never-an-id/renew", "caller"),
    ("GET", "/healthz", "anyone"),
    ("GET", "/metrics", "administrator"),
]
BODIES_OF_POSTS = {"/sse/send": {"userId": 7, "data": 1}, "/sse/broadcast": {"data": 1}}
# The token's claims, and what they make of its bearer.
CALLERS = {
    "none": (None, {"anyone"}),
    "owner": ({"sub": "7"}, {"anyone", "caller", "owner"}),
    "owner by number": ({"id": 7}, {"anyone", "caller", "owner"}),
    "other": ({"sub": "8"}, {"anyone", "caller"}),
    "publisher": ({"sub": "8", "scope": "x pushhub:publish"}, {"anyone", "caller", "publisher"}),
    "administrator": ({"sub": "8", "scopes": ["pushhub:admin"]}, {"anyone", "caller", "administrator", "owner"}),
    "expired": ({"sub": "7", "exp": 1}, {"anyone"}),
    "too early": ({"sub": "7", "nbf": 99999999999}, {"anyone"}),
    "nobody": ({"id": None, "sub": "7"}, {"anyone"}),
}


@pytest.fixture
def open_hub(start_hub):
    """For one origin's pages."""
    return start_hub({"http.allowed-origins": "https://app.example"})


def expected(method, asked, path, who, roles, claims):
    """The status."""
    if asked == "OPTIONS":
        return 204
    if asked != method and (method, asked) != ("GET", "HEAD"):
        return 405
    if who in roles:
        return 404 if "/renew" in path else 204 if "connect/auth" in path else 200
    return 403 if "caller" in roles else 401


@pytest.mark.parametrize("name", CALLERS)
def test_every_endpoint_answers_every_method_of_every_caller(open_hub, name):
    claims, roles = CALLERS[name]
    token = claims and make_token(claims)
    for method, path, who in ENDPOINTS:
        for asked in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]:
            body = BODIES_OF_POSTS.get(path, {}) if asked == "POST" else None
            fields = [ORIGIN] + (["Last-Event-ID: closed"] if "connect" in path else [])
            response = open_hub.request(asked, path, token, body, fields)
            case = (asked, path, response)
            assert response.status == expected(method, asked, path, who, roles, claims), case
            assert response.headers["access-control-allow-origin"] == "https://app.example", case
            assert response.headers["access-control-expose-headers"] == "Retry-After", case
            if response.status == 405:
                assert response.headers["allow"] == ("POST, OPTIONS" if method == "POST" else "GET, HEAD, OPTIONS")
            if response.status == 401:
                challenge = 'Bearer error="invalid_token"' if token else "Bearer"
                assert response.headers["www-authenticate"].startswith(challenge), case
            if response.status >= 400:
                assert response.headers["content-type"] == "application/problem+json", case
                if asked != "HEAD":
                    assert list(response.json) == ["type", "title", "status", "detail", "code"]
                    assert response.json["status"] == response.status


@pytest.mark.parametrize("target", ["/sse/users/%ff/connections", "/a#b"])
def test_pages_may_read_why_a_request_is_malformed(open_hub, target):
    response = open_hub.request("GET", target, headers=[ORIGIN])
    assert (response.status, response.headers.get("access-control-allow-origin")) == (400, "https://app.example")


def test_head_of_a_malformed_request_has_no_body(open_hub):
    with socket.create_connection(("127.0.0.1", open_hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        client.sendall(b"HEAD /a#b HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.makefile("rb").read().endswith(b"\r\n\r\n")


def test_head_of_a_stream_promises_no_length(hub):
    response = hub.request("HEAD", "/sse/connect/auth", hub.token("42"))
    assert response.status == 200 and "content-length" not in response.headers
    closed = hub.request("HEAD", "/sse/connect/auth", hub.token("42"), headers=["Last-Event-ID: closed"])
    assert closed.status == 204 and "content-type" not in closed.headers


def test_client_id_that_is_not_utf_8_is_refused(hub):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        head = f"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hub.token('42')}\r\nX-Client-Id: "
        client.sendall(head.encode() + b"a\xff\r\n\r\n")
        assert Response.read_head(client.makefile("rb"))[0] == 400


BODIES = [
    b"Content-Length: 10%b\r\n\r\n{\"data\":1}",
    b"Transfer-Encoding: chunked%b\r\n\r\nA\r\n{\"data\":1}\r\n0\r\n\r\n",
]


def broadcast(hub, blank, body):
    token = hub.token("7", ["pushhub:publish"]).encode()
    head = b"".join(b"%b:%b%b%b\r\n" % (name, blank, value, blank) for name, value in [
        (b"Host", b"a"), (b"Authorization", b"Bearer " + token), (b"Content-Type", b"application/json")])
    return b"POST /sse/broadcast HTTP/1.1\r\n" + head + body


@pytest.mark.parametrize("blank", [b"", b" ", b"\t", b" \t "], ids=repr)
@pytest.mark.parametrize("body", BODIES, ids=["length", "chunks"])
def test_blanks_around_a_value_are_not_part_of_it(hub, body, blank):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        file = client.makefile("rb")
        client.sendall(broadcast(hub, blank, body % blank.replace(b"\t", b" ")) * 3)
        assert [Response.read(file).status for _ in range(3)] == [200] * 3
    assert json.loads(hub.command("STATS")[3:])["eventsPublished"] == 3


@pytest.mark.parametrize("body", BODIES, ids=["length", "chunks"])
def test_framing_that_parsers_read_differently_is_refused(hub, body):
    """A tab behind a length or a coding: the parser takes it for something else."""
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        file = client.makefile("rb")
        client.sendall(broadcast(hub, b"", body % b"\t") + b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert Response.read(file).status == 400
        assert file.read() == b""
    assert json.loads(hub.command("STATS")[3:])["eventsPublished"] == 0


def test_blank_behind_the_last_event_id_is_not_part_of_it(hub):
    position = hub.command("PUSH * n 1").split()[1]
    with hub.subscribe(last_event_id=position + " ") as stream:
        assert stream.opened()["replay"] == "complete"
    with hub.subscribe(path=f"/sse/connect/auth?lastEventId=&last_event_id={position}") as stream:
        assert stream.opened()["replay"] == "complete"


@pytest.mark.parametrize("data, lines", [
    ("123456789012345678901234567890.000e+10", None), ('{"b":1,"a":2,"b":3}', None), ("-0", None), ("1E400", None),
    ('"\\ud800"', None), ('"\\udc00\\ud800x"', None), ('"\u2028\u2029\u0085\ufeff\x7f"', None), ('"data: x\\nid: 1"', None),
    ('"e\u0301\u00e9"', None), ('{"":{"\\u0061":1}}', None), (" [ 1 , 2 ] ", ["[ 1 , 2 ]"]), ("[" * 512 + "]" * 512, None),
    ("[\r1,\n2,\r\n3\r\n\r\n,\n\r4]", ["[", "1,", "2,", "3", "", ",", "", "4]"]), ('{"a"\r:\n1\r\n}', ['{"a"', ":", "1", "}"]),
], ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("path", ["/sse/send", "/sse/broadcast"])
def test_data_goes_out_as_it_came(hub, path, data, lines):
    user = '"userId":42,' if path == "/sse/send" else ""
    body = f'{{{user}"eventType":"n","data":{data}}}'.encode()
    with hub.subscribe("42") as stream:
        stream.opened()
        response = hub.request("POST", path, hub.token("7", ["pushhub:publish"]), body)
        assert response.status == 200, response.body
        size = int(stream.file.readline(), 16)
        expected = "".join(f"data: {line}\n" for line in lines or [data])
        assert stream.file.read(size).decode() == f"id: {response.json['id']}\nevent: n\n{expected}\n"


@pytest.mark.parametrize("body", [
    b'{"data":' + b"[" * 513 + b"]" * 513 + b"}", b'{"data":01}', b'{"data":NaN}', b'{"data":[1,]}', b'{"data":"\x01"}',
    b'{"data":"\xff"}', b'{"data":"\xed\xa0\x80"}', b'{"data":"\xc0\x80"}', b'\xef\xbb\xbf{"data":1}', b"[]", b"", b"{}",
    b'{"data":1}x', b'{"data":1,"d\\u0061ta":2}', b'{"data":1,"filter":{"userIds":[1],"userIds":[]}}',
    b'{"data":1,"filter":{"userids":[1]}}', b'{"data":1,"filter":{"userIds":[1.0]}}', b'{"data":1,"filter":{"userIds":null}}',
    b'{"data":1,"eventType":"open"}', b'{"data":1,"eventType":" a"}', b'{"data":1,"eventType":"a\\u0085"}',
    b'{"data":1,"filter":{"userIds":[]}}', b'{"data":1,"filter":{}}', b'{"data":1,"userIds":[1]}', b'{"data":1,"event":"n"}',
    b'{"data":1,"eventType":""}', b'{"data":1,"key":""}', b'{"data":1,"ttl":1.5}', b'{"data":1,"ttl":-1}',
], ids=lambda body: repr(body)[:40])
def test_what_is_no_event_reaches_nobody(hub, body):
    with hub.subscribe("1") as stream:
        stream.opened()
        assert hub.request("POST", "/sse/broadcast", hub.token("7", ["pushhub:publish"]), body).status == 400
        hub.command("PUSH * n 7")
        assert stream.next().data == 7


def test_order_is_one_for_publishers_of_http_and_of_the_socket(open_hub):
    count = 100
    token = open_hub.token("7", ["pushhub:publish"])

    def over_http(number):
        with socket.create_connection(("127.0.0.1", open_hub.port), DEADLINE) as client:
            file = client.makefile("rb")
            for step in range(count):
                body = b'{"data":[%d,%d]}' % (number, step)
                client.sendall(
                    b"POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b" % (token.encode(), len(body), body))
                Response.read(file)

    def over_the_socket(number):
        with open_hub.publisher() as publisher:
            for step in range(count):
                publisher.command(f"PUSH * n [{number},{step}]")

    streams = [open_hub.subscribe(str(user)) for user in range(4)]
    for stream in streams:
        stream.opened()
    works = [over_http, over_the_socket, over_http, over_the_socket]
    threads = [threading.Thread(target=work, args=[number]) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    seen = [[(event.id, *event.data) for event in (stream.next() for _ in range(4 * count))] for stream in streams]
    for thread in threads:
        thread.join()
    assert all(events == seen[0] for events in seen)
    sequence = [int(id.split("-")[1]) for id, _, _ in seen[0]]
    assert sequence == list(range(sequence[0], sequence[0] + 4 * count))
    for number in range(4):
        assert [step for _, publisher, step in seen[0] if publisher == number] == list(range(count))
    for stream in streams:
        stream.close()


@pytest.mark.parametrize("body, meant", [
    ({"data": 1, "userIds": [1]}, "filter.userIds"), ({"data": 1, "event": "notice"}, "eventType"),
    ({"data": 1, "filter": {"userIDs": [1]}}, "userIds"), ({"data": 1, "idempotencyKey": "k"}, "key"),
])
def test_a_member_that_is_unknown_is_refused_with_what_was_meant(hub, body, meant):
    response = hub.request("POST", "/sse/broadcast", hub.token("7", ["pushhub:publish"]), body)
    assert (response.status, response.json["code"]) == (400, "unknown-member")
    assert response.json["detail"].endswith(f"did you mean {meant}?")


# A page's origin, and what a browser says of the site; whether a GET and a POST with a token from a cookie are for it.
PAGES = {
    "not a browser": ([], True, False),
    "the hub's own page": (["Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: same-origin"], True, True),
    "the hub's own page, a plain GET": (["Sec-Fetch-Site: same-origin"], True, False),
    "typed into the address bar": (["Sec-Fetch-Site: none"], True, False),
    "an allowed origin": (["Origin: https://app.example", "Sec-Fetch-Site: cross-site"], True, True),
    "an older browser": (["Origin: https://app.example"], True, True),
    "another origin": (["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"], False, False),
    "another origin that lies": (["Origin: https://evil.example", "Sec-Fetch-Site: same-origin"], False, False),
    "another page's image": (["Sec-Fetch-Site: cross-site"], False, False),
    "a neighbour's image": (["Sec-Fetch-Site: same-site"], False, False),
    "a sandboxed page": (["Origin: null", "Sec-Fetch-Site: cross-site"], False, False),
    "two origins": (["Origin: https://app.example", "Origin: https://evil.example"], False, False),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_token_from_a_cookie_counts_only_for_pages_that_are_allowed(start_hub, name):
    hub = start_hub({"http.allowed-origins": "https://app.example,*"})
    fields, may_get, may_post = PAGES[name]
    fields = [field.format(port=hub.port) for field in fields]
    token = hub.token("7", ["pushhub:publish", "pushhub:admin"])
    for method, path, who in ENDPOINTS:
        if who == "anyone":
            continue
        body = BODIES_OF_POSTS.get(path, {}) if method == "POST" else None
        extra = fields + (["Last-Event-ID: closed"] if "connect" in path else [])
        expected = 404 if "/renew" in path else 204 if "connect/auth" in path else 200
        by_cookie = hub.request(method, path, None, body, [f"Cookie: pushhub_token={token}", *extra])
        if may_post if method == "POST" else may_get:
            assert by_cookie.status == expected, path
        else:
            assert (by_cookie.status, by_cookie.json["code"]) == (403, "origin-not-allowed"), path
        # Who brings the token along needs no leave of a browser's.
        assert hub.request(method, path, token, body, extra).status == expected, path


def test_a_foreign_page_cannot_end_the_streams_of_a_user(start_hub):
    hub = start_hub({"limits.connections-per-user": "1"})
    with hub.subscribe("7") as stream:
        stream.opened()
        cookie = f"Cookie: pushhub_token={hub.token('7')}"
        for fields in [["Origin: https://evil.example"], ["Sec-Fetch-Site: cross-site"]]:
            assert hub.request("GET", "/sse/connect/auth", None, None, [cookie, *fields]).status == 403
        hub.command("PUSH user:7 n 1")
        assert stream.next().data == 1


@pytest.mark.parametrize("size, status", [(4095, 200), (4096, 200), (4097, 431)])
def test_head_may_be_as_long_as_configured(start_hub, size, status):
    hub = start_hub({"http.max-header-size": "4KiB"})
    head = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: "
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        client.sendall(head + b"a" * (size - len(head) - 4) + b"\r\n\r\n")
        assert Response.read(client.makefile("rb")).status == status


@pytest.mark.parametrize("size, status", [(2047, 200), (2048, 200), (2049, 413)])
def test_body_may_be_as_long_as_configured(start_hub, size, status):
    hub = start_hub({"http.max-body-size": "2KiB"})
    body = b'{"data":"%b"}' % (b"x" * (size - 11))
    assert hub.request("POST", "/sse/broadcast", hub.token("7", ["pushhub:publish"]), body).status == status


def test_warning_comes_before_the_expiry_and_the_end_after_the_leeway(start_hub):
    hub = start_hub({"auth.leeway": "3s"})
    expiry = time.time() + 61.5
    with hub.subscribe("7", token=make_token({"sub": "7", "exp": expiry})) as stream:
        opening = stream.opened()
        warning = stream.next()
        assert warning.type == "error" and opening["tokenExpiresAt"] in warning.data["message"]
        # A second later at most; with the leeway counted in it would be three.
        assert expiry - time.time() > 58.5
        short = time.time() + 0.5
        path = f"/sse/connections/{opening['connectionId']}/renew"
        assert hub.request("POST", path, make_token({"sub": "7", "exp": short})).status == 200
        assert stream.next().type == "error"
        assert stream.next().data["reason"] == "token-expired"
        assert time.time() - short > 2.5


def test_publishers_of_http_learn_that_the_hub_stops(open_hub):
    """Also those whose request was on its way on a kept connection; and whatever was accepted was delivered."""
    token = open_hub.token("7", ["pushhub:publish"]).encode()
    request = (b"POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token +
               b"\r\nContent-Length: 10\r\n\r\n{\"data\":1}")
    accepted, last = [], []

    def publish():
        with socket.create_connection(("127.0.0.1", open_hub.port), DEADLINE) as client:
            client.settimeout(DEADLINE)
            file = client.makefile("rb")
            while True:
                client.sendall(request)
                response = Response.read(file)
                if response.status != 200:
                    return last.append((response.status, response.headers.get("retry-after")))
                accepted.append(response.json["id"])
                if response.headers.get("connection") == "close":
                    return last.append((503, "5"))

    threads = [threading.Thread(target=publish) for _ in range(8)]
    with open_hub.subscribe() as stream:
        stream.opened()
        for thread in threads:
            thread.start()
        events = [stream.next() for _ in range(200)]
        open_hub.signal(signal.SIGTERM)
        events += stream.rest()
        for thread in threads:
            thread.join()
        assert last == [(503, "5")] * 8
        assert set(accepted) <= {event.id for event in events}
        assert events[-1].data == {"reason": "shutdown", "reconnect": True}
    assert open_hub.process.wait(DEADLINE) == 0

"""Several publishers and users share a hub: what one of them does, or fails to do, takes nothing from the others."""

import contextlib
import os
import socket
import time

import pytest

from hub import DEADLINE, Response

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")


def post(hub, user, body):
    return hub.request("POST", "/sse/broadcast", hub.token(user, ["pushhub:publish"]), body)


# Keys

@needs_root
def test_each_uid_has_keys_of_its_own(shared_hub):
    rules = "user=4001 push to=user:a,user=4002 push to=user:b"
    hub = shared_hub({"publish.allow": rules})
    with hub.subscribe("a") as a, hub.subscribe("b") as b, hub.publisher(uid=4001) as one, hub.publisher(uid=4002) as two:
        a.opened(), b.opened()
        first = one.command("@key=k PUSH user:a n 1")
        other = two.command("@key=k PUSH user:b n 2")
        assert (first[:3], other[:3]) == ("OK ", "OK ") and first != other
        assert (a.next().data, b.next().data) == (1, 2)
        # What the other did under this key shows in nothing.
        assert one.command("@key=k PUSH user:a n 1") == first
        assert one.command("@key=k PUSH user:b n 2").startswith("ERR forbidden ")


def test_keys_of_each_user_and_of_the_socket_are_apart(hub):
    ids = {post(hub, user, {"data": 1, "key": "k"}).json["id"] for user in ["7", "8"]}
    ids.add(hub.command("@key=k PUSH * broadcast 1").split()[1])
    assert len(ids) == 3
    composed = post(hub, "7", {"data": 1, "key": "\u00e9"}).json["id"]
    assert post(hub, "7", {"data": 1, "key": "e\u0301"}).json["id"] != composed
    assert post(hub, "7", {"data": 1, "key": "\u00e9"}).json["id"] == composed


@pytest.mark.parametrize("line", [
    "@key=k PUSH user:42 n 2", "@key=k PUSH user:42 other 1", "@key=k PUSH user:43 n 1", "@key=k PUSH * n 1",
    "@key=k PUSH users:42,43 n 1",
])
def test_a_key_that_comes_again_with_something_else_is_refused(hub, line):
    with hub.subscribe("42") as stream:
        stream.opened()
        first = hub.command("@key=k PUSH user:42 n 1")
        assert hub.command(line).startswith("ERR key-reused ")
        assert hub.command("@key=k;ttl=5 PUSH user:42 n 1") == first
        hub.command("PUSH user:42 n 3")
        assert [stream.next().data, stream.next().data] == [1, 3]


def test_a_key_that_comes_again_with_something_else_is_a_422(hub):
    assert post(hub, "7", {"data": 1, "key": "k"}).status == 200
    again = post(hub, "7", {"data": 2, "key": "k"})
    assert (again.status, again.json["code"]) == (422, "key-reused")
    assert post(hub, "7", {"data": 1, "key": "k", "filter": {"userIds": [1]}}).status == 422
    assert post(hub, "7", {"data": 1, "key": "k", "eventType": "other"}).status == 422


def test_a_key_whose_first_use_failed_may_be_used_again(hub):
    unknown = "conn_" + "A" * 22
    assert hub.command(f"@key=k PUSH conn:{unknown} n 1").startswith("ERR unknown-connection ")
    assert hub.command("@key=k PUSH user:42 n 2").startswith("OK ")


@needs_root
def test_one_publisher_may_use_a_quarter_of_the_keys(shared_hub):
    hub = shared_hub({"limits.idempotency-keys": "8", "limits.idempotency-age": "1h"})
    with hub.publisher(uid=4001) as one, hub.publisher(uid=4002) as two:
        replies = [one.command(f"@key={number} PUSH * n 1") for number in range(2)]
        assert one.command("@key=2 PUSH * n 1").startswith("ERR too-many-keys ")
        assert one.command("@key=0 PUSH * n 1") == replies[0]
        assert one.command("PUSH * n 1").startswith("OK ")
        assert two.command("@key=2 PUSH * n 1").startswith("OK ")


def test_too_many_keys_of_a_user_are_a_429(start_hub):
    hub = start_hub({"limits.idempotency-keys": "4", "limits.idempotency-age": "1h"})
    assert post(hub, "7", {"data": 1, "key": "a"}).status == 200
    refused = post(hub, "7", {"data": 1, "key": "b"})
    assert (refused.status, refused.json["code"]) == (429, "too-many-keys")
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    assert post(hub, "8", {"data": 1, "key": "b"}).status == 200


# Places

def reply_of_a_newcomer(hub, line):
    """The reply to a line, or the refusal, after which the hub may have closed before it was sent."""
    with hub.publisher() as newcomer:
        with contextlib.suppress(BrokenPipeError):
            newcomer.send(line + "\n")
        return newcomer.reply()


def until_it_is_served(hub, line):
    end = time.monotonic() + DEADLINE
    while (reply := reply_of_a_newcomer(hub, line)).startswith("ERR overloaded "):
        assert time.monotonic() < end, "nobody gives way"
    return reply


@needs_root
def test_a_uid_that_holds_its_share_keeps_nobody_else_out(shared_hub):
    hub = shared_hub({"publish.max-publishers": "4", "publish.max-publishers-per-user": "2"})
    with hub.publisher(uid=4001) as first, hub.publisher(uid=4001) as second:
        assert [first.command("PING"), second.command("PING")] == ["OK pong"] * 2
        with hub.publisher(uid=4001) as third:
            assert third.reply().startswith("ERR overloaded ")
        with hub.publisher(uid=4002) as other:
            assert other.command("PING") == "OK pong"


def test_the_publisher_that_is_silent_for_longest_gives_way(start_hub):
    hub = start_hub({"publish.max-publishers": "2"})
    with hub.publisher() as silent, hub.publisher() as busy:
        assert silent.command("PING") == "OK pong"
        end = time.monotonic() + DEADLINE
        while reply_of_a_newcomer(hub, "PING") != "OK pong":
            assert busy.command("PING") == "OK pong"
            assert time.monotonic() < end, "nobody gives way"
        hub.wait_for_log("publisher silent for longest gives way")
        assert silent.file.read() == b""
        assert busy.command("PING") == "OK pong"


def test_what_a_publisher_sent_before_it_gives_way_is_executed(start_hub):
    """A line that arrives together with the order to go is answered; half a line is not executed."""
    hub = start_hub({"publish.max-publishers": "1"})
    with hub.publisher() as silent:
        silent.send("PUSH user:42 n 1\nPUSH user:42 n ")
        assert silent.reply().startswith("OK ")
        assert '"eventsPublished":1,' in until_it_is_served(hub, "STATS")
        assert silent.reply().startswith("ERR incomplete ")
        assert silent.file.read() == b""


# Work

def test_a_line_names_as_many_users_as_configured(start_hub):
    hub = start_hub({"publish.max-users": "3"})
    assert hub.command("PUSH users:1,2,3 n 1").startswith("OK ")
    assert hub.command("PUSH users:1,2,3,4 n 1").startswith("ERR bad-target ")
    assert hub.command("CLOSE users:1,2,3,4").startswith("ERR bad-target ")
    body = {"data": 1, "filter": {"userIds": [1, 2, 3, 4]}}
    assert post(hub, "7", body).status == 400
    assert post(hub, "7", {"data": 1, "filter": {"userIds": [1, 2, 3]}}).status == 200


def test_connections_that_are_no_stream_have_a_limit_of_their_own(start_hub):
    hub = start_hub({"limits.http-connections": "5"})
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(hub.subscribe("42")) for _ in range(10)]
        assert [stream.status for stream in streams] == [200] * 10
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", hub.port), DEADLINE)) for _ in range(5)]
        for connection in connections:
            # Once it has an answer it has its place, whichever thread accepted it.
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert Response.read(connection.makefile("rb")).status == 200
            connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        # A plain request for a stream needs no such place.
        with hub.subscribe("43") as stream:
            stream.opened()
        refused = hub.request("GET", "/healthz")
        assert (refused.status, refused.json["code"]) == (503, "hub-full")
        assert refused.headers["connection"] == "close" and "retry-after" in refused.headers
        for connection in connections[:2]:
            connection.sendall(b"Host: a\r\nConnection: close\r\n\r\n")
            assert connection.makefile("rb").read().endswith(b"ok")
        end = time.monotonic() + DEADLINE
        while hub.request("GET", "/healthz").status == 503:
            assert time.monotonic() < end

"""Taking rights back: REVOKE, BLOCK and their endpoints; what of them outlives what; no way around them."""

import contextlib
import json
import socket
import sqlite3
import threading
import time

import pytest

from hub import DEADLINE, Response

ADMIN = ["pushhub:admin"]
PUBLISH = ["pushhub:publish"]


def now():
    return int(time.time())


def aged(hub, user="42", seconds=10, scopes=(), **claims):
    """A token that was issued so long ago."""
    return hub.token(user, scopes, iat=now() - seconds, **claims)


def post(hub, verb, user="42", body=None, token=None):
    return hub.request("POST", f"/sse/users/{user}/{verb}", token or hub.token("ops", ADMIN), body)


def status(hub, token, path="/sse/connect/auth"):
    """Of a HEAD, which opens nothing."""
    return hub.request("HEAD", path, token).status


def until(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it does not come about"


@pytest.fixture
def kept(start_hub):
    """Starts hubs one after another with one state directory."""
    directory = start_hub.directory / "state"
    directory.mkdir(mode=0o700)
    return lambda settings=None: start_hub(settings, environment={"STATE_DIRECTORY": str(directory)})


# Revoking


@pytest.mark.parametrize("over", ["the socket", "HTTP"])
def test_revoking_ends_the_streams_of_older_tokens_and_refuses_them(hub, over):
    old, other = aged(hub), aged(hub, "43")
    with hub.subscribe(token=old) as first, hub.subscribe(token=hub.token("42")) as without, hub.subscribe(token=other) as bystander:
        for stream in (first, without, bystander):
            stream.opened()
        fresh = hub.token("42", iat=now() + 5)  # its issuer's clock is ahead
        with hub.subscribe(token=fresh) as second:
            second.opened()
            if over == "HTTP":
                answer = post(hub, "revoke")
                assert (answer.status, answer.json) == (200, {"success": True, "closedCount": 2})
            else:
                assert hub.command("REVOKE user:42") == "OK 2"
            for stream in (first, without):
                event = stream.next()
                assert (event.type, event.data, event.id) == ("close", {"reason": "revoked", "reconnect": True}, None)
                assert stream.rest() == []
            hub.command("PUSH * n 1")
            assert second.next().data == bystander.next().data == 1
    assert status(hub, fresh) == status(hub, other) == 200
    refused = hub.request("GET", "/sse/connect/auth", old)
    assert (refused.status, refused.json["code"]) == (401, "invalid-token")
    assert refused.json["detail"].startswith("The token was revoked at 20")
    assert 'error="invalid_token", error_description="The token was revoked at 20' in refused.headers["www-authenticate"]
    assert refused.headers["content-type"] == "application/problem+json"
    hub.wait_for_log("notice: tokens issued before .* are revoked; 2 streams are closed user=42 "
                     + ("admin=ops" if over == "HTTP" else r"publisher-pid=\d+ publisher-uid=\d+"))
    hub.wait_for_log("token refused: The token was revoked reason=revoked")
    stats = json.loads(hub.command("STATS")[3:])
    assert stats["closesByReason"]["revoked"] == 2 and stats["users"]["revoked"] == 1


def test_every_endpoint_refuses_a_revoked_token(hub):
    old = aged(hub, "42", scopes=PUBLISH + ADMIN)
    hub.command("REVOKE user:42")
    with hub.subscribe(token=hub.token("42", iat=now())) as stream:
        connection = stream.opened()["connectionId"]
        for method, path, body in [
            ("GET", "/sse/connect/auth", None), ("HEAD", "/sse/connect/auth", None), ("POST", "/sse/send", {"userId": 1, "data": 1}),
            ("POST", "/sse/broadcast", {"data": 1}), ("GET", "/sse/stats", None), ("GET", "/metrics", None),
            ("GET", "/sse/users/42/connections", None), ("POST", "/sse/users/42/disconnect", None),
            ("POST", f"/sse/connections/{connection}/renew", None), ("POST", f"/sse/connections/{connection}/topics", {}),
            ("GET", "/sse/connections?topic=a", None), ("POST", "/sse/users/42/unrevoke", None), ("POST", "/sse/users/1/revoke", None),
            ("POST", "/sse/users/42/unblock", None), ("POST", "/sse/users/1/block", None),
        ]:
            assert hub.request(method, path, old, body).status == 401, path
        hub.command("PUSH user:42 last 1")
        assert stream.next().type == "last"


@pytest.mark.parametrize("carrier", ["cookie", "query"])
def test_a_revoked_token_is_refused_however_it_comes(start_hub, carrier):
    hub = start_hub({"auth.query-parameter": "access_token"})
    for token, expected in [(aged(hub), 401), (hub.token("42", iat=now() + 5), 200)]:
        hub.command("REVOKE user:42")
        headers = [f"Cookie: pushhub_token={token}"] if carrier == "cookie" else []
        path = "/sse/connect/auth" + (f"?access_token={token}" if carrier == "query" else "")
        assert hub.request("HEAD", path, headers=headers).status == expected


@pytest.mark.parametrize("before, good, bad", [
    (-100, -100, -101), (0, 0, -1), (100, 100, 99), (None, 0, -60), (None, 60, -60),
], ids=["past", "this second", "future", "default", "ahead"])
def test_a_token_of_the_same_second_is_good(hub, before, good, bad):
    start = now()
    line = "REVOKE user:42" if before is None else f"REVOKE user:42 before={start + before}"
    assert hub.command(line) == "OK 0"
    if before is None and good == 0:
        start = now()  # the second of the revocation, or one after it
    assert status(hub, hub.token("42", iat=start + good)) == status(hub, hub.token("42", iat=start + good + 0.5)) == 200
    assert status(hub, hub.token("42", iat=start + bad)) == status(hub, hub.token("42", iat=start + bad + 0.5)) == 401


def test_a_later_revocation_with_an_earlier_time_gives_nothing_back(hub):
    hub.command("REVOKE user:42")
    assert post(hub, "revoke", body={"before": 5}).json["closedCount"] == 0
    assert status(hub, aged(hub)) == 401
    assert post(hub, "unrevoke").json == {"success": True, "closedCount": 0}
    assert status(hub, aged(hub)) == 200
    hub.command("REVOKE user:42 before=5")
    assert status(hub, aged(hub)) == 200 and status(hub, hub.token("42")) == 401
    assert hub.command("UNREVOKE user:42") == "OK 0" and status(hub, hub.token("42")) == 200
    hub.wait_for_log("no token is revoked any more user=42 publisher-pid=", count=1)


def test_a_stream_is_renewed_only_by_a_token_that_is_good(hub):
    with hub.subscribe(token=aged(hub, seconds=5)) as stream:
        path = f"/sse/connections/{stream.opened()['connectionId']}/renew"
        assert hub.command(f"REVOKE user:42 before={now() - 7}") == "OK 0"
        assert hub.request("POST", path, aged(hub, seconds=8)).status == 401
        # The token that it goes on under counts, not the one that it was opened with.
        assert hub.request("POST", path, hub.token("42", iat=now() + 5)).status == 200
        assert hub.command("REVOKE user:42") == "OK 0"
        hub.command("PUSH user:42 n 1")
        assert stream.next().data == 1
        hub.command("UNREVOKE user:42")
        assert hub.request("POST", path, aged(hub)).status == 200
        assert hub.command("REVOKE user:42") == "OK 1"
        assert stream.next().data["reason"] == "revoked"


# Blocking


@pytest.mark.parametrize("over", ["the socket", "HTTP"])
def test_whoever_is_blocked_can_do_nothing_until_unblocked(hub, over):
    token = hub.token("42", PUBLISH, iat=now() + 60)
    with hub.subscribe(token=token) as stream, hub.subscribe("43") as other:
        stream.opened(), other.opened()
        if over == "HTTP":
            assert post(hub, "block", body={"reason": "spam"}).json == {"success": True, "closedCount": 1}
        else:
            assert hub.command("BLOCK user:42") == "OK 1"
        event = stream.next()
        assert (event.type, event.id) == ("close", "closed")
        assert event.data == {"reason": "disconnected", "reconnect": False, **({"detail": "spam"} if over == "HTTP" else {})}
        assert stream.rest() == []
        for method, path, body in [
            ("GET", "/sse/connect/auth", None), ("POST", "/sse/send", {"userId": 43, "data": 1}), ("POST", "/sse/broadcast", {"data": 1}),
            ("GET", "/sse/users/42/connections", None), ("POST", "/sse/connections/x/renew", None),
        ]:
            answer = hub.request(method, path, token, body)
            assert (answer.status, answer.json["code"]) == (403, "user-blocked"), path
        assert post(hub, "unblock").json == {"success": True, "closedCount": 0}
        assert hub.request("POST", "/sse/send", token, {"userId": 43, "data": 2}).status == 200
        assert other.next().data == 2, "nothing came of what was refused"
    hub.wait_for_log("notice: blocked until unblocked; 1 streams are closed user=42")
    hub.wait_for_log("notice: not blocked any more user=42 admin=ops")


def test_a_block_ends_by_itself(hub):
    token = hub.token("42")
    start = time.monotonic()
    assert hub.command("BLOCK user:42 for=1s") == "OK 0"
    assert post(hub, "block", "43", {"for": "1s"}).status == 200
    assert status(hub, token) == status(hub, hub.token("43")) == 403
    until(lambda: status(hub, token) == status(hub, hub.token("43")) == 200)
    assert time.monotonic() - start >= 1
    with hub.subscribe(token=token) as stream:
        assert stream.opened()


def test_another_block_counts_from_then_on(hub):
    hub.command("BLOCK user:42")
    hub.command("BLOCK user:42 for=1s")
    until(lambda: status(hub, hub.token("42")) == 200)
    hub.command("BLOCK user:42 for=1s")
    hub.command("BLOCK user:42 for=3650d")
    hub.command("BLOCK user:43 for=1s")
    until(lambda: status(hub, hub.token("43")) == 200)
    assert status(hub, hub.token("42")) == 403


# What is refused


@pytest.mark.parametrize("verb, body, code", [
    ("revoke", {"before": "5"}, "bad-member"), ("revoke", {"before": -1}, "bad-member"), ("revoke", {"before": 1.5}, "bad-member"),
    ("revoke", {"before": 4294967296}, "bad-member"), ("revoke", {"for": "1h"}, "unknown-member"), ("revoke", [], "bad-json"),
    ("revoke", {"iat": 5}, "unknown-member"), ("revoke", b'{"before":1,"before":2}', "bad-member"),
    ("block", {"for": 5}, "bad-member"), ("block", {"for": "5"}, "bad-member"), ("block", {"for": "0s"}, "bad-member"),
    ("block", {"for": "3651d"}, "bad-member"), ("block", {"reason": 5}, "bad-member"), ("block", {"before": 5}, "unknown-member"),
    ("block", {"reason": "x" * 1025}, "bad-member"), ("unrevoke", {"before": 5}, "unknown-member"),
    ("unblock", {"reason": "x"}, "unknown-member"), ("unblock", b"x", "bad-json"),
])
def test_what_is_not_understood_changes_nothing(hub, verb, body, code):
    hub.command("BLOCK user:41")
    answer = post(hub, verb, body=body)
    assert (answer.status, answer.json["code"]) == (400, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert status(hub, hub.token("42")) == 200 and status(hub, hub.token("41")) == 403


@pytest.mark.parametrize("verb", ["revoke", "unrevoke", "block", "unblock"])
def test_it_takes_an_administrator_and_a_post(start_hub, verb):
    hub = start_hub({"http.allowed-origins": "https://app.example"})
    for token, expected in [(None, 401), (hub.token("42"), 403), (hub.token("43", PUBLISH), 403), (hub.token("ops", ADMIN), 200)]:
        assert hub.request("POST", f"/sse/users/42/{verb}", token).status == expected
    assert hub.request("GET", f"/sse/users/42/{verb}", hub.token("ops", ADMIN)).status == 405
    preflight = hub.request("OPTIONS", f"/sse/users/42/{verb}", headers=["Origin: https://app.example"])
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "POST, OPTIONS")
    assert post(hub, verb, body=b"{}").status == 200
    for empty in ({}, {"before": None} if verb == "revoke" else {}, {"for": None, "reason": None} if verb == "block" else {}):
        assert post(hub, verb, body=empty).status == 200


def test_names_are_those_of_the_path_and_of_the_line(hub):
    assert hub.command("BLOCK user:4%202") == "OK 0"
    assert post(hub, "block", "%C3%A9%2F").status == 200
    assert [status(hub, hub.token(user)) for user in ("4 2", "é/", "42", "e\u0301/")] == [403, 403, 200, 200]
    # Nobody can be meant by mistake.
    for line in ["BLOCK *", "BLOCK users:1,2", "BLOCK topic:42", "BLOCK", "REVOKE user:42 before=x", "REVOKE user:42 before=-1",
                 "REVOKE user:42 before=4294967296", "REVOKE user:42 for=1h", "BLOCK user:42 for=1", "BLOCK user:42 before=1",
                 "BLOCK user:42 spam", "UNBLOCK user:42 x", "UNREVOKE user:42 before=1", "@key=k REVOKE user:42"]:
        assert hub.command(line).startswith("ERR "), line
    assert status(hub, hub.token("42")) == 200


def test_no_more_users_are_revoked_than_allowed(start_hub):
    hub = start_hub({"limits.revocations": "2"})
    assert hub.command("REVOKE user:1") == hub.command("BLOCK user:2 for=1s") == "OK 0"
    assert hub.command("BLOCK user:3").startswith("ERR too-many-revocations ")
    answer = post(hub, "revoke", "3")
    assert (answer.status, answer.json["code"]) == (507, "too-many-revocations")
    assert status(hub, hub.token("3")) == 200
    # Those that are there already may be changed, and taking back is always possible.
    assert hub.command("REVOKE user:2") == hub.command("BLOCK user:1") == hub.command("UNBLOCK user:9") == "OK 0"
    assert hub.command("UNREVOKE user:2") == "OK 0"
    until(lambda: hub.command("BLOCK user:3") == "OK 0")
    assert status(hub, hub.token("3")) == 403


# What it outlives


@pytest.mark.parametrize("end", ["restart", "kill -9"])
def test_what_was_taken_stays_taken(kept, end):
    hub = kept()
    hub.command("REVOKE user:4%202")
    hub.command("BLOCK user:b%C3%A9")
    hub.command("BLOCK user:short for=1s")
    hub.command("REVOKE user:back")
    hub.command("UNREVOKE user:back")
    assert post(hub, "block", "http").status == 200
    hub.kill() if end == "kill -9" else hub.stop()
    hub = kept()
    assert [status(hub, aged(hub, user)) for user in ("4 2", "bé", "http", "back", "42")] == [401, 403, 403, 200, 200]
    assert status(hub, hub.token("4 2", iat=now() + 5)) == 200
    until(lambda: status(hub, hub.token("short")) == 200)
    hub.command("UNREVOKE user:4%202")
    hub.kill()
    hub = kept()
    assert status(hub, aged(hub, "4 2")) == 200
    assert json.loads(hub.command("STATS")[3:])["users"]["revoked"] == 2


def test_what_is_answered_is_on_disk(kept, start_hub):
    """Killed at once after each answer."""
    for number in range(5):
        hub = kept()
        assert hub.command(f"REVOKE user:u{number}") == "OK 0"
        hub.kill()
    hub = kept()
    assert [status(hub, aged(hub, f"u{number}")) for number in range(6)] == [401] * 5 + [200]
    hub.stop()
    with sqlite3.connect(start_hub.directory / "state" / "state.sqlite") as database:
        assert database.execute("SELECT count(*) FROM revocations").fetchone() == (5,)


def test_what_cannot_be_kept_is_refused_and_not_in_force(start_hub, tmp_path):
    # A directory in the place of the file: it cannot be opened, and is as soon as the directory has gone.
    (tmp_path / "state.sqlite").mkdir()
    hub = start_hub(environment={"STATE_DIRECTORY": str(tmp_path)})
    hub.wait_for_log("error: the state directory fails: .*who was revoked or blocked")
    with hub.subscribe("42") as stream:
        stream.opened()
        assert hub.command("REVOKE user:42").startswith("ERR overloaded this cannot be kept, and is not in force: ")
        answer = post(hub, "block")
        assert (answer.status, answer.json["code"]) == (503, "overloaded") and "retry-after" in answer.headers
        hub.wait_for_log("the state cannot be kept", count=2)
        assert status(hub, hub.token("42")) == 200
        (tmp_path / "state.sqlite").rmdir()
        assert hub.command("REVOKE user:42") == "OK 1"
        assert stream.next().data["reason"] == "revoked"
    hub.kill()
    hub = start_hub(environment={"STATE_DIRECTORY": str(tmp_path)})
    assert status(hub, hub.token("42")) == 401


# No window


def test_no_stream_slips_through_while_its_token_is_revoked(start_hub):
    """Clients connect and renew all the time while the user is revoked: who was let in is closed, who comes later refused."""
    hub = start_hub({"limits.connections-per-user": "100000", "threads": "4"})
    old, fresh = aged(hub), hub.token("42", iat=now() + 3600)
    request = f"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {old}\r\n\r\n".encode()
    opened, statuses, is_over = [], [], threading.Event()

    def connect():
        while not is_over.is_set():
            client = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
            client.sendall(request)
            file = client.makefile("rb")
            code, _ = Response.read_head(file)
            statuses.append(code)
            if code == 200:
                opened.append((client, file))
            else:
                file.close()
                client.close()

    for round_ in range(8):
        opened.clear(), statuses.clear(), is_over.clear()
        threads = [threading.Thread(target=connect) for _ in range(6)]
        for thread in threads:
            thread.start()
        until(lambda: len(opened) >= 20)
        with hub.subscribe(token=fresh) as stream:
            path = f"/sse/connections/{stream.opened()['connectionId']}/renew"
            closed = int(hub.command("REVOKE user:42").split()[1])
            count = len(statuses)
            until(lambda: len(statuses) >= count + 20)
            assert hub.request("POST", path, old).status == 401
            is_over.set()
            for thread in threads:
                thread.join()
            assert 401 in statuses and set(statuses) == {200, 401}
            # All that were opened were closed by it, and no other was.
            assert closed == len(opened), round_
            for client, file in opened:
                assert b'{"reason":"revoked","reconnect":true}' in file.read(), round_
                file.close()
                client.close()
            admin = hub.token("ops", ADMIN)
            assert len(hub.request("GET", "/sse/users/42/connections", admin).json["connections"]) == 1
            hub.command("PUSH user:42 n 1")
            assert stream.next().data == 1
        assert hub.command("UNREVOKE user:42") == "OK 0"


def test_a_body_that_takes_its_time_is_of_a_token_that_was_revoked_meanwhile(hub):
    token = aged(hub, scopes=PUBLISH)
    body = b'{"userId":"43","data":1}'
    head = (f"POST /sse/send HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with hub.subscribe("43") as stream, socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        stream.opened()
        client.sendall(head)
        file = client.makefile("rb")
        assert file.readline() == b"HTTP/1.1 100 Continue\r\n" and file.readline() == b"\r\n"
        assert hub.command("REVOKE user:42") == "OK 0"
        client.sendall(body)
        assert Response.read(file).status == 401
        hub.command("PUSH user:43 last 2")
        assert stream.next().data == 2


def test_a_stream_of_a_revoked_user_resumes_under_a_new_token(hub):
    with hub.subscribe(token=aged(hub)) as stream:
        stream.opened()
        hub.command("PUSH user:42 n 1")
        assert stream.next().data == 1
        hub.command("REVOKE user:42")
        assert stream.next().type == "close"
        position = stream.last_id
    hub.command("PUSH user:42 n 2")
    assert hub.subscribe(token=aged(hub), last_event_id=position).status == 401
    with contextlib.closing(hub.subscribe(token=hub.token("42", iat=now() + 5), last_event_id=position)) as stream:
        assert stream.opened()["replay"] == "complete"
        assert stream.next().data == 2


def test_what_was_taken_is_in_force_as_soon_as_it_can_be_read(kept, start_hub):
    hub = kept()
    hub.command("BLOCK user:42")
    hub.command("REVOKE user:43")
    hub.stop()
    store = start_hub.directory / "state" / "state.sqlite"
    store.rename(store.with_name("away"))
    store.mkdir()
    hub = kept()
    with hub.subscribe("42") as blocked, hub.subscribe(token=aged(hub, "43")) as revoked, hub.subscribe("44") as other:
        for stream in (blocked, revoked, other):
            stream.opened()
        store.rmdir()
        store.with_name("away").rename(store)
        hub.wait_for_log("notice: the state can be kept again")
        assert [blocked.next().data["reason"], revoked.next().data["reason"]] == ["disconnected", "revoked"]
        hub.command("PUSH * n 1")
        assert other.next().data == 1
    assert [status(hub, hub.token(user)) for user in ("42", "43")] == [403, 401]

"""Streams of the real hub: replay, order, slow and dead clients, expiry, limits."""

import json
import select
import socket
import struct
import threading
import time

import pytest

from hub import DEADLINE, Stream


def test_the_head_and_the_first_events(hub):
    with hub.subscribe("42", path="/sse/connect/auth?clientId=cid_1") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-store, no-transform"
        assert stream.headers["x-accel-buffering"] == "no"
        opening, welcome = stream.next(), stream.next()
        assert opening.type == "open" and opening.retry == 3000 and opening.id is None
        assert opening.data["clientId"] == "cid_1"
        assert opening.data["replay"] == "none"
        assert opening.data["heartbeatInterval"] == 600_000
        assert opening.data["tokenExpiresAt"].endswith("Z")
        assert welcome.type == "welcome" and welcome.id
        assert welcome.data["message"] == "Welcome back, user 42!"
        assert welcome.data["connectionId"] == opening.data["connectionId"]


def test_a_client_that_returns_gets_what_it_missed(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        hub.command("PUSH user:42 n 1")
        stream.next()
        position = stream.last_id
    for line in ["PUSH user:42 n 2", "PUSH user:43 n 3", "PUSH * n 4", "PUSH users:42,43 n 5", "@ttl=0 PUSH * n 6"]:
        hub.command(line)
    for path in ["", f"?lastEventId={position}", f"?last_event_id={position}"]:
        header = position if not path else None
        with hub.subscribe("42", last_event_id=header, path="/sse/connect/auth" + path) as stream:
            opening, welcome = stream.next(), stream.next()
            assert opening.data["replay"] == "complete"
            assert welcome.id == position
            assert [stream.next().data for _ in range(3)] == [2, 4, 5]


def test_the_header_wins_over_the_query(hub):
    hub.command("PUSH * n 1")
    with hub.subscribe("42", last_event_id="nonsense", path="/sse/connect/auth?lastEventId=closed") as stream:
        assert stream.opened()["replay"] == "gap"


def test_an_id_of_before_a_restart_is_a_gap_and_is_never_used_again(hub):
    first = hub.command("PUSH * n 1").split()[1]
    hub.restart()
    second = hub.command("PUSH * n 1").split()[1]
    assert int(first.split("-")[0]) < int(second.split("-")[0])
    with hub.subscribe("42", last_event_id=first) as stream:
        assert stream.opened()["replay"] == "gap"


def test_replay_racing_live_publishing_loses_and_doubles_nothing(hub):
    total = 3000
    done = threading.Event()

    def publish():
        with hub.publisher() as publisher:
            for number in range(total):
                target = "*" if number % 3 else "user:42"
                publisher.command(f"PUSH {target} n {number}")
        done.set()

    thread = threading.Thread(target=publish)
    received, position = [], None
    with hub.subscribe("42") as stream:
        stream.opened()
        thread.start()
        received.append(stream.next().data)
        position = stream.last_id
    visits = 0
    while len(received) < total:
        visits += 1
        with hub.subscribe("42", last_event_id=position) as stream:
            assert stream.opened()["replay"] == "complete"
            for _ in range(min(37, total - len(received))):
                received.append(stream.next().data)
            position = stream.last_id
    thread.join()
    assert received == list(range(total))
    assert visits > 10


def test_a_long_replay_is_fed_as_the_client_drains_it(start_hub):
    hub = start_hub({"stream.max-queued-bytes": "64KiB"})
    text = "x" * 2000
    with hub.publisher() as publisher:
        start = publisher.command("PUSH * n 0").split()[1]
        for number in range(1, 5001):
            publisher.send(f'@reply=no PUSH user:42 n ["{text}",{number}]\n')
        assert publisher.command("PING") == "OK pong"
        with hub.subscribe("42", last_event_id=start) as stream:
            assert stream.opened()["replay"] == "complete"
            publisher.command("PUSH user:42 n [0,5001]")
            assert [stream.next().data[1] for _ in range(5001)] == list(range(1, 5002))


def test_a_quiet_clients_position_moves_with_the_heartbeat(start_hub):
    hub = start_hub({"stream.heartbeat-interval": "200ms", "history.max-events": "10"})
    with hub.subscribe("42") as stream:
        stream.opened()
        with hub.publisher() as publisher:
            for _ in range(100):
                last = publisher.command("PUSH user:43 n 1").split()[1]
        while stream.next_of("heartbeat").id != last:
            pass
    with hub.subscribe("42", last_event_id=last) as stream:
        assert stream.opened()["replay"] == "complete"


def read_until_closed(sock):
    data = b""
    while chunk := sock.recv(1 << 20):
        data += chunk
    return data


def test_a_slow_consumer_is_closed_and_the_others_never_wait(start_hub):
    hub = start_hub({"stream.max-queued-bytes": "100KiB", "history.max-events": "0"})
    with hub.subscribe("slow") as slow, hub.subscribe("quick") as quick:
        slow.opened(), quick.opened()
        text = "x" * 10_000
        with hub.publisher() as publisher:
            for number in range(3000):
                publisher.command(f'PUSH * n ["{text}",{number}]')
                assert quick.next().data[1] == number
                if "slow-consumer" in hub.log():
                    break
        hub.wait_for_log("connection closed: slow-consumer.*user=slow")
        events = slow.rest()
        assert events[-1].type == "close"
        assert events[-1].data == {"reason": "slow-consumer", "reconnect": True}
        numbers = [event.data[1] for event in events[:-1]]
        assert numbers == list(range(len(numbers)))


def test_a_client_that_takes_nothing_is_closed_after_the_timeout(start_hub):
    hub = start_hub({"stream.connection-timeout": "1s", "stream.max-queued-bytes": "64MiB"})
    with hub.subscribe("42") as stream:
        stream.opened()
        with hub.publisher() as publisher:
            for _ in range(16):
                publisher.command('PUSH user:42 n "' + "x" * 900_000 + '"')
        hub.wait_for_log("connection closed: timeout")
        assert json.loads(hub.command("STATS")[3:])["totalConnections"] == 0


@pytest.mark.parametrize("how", ["close", "reset", "half-close"])
def test_a_client_that_leaves_is_noticed_at_once(hub, how):
    stream = hub.subscribe("42")
    stream.opened()
    if how == "reset":
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half-close":
        stream.socket.shutdown(socket.SHUT_WR)
    else:
        stream.close()
    hub.wait_for_log("connection closed: client-closed")
    stream.close()


def test_bytes_behind_the_request_are_discarded_and_do_no_harm(hub):
    for junk in [b"GET /sse/connect/auth HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 100_000, b"GET / HTTP/1.1\r\n\r\n" * 50]:
        request = (
            f"GET /sse/connect/auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hub.token('42')}\r\n\r\n".encode())
        with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as sock:
            sock.sendall(request + junk)
            file = sock.makefile("rb")
            assert file.readline().startswith(b"HTTP/1.1 200")
            while b"event: welcome" not in file.readline():
                pass
            sock.sendall(junk)
            hub.command("PUSH user:42 n 1")
            while b"event: n" not in file.readline():
                pass
        assert hub.is_running()


def test_an_expired_token_ends_the_stream(hub):
    with hub.subscribe(token=hub.token("42", lifetime=3)) as stream:
        stream.opened()
        assert stream.next().type == "error"
        event = stream.next()
        assert event.data == {"reason": "token-expired", "reconnect": True}
        assert stream.rest() == []


def test_a_renewed_token_keeps_the_stream(hub):
    with hub.subscribe(token=hub.token("42", lifetime=4)) as stream:
        connection = stream.opened()["connectionId"]
        assert stream.next().type == "error"
        path = f"/sse/connections/{connection}/renew"
        assert hub.request("POST", path, hub.token("43")).status in (403, 404)
        answer = hub.request("POST", path, hub.token("42", lifetime=3600))
        assert answer.status == 200 and answer.json["success"] and answer.json["tokenExpiresAt"].endswith("Z")
        old_expiry = time.time() + 5
        while time.time() < old_expiry:
            assert select.select([stream.socket], [], [], max(0, old_expiry - time.time()))[0] == []
        hub.command("PUSH user:42 n 1")
        assert stream.next().data == 1


def test_one_connection_too_many_replaces_the_oldest(start_hub):
    hub = start_hub({"limits.connections-per-user": "2"})
    with hub.subscribe("42") as first, hub.subscribe("42") as second:
        first.opened(), second.opened()
        with hub.subscribe("42") as third:
            third.opened()
            event = first.next()
            assert event.data == {"reason": "replaced", "reconnect": False} and event.id == "closed"
            assert hub.command("PUSH user:42 n 1").split()[2] == "2"
            assert [second.next().data, third.next().data] == [1, 1]


def test_or_is_refused_where_so_configured(start_hub):
    hub = start_hub({"limits.connections-per-user": "1", "limits.per-user-policy": "refuse"})
    with hub.subscribe("42") as first:
        first.opened()
        with hub.subscribe("42") as second:
            assert second.status == 429
            assert int(second.headers["retry-after"]) > 0


def test_a_full_hub_answers_503_and_recovers(start_hub):
    hub = start_hub({"limits.connections": "2"})
    streams = [hub.subscribe(str(user)) for user in range(2)]
    with hub.subscribe("x") as refused:
        assert refused.status == 503 and int(refused.headers["retry-after"]) > 0
    streams[0].close()
    hub.wait_for_log("connection closed: client-closed")
    with hub.subscribe("x") as admitted:
        admitted.opened()
    streams[1].close()


def test_http_1_0_gets_the_stream_without_chunks(hub):
    with hub.subscribe("42", version="1.0") as stream:
        assert stream.status == 200 and not stream.is_chunked
        stream.opened()
        for number in range(10):
            hub.command(f"PUSH user:42 n {number}")
        assert [stream.next().data for _ in range(10)] == list(range(10))
        hub.command("CLOSE user:42")
        assert stream.next().type == "close"
        assert stream.rest() == []


def test_sigterm_ends_every_stream_with_spread_reconnects(hub):
    streams = [hub.subscribe(str(user)) for user in range(20)]
    for stream in streams:
        stream.opened()
    hub.command("PUSH * n 1")
    publisher = hub.publisher()
    assert publisher.command("PING") == "OK pong"
    assert hub.stop() == 0
    retries = set()
    for stream in streams:
        event, close = stream.next(), stream.next()
        assert event.data == 1
        assert close.data == {"reason": "shutdown", "reconnect": True}
        retries.add(close.retry)
        assert stream.rest() == []
    assert len(retries) > 5 and min(retries) >= 3000


def test_a_stream_client_that_we_did_not_write(hub):
    httpx_sse = pytest.importorskip("httpx_sse")
    import httpx

    headers = {"Authorization": f"Bearer {hub.token('42')}"}
    with httpx.Client(timeout=DEADLINE) as client:
        url = f"http://127.0.0.1:{hub.port}/sse/connect/auth"
        with httpx_sse.connect_sse(client, "GET", url, headers=headers) as source:
            events = source.iter_sse()
            assert [next(events).event, next(events).event] == ["open", "welcome"]
            reply = hub.command('PUSH user:42 notice {"title": "grüße \\u2028"}')
            event = next(events)
            assert (event.event, event.json(), event.id) == ("notice", {"title": "grüße \u2028"}, reply.split()[1])


def test_thousands_of_connections_come_and_go(hub):
    for _ in range(2):
        streams = [hub.subscribe(str(user)) for user in range(500)]
        for stream in streams:
            stream.opened()
        assert hub.command("PUSH * n 1").split()[2] == "500"
        assert all(stream.next_of("n").data == 1 for stream in streams)
        for stream in streams:
            stream.close()
        hub.wait_for_log(r"(connection closed: client-closed|more like it)")
        deadline = time.monotonic() + DEADLINE
        while json.loads(hub.command("STATS")[3:])["totalConnections"]:
            assert time.monotonic() < deadline

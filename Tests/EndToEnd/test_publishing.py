"""The line protocol on the real Unix socket."""

import json
import pathlib
import re
import socket
import time

import pytest

from hub import DEADLINE

ID = re.compile(r"\d+-\d+")


def test_a_published_event_arrives(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        reply = hub.command('PUSH user:42 notice {"title":"hi"}').split()
        event = stream.next()
        assert reply[0] == "OK" and reply[2] == "1"
        assert (event.type, event.data, event.id) == ("notice", {"title": "hi"}, reply[1])


def test_every_target_reaches_whom_it_names_and_nobody_else(hub):
    with hub.subscribe("a") as a, hub.subscribe("b, c") as b:
        a_id, b_id = a.opened()["connectionId"], b.opened()["connectionId"]
        with hub.publisher() as publisher:
            for line, count in [
                ("PUSH user:a - 1", 1), ("PUSH users:a,b%2C%20c,nobody,a - 2", 2), (f"PUSH conn:{b_id} - 3", 1),
                ("PUSH * - 4", 2), ("PUSH user:nobody - 5", 0), (f"PUSH conn:{a_id} - 6", 1),
            ]:
                assert publisher.command(line).split()[2] == str(count), line
        assert [a.next().data for _ in range(4)] == [1, 2, 4, 6]
        assert [b.next().data for _ in range(3)] == [2, 3, 4]


@pytest.mark.parametrize("line, code", [
    ("BOGUS", "bad-verb"),
    ("PUSH", "missing-argument"),
    ("PUSH user:42", "missing-argument"),
    ("PUSH user:42 notice", "missing-argument"),
    ("PUSH nobody notice 1", "bad-target"),
    ("PUSH user: notice 1", "bad-target"),
    ("PUSH user:%zz notice 1", "bad-target"),
    ("PUSH conn:x notice 1", "bad-target"),
    ("PUSH user:42 heartbeat 1", "reserved-event"),
    ("PUSH user:42 " + "x" * 129 + " 1", "bad-event"),
    ("PUSH user:42 notice {", "bad-json"),
    ("PUSH user:42 notice 1 2", "bad-json"),
    ("PUSH user:42 notice " + "[" * 513 + "]" * 513, "bad-json"),
    ("@what=1 PUSH user:42 notice 1", "bad-tag"),
    ("@key=a;key=b PUSH user:42 notice 1", "bad-tag"),
    ("@ttl=-1 PUSH user:42 notice 1", "bad-tag"),
    ("@ttl=31536001 PUSH user:42 notice 1", "bad-tag"),
    ("@reply=maybe PUSH user:42 notice 1", "bad-tag"),
    ("@key=a PING", "bad-tag"),
    ("CLOSE *", "bad-target"),
    ("CONNECTIONS", "missing-argument"),
    ("EXPLAIN", "missing-argument"),
    ("EXPLAIN 42", "unknown-event"),
    ("EXPLAIN 1-1", "unknown-event"),
    ("EXPLAIN 1-1 1-2", "unknown-event"),
])
def test_a_bad_line_gets_its_code_and_the_next_one_is_read(hub, line, code):
    with hub.publisher() as publisher:
        assert publisher.command(line).startswith(f"ERR {code} ")
        assert publisher.command("PING") == "OK pong"


def test_an_unknown_connection_is_an_error(hub):
    unknown = "conn_" + "A" * 22
    assert hub.command(f"PUSH conn:{unknown} - 1").startswith("ERR unknown-connection ")
    assert hub.command(f"CLOSE conn:{unknown}").startswith("ERR unknown-connection ")
    assert hub.command("CLOSE user:nobody") == "OK 0"


def test_invalid_utf8_is_named(hub):
    with hub.publisher() as publisher:
        publisher.send(b'PUSH user:42 notice "\xff"\nPING\n')
        assert publisher.reply().startswith("ERR bad-utf8 ")
        assert publisher.reply() == "OK pong"


def test_lines_may_end_in_crlf_and_be_empty(hub):
    with hub.publisher() as publisher:
        publisher.send("\n\r\nping\r\n\n  \nPiNg\n")
        replies = [publisher.reply(), publisher.reply()]
        assert replies[0] == "OK pong"


def test_a_line_over_the_limit_is_skipped_and_answered_once(start_hub):
    hub = start_hub({"publish.max-line-size": "1KiB"})
    with hub.publisher() as publisher:
        publisher.send("PUSH user:42 - \"" + "x" * 500_000 + "\"\nPING\n")
        assert publisher.reply().startswith("ERR too-long ")
        assert publisher.reply() == "OK pong"


@pytest.mark.parametrize("size, isTaken", [(1023, True), (1024, True), (1025, False)])
def test_the_limit_of_a_line_is_exact(start_hub, size, isTaken):
    hub = start_hub({"publish.max-line-size": "1KiB"})
    head = 'PUSH user:42 - "'
    line = head + "x" * (size - len(head) - 1) + '"'
    assert hub.command(line).startswith("OK" if isTaken else "ERR too-long")


def test_a_line_split_at_every_byte_is_one_line(hub):
    with hub.publisher() as publisher:
        for byte in b'PUSH user:42 notice {"title":"hi"}\r\n':
            publisher.send(bytes([byte]))
        assert publisher.reply().startswith("OK ")


def test_pipelined_lines_are_answered_in_order(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        with hub.publisher() as publisher:
            for number in range(2000):
                publisher.send(f"PUSH user:42 n {number}\n")
                if number % 500 == 0:
                    publisher.send("CONNECTIONS 42\n")
            replies = [publisher.reply() for _ in range(2004)]
        numbers = [stream.next().data for _ in range(2000)]
        assert numbers == list(range(2000))
        assert replies[1].startswith("OK {")
        assert all(reply.startswith("OK ") for reply in replies)


def test_after_a_half_close_all_replies_are_written(hub):
    with hub.publisher() as publisher:
        publisher.send("PING\n" * 10_000 + "CONNECTIONS 42\nPING\nPING")
        replies = publisher.finish()
        assert replies[:10_000] == ["OK pong"] * 10_000
        assert json.loads(replies[10_000][3:]) == {"userId": "42", "connections": []}
        assert replies[10_001] == "OK pong"
        assert replies[10_002].startswith("ERR incomplete ")
        assert len(replies) == 10_003


def test_what_a_publisher_wrote_before_it_closed_is_executed(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        with hub.publisher() as publisher:
            publisher.send("".join(f"PUSH user:42 n {number}\n" for number in range(5000)))
        assert [stream.next().data for _ in range(5000)] == list(range(5000))


def test_a_publisher_that_reads_no_replies_is_not_read_from(hub):
    with hub.publisher() as lazy, hub.publisher() as other:
        lazy.socket.setblocking(False)
        sent = 0
        try:
            while sent < 64 << 20:
                sent += lazy.socket.send(b"PING\n" * 1000)
        except BlockingIOError:
            pass
        assert sent < 64 << 20, "the hub reads on and on"
        assert other.command("PING") == "OK pong"
        lazy.socket.settimeout(DEADLINE)
        replies = 0
        while replies < sent // 5:
            replies += lazy.socket.recv(1 << 20).count(b"\n")
        assert replies == sent // 5


@pytest.mark.parametrize("command", ["STATS", "CONNECTIONS 42"])
def test_short_lines_with_long_replies_are_not_executed_before_there_is_room(start_hub, command):
    """One read may hold thousands of them: their replies are made as the publisher takes them, and others are served."""
    hub = start_hub({"limits.connections-per-user": "200"})
    streams = [hub.subscribe("42" if command.endswith("42") else "user-" * 20 + str(n)) for n in range(100)]
    count = 2000
    with hub.publisher() as lazy, hub.publisher() as other:
        lazy.send(f"{command}\n" * count + "PING\n")
        started = time.monotonic()
        for _ in range(20):
            assert other.command("PING") == "OK pong"
        assert time.monotonic() - started < 5
        assert int(json.loads(other.command("STATS")[3:])["totalConnections"]) == 100
        assert resident_bytes(hub) < 100 << 20
        # The first of them are whole, and in order with what comes behind them.
        assert all(lazy.reply().startswith("OK {") for _ in range(50))
    for stream in streams:
        stream.close()


def resident_bytes(hub):
    status = pathlib.Path(f"/proc/{hub.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) << 10


def test_no_reply_is_sent_where_none_is_wanted_but_errors_are(hub):
    with hub.publisher() as publisher:
        publisher.send("@reply=no PUSH user:42 n 1\n@reply=no PUSH user:42 n {\n@reply=yes PUSH user:42 n 1\n")
        assert publisher.reply().startswith("ERR bad-json ")
        assert publisher.reply().startswith("OK ")


def test_a_repeated_key_is_delivered_once(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        first = hub.command("@key=k PUSH user:42 n 1")
        assert hub.command("@key=k PUSH user:42 n 1") == first
        token = hub.token("svc", ["pushhub:publish"])
        answers = [hub.request("POST", "/sse/send", token, {"userId": 42, "data": 2, "key": "k"}) for _ in range(2)]
        assert answers[0].json == answers[1].json and answers[0].json["sentCount"] == 1
        hub.command("PUSH user:42 n 3")
        assert [stream.next().data for _ in range(3)] == [1, 2, 3]


def test_stats_and_connections_are_those_of_http(hub):
    with hub.subscribe("42", path="/sse/connect/auth?clientId=cid_1", headers=["User-Agent: test"]) as stream:
        opening = stream.opened()
        admin = hub.token("root", ["pushhub:admin"])
        stats = json.loads(hub.command("STATS")[3:])
        assert stats["connectionsByUser"] == {"42": 1}
        assert set(stats) == set(hub.request("GET", "/sse/stats", admin).json)
        listed = json.loads(hub.command("CONNECTIONS 42")[3:])
        assert listed == hub.request("GET", "/sse/users/42/connections", admin).json
        [connection] = listed["connections"]
        assert connection["connectionId"] == opening["connectionId"]
        assert (connection["clientId"], connection["userAgent"]) == ("cid_1", "test")


def test_close_ends_the_stream_for_good(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        assert hub.command("CLOSE user:42 you were logged in elsewhere") == "OK 1"
        event = stream.next()
        assert (event.type, event.id) == ("close", "closed")
        assert event.data == {"reason": "disconnected", "reconnect": False, "detail": "you were logged in elsewhere"}
        assert stream.rest() == []
    with hub.subscribe("42", last_event_id="closed") as again:
        assert again.status == 204


def test_too_many_publishers_are_told_so(start_hub):
    hub = start_hub({"publish.max-publishers": "2"})
    with hub.publisher() as first, hub.publisher() as second:
        assert [first.command("PING"), second.command("PING")] == ["OK pong"] * 2
        with hub.publisher() as third:
            assert third.reply().startswith("ERR overloaded ")
        second.close()
        hub.wait_for_log("publisher disconnected")
        assert hub.command("PING") == "OK pong"


def test_a_publisher_is_logged_by_its_credentials(hub):
    import os

    with hub.publisher() as publisher:
        publisher.command("PING")
        line = hub.wait_for_log(r"publisher connected.*")
        assert f"publisher-pid={os.getpid()}" in line.group(0)
        assert f"publisher-uid={os.getuid()}" in line.group(0)


def test_many_publishers_at_once_are_each_answered_in_order(hub):
    publishers = [hub.publisher() for _ in range(50)]
    for round_ in range(20):
        for number, publisher in enumerate(publishers):
            publisher.send(f"PUSH user:{number} n {round_}\n")
    ids = [[publisher.reply().split()[1] for _ in range(20)] for publisher in publishers]
    sequences = [[int(id_.split("-")[1]) for id_ in own] for own in ids]
    assert all(own == sorted(own) for own in sequences)
    assert sorted(sum(sequences, [])) == list(range(1, 1001))
    for publisher in publishers:
        publisher.close()

"""Last values: events that take the place of one another, snapshots, what comes after a gap and from the beginning."""

import json
import socket

import pytest

from test_topics import change, follow


def position_of(event):
    return int(event.id.rsplit("-", 1)[1])


def test_who_connects_without_an_id_gets_the_values_it_may_see(hub):
    for line in ["@replace=s PUSH topic:a v 1", "@replace=s PUSH topic:b v 2", "@replace=s PUSH user:42 v 3",
                 "@replace=s PUSH user:43 v 4", "@replace=s PUSH * v 5", "PUSH * x 6", "@replace=s PUSH topic:a v 7",
                 "@replace=t PUSH topic:a v 8"]:
        assert hub.command(line).startswith("OK ")
    with follow(hub, ["a"]) as stream:
        opening = stream.next()
        assert (opening.data["snapshot"], opening.data["replay"]) == (4, "none")
        welcome = stream.next()
        assert welcome.id is None
        events, end = stream.owed()
        assert [(e.data, e.topic, position_of(e)) for e in events] == [
            (3, None, 3), (5, None, 5), (7, "a", 7), (8, "a", 8)]
        assert position_of(end) == 8
        hub.command("@replace=s PUSH topic:a v 9")
        assert stream.next().data == 9
    with follow(hub, user="44") as stream:
        assert stream.opened()["snapshot"] == 1
        assert [e.data for e in stream.owed()[0]] == [5]


def test_without_values_the_welcome_carries_the_position(hub):
    hub.command("PUSH * x 1")
    with follow(hub, ["a"]) as stream:
        assert stream.next().data["snapshot"] == 0
        assert position_of(stream.next()) == 1


def test_a_value_that_is_taken_back_is_in_no_snapshot_but_those_who_come_back_learn_of_it(hub):
    hub.command("@replace=s PUSH topic:a v 1")
    with follow(hub, ["a"]) as stream:
        stream.opened()
        _, end = stream.owed()
    hub.command("@clear=s PUSH topic:a gone 2")
    with follow(hub, ["a"]) as stream:
        assert stream.opened()["snapshot"] == 0
    with follow(hub, ["a"], last_event_id=end.id) as stream:
        assert stream.opened()["replay"] == "complete"
        assert (stream.next().type, stream.last_id[-2:]) == ("gone", "-2")
    # Of the events of a value only the newest is held.
    hub.command("@clear=s PUSH topic:a gone 3")
    hub.command("@replace=s PUSH topic:a v 4")
    hub.command("@replace=s PUSH topic:a v 5")
    with follow(hub, ["a"], last_event_id=end.id) as stream:
        stream.opened()
        hub.command("PUSH * end 6")
        assert [stream.next().data, stream.next().data] == [5, 6]
    assert hub.command(f"EXPLAIN {end.id.rsplit('-', 1)[0]}-4").startswith("ERR unknown-event ")
    trace = json.loads(hub.command(f"EXPLAIN {end.id.rsplit('-', 1)[0]}-5")[3:])
    assert (trace["replace"], trace["target"], trace["expiresAt"]) == ("s", "topic:a", None)


def test_a_replaced_value_makes_no_gap_and_values_outlive_history(start_hub):
    hub = start_hub({"history.max-events": "3"})
    hub.command("@replace=old PUSH topic:a v 1")
    with follow(hub, ["a"]) as stream:
        stream.opened()
        _, start = stream.owed()
    for number in range(2, 12):
        hub.command(f"@replace=s PUSH topic:a v {number}")
    with follow(hub, ["a"], last_event_id=start.id) as stream:
        assert stream.opened()["replay"] == "complete"
        assert stream.next().data == 11
    for number in range(12, 20):
        hub.command(f"PUSH topic:{'a' if number % 2 else 'b'} x {number}")
    with follow(hub, ["a"], last_event_id=start.id) as stream:
        opening = stream.opened()
        assert (opening["replay"], opening["snapshot"]) == ("gap", 2)
        events, end = stream.owed()
        # All values, at their places, and what history holds of the topic.
        assert [e.data for e in events] == [1, 11, 17, 19] and position_of(end) == 19
    with follow(hub, ["a"], last_event_id=start.id, query="gap=skip") as stream:
        assert stream.opened()["replay"] == "gap"
        assert [e.data for e in stream.owed()[0]] == [1, 11]


@pytest.mark.parametrize("id_", ["nonsense", "1-1"])
def test_what_comes_after_a_gap_is_what_history_holds(hub, id_):
    for line in ["PUSH * x 1", "PUSH topic:a x 2", "PUSH topic:b x 3"]:
        hub.command(line)
    with follow(hub, ["a"], last_event_id=id_) as stream:
        assert stream.next().data["replay"] == "gap"
        assert stream.next().id is None
        events, end = stream.owed()
        assert [e.data for e in events] == [1, 2] and position_of(end) == 3


def test_events_that_were_superseded_push_nothing_out_of_history(start_hub):
    hub = start_hub({"history.max-events": "10"})
    hub.command("PUSH * x 1")
    for _ in range(100):
        hub.command("@clear=s PUSH * gone 2")
        hub.command("@replace=s PUSH * v 3")
    hub.command("@clear=s PUSH * gone 4")
    with follow(hub, query="from=start") as stream:
        stream.opened()
        assert [e.data for e in stream.owed()[0]] == [1, 4]
    assert json.loads(hub.command("STATS")[3:])["history"]["events"] == 2


def test_from_the_beginning(hub):
    for number in range(300):
        hub.command(f"PUSH topic:{'job' if number % 3 else 'other'} x {number}")
    hub.command("@replace=s PUSH topic:job v true")
    expected = [n for n in range(300) if n % 3]
    with follow(hub, ["job"], query="from=start") as stream:
        assert stream.opened()["replay"] == "start"
        events, end = stream.owed()
        assert [e.data for e in events] == [*expected, True] and position_of(end) == 301
        hub.command("PUSH topic:job x -1")
        assert stream.next().data == -1
    # An id wins over it.
    with follow(hub, ["job"], query="from=start", last_event_id=events[-2].id) as stream:
        assert stream.opened()["replay"] == "complete"
        assert [stream.next().data, stream.next().data] == [True, -1]


def test_a_cut_within_a_list_loses_nothing(hub):
    for number in range(5):
        hub.command(f"@replace=n{number} PUSH topic:a v {number}")
    with follow(hub, ["a"]) as stream:
        stream.opened()
        assert [stream.next().data, stream.next().data] == [0, 1]
        cut = stream.last_id
    with follow(hub, ["a"], last_event_id=cut) as stream:
        stream.opened()
        assert [stream.next().data for _ in range(3)] == [2, 3, 4]


def test_a_value_lasts_as_long_as_its_ttl(hub):
    hub.command("@replace=s;ttl=1 PUSH topic:a v 1")
    hub.command("@replace=t PUSH topic:a v 2")
    while True:
        with follow(hub, ["a"]) as stream:
            if stream.opened()["snapshot"] == 1:
                assert [e.data for e in stream.owed()[0]] == [2]
                return


def test_values_have_limits_of_their_own(start_hub):
    hub = start_hub({"history.max-values": "3"})
    publisher = hub.token("svc", ["pushhub:publish"])
    for number in range(3):
        assert hub.command(f"@replace=n{number} PUSH topic:a v 1").startswith("OK ")
    assert hub.command("@replace=n3 PUSH topic:a v 1").startswith("ERR too-many-values ")
    assert hub.command("@replace=n0 PUSH topic:b v 1").startswith("ERR too-many-values ")
    answer = hub.request("POST", "/sse/send", publisher, {"topic": "c", "data": 1, "replace": "n0"})
    assert (answer.status, answer.json["code"]) == (507, "too-many-values")
    assert hub.command("@replace=n1 PUSH topic:a v 2").startswith("OK ")
    assert hub.command("@clear=n2 PUSH topic:a v 3").startswith("OK ")
    assert hub.command("@replace=n3 PUSH topic:a v 4").startswith("OK ")
    with follow(hub, ["a"]) as stream:
        assert stream.opened()["snapshot"] == 3


def test_values_take_no_more_memory_than_allowed(start_hub):
    hub = start_hub({"history.max-value-bytes": "4KiB"})
    large = json.dumps("x" * 1400)
    assert hub.command(f"@replace=a PUSH topic:a v {large}").startswith("OK ")
    assert hub.command(f"@replace=b PUSH topic:a v {large}").startswith("OK ")
    assert hub.command(f"@replace=c PUSH topic:a v {large}").startswith("ERR too-many-values ")
    assert hub.command("@replace=a PUSH topic:a v 1").startswith("OK ")
    assert hub.command(f"@replace=c PUSH topic:a v {large}").startswith("OK ")


def test_without_values_they_are_events_like_any_other(start_hub):
    hub = start_hub({"history.max-values": "0"})
    with follow(hub, ["a"]) as stream:
        stream.opened()
        start = stream.last_id
    for number in range(3):
        assert hub.command(f"@replace=s PUSH topic:a v {number}").startswith("OK ")
    with follow(hub, ["a"]) as stream:
        assert stream.opened()["snapshot"] == 0
    with follow(hub, ["a"], last_event_id=start) as stream:
        stream.opened()
        assert [stream.next().data for _ in range(3)] == [0, 1, 2]


def test_values_of_what_is_added_come_with_the_answer(hub):
    token = hub.token("42", topics=["*"])
    hub.command('@replace=s PUSH topic:a v {"n": 1}')
    hub.command('@replace=t;as=text PUSH topic:b v "two\\nlines"')
    hub.command("@replace=u PUSH user:42 v 3")
    with follow(hub, ["a"]) as stream:
        connection = stream.opened()["connectionId"]
        stream.owed()
        answer = change(hub, connection, token, add=["b"], values=True).json
        prefix = answer["position"].rsplit("-", 1)[0]
        text = {"id": f"{prefix}-2", "event": "v", "replace": "t", "topic": "b", "text": "two\nlines"}
        assert answer["values"] == [text]
        everything = change(hub, connection, token, values=True).json["values"]
        assert everything == [
            {"id": f"{prefix}-1", "event": "v", "replace": "s", "topic": "a", "data": {"n": 1}}, text,
            {"id": f"{prefix}-3", "event": "v", "replace": "u", "data": 3}]
        assert "values" not in change(hub, connection, token, add=["b"]).json


def test_a_slow_client_waits_for_two_events_of_a_value_at_most(start_hub):
    """What the kernels held, then the oldest that waited, then the newest: no value between them, and no close."""
    hub = start_hub({"stream.max-queued-bytes": "1MiB", "threads": "1"})
    token = hub.token("42", topics=["*"])
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    slow.connect(("127.0.0.1", hub.port))
    slow.sendall(
        f"GET /sse/connect/auth?topic=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    admin = hub.token("admin", ["pushhub:admin"])
    while not hub.request("GET", "/sse/connections?topic=a", admin).json["connections"]:
        pass
    padding = "x" * 400
    count = 3000
    with hub.publisher() as publisher:
        for number in range(count):
            name = "even" if number % 2 == 0 else "odd"
            publisher.send(f'@replace={name} PUSH topic:a v [{number},"{padding}"]\n')
            publisher.reply()
        status = hub.request("GET", "/sse/connections?topic=a", admin).json["connections"][0]
        assert status["eventsQueued"] <= 4 and status["bytesQueued"] < 5 * 500
        assert publisher.command("PUSH user:42 end 1").endswith(" 1")
    file = slow.makefile("rb")
    numbers = []
    for line in file:
        if line.startswith(b"data: ["):
            numbers.append(json.loads(line[6:])[0])
        if line.startswith(b"event: end"):
            break
    slow.close()
    assert numbers[-2:] == [count - 2, count - 1], "the newest of each come last"
    assert numbers == sorted(set(numbers)) and len(numbers) < count / 2
    # Without a break what the kernels took, then two of each name.
    begun = next(index for index, number in enumerate(numbers) if number != index)
    assert len(numbers) - begun <= 4, numbers[begun:]
    metrics = hub.request("GET", "/metrics", admin).body.decode()
    assert f"pushhub_conflated_events_total {count - len(numbers)}\n" in metrics
    held = begun * (len(padding) + 70)
    print(f"the kernels held {held} bytes")
    assert held <= 64 << 10


def test_many_large_values_come_at_once(hub):
    """Whoever asks for them keeps nobody waiting long: what they are is copied, not taken apart."""
    text = json.dumps("x" * 100_000)
    for number in range(100):
        hub.command(f"@replace=n{number} PUSH user:42 v {text}")
    token = hub.token("42", topics=["*"])
    with hub.subscribe(token=token) as stream:
        connection = stream.opened()["connectionId"]
        answer = change(hub, connection, token, values=True)
        assert len(answer.json["values"]) == 100 and len(answer.body) > 10_000_000


def test_values_of_everyone_and_of_a_user_conflate_apart(hub):
    hub.command("@replace=s PUSH * v 1")
    hub.command("@replace=s PUSH user:42 v 2")
    hub.command("@replace=s PUSH topic:42 v 3")
    hub.command("@clear=s PUSH * v 4")
    with follow(hub, ["42"]) as stream:
        assert stream.opened()["snapshot"] == 2
        assert [e.data for e in stream.owed()[0]] == [2, 3]


def test_a_repeated_key_leaves_a_value_alone(hub):
    first = hub.command("@key=k;replace=s PUSH topic:a v 1")
    hub.command("@replace=s PUSH topic:a v 2")
    assert hub.command("@key=k;replace=s PUSH topic:a v 1") == first
    with follow(hub, ["a"]) as stream:
        stream.opened()
        assert [e.data for e in stream.owed()[0]] == [2]

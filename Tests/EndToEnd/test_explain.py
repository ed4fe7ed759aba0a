"""What became of an event, and what is known of a user's connections, as the operator asks for it."""

import json
import os
import pathlib
import subprocess
import time

from hub import DEADLINE

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUSHHUB_SEND = os.environ.get("PUSHHUB_SEND") or str(ROOT / ".build/debug/pushhub-send")


def explain(hub, id_):
    reply = hub.command(f"EXPLAIN {id_}")
    assert reply.startswith("OK {"), reply
    return json.loads(reply[3:])


def settled(hub, id_, **members):
    """The answer as soon as these members are so."""
    end = time.monotonic() + DEADLINE
    while True:
        trace = explain(hub, id_)
        if members.items() <= trace.items():
            return trace
        assert time.monotonic() < end, trace


def send(hub, *arguments, code=0):
    result = subprocess.run([PUSHHUB_SEND, "--socket", hub.socket_path, *arguments], capture_output=True, text=True)
    assert result.returncode == code, result
    return result.stdout or result.stderr


def test_an_event_is_told_from_acceptance_to_its_last_connection(hub):
    with hub.subscribe("42") as one, hub.subscribe("42") as two:
        for stream in (one, two):
            stream.opened()
        with hub.publisher() as publisher:
            id_ = publisher.command('@ttl=60 PUSH user:42 notice {"title":"hi"}').split()[1]
        size = len(f'id: {id_}\nevent: notice\ndata: {{"title":"hi"}}\n\n')
        trace = settled(hub, id_, written=2)
        accepted, expires = trace.pop("acceptedAt"), trace.pop("expiresAt")
        assert trace == {
            "id": id_, "type": "notice", "publisher": {"pid": os.getpid(), "uid": os.getuid()}, "target": "user:42",
            "bytes": size, "queued": 2, "written": 2, "waiting": 0, "dropped": 0, "conflated": 0,
            "droppedBy": [], "replayed": 0}
        seconds = [time.mktime(time.strptime(t[:19], "%Y-%m-%dT%H:%M:%S")) for t in (accepted, expires)]
        assert seconds[1] - seconds[0] == 60
        assert accepted.endswith("Z") and expires[-5:] == accepted[-5:]


def test_who_published_over_http_is_the_tokens_user(hub):
    token = hub.token("svc", ["pushhub:publish"])
    body = {"eventType": "n", "data": 1, "filter": {"userIds": ["a b", 43]}}
    id_ = hub.request("POST", "/sse/broadcast", token, body).json["id"]
    trace = explain(hub, id_)
    assert trace["publisher"] == {"user": "svc"}
    assert (trace["target"], trace["users"], trace["queued"]) == ("users:a%20b,43", 2, 0)


def test_replays_are_counted(hub):
    first = hub.command("PUSH * n 1").split()[1]
    id_ = hub.command("PUSH * n 2").split()[1]
    for _ in range(3):
        with hub.subscribe("42", last_event_id=first) as stream:
            stream.opened()
            assert stream.next().id == id_
    trace = settled(hub, id_, replayed=3)
    assert (trace["queued"], trace["written"], trace["dropped"]) == (0, 0, 0)
    assert explain(hub, first)["replayed"] == 0


def test_a_slow_consumer_is_named_by_what_it_lost_and_gets_it_later(start_hub):
    hub = start_hub({"stream.max-queued-bytes": "64KiB"})
    with hub.subscribe("42") as slow, hub.subscribe("42") as quick:
        connection = slow.opened()["connectionId"]
        quick.opened()
        data = json.dumps("x" * 50_000)
        ids = []
        with hub.publisher() as publisher:
            while json.loads(publisher.command("STATS")[3:])["slowConsumersClosed"] == 0:
                ids.append(publisher.command(f"PUSH user:42 n {data}").split()[1])
                assert quick.next().id == ids[-1]
        later = [id_ for id_ in ids if explain(hub, id_)["queued"] == 1]  # published when it had left
        ids = ids[: len(ids) - len(later)]
        trace = settled(hub, ids[-1], dropped=1)
        assert trace["droppedBy"] == [{"connectionId": connection, "reason": "slow-consumer"}]
        assert (trace["queued"], trace["written"], trace["waiting"]) == (2, 1, 0)
        received = [event for event in slow.rest() if event.type == "n"]
        written = [event.id for event in received]
        assert written == ids[: len(written)] and ids[-1] not in written
        for id_ in written:
            assert settled(hub, id_, written=2, waiting=0)["dropped"] == 0
        lost = ids[len(written) :]
        with hub.subscribe("42", last_event_id=written[-1]) as again:
            again.opened()
            assert [again.next().id for _ in lost + later] == lost + later
        for id_ in lost:
            assert settled(hub, id_, replayed=1)["dropped"] == 1


def test_what_waits_for_a_connection_shows_with_it(start_hub):
    hub = start_hub({"threads": "1"})
    with hub.subscribe("42") as stream:
        stream.opened()
        [fresh] = json.loads(hub.command("CONNECTIONS 42")[3:])["connections"]
        assert (fresh["bytesQueued"], fresh["eventsQueued"], fresh["lastEventId"]) == (0, 0, None)
        first = hub.command("PUSH * n 1").split()[1]
        assert stream.next().id == first
        [connection] = json.loads(send(hub, "connections", "42"))["connections"]
        assert (connection["eventsQueued"], connection["lastEventId"]) == (0, first)
        assert connection["lastActivity"] >= connection["connectedAt"]
        data = json.dumps("x" * 200_000)
        ids = []
        while not connection["eventsQueued"]:
            ids.append(hub.command(f"PUSH user:42 n {data}").split()[1])
            [connection] = json.loads(hub.command("CONNECTIONS 42")[3:])["connections"]
        waiting = connection["eventsQueued"]
        assert connection["bytesQueued"] > 0
        assert connection["lastEventId"] == ([first] + ids)[-1 - waiting]
        assert explain(hub, ids[-1])["waiting"] == 1
        for _ in ids:
            stream.next()
        settled(hub, ids[-1], written=1, waiting=0)
        admin = hub.token("root", ["pushhub:admin"])
        [connection] = hub.request("GET", "/sse/users/42/connections", admin).json["connections"]
        assert (connection["bytesQueued"], connection["eventsQueued"], connection["lastEventId"]) == (0, 0, ids[-1])


def test_what_is_not_in_history_is_an_error_that_says_why(start_hub):
    hub = start_hub({"history.max-events": "2"})
    with hub.subscribe("42") as stream:
        connection = stream.opened()["connectionId"]
        ids = [hub.command(line).split()[1] for line in
               ["PUSH * n 1", "PUSH * n 2", "PUSH * n 3", "@ttl=0 PUSH * n 4", f"PUSH conn:{connection} n 5"]]
    epoch = ids[0].split("-")[0]
    for id_, reason in [
        (ids[0], f"history begins after {ids[0]}"), (ids[3], "not kept"), (ids[4], "not kept"),
        (f"{epoch}-6", f"the newest is {ids[4]}"), ("17-1", f"begin with {epoch}"), ("17", "no id of an event"),
    ]:
        reply = hub.command(f"EXPLAIN {id_}")
        assert reply.startswith("ERR unknown-event ") and reason in reply, reply
    assert explain(hub, ids[2])["id"] == ids[2]


def test_pushhub_send_explains(hub):
    id_ = send(hub, "--user", "42", "notice", "1").split()[0]
    trace = json.loads(send(hub, "explain", id_))
    assert (trace["id"], trace["target"], trace["queued"]) == (id_, "user:42", 0)
    assert "unknown-event" in send(hub, "explain", "7-12", code=65)
    assert "explain takes one event id" in send(hub, "explain", code=64)


def test_explaining_is_a_right_of_its_own(start_hub):
    uid = os.getuid()
    hub = start_hub({"publish.allow": f"user={uid} push"})
    id_ = hub.command("PUSH * n 1").split()[1]
    assert hub.command(f"EXPLAIN {id_}").startswith("ERR forbidden ")
    hub = start_hub({"publish.allow": f"user={uid} push explain"})
    id_ = hub.command("PUSH * n 1").split()[1]
    assert hub.command(f"EXPLAIN {id_}").startswith("OK ")
    assert hub.command("STATS").startswith("ERR forbidden ")


def test_every_event_of_a_storm_is_accounted_for(start_hub):
    """Clients come, go and read slowly while events are under way: in the end nothing waits, and the sums are right."""
    hub = start_hub({"stream.max-queued-bytes": "64KiB", "limits.connections-per-user": "1000"})
    ids = []
    streams = [hub.subscribe("42") for _ in range(30)]
    with hub.publisher() as publisher:
        for round_ in range(30):
            lines = [f"PUSH {target} n {json.dumps('x' * 5000)}\n" for target in ("*", "user:42", "users:42,43")]
            publisher.send("".join(lines))
            streams.pop(0).close()
            streams.append(hub.subscribe("42" if round_ % 2 else "43"))
            ids += [publisher.reply().split()[1] for _ in lines]
    for stream in streams:
        stream.close()
    for id_ in ids:
        trace = settled(hub, id_, waiting=0)
        assert trace["queued"] == trace["written"] + trace["dropped"], trace

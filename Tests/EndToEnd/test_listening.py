"""LISTEN: a local program hears events on the socket."""

import json
import random
import re
import signal
import time
import urllib.parse

import pytest

from test_topics import follow, on_line

EVENT = re.compile(r"(?:@(?P<tags>\S+) )?EVENT (?P<id>\d+-\d+) (?P<target>\S+) (?P<type>\S+) (?P<json>.+)\Z", re.S)


class Heard:
    """One line of an event, taken apart as a listener would."""

    def __init__(self, line):
        match = EVENT.match(line)
        assert match, line
        tags = dict(tag.split("=", 1) for tag in (match["tags"] or "").split(";") if tag)
        self.tags = {name: urllib.parse.unquote(value, errors="strict") for name, value in tags.items()}
        self.id, self.target = match["id"], match["target"]
        self.type = urllib.parse.unquote(match["type"], errors="strict")
        self.data = json.loads(match["json"])

    def __repr__(self):
        return f"{self.tags} {self.id} {self.target} {self.type} {self.data}"


def listen(hub, *targets, since=None):
    """A connection that listens, and the words of the reply."""
    listener = hub.publisher()
    reply = listener.command(" ".join(["LISTEN", *targets] + ([f"since={since}"] if since else [])))
    assert reply.startswith("OK "), reply
    return listener, reply.split()[1:]


def hear(listener):
    return Heard(listener.reply())


def push(hub, line):
    reply = hub.command(line)
    assert reply.startswith("OK "), reply
    return reply.split()[1]


@pytest.mark.parametrize(
    "targets, target, heard",
    [
        ("user:42", "user:42", "user:42"),
        ("user:42", "users:41,42", "user:42"),
        ("user:42 user:41", "users:41,42", "user:41"),
        ("user:42", "*", None),
        ("user:42", "user:43", None),
        ("user:42", "topic:user:42", None),
        ("topic:user:42", "user:42", None),
        ("*", "*", "*"),
        ("*", "user:42", None),
        ("all", "*", "*"),
        ("all", "user:a%20b%2C%25", "user:a%20b%2C%25"),
        ("all", "topics:a,b", "topic:a"),
        ("all topic:b", "topics:a,b", "topic:a"),
        ("topic:b", "topics:a,b", "topic:b"),
        ("topic:a/*", "topic:a/b/c", "topic:a/b/c"),
        ("topic:a/*", "topic:a", None),
        ("topic:a/*", "topic:a/", None),
        ("topic:a/*", "topic:ab/c", None),
        ("topic:a/b/* topic:a/* topic:a/b/c", "topic:a/b/c", "topic:a/b/c"),
        ("topic:*", "topic:größe", "topic:größe"),
        ("topic:*", "user:42", None),
        ("topics:a,b", "topic:b", "topic:b"),
        ("users:41,42", "user:42", "user:42"),
    ],
)
def test_a_listener_hears_what_it_listens_to_live_and_since(hub, targets, target, heard):
    listener, reply = listen(hub, *targets.split())
    assert reply[1] == "none"
    id_ = push(hub, f'PUSH {target} x {{"n": 1}}')
    end = push(hub, f"PUSH {target} conn 1")
    with listener:
        listener.send("PING\n")
        events = []
        while (line := listener.reply()) != "OK pong":
            events.append(Heard(line))
        # What was accepted before PING is written before or behind its reply.
        if heard and len(events) < 2:
            events += [hear(listener) for _ in range(2 - len(events))]
        assert [(e.id, e.target, e.type, e.data) for e in events] == (
            [(id_, heard, "x", {"n": 1}), (end, heard, "conn", 1)] if heard else [])
    for since, outcome in [(reply[0], "complete"), ("start", "start"), ("1-1", "gap")]:
        listener, again = listen(hub, *targets.split(), since=since)
        with listener:
            assert again[1] == outcome
            events = [hear(listener) for _ in range(2 if heard else 0)]
            assert [(e.id, e.target) for e in events] == ([(id_, heard), (end, heard)] if heard else [])
            if heard:
                assert listener.command("UNLISTEN") == f"OK {end}"
            else:
                assert listener.command("PING") == "OK pong"


def test_a_connection_is_listened_to_by_its_id(hub):
    with hub.subscribe() as stream:
        connection = stream.opened()["connectionId"]
        listener, _ = listen(hub, f"conn:{connection}")
        everything, _ = listen(hub, "all")
        user, start = listen(hub, "user:42")
        with listener, everything, user:
            push(hub, f"PUSH conn:{connection} x 1")
            push(hub, "@ttl=0 PUSH user:42 y 2")
            assert str(hear(listener).target) == f"conn:{connection}"
            assert [hear(everything).type for _ in range(2)] == ["x", "y"]
            assert hear(user).type == "y"
        # Neither is kept.
        again, reply = listen(hub, "all", since=start[0])
        with again:
            assert reply == [start[0], "complete"] and again.command("PING") == "OK pong"


TEXTS = ["", "two\nlines", 'quo"te\\', "tab\t\x1b", "größe 😀", "\u2028", "EVENT 1-1 * x 1", "\r\n\r\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_a_json_string(hub, text):
    listener, start = listen(hub, "user:42")
    with listener:
        push(hub, f"@as=text PUSH user:42 x {json.dumps(text)}")
        event = hear(listener)
        assert event.tags == {"as": "text"}
        assert event.data == text.replace("\r\n", "\n").replace("\r", "\n")
    again, _ = listen(hub, "user:42", since=start[0])
    with again:
        assert str(hear(again)) == str(event)


def test_json_over_several_lines_comes_in_one(hub):
    listener, _ = listen(hub, "user:42")
    with listener:
        body = b'{"userId":"42","eventType":"x","data":{"a":\n[1,\r\n\t"b c"]\r}}'
        assert hub.request("POST", "/sse/send", hub.token("svc", ["pushhub:publish"]), body).status == 200
        assert hear(listener).data == {"a": [1, "b c"]}


@pytest.mark.parametrize("name", ["a", "a b", "a;b", "a=b", "ä%", "@", "x,y"])
def test_values_come_with_their_tags(hub, name):
    listener, start = listen(hub, "topic:t")
    with listener:
        push(hub, f"@replace={on_line(name)} PUSH topic:t x 1")
        push(hub, f"@clear={on_line(name)};as=text PUSH topic:t x \"\"")
        assert [hear(listener).tags for _ in range(2)] == [{"replace": name}, {"clear": name, "as": "text"}]
    # Of a value that is taken back, the taking back alone is held.
    again, _ = listen(hub, "topic:t", since=start[0])
    with again:
        assert hear(again).tags == {"clear": name, "as": "text"}
    push(hub, f"@replace={on_line(name)} PUSH topic:t x 2")
    again, _ = listen(hub, "topic:t", since="start")
    with again:
        event = hear(again)
        assert (event.tags, event.data) == ({"replace": name}, 2)


def test_an_event_over_http_with_a_blank_in_its_type_is_one_line(hub):
    listener, _ = listen(hub, "all")
    with listener:
        body = {"topic": "a b,c", "eventType": "x y,%", "data": None}
        assert hub.request("POST", "/sse/send", hub.token("svc", ["pushhub:publish"]), body).status == 200
        line = listener.reply()
        assert line.split(" ", 2)[2] == "topic:a%20b%2Cc x%20y%2C%25 null"
        assert Heard(line).type == "x y,%"


def test_commands_go_on_being_answered_in_their_order(hub):
    listener, _ = listen(hub, "user:42")
    with listener:
        listener.send("PUSH user:42 x 1\nPING\nNONSENSE\nPUSH user:42 x 2\nCONNECTIONS user:42\nPING\n")
        lines = [listener.reply() for _ in range(8)]
        replies = [line.split()[0] + line.split()[1][:3] for line in lines if not line.startswith("EVENT")]
        assert [re.sub(r"\d+", "n", reply) for reply in replies] == ["OKn", "OKpon", "ERRbad", "OKn", "OK{\"u", "OKpon"]
        assert [Heard(line).data for line in lines if line.startswith("EVENT")] == [1, 2]


def test_a_second_listen_takes_the_place_of_the_first(hub):
    listener, _ = listen(hub, "user:1")
    with listener:
        assert listener.command("LISTEN user:2").endswith(" none")
        push(hub, "PUSH user:1 x 1")
        id_ = push(hub, "PUSH user:2 x 2")
        assert hear(listener).id == id_
        assert json.loads(hub.command("STATS")[3:])["publishers"]["listening"] == 1
        assert listener.command("UNLISTEN") == f"OK {id_}"
        assert listener.command("UNLISTEN").startswith("ERR bad-argument ")
        push(hub, "PUSH user:2 x 3")
        assert listener.command("PING") == "OK pong"
        assert json.loads(hub.command("STATS")[3:])["publishers"]["listening"] == 0


def test_who_has_gone_listens_no_more(hub):
    listener, _ = listen(hub, "all")
    listener.close()
    deadline = time.monotonic() + 10
    while json.loads(hub.command("STATS")[3:])["publishers"]["listening"]:
        assert time.monotonic() < deadline
    push(hub, "PUSH * x 1")


def test_after_a_half_close_what_is_owed_is_written_and_then_it_ends(hub):
    ids = [push(hub, f"PUSH user:42 x {n}") for n in range(300)]
    listener, _ = listen(hub, "user:42", since="start")
    with listener:
        assert [Heard(line).id for line in listener.finish()] == ids


def test_a_listener_that_does_not_read_is_told_and_comes_back_without_a_loss(start_hub):
    hub = start_hub({"stream.max-queued-bytes": "64KiB"})
    listener, _ = listen(hub, "user:42")
    with listener, hub.publisher() as publisher:
        data = json.dumps("x" * 1000)
        ids = [publisher.command(f"PUSH user:42 x {data}").split()[1] for _ in range(600)]
        heard, line = [], listener.reply()
        while line.startswith("EVENT"):
            heard.append(Heard(line).id)
            line = listener.reply()
        assert line == f"ERR slow-consumer {heard[-1]}"
        assert heard == ids[: len(heard)] and 100 < len(heard) < 500
        assert publisher.command("PUSH user:42 x 1").startswith("OK ")
        assert listener.command("PING") == "OK pong", "it listens no longer, and is served"
        assert listener.command(f"LISTEN user:42 since={heard[-1]}").split()[1:] == [heard[-1], "complete"]
        assert [hear(listener).id for _ in range(600 - len(heard))] == ids[len(heard):]
        assert hear(listener).data == 1
    hub.wait_for_log("listener too slow")


def test_values_of_one_name_take_each_others_place_for_a_slow_listener(hub):
    listener, _ = listen(hub, "topic:t")
    with listener, hub.publisher() as publisher:
        pad = "x" * 1000
        last = None
        for n in range(3000):
            name = "ab"[n % 2]
            last = publisher.command(f'@replace={name} PUSH topic:t x {{"n":{n},"pad":"{pad}"}}').split()[1]
        heard = []
        while not heard or heard[-1].id != last:
            heard.append(hear(listener))
        assert len(heard) < 1000
        numbers = [event.data["n"] for event in heard]
        assert numbers == sorted(numbers) and numbers[-2:] == [2998, 2999]


def test_history_that_goes_while_it_is_read_is_told(start_hub):
    hub = start_hub({"history.max-events": "1000"})
    with hub.publisher() as publisher:
        data = json.dumps("x" * 2000)
        for n in range(1000):
            publisher.command(f"PUSH user:42 x {data}")
        listener, _ = listen(hub, "user:42", since="start")
        with listener:
            for n in range(1100):
                publisher.command(f"PUSH user:43 x {data}")
            line = listener.reply()
            while line.startswith("EVENT"):
                last, line = Heard(line).id, listener.reply()
            assert line == f"ERR slow-consumer {last}"
            assert listener.command(f"LISTEN user:42 since={last}").endswith(" gap")


def test_after_a_restart_an_id_of_before_is_a_gap(hub):
    listener, reply = listen(hub, "all")
    with listener:
        position = push(hub, "PUSH * x 1")
        assert hear(listener).id == position
        hub.restart()
        with pytest.raises((EOFError, ConnectionError)):
            listener.reply()
    id_ = push(hub, "PUSH * x 2")
    again, reply = listen(hub, "all", since=position)
    with again:
        assert reply[1] == "gap" and hear(again).id == id_


@pytest.mark.parametrize("seed", range(4))
def test_live_since_and_stream_agree(start_hub, seed):
    """Random events to one user, everyone and topics: what a listener hears live, what it hears since any of them, and
    what the user's stream gets, is the same."""
    rng = random.Random(seed)
    hub = start_hub({"threads": str(1 + seed % 3)})
    live, start = listen(hub, "user:42", "*", "topic:a/*", "topic:b")
    with live, follow(hub, ["a/1", "a/2", "b"]) as stream, hub.publisher() as publisher:
        stream.opened()
        targets = ["user:42", "user:43", "users:41,42", "*", "topic:a/1", "topics:c,a/2,b", "topic:b", "topic:c"]
        count = 0
        for n in range(300):
            target = rng.choice(targets)
            tags = rng.choice(["", "", "@as=text ", "@replace=v "]) if "s:" not in target else ""
            data = '"t"' if "text" in tags else str(n)
            assert publisher.command(f"{tags}PUSH {target} x {data}").startswith("OK ")
            count += target not in ("user:43", "topic:c")
        heard = [hear(live) for _ in range(count)]
        seen = [stream.next() for _ in range(count)]
        assert [e.id for e in heard] == [e.id for e in seen]
        for event, other in zip(heard, seen):
            assert event.target.removeprefix("topic:") == (other.topic or event.target)
        place = rng.randrange(count)
        newest = {(e.target, e.tags["replace"]): e.id for e in heard if "replace" in e.tags}
        kept = [e for e in heard if "replace" not in e.tags or newest[e.target, e.tags["replace"]] == e.id]
        for since, owed in [(start[0], kept), (heard[place].id, [e for e in kept if e in heard[place + 1:]]), ("start", kept)]:
            again, _ = listen(hub, "topic:b", "topic:a/*", "user:42", "*", since=since)
            with again:
                assert [str(hear(again)) for _ in owed] == [str(e) for e in owed]
                assert again.command("PING") == "OK pong"


@pytest.mark.parametrize("line", ["LISTEN", "LISTEN x", "LISTEN all since=x", "LISTEN user:42 since=1-2 all", "UNLISTEN x"])
def test_what_is_wrong_is_refused_and_changes_nothing(hub, line):
    listener, _ = listen(hub, "user:42")
    with listener:
        assert listener.command(line).startswith("ERR ")
        id_ = push(hub, "PUSH user:42 x 1")
        assert hear(listener).id == id_


def test_a_thousand_listeners_hear_the_same(start_hub):
    hub = start_hub({"publish.max-publishers-per-user": "1024"})
    listeners = [listen(hub, f"user:{n % 10}", "topic:t/*")[0] for n in range(1000)]
    id_ = push(hub, "PUSH topic:t/1 x 1")
    assert {hear(listener).id for listener in listeners} == {id_}
    other = push(hub, "PUSH user:3 x 1")
    for n, listener in enumerate(listeners):
        if n % 10 == 3:
            assert hear(listener).id == other
        else:
            assert listener.command("PING") == "OK pong"
        listener.close()


def test_a_right_that_a_reload_takes_away_ends_the_listening(start_hub):
    configuration = start_hub.directory / "pushhubd.yaml"
    configuration.write_text('publish:\n  allow: ["everyone publish", "everyone listen to=user:*"]\n')
    hub = start_hub(arguments=["--config", str(configuration)])
    listener, _ = listen(hub, "user:42", "user:43")
    other, _ = listen(hub, "user:43")
    with listener, other:
        configuration.write_text('publish:\n  allow: ["everyone publish", "everyone listen to=user:43"]\n')
        hub.signal(signal.SIGHUP)
        assert listener.reply().startswith("ERR forbidden ")
        push(hub, "PUSH user:42 x 1")
        id_ = push(hub, "PUSH user:43 x 1")
        assert hear(other).id == id_
        assert listener.command("PING") == "OK pong"
        assert listener.command("LISTEN user:42").startswith("ERR forbidden ")

"""Who is present on a topic, as those who follow it are told, and as they can ask."""

import concurrent.futures
import random
import signal
import threading
import urllib.parse

import pytest

from test_topics import change, follow

LONG = {"presence.topics": "room,room/*", "presence.grace": "1h"}
SHORT = {"presence.topics": "room,room/*", "stream.retry": "1ms", "presence.grace": "2002ms"}


def said(event):
    """What a stream tells of presence."""
    assert event.type == "presence" and event.topic == event.data["topic"] and event.id
    return event.data["action"], event.data["user"], event.topic


def ask(hub, topic="room", user="asker", grants=("*",), **claims):
    token = hub.token(user, topics=list(grants), **claims)
    return hub.request("GET", f"/sse/presence?topic={urllib.parse.quote(topic, safe='')}", token)


def users(hub, topic="room"):
    return ask(hub, topic).json["users"]


def opened(stream):
    """A stream behind its own joins."""
    topics = stream.opened()["topics"]
    for topic in topics:
        if topic.startswith("room"):
            assert said(stream.next())[::2] == ("join", topic)
    return stream


def connected(hub, count):
    """Waits until so many streams are open."""
    admin = hub.token("root", ["pushhub:admin"])
    while hub.request("GET", "/sse/stats", admin).json["totalConnections"] != count:
        pass


def test_followers_are_told_who_joins_and_who_leaves(start_hub):
    hub = start_hub(SHORT)
    with follow(hub, ["room", "other"], user="anna") as anna:
        opening = anna.opened()
        assert opening["topics"] == ["room", "other"]
        position = anna.last_id
        own = anna.next()
        assert said(own) == ("join", "anna", "room")
        assert int(own.id.split("-")[1]) == int(position.split("-")[1]) + 1
        with follow(hub, ["room"], user="b ö") as bert, follow(hub, ["room"], user="b ö") as again:
            assert said(anna.next()) == ("join", "b ö", "room")
            opened(bert)
            again.opened()
            answer = ask(hub)
            assert answer.json == {"topic": "room", "position": anna.last_id, "users": ["anna", "b ö"]}
        # Only now that the last connection has been gone for the grace time.
        assert said(anna.next()) == ("leave", "b ö", "room")
        assert ask(hub).json == {"topic": "room", "position": anna.last_id, "users": ["anna"]}
        left = anna.last_id
    with follow(hub, ["room"], user="carl", last_event_id=position) as carl:
        assert carl.opened()["replay"] == "complete"
        seen = [said(carl.next()) for _ in range(3)]
        assert seen == [("join", "anna", "room"), ("join", "b ö", "room"), ("leave", "b ö", "room")]
        assert carl.last_id == left


def test_who_listens_to_a_topic_hears_it_too(start_hub):
    hub = start_hub(LONG)
    with hub.publisher() as listener, follow(hub, ["room"], user="anna") as anna:
        opened(anna)
        assert listener.command("LISTEN topic:room since=start").endswith(" start")
        assert listener.reply() == f'EVENT {anna.last_id} topic:room presence {{"topic":"room","user":"anna","action":"join"}}'
        hub.command("CLOSE user:anna")
        assert listener.reply().endswith(' topic:room presence {"topic":"room","user":"anna","action":"leave"}')


def test_other_topics_make_no_events(start_hub):
    hub = start_hub(LONG)
    with follow(hub, ["rooms", "a/room"], user="anna") as anna, follow(hub, ["rooms"], user="bert") as bert:
        anna.opened(), bert.opened()
        hub.command("PUSH * end 1")
        assert anna.next().type == "end"
        assert ask(hub, "rooms").json["code"] == "presence-not-kept"
        figures = hub.request("GET", "/sse/stats", hub.token("root", ["pushhub:admin"])).json
        assert (figures["publishers"]["watching"], figures["topics"]["present"]) == (0, 0)


@pytest.mark.parametrize("how", ["CLOSE user:bert", "CLOSE conn", "disconnect", "remove", "UNSUBSCRIBE", "renew"])
def test_whoever_is_made_to_go_leaves_at_once(start_hub, how):
    hub = start_hub(LONG)
    with follow(hub, ["room"], user="anna") as anna:
        opened(anna)
        asked = [] if how == "UNSUBSCRIBE" else ["room"]
        if not asked:
            assert hub.command("SUBSCRIBE user:bert topic:room") == "OK 0"
        with follow(hub, asked, user="bert") as bert:
            assert said(anna.next()) == ("join", "bert", "room")
            connection = bert.opened()["connectionId"]
            token = hub.token("bert", topics=["*"])
            if how == "CLOSE user:bert":
                assert hub.command(how) == "OK 1"
            elif how == "CLOSE conn":
                assert hub.command(f"CLOSE conn:{connection}") == "OK 1"
            elif how == "disconnect":
                assert hub.request("POST", "/sse/users/bert/disconnect", token).json["closedCount"] == 1
            elif how == "remove":
                answer = change(hub, connection, token, remove=["room"]).json
                # What follows from it comes after its position.
                assert answer["position"] == anna.last_id
            elif how == "UNSUBSCRIBE":
                assert hub.command("UNSUBSCRIBE user:bert topic:room") == "OK 1"
            else:
                assert hub.request("POST", f"/sse/connections/{connection}/renew", hub.token("bert")).status == 200
            assert said(anna.next()) == ("leave", "bert", "room")
            assert users(hub) == ["anna"]


def test_who_is_closed_while_waited_for_leaves_at_once(start_hub):
    hub = start_hub(LONG)
    with follow(hub, ["room"], user="anna") as anna:
        opened(anna)
        with follow(hub, ["room"], user="bert") as bert:
            opened(bert)
            assert said(anna.next()) == ("join", "bert", "room")
        connected(hub, 1)
        assert users(hub) == ["anna", "bert"]
        assert hub.command("CLOSE user:bert") == "OK 0"
        assert said(anna.next()) == ("leave", "bert", "room")


def test_hundreds_who_reconnect_make_no_event(start_hub):
    hub = start_hub({**LONG, "limits.connections-per-user": "1000"})
    names = [f"user{number:03}" for number in range(300)]
    with follow(hub, ["room"], user="anna") as anna, concurrent.futures.ThreadPoolExecutor(8) as pool:
        opened(anna)

        def open_stream(name):
            stream = follow(hub, ["room"], user=name)
            stream.opened()
            return stream

        streams = list(pool.map(open_stream, names))
        assert sorted(said(anna.next()) for _ in names) == [("join", name, "room") for name in names]
        listed = ask(hub).json
        assert listed["users"] == ["anna", *names]
        for _ in range(2):
            for stream in streams:
                stream.close()
            streams = list(pool.map(open_stream, random.sample(names, len(names))))
        hub.command("PUSH topic:room end 1")
        assert anna.next().type == "end"
        assert ask(hub).json["users"] == ["anna", *names]
        for stream in streams:
            stream.close()


def test_the_list_and_the_events_after_its_position_are_the_truth(start_hub):
    hub = start_hub({**LONG, "history.max-events": "100000"})
    names = [f"user{number}" for number in range(12)]
    with follow(hub, ["room"], user="anna") as anna:
        opened(anna)
        lists = []

        def churn(seed):
            chance = random.Random(seed)
            mine, streams = names[seed::4], {}
            for _ in range(60):
                name = chance.choice(mine)
                if name in streams and chance.random() < 0.5:
                    hub.command(f"CLOSE user:{name}")
                    streams.pop(name).close()
                else:
                    if name in streams:
                        streams.pop(name).close()
                    streams[name] = follow(hub, ["room"], user=name)
                    streams[name].opened()
                if chance.random() < 0.3:
                    lists.append(ask(hub).json)
            return streams

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            remaining = [stream for left in pool.map(churn, range(4)) for stream in left.items()]
        last = ask(hub).json
        assert last["users"] == sorted(["anna", *(name for name, _ in remaining)])
        hub.command("PUSH topic:room end 1")
        events = []
        while (event := anna.next()).type != "end":
            events.append((int(event.id.split("-")[1]), *said(event)[:2]))
        assert len(lists) > 20
        for listed in lists:
            present = set(listed["users"])
            for number, action, user in events:
                if number <= int(listed["position"].split("-")[1]):
                    continue
                assert (user in present) == (action == "leave")
                present ^= {user}
            assert sorted(present) == last["users"]
        for _, stream in remaining:
            stream.close()


def test_who_may_ask(start_hub):
    hub = start_hub(LONG)
    refused = ask(hub, grants=["room/*"])
    assert refused.status == 403 and refused.json["code"] == "topic-not-granted" and "room" in refused.json["detail"]
    assert ask(hub, "other", grants=[]).status == 403
    other = ask(hub, "other")
    assert other.status == 404 and other.json["code"] == "presence-not-kept"
    assert ask(hub, "room/1", grants=["room/*"]).json["users"] == []
    assert ask(hub, grants=[], scope="pushhub:admin").status == 200
    assert hub.command("SUBSCRIBE user:asker topic:room") == "OK 0"
    assert ask(hub, grants=[]).status == 200
    assert hub.command("UNSUBSCRIBE user:asker topic:room") == "OK 0"
    assert ask(hub, grants=[]).status == 403
    with hub.subscribe("asker") as stream:
        assert hub.command(f"SUBSCRIBE conn:{stream.opened()['connectionId']} topic:room") == "OK 1"
        assert ask(hub, grants=[]).json["users"] == ["asker"]


@pytest.mark.parametrize("query,code", [
    ("", "malformed-request"), ("?topic=room&topic=room", "malformed-request"), ("?topic=*", "bad-topic"),
    ("?topic=room/*", "bad-topic"), ("?topic=", "bad-topic"), ("?topics=room", "malformed-request")])
def test_what_is_asked_is_one_topic(start_hub, query, code):
    hub = start_hub(LONG)
    answer = hub.request("GET", "/sse/presence" + query, hub.token("asker", topics=["*"]))
    assert answer.status == 400 and answer.json["code"] == code
    assert hub.request("GET", "/sse/presence?topic=room").json["code"] == "missing-token"
    assert hub.request("POST", "/sse/presence?topic=room", hub.token("asker"), {}).status == 405


def test_a_stop_is_no_leave_and_the_next_hub_begins_anew(start_hub):
    hub = start_hub(LONG)
    anna, bert = follow(hub, ["room"], user="anna"), follow(hub, ["room"], user="bert")
    with anna, bert:
        opened(anna)
        assert said(anna.next()) == ("join", "bert", "room")
        ended = threading.Thread(target=hub.restart)
        ended.start()
        assert [event.type for event in anna.rest()] == ["close"]
        ended.join()
    assert users(hub) == []
    with follow(hub, ["room"], user="anna", last_event_id=anna.last_id) as anna:
        assert anna.opened()["replay"] == "gap"
        assert said(anna.next()) == ("join", "anna", "room")
        assert users(hub) == ["anna"]


def test_a_reload_begins_with_who_is_there(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("presence:\n  topics: [other]\n")
    hub = start_hub(arguments=["--config", str(file)])
    with follow(hub, ["room"], user="anna") as anna, follow(hub, ["room"], user="bert") as bert:
        anna.opened(), bert.opened()
        assert ask(hub).status == 404
        file.write_text("presence:\n  topics: [room]\n  grace: 1h\n")
        hub.signal(signal.SIGHUP)
        hub.wait_for_log(r"configuration reloaded.*presence.grace: 10s -> 60m; presence.topics: other -> room")
        assert users(hub) == ["anna", "bert"]
        hub.command("CLOSE user:bert")
        assert said(anna.next()) == ("leave", "bert", "room")
        file.write_text("stream:\n  retry: 9s\npresence:\n  grace: 10s\n")
        hub.signal(signal.SIGHUP)
        hub.wait_for_log(r"not taken over.*presence.grace \(10s\) must be at least 2 s more than stream.retry \(9s\): set it to 11s")
        assert users(hub) == ["anna"]
        file.write_text("")
        hub.signal(signal.SIGHUP)
        hub.wait_for_log(r"configuration reloaded.*presence.topics: room -> nothing")
        assert ask(hub).status == 404
        hub.command("PUSH topic:room end 1")
        assert anna.next().type == "end"


# On the socket


def watch(hub, scope="users"):
    """A connection that watches, and who is present."""
    watcher = hub.publisher()
    count = int(watcher.command(f"WATCH {scope}").removeprefix("OK "))
    lines = [watcher.reply() for _ in range(count)]
    assert all(line.startswith("PRESENT ") for line in lines)
    return watcher, sorted(line.removeprefix("PRESENT ") for line in lines)


def test_a_watcher_gets_the_list_and_then_who_comes_and_goes(start_hub):
    hub = start_hub(SHORT)
    with follow(hub, ["a,b"], user="anna ö,%") as anna, follow(hub, ["a,b"], user="bert") as bert:
        anna.opened(), bert.opened()
        everybody, present = watch(hub)
        on_topic, followers = watch(hub, "topic:a%2Cb")
        with everybody, on_topic:
            assert present == ["anna%20ö%2C%25", "bert"]
            assert followers == ["anna%20ö%2C%25 a%2Cb", "bert a%2Cb"]
            with follow(hub, user="carl") as carl:
                carl.opened()
                assert everybody.reply() == "JOIN carl"
                assert everybody.command("PING") == "OK pong"
                bert.close()
                assert everybody.reply() == "LEAVE bert"
                assert on_topic.reply() == "LEAVE bert a%2Cb"
                assert hub.command("SUBSCRIBE user:carl topic:a%2Cb") == "OK 1"
                assert on_topic.reply() == "JOIN carl a%2Cb"
                assert hub.command("CLOSE user:carl") == "OK 1"
                assert (everybody.reply(), on_topic.reply()) == ("LEAVE carl", "LEAVE carl a%2Cb")
            figures = hub.request("GET", "/sse/stats", hub.token("root", ["pushhub:admin"])).json
            assert (figures["publishers"]["watching"], figures["topics"]["present"]) == (2, 2)
            assert everybody.command("UNWATCH") == "OK 0"
            assert everybody.command("UNWATCH").startswith("ERR bad-argument ")
            with follow(hub, user="dora") as dora:
                dora.opened()
                assert everybody.command("PING") == "OK pong"
    connected(hub, 0)
    admin = hub.token("root", ["pushhub:admin"])
    while (figures := hub.request("GET", "/sse/stats", admin).json)["publishers"]["watching"]:
        pass
    assert figures["topics"]["present"] == 0


def test_a_pattern_is_watched(start_hub):
    hub = start_hub(LONG)
    with follow(hub, ["a/1", "a/2", "a", "b"], user="anna") as anna:
        token = hub.token("anna", topics=["*"])
        connection = anna.opened()["connectionId"]
        watcher, present = watch(hub, "topic:a/*")
        with watcher:
            assert present == ["anna a/1", "anna a/2"]
            change(hub, connection, token, add=["a/3", "c"], remove=["a/1", "b"])
            assert sorted([watcher.reply(), watcher.reply()]) == ["JOIN anna a/3", "LEAVE anna a/1"]
            # Another WATCH takes its place.
            assert watcher.command("WATCH topic:c") == "OK 1"
            assert watcher.reply() == "PRESENT anna c"
            change(hub, connection, token, add=["a/4"], remove=["c"])
            assert watcher.reply() == "LEAVE anna c"
            assert watcher.command("PING") == "OK pong"


@pytest.mark.parametrize("line,code", [
    ("WATCH", "missing-argument"), ("WATCH user:42", "bad-target"), ("WATCH users topic:a", "bad-argument"),
    ("UNWATCH", "bad-argument")])
def test_what_is_no_watch_is_refused(hub, line, code):
    assert hub.command(line).startswith(f"ERR {code} ")


def test_after_a_half_close_the_list_is_still_written(hub):
    streams = [hub.subscribe(f"user{number}") for number in range(50)]
    for stream in streams:
        stream.opened()
    with hub.publisher() as watcher:
        watcher.send("WATCH users\n")
        assert sorted(watcher.finish()) == sorted(["OK 50", *(f"PRESENT user{number}" for number in range(50))])
    for stream in streams:
        stream.close()


def test_a_watcher_that_does_not_read_watches_no_longer(start_hub):
    hub = start_hub({**LONG, "stream.max-queued-bytes": "8KiB"})
    topics = [f"{number:x>128}" for number in range(64)]
    token = hub.token("anna", topics=["*"])
    with hub.publisher() as watcher, hub.subscribe(token=token) as anna:
        connection = anna.opened()["connectionId"]
        assert watcher.command("WATCH topic:*") == "OK 0"
        told = []
        while "listener too slow" not in hub.log():
            change(hub, connection, token, add=topics)
            change(hub, connection, token, remove=topics)
            told += [f"{what} anna {topic}" for what in ("JOIN", "LEAVE") for topic in topics]
        seen = []
        while not (line := watcher.reply()).startswith("ERR "):
            seen.append(line)
        assert line.startswith("ERR slow-consumer ")
        # Also what waits in the hub goes, but not what it has given to the kernel.
        assert 100 < len(seen) < len(told) and seen == told[:len(seen)]
        assert watcher.command("WATCH topic:*") == "OK 0"
        change(hub, connection, token, add=["a"])
        assert watcher.reply() == "JOIN anna a"


def test_hundreds_who_reconnect_make_no_line(start_hub):
    hub = start_hub(LONG)
    names = [f"user{number:03}" for number in range(1000)]
    watcher, _ = watch(hub)
    with watcher, concurrent.futures.ThreadPoolExecutor(8) as pool:

        def open_stream(name):
            stream = hub.subscribe(name)
            stream.opened()
            return stream

        streams = list(pool.map(open_stream, names))
        assert sorted(watcher.reply() for _ in names) == [f"JOIN {name}" for name in names]
        for _ in range(2):
            for stream in streams:
                stream.close()
            streams = list(pool.map(open_stream, random.sample(names, len(names))))
        later, present = watch(hub)
        with later:
            assert present == names
        assert hub.command("CLOSE user:user007") == "OK 1"
        assert watcher.reply() == "LEAVE user007"
        for stream in streams:
            stream.close()


def test_who_watches_is_not_silent_and_is_told_of_no_stop(start_hub):
    hub = start_hub({**LONG, "publish.max-publishers": "1"})
    watcher, _ = watch(hub)
    with watcher, hub.subscribe("anna") as anna:
        anna.opened()
        assert watcher.reply() == "JOIN anna"
        hub.signal(signal.SIGTERM)
        assert anna.rest()[-1].type == "close"
        with pytest.raises(EOFError):
            watcher.reply()

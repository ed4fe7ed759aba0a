"""Named topics: who follows them, and why; what is live, what is replayed."""

import json
import urllib.parse

import pytest

NAMES = ["orders/42", "user:43", "a,b", "a%2Cb", "_", "/", ":", "a*", "größe", "a b", "*x", "%", "e\u0301", "é"]


def encoded(name):
    return urllib.parse.quote(name, safe="")


def on_line(name):
    return "".join(f"%{byte:02X}" for byte in name.encode())


def follow(hub, topics=(), user="42", grants=("*",), last_event_id=None, query="", **claims):
    path = "/sse/connect/auth?" + "&".join([f"topic={encoded(t)}" for t in topics] + ([query] if query else []))
    return hub.subscribe(user, last_event_id, hub.token(user, topics=list(grants), **claims), path)


def change(hub, stream_id, token, **members):
    return hub.request("POST", f"/sse/connections/{stream_id}/topics", token, members)


@pytest.mark.parametrize("name", NAMES)
def test_a_topic_is_its_bytes_and_nothing_else(hub, name):
    others = [other for other in NAMES if other != name]
    with follow(hub, [name]) as stream, follow(hub, others, user="43") as other:
        assert stream.opened()["topics"] == [name]
        other.opened()
        id_, count = hub.command(f"PUSH topic:{on_line(name)} update 1").split()[1:]
        assert count == "1"
        event = stream.next()
        assert (event.type, event.data, event.id, event.topic) == ("update", 1, id_, name)
        hub.command("PUSH * end 2")
        assert [stream.next().topic, other.next().type] == [None, "end"]


def test_nobody_follows_another_user(hub):
    with follow(hub, ["user:43", "43", "users:43"]) as stream:
        stream.opened()
        assert hub.command("PUSH user:43 secret 1").endswith(" 0")
        assert hub.command("PUSH users:43,44 secret 1").endswith(" 0")
        hub.command("PUSH user:42 end 2")
        assert stream.next().type == "end"


def test_an_event_for_several_topics_comes_once_under_the_first_that_is_followed(hub):
    with follow(hub, ["a", "b"]) as both, follow(hub, ["b", "c"], user="43") as second, follow(hub, ["d"], user="44") as none:
        for stream in (both, second, none):
            stream.opened()
        assert hub.command("PUSH topics:x,b,a,b update 1").endswith(" 2")
        assert hub.command("PUSH topics:a,c update 2").endswith(" 2")
        hub.command("PUSH * end 3")
        assert [(e.data, e.topic) for e in (both.next(), both.next(), both.next())] == [(1, "b"), (2, "a"), (3, None)]
        assert [(e.data, e.topic) for e in (second.next(), second.next())] == [(1, "b"), (2, "c")]
        assert none.next().data == 3


def test_replay_is_what_was_missed_of_all_that_is_followed(hub):
    hub.command("PUSH * x 0")
    with follow(hub, ["a", "b"]) as stream:
        stream.opened()
        position = stream.last_id
    lines = ["PUSH topic:a x 1", "PUSH topic:c x 2", "PUSH user:42 x 3", "PUSH user:43 x 4", "PUSH topics:c,b,a x 5",
             "PUSH * x 6", "PUSH topics:a,b x 7"]
    for line in lines:
        hub.command(line)
    with follow(hub, ["a", "b"], last_event_id=position) as stream:
        assert stream.opened()["replay"] == "complete"
        assert [(e.data, e.topic) for e in (stream.next() for _ in range(5))] == [
            (1, "a"), (3, None), (5, "b"), (6, None), (7, "a")]
    with follow(hub, ["b"], last_event_id=position) as stream:
        stream.opened()
        assert [(e.data, e.topic) for e in (stream.next() for _ in range(4))] == [
            (3, None), (5, "b"), (6, None), (7, "b")]
    with follow(hub, ["c"], user="43", last_event_id=position) as stream:
        stream.opened()
        assert [(e.data, e.topic) for e in (stream.next() for _ in range(4))] == [
            (2, "c"), (4, None), (5, "c"), (6, None)]


@pytest.mark.parametrize("grants,topic,is_granted", [
    (["a"], "a", True), (["a"], "b", False), (["a/*"], "a/b", True), (["a/*"], "a/b/c", True), (["a/*"], "a/", False),
    (["a/*"], "a", False), (["a/*"], "ab", False), (["*"], "anything", True), ([], "a", False), (["a*"], "ab", False),
    (["a*"], "a*", True), (["*/a"], "b/a", False), (["e\u0301"], "é", False), ("a b/*", "b/c", True),
    ("a b/*", "a b", False), ("*", "x", True), ({"a": 1}, "a", False), ([1, None, "a"], "a", True), (None, "a", False)])
def test_a_token_grants_names_and_patterns_and_nothing_else(hub, grants, topic, is_granted):
    token = hub.token("42", topics=grants) if grants is not None else hub.token("42")
    with hub.subscribe(token=token, path=f"/sse/connect/auth?topic={encoded(topic)}") as stream:
        assert stream.status == (200 if is_granted else 403)
    with hub.subscribe(token=token) as stream:
        connection = stream.opened()["connectionId"]
        answer = change(hub, connection, token, add=[topic])
        assert answer.status == (200 if is_granted else 403)
        if not is_granted:
            assert answer.json["code"] == "topic-not-granted" and topic in answer.json["detail"]


def test_the_claim_that_grants_topics_can_be_another(start_hub):
    hub = start_hub({"auth.topics-claim": "https://example.org/topics"})
    with hub.subscribe(token=hub.token("42", topics=["a"]), path="/sse/connect/auth?topic=a") as stream:
        assert stream.status == 403
    token = hub.token("42", **{"https://example.org/topics": "a"})
    with hub.subscribe(token=token, path="/sse/connect/auth?topic=a") as stream:
        assert stream.opened()["topics"] == ["a"]


@pytest.mark.parametrize("query,status,code", [
    ("topic=*", 400, "bad-topic"), ("topic=a/*", 400, "bad-topic"), ("topic=", 400, "bad-topic"),
    ("topic=%20a", 400, "bad-topic"), ("topic=a+", 400, "bad-topic"), ("topic=a%00", 400, "bad-topic"),
    ("topic=a%0Ab", 400, "bad-topic"), ("topic=" + "a" * 129, 400, "bad-topic"), ("topic=%FF", 400, "malformed-request"),
    ("topics=a", 400, "malformed-request"), ("Topic=a", 400, "malformed-request"), ("from=end", 400, "malformed-request"),
    ("gap=keep", 400, "malformed-request"), ("other=a", 200, None), ("topic=" + "a" * 128, 200, None),
    ("topic=a+b&topic=a%2Bb", 200, None), ("from=&gap=", 200, None)])
def test_the_query_of_a_stream(hub, query, status, code):
    answer = hub.request("HEAD", "/sse/connect/auth?" + query, hub.token("42", topics=["*"]))
    assert answer.status == status
    if code:
        answer = hub.request("GET", "/sse/connect/auth?" + query, hub.token("42", topics=["*"]))
        assert answer.json["code"] == code


@pytest.mark.parametrize("count", [63, 64, 65])
def test_a_connection_asks_for_no_more_topics_than_allowed(hub, count):
    names = [f"t{number}" for number in range(count)]
    with follow(hub, names + names[:3]) as stream:
        assert stream.status == (200 if count <= 64 else 400)
        if count > 64:
            assert json.loads(stream.file.read(int(stream.headers["content-length"])))["code"] == "too-many-topics"
    token = hub.token("42", topics=["*"])
    with hub.subscribe(token=token) as stream:
        connection = stream.opened()["connectionId"]
        answer = change(hub, connection, token, add=names)
        assert answer.status == (200 if count <= 64 else 400)
        if count > 64:
            assert answer.json["code"] == "too-many-topics"
            assert hub.command(f"PUSH topic:{names[0]} x 1").endswith(" 0")


def test_topics_are_added_and_removed_on_the_open_stream(hub):
    token = hub.token("42", topics=["*"])
    with follow(hub, ["a"]) as stream:
        connection = stream.opened()["connectionId"]
        before = hub.command("PUSH topic:b x 1").split()[1]
        answer = change(hub, connection, token, add=["b", "c"], remove=["a"])
        assert answer.json == {"success": True, "topics": ["b", "c"], "position": before}
        event = stream.next()
        assert (event.type, event.data, event.id) == ("topics", {"topics": ["b", "c"]}, before)
        assert hub.command("PUSH topic:a x 2").endswith(" 0")
        assert hub.command("PUSH topic:b x 3").endswith(" 1")
        assert (stream.next().data, stream.last_id) == (3, hub.command("PUSH * x 4").split()[1].rsplit("-", 1)[0] + "-3")
        # What does not change the set is not told.
        assert change(hub, connection, token, add=["b"], remove=["z"]).json["topics"] == ["b", "c"]
        assert stream.next().data == 4


def test_a_reconnect_from_a_topics_event_brings_no_older_event_of_a_new_topic(hub):
    token = hub.token("42", topics=["*"])
    with follow(hub) as stream:
        connection = stream.opened()["connectionId"]
        hub.command("PUSH topic:new x 1")
        change(hub, connection, token, add=["new"])
        assert stream.next().type == "topics"
        position = stream.last_id
    hub.command("PUSH topic:new x 2")
    with follow(hub, ["new"], last_event_id=position) as stream:
        assert stream.opened()["replay"] == "complete"
        assert stream.next().data == 2


def test_only_its_own_user_changes_what_a_connection_follows(hub):
    with follow(hub) as stream:
        connection = stream.opened()["connectionId"]
        assert change(hub, connection, hub.token("43", topics=["*"]), add=["a"]).status == 403
        assert change(hub, connection, hub.token("43", ["pushhub:admin"], topics=["*"]), add=["a"]).status == 403
        assert change(hub, connection, None, add=["a"]).status == 401
    token = hub.token("42", topics=["*"])
    assert change(hub, "conn_AAAAAAAAAAAAAAAAAAAAAA", token, add=["a"]).json["code"] == "unknown-connection"
    assert change(hub, "nonsense", token, add=["a"]).json["code"] == "unknown-connection"


@pytest.mark.parametrize("members", [{"add": ["a"] * 65}, {"add": [f"t{n}" for n in range(70_000)]}, {"remove": ["a"] * 1025}])
def test_a_long_list_is_refused_before_it_is_looked_at(hub, members):
    token = hub.token("42", topics=[f"q{n}/*" for n in range(400)])
    answer = change(hub, "conn_AAAAAAAAAAAAAAAAAAAAAA", token, **members)
    assert (answer.status, answer.json["code"]) == (400, "too-many-topics")


@pytest.mark.parametrize("body,code", [
    ({"add": "a"}, "bad-member"), ({"add": [1]}, "bad-topic"), ({"add": ["*"]}, "bad-topic"), ({"remove": ["a/*"]}, "bad-topic"),
    ({"topics": ["a"]}, "unknown-member"), ({"values": 1}, "bad-member"), (b"[]", "bad-json"), (b"", "length-required")])
def test_a_wrong_wish_for_topics_is_refused_by_its_name(hub, body, code):
    with follow(hub) as stream:
        connection = stream.opened()["connectionId"]
        path = f"/sse/connections/{connection}/topics"
        answer = hub.request("POST", path, hub.token("42", topics=["*"]), None if body == b"" else body)
        assert answer.json["code"] == code


def test_a_renewed_token_that_grants_less_ends_only_what_was_asked_for(hub):
    with follow(hub, ["a", "b", "c"]) as stream:
        connection = stream.opened()["connectionId"]
        assert hub.command(f"SUBSCRIBE conn:{connection} topic:b") == "OK 0"
        token = hub.token("42", topics=["a"])
        assert hub.request("POST", f"/sse/connections/{connection}/renew", token).status == 200
        event = stream.next()
        assert (event.type, sorted(event.data["topics"])) == ("topics", ["a", "b"])
        assert hub.command("PUSH topic:c x 1").endswith(" 0")
        assert hub.command("PUSH topic:b x 2").endswith(" 1")
        assert stream.next().data == 2
        # A token that grants it again does not ask for it.
        hub.request("POST", f"/sse/connections/{connection}/renew", hub.token("42", topics=["*"]))
        assert hub.command("PUSH topic:c x 3").endswith(" 0")


# What publishers give


def test_a_user_is_given_topics_now_and_later(hub):
    with hub.subscribe() as stream, hub.subscribe() as second, hub.subscribe("43") as other:
        for each in (stream, second, other):
            each.opened()
        assert hub.command("SUBSCRIBE user:42 topics:a,b") == "OK 2"
        assert hub.command("SUBSCRIBE user:42 topic:a") == "OK 0"
        assert stream.next().data == second.next().data == {"topics": ["a", "b"]}
        assert hub.command("PUSH topic:a x 1").endswith(" 2")
        with hub.subscribe() as third:
            assert third.opened()["topics"] == ["a", "b"]
            assert hub.command("UNSUBSCRIBE user:42 topic:a") == "OK 3"
            assert third.next().data == {"topics": ["b"]}
        assert [stream.next().data, stream.next().type] == [1, "topics"]
        hub.command("PUSH * end 2")
        assert other.next().data == 2


def test_a_connection_is_given_topics_for_itself(hub):
    with hub.subscribe() as stream, hub.subscribe() as second:
        connection = stream.opened()["connectionId"]
        second.opened()
        assert hub.command(f"SUBSCRIBE conn:{connection} topic:a") == "OK 1"
        assert stream.next().data == {"topics": ["a"]}
        assert hub.command("PUSH topic:a x 1").endswith(" 1")
        assert hub.command(f"UNSUBSCRIBE conn:{connection} topic:a") == "OK 1"
        assert [stream.next().data, stream.next().data] == [1, {"topics": []}]
    assert hub.command(f"SUBSCRIBE conn:{connection} topic:a").startswith("ERR unknown-connection ")
    assert hub.command("SUBSCRIBE conn:conn_AAAAAAAAAAAAAAAAAAAAAA topic:a").startswith("ERR unknown-connection ")


def test_what_is_taken_back_is_still_followed_where_it_was_asked_for(hub):
    with follow(hub, ["a"]) as stream:
        stream.opened()
        assert hub.command("SUBSCRIBE user:42 topic:a") == "OK 0"
        assert hub.command("UNSUBSCRIBE user:42 topic:a") == "OK 0"
        assert hub.command("PUSH topic:a x 1").endswith(" 1")


def test_what_is_given_for_a_time_ends_by_itself(hub):
    with hub.subscribe() as stream:
        stream.opened()
        assert hub.command("SUBSCRIBE user:42 topics:a,b for=1s") == "OK 1"
        assert hub.command("SUBSCRIBE user:42 topic:b") == "OK 0"
        assert [stream.next().data, stream.next().data] == [{"topics": ["a", "b"]}, {"topics": ["b"]}]
    with hub.subscribe() as stream:
        assert stream.opened()["topics"] == ["b"]


@pytest.fixture
def kept(start_hub):
    """Starts hubs one after another that keep what they are told in one state directory."""
    directory = start_hub.directory / "state"
    directory.mkdir(mode=0o700)
    return lambda settings=None: start_hub(settings, environment={"STATE_DIRECTORY": str(directory)})


def test_what_a_user_was_given_outlives_the_hub(kept):
    hub = kept()
    for line in ["SUBSCRIBE user:4%202 topics:a,user:43,%25", "SUBSCRIBE user:42 topic:gone for=1s", "SUBSCRIBE user:43 topic:x",
                 "UNSUBSCRIBE user:43 topic:x"]:
        assert hub.command(line) == "OK 0"
    hub.kill()
    hub = kept()
    with hub.subscribe("4 2") as stream:
        assert sorted(stream.opened()["topics"]) == ["%", "a", "user:43"]
    with hub.subscribe("43") as stream:
        assert stream.opened()["topics"] == []


def test_a_damaged_store_is_put_aside_and_a_new_one_begun(kept, start_hub):
    hub = kept()
    hub.command("SUBSCRIBE user:42 topic:a")
    hub.stop()
    store = start_hub.directory / "state" / "state.sqlite"
    store.write_bytes(b"no database" * 1000)
    store.with_name("state.sqlite-wal").unlink()  # from which it would be mended
    hub = kept()
    hub.wait_for_log("state.sqlite is damaged")
    assert hub.command("SUBSCRIBE user:42 topic:b") == "OK 0"
    hub.kill()
    hub = kept()
    with hub.subscribe() as stream:
        assert stream.opened()["topics"] == ["b"]
    assert (start_hub.directory / "state" / "state.sqlite.damaged").read_bytes().startswith(b"no database")


def test_a_store_of_a_newer_version_is_left_alone(kept, start_hub):
    import sqlite3
    hub = kept()
    hub.command("SUBSCRIBE user:42 topic:a")
    hub.stop()
    path = start_hub.directory / "state" / "state.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    hub = kept()
    hub.wait_for_log("newer version")
    assert hub.command("SUBSCRIBE user:42 topic:b").startswith("ERR overloaded ")
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT topic FROM standing_topics").fetchall() == [("a",)]


def test_a_user_is_given_no_more_topics_than_allowed(start_hub):
    hub = start_hub({"limits.topics-per-user": "3", "limits.standing-topics": "5", "limits.topics-per-connection": "2"})
    assert hub.command("SUBSCRIBE user:1 topics:a,b,c") == "OK 0"
    assert hub.command("SUBSCRIBE user:1 topics:a,b") == "OK 0"
    assert hub.command("SUBSCRIBE user:1 topic:d").startswith("ERR too-many-topics ")
    assert hub.command("SUBSCRIBE user:2 topics:a,b,c").startswith("ERR too-many-topics ")
    assert hub.command("SUBSCRIBE user:2 topics:a,b") == "OK 0"
    assert hub.command("SUBSCRIBE user:3 topic:a").startswith("ERR too-many-topics ")
    assert hub.command("UNSUBSCRIBE user:1 topic:a") == "OK 0"
    assert hub.command("SUBSCRIBE user:3 topic:a") == "OK 0"
    with hub.subscribe("4") as stream:
        connection = stream.opened()["connectionId"]
        assert hub.command(f"SUBSCRIBE conn:{connection} topics:a,b") == "OK 1"
        assert hub.command(f"SUBSCRIBE conn:{connection} topic:c").startswith("ERR too-many-topics ")


# Publishing over HTTP


def test_events_are_published_to_topics_over_http(hub):
    token = hub.token("svc", ["pushhub:publish"])
    with follow(hub, ["a", "b"]) as stream:
        stream.opened()
        assert hub.request("POST", "/sse/send", token, {"topic": "a", "data": 1}).json["sentCount"] == 1
        assert hub.request("POST", "/sse/send", token, {"topics": ["c", "b", "a"], "data": 2}).json["sentCount"] == 1
        assert [(stream.next().topic), (stream.next().topic)] == ["a", "b"]


@pytest.mark.parametrize("members,code", [
    ({"topic": "*", "data": 1}, "bad-topic"), ({"topic": "a/*", "data": 1}, "bad-topic"), ({"topic": 1, "data": 1}, "bad-topic"),
    ({"topics": [], "data": 1}, "bad-member"), ({"topics": "a", "data": 1}, "bad-member"),
    ({"topics": ["a", "*"], "data": 1}, "bad-topic"), ({"topics": [str(n) for n in range(65)], "data": 1}, "too-many-topics"),
    ({"topic": "a", "topics": ["b"], "data": 1}, "bad-member"), ({"topic": "a", "userId": 1, "data": 1}, "bad-member"),
    ({"data": 1}, "bad-member"), ({"topic": "a"}, "bad-member"), ({"topic": "a", "data": 1, "text": "x"}, "bad-member"),
    ({"topic": "a", "text": 1}, "bad-json"), ({"topic": "a", "text": "\0"}, "bad-json"),
    ({"topic": "a", "data": 1, "replace": ""}, "bad-member"), ({"topic": "a", "data": 1, "replace": "a", "clear": "a"}, "bad-member"),
    ({"topic": "a", "data": 1, "replace": "a", "ttl": 0}, "bad-member"), ({"topics": ["a", "b"], "data": 1, "replace": "x"}, "bad-member"),
    ({"topic": "a", "data": 1, "replaces": "x"}, "unknown-member")])
def test_wrong_messages_for_topics_are_refused(hub, members, code):
    answer = hub.request("POST", "/sse/send", hub.token("svc", ["pushhub:publish"]), members)
    assert answer.status == 400 and answer.json["code"] == code


@pytest.mark.parametrize("claim,target,code", [
    (["orders/*"], {"topic": "orders/42"}, None), (["orders/*"], {"topic": "orders"}, "topic-not-granted"),
    (["orders/*"], {"userId": 42}, "insufficient-scope"), (["orders/*"], {"topics": ["orders/1", "orders/2"]}, None),
    (["orders/*"], {"topics": ["orders/1", "x"]}, "topic-not-granted"), (["*"], {"topic": "x"}, None),
    (["*"], {"userId": 42}, "insufficient-scope"), ([], {"topic": "x"}, "insufficient-scope"), ("a b", {"topic": "b"}, None)])
def test_a_claim_lets_publish_to_topics(hub, claim, target, code):
    token = hub.token("svc", publish=claim)
    answer = hub.request("POST", "/sse/send", token, {"data": 1, **target})
    assert answer.status == (403 if code else 200) and answer.json.get("code") == code
    assert hub.request("POST", "/sse/broadcast", token, {"data": 1}).status == 403


# Who follows


def test_who_follows_a_topic_is_told_to_administrators(hub):
    admin = hub.token("admin", ["pushhub:admin"])
    with follow(hub, ["a"]) as stream, follow(hub, ["a", "b"], user="43") as second:
        ids = [stream.opened()["connectionId"], second.opened()["connectionId"]]
        answer = hub.request("GET", "/sse/connections?topic=a", admin).json
        assert answer["topic"] == "a"
        assert [(c["connectionId"], c["userId"]) for c in answer["connections"]] == list(zip(ids, ["42", "43"]))
        assert answer["connections"][1]["topics"] == ["a", "b"]
        assert json.loads(hub.command("CONNECTIONS topic:b")[3:])["connections"][0]["connectionId"] == ids[1]
        assert hub.request("GET", "/sse/connections?topic=z", admin).json["connections"] == []
        for query in ("", "?topics=a", "?topic=a&topic=b"):
            assert hub.request("GET", "/sse/connections" + query, admin).json["code"] == "malformed-request"
        assert hub.request("GET", "/sse/connections?topic=*", admin).json["code"] == "bad-topic"
        assert hub.request("GET", "/sse/connections?topic=a", hub.token("42", topics=["*"])).status == 403


def test_many_followers_on_several_shards_each_get_an_event_once(hub):
    streams = [follow(hub, ["all", f"one/{number % 7}"], user=f"u{number}") for number in range(150)]
    try:
        for stream in streams:
            stream.opened()
        assert hub.command("PUSH topic:all x 1").endswith(" 150")
        assert hub.command("PUSH topics:one/0,one/1,all x 2").endswith(" 150")
        hub.command("PUSH * end 3")
        for number, stream in enumerate(streams):
            first = f"one/{number % 7}" if number % 7 < 2 else "all"
            assert [(e.data, e.topic) for e in (stream.next() for _ in range(3))] == [(1, "all"), (2, first), (3, None)]
        explained = json.loads(hub.command("EXPLAIN " + streams[0].last_id.rsplit("-", 1)[0] + "-2")[3:])
        assert explained["target"] == "topics:one/0,one/1,all" and explained["written"] == explained["queued"] == 150
        for stream in streams[:120]:
            stream.close()
        admin = hub.token("admin", ["pushhub:admin"])
        while (left := len(hub.request("GET", "/sse/connections?topic=all", admin).json["connections"])) > 30:
            pass
        assert left == 30 and hub.command("PUSH topic:all x 4").endswith(" 30")
    finally:
        for stream in streams:
            stream.close()


@pytest.mark.parametrize("rule,line,is_allowed", [
    ("push to=topic:a/*", "PUSH topic:a/b x 1", True), ("push to=topic:a/*", "PUSH topic:b x 1", False),
    ("push to=topic:a/*", "PUSH topics:a/b,b x 1", False), ("push to=topic:a/*", "PUSH user:a/b x 1", False),
    ("push to=user:a*", "PUSH topic:a x 1", False), ("push to=topic:*", "PUSH topics:a,b x 1", True),
    ("push", "SUBSCRIBE user:1 topic:a", False), ("subscribe", "SUBSCRIBE user:1 topic:a", True),
    ("subscribe to=user:1", "SUBSCRIBE user:1 topic:a", False), ("subscribe to=user:1 to=topic:a", "SUBSCRIBE user:1 topic:a", True),
    ("subscribe to=user:1 to=topic:a", "UNSUBSCRIBE user:1 topic:b", False),
    ("connections to=topic:a", "CONNECTIONS topic:a", True), ("connections to=topic:a", "CONNECTIONS topic:b", False),
    ("connections to=user:a", "CONNECTIONS topic:a", False)])
def test_rights_to_topics(start_hub, rule, line, is_allowed):
    hub = start_hub({"publish.allow": f"everyone {rule}"})
    assert hub.command(line).startswith("OK " if is_allowed else "ERR forbidden ")

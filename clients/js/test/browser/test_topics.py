"""Named topics and last values, in one tab and in several that share a stream."""

import itertools
import json

import pytest

from test_stream import statistics

GRANTED = ["a", "b", "c", "orders/*", "é x"]


def begin(tab, hub, gate, grants=GRANTED, user="42", **options):
    tab.call("start", {"url": f"{gate.url}/sse/connect/auth", "tokens": [hub.token(user, topics=grants)], **options})
    return tab


def start(tab, hub, gate, **options):
    begin(tab, hub, gate, **options).wait("client.isConnected")
    return tab


def connected(browser, pages, hub, gate, **options):
    return start(browser.open(pages.url), hub, gate, **options)


def push(hub, target, note, tags=""):
    reply = hub.command(f"{tags}PUSH {target} note {json.dumps(note)}")
    assert reply.startswith("OK "), reply


def hears(tab, *heard):
    tab.wait(f"seen.heard.length >= {len(heard)}")
    assert tab.run("seen.heard") == list(heard)


def follow(tab, *names):
    tab.call("void follow", *names)


def test_a_tab_hears_its_topics_and_no_others(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate, topics=["a", "orders/42", "é x"])
    push(hub, "topic:a", 1)
    push(hub, "topic:b", 2)
    push(hub, "topic:%C3%A9%20x", 3)
    push(hub, "topics:b,orders/42", 4)
    push(hub, "user:42", 5)
    hears(tab, "a 1", "é x 3", "orders/42 4", "5")


def test_a_tab_begins_with_the_last_values_and_is_told_when_they_are_all_there(browser, pages, hub, gate):
    push(hub, "topic:a", 1, "@replace=state ")
    push(hub, "topic:a", 2, "@replace=state ")
    push(hub, "topic:b", 3, "@replace=state ")
    push(hub, "user:42", 4, "@replace=state ")
    tab = connected(browser, pages, hub, gate, topics=["a"])
    tab.wait("seen.snapshots.length === 1")
    push(hub, "topic:a", 5)
    hears(tab, "a 2", "4", "a 5")
    assert tab.run("seen.snapshots") == [[2, 4]]


def test_what_is_added_has_its_values_first_and_outlives_a_cut(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate, topics=["a"])
    push(hub, "topic:b", 1, "@replace=state ")
    follow(tab, "b")
    tab.wait("seen.heard.length === 1")
    push(hub, "topic:b", 2)
    hears(tab, "values 1", "b 2")
    gate.shut()
    tab.wait("!client.isConnected")
    push(hub, "topic:a", 3)
    push(hub, "topic:b", 4)
    gate.open()
    hears(tab, "values 1", "b 2", "a 3", "b 4")
    assert tab.run("seen.gaps") == 0


def test_what_is_added_while_there_is_no_stream_brings_nothing_older_than_its_place(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate, topics=["a"])
    gate.shut()
    tab.wait("!client.isConnected")
    push(hub, "topic:a", 1)
    push(hub, "topic:b", 2)
    push(hub, "topic:b", 3, "@replace=state ")
    follow(tab, "b")
    gate.open()
    tab.wait("seen.heard.length === 2")
    push(hub, "topic:b", 4)
    hears(tab, "a 1", "values 3", "b 4")


def test_no_event_overtakes_the_values_under_load(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    numbers = itertools.count()

    def push_more(count):
        for number in itertools.islice(numbers, count):
            push(hub, "topic:a", number, "@replace=state " if number % 2 else "")
        return number

    push_more(100)
    follow(tab, "a")
    while not tab.run("seen.heard.length"):
        push_more(20)
    last = push_more(300)
    tab.wait(f"seen.heard.at(-1) === 'a {last}'")
    values, *heard = tab.run("seen.heard")
    assert values.startswith("values ")
    numbers = [int(each.removeprefix("a ")) for each in heard]
    # After the value that held at its place: every event, or every value but for those that were replaced while they waited.
    newest = int(values.removeprefix("values ") or -1)
    assert numbers == sorted(set(numbers)) and numbers[0] in (newest + 1, newest + 2)
    assert [number for number in numbers if number % 2 == 0] == list(range(numbers[0] + numbers[0] % 2, last + 1, 2))


def test_what_is_removed_is_heard_no_more(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate, topics=["a", "b"])
    tab.run("void client.removeTopics(['a'])")
    tab.wait("seen.types.includes('topics')")
    push(hub, "topic:a", 1)
    push(hub, "topic:b", 2)
    hears(tab, "b 2")


@pytest.mark.parametrize(("names", "code"), [
    (["secret"], "topic-not-granted"),
    (["*"], "bad-topic"),
    ([f"orders/{number}" for number in range(65)], "too-many-topics"),
])
def test_what_the_hub_refuses_is_told(browser, pages, hub, gate, names, code):
    tab = connected(browser, pages, hub, gate, topics=["a"])
    follow(tab, *names)
    tab.wait("seen.heard.length === 1")
    push(hub, "topic:a", 1)
    hears(tab, f"refused {code}", "a 1")


def test_a_stream_that_is_refused_for_a_topic_says_which(browser, pages, hub, gate):
    tab = begin(browser.open(pages.url), hub, gate, topics=["secret"])
    tab.wait("client.connectionState === 'error'")
    assert "secret" in tab.run("client.snapshot.error.message")


def test_a_renewed_token_that_grants_less_ends_a_topic_and_not_the_stream(browser, pages, hub, gate):
    tokens = [hub.token("42", lifetime=4, topics=["a", "b"]), hub.token("42", topics=["a"])]
    tab = browser.open(pages.url)
    tab.call("start", {"url": f"{gate.url}/sse/connect/auth", "tokens": tokens, "topics": ["a", "b"]})
    tab.wait("seen.problems.length === 1")
    assert tab.run("seen.problems") == ["Not followed: b"]
    push(hub, "topic:b", 1)
    push(hub, "topic:a", 2)
    hears(tab, "a 2")
    gate.cut()
    push(hub, "topic:a", 3)
    hears(tab, "a 2", "a 3")


def test_a_topic_from_its_beginning_survives_a_reload_of_the_stream(browser, pages, hub, gate):
    for number in range(3):
        push(hub, "topic:orders/1", number)
    tab = connected(browser, pages, hub, gate, topics=["orders/1"], **{"from": "start"})
    hears(tab, "orders/1 0", "orders/1 1", "orders/1 2")
    gate.cut()
    push(hub, "topic:orders/1", 3)
    hears(tab, "orders/1 0", "orders/1 1", "orders/1 2", "orders/1 3")


def test_a_gap_is_skipped_on_demand(browser, pages, start_hub, make_gate):
    hub = start_hub({"history.max-events": "2"})
    gate = make_gate(hub)
    tab = connected(browser, pages, hub, gate, topics=["a"], gap="skip")
    push(hub, "topic:a", 1, "@replace=state ")
    hears(tab, "a 1")
    gate.shut()
    tab.wait("!client.isConnected")
    for number in range(2, 9):
        push(hub, "topic:a", number)
    gate.open()
    tab.wait("seen.gaps === 1 && seen.snapshots.length === 2")
    push(hub, "topic:a", 9)
    hears(tab, "a 1", "a 1", "a 9")


def test_the_browsers_own_event_source_has_its_topics_in_the_address(browser, pages, start_hub):
    hub = start_hub({"http.allowed-origins": pages.url, "auth.query-parameter": "access_token"})
    push(hub, "topic:a", 1, "@replace=state ")
    tab = browser.open(pages.url)
    token = hub.token("42", topics=GRANTED)
    tab.call("startNative", f"http://127.0.0.1:{hub.port}/sse/connect/auth?topic=a&topic=orders%2F42&access_token={token}")
    tab.wait("seen.types.includes('heartbeat')")
    push(hub, "topic:orders/42", 2)
    push(hub, "topic:b", 3)
    push(hub, "topic:a", 4)
    tab.wait("seen.notes.length === 3")
    assert tab.run("seen.notes") == [1, 2, 4]


# Tabs that share a stream


@pytest.fixture
def two(browser, pages, hub, gate):
    tabs = [connected(browser, pages, hub, gate, topics=[topic], shareAcrossTabs=True) for topic in ("a", "b")]
    assert statistics(hub)["totalConnections"] == 1
    return tabs


@pytest.mark.only("chromium", "firefox")
def test_tabs_share_a_stream_and_hear_their_own(hub, two):
    for number, target in enumerate(["topic:a", "topic:b", "user:42", "topic:c"]):
        push(hub, target, number)
    hears(two[0], "a 0", "2")
    hears(two[1], "b 1", "2")


@pytest.mark.only("chromium", "firefox")
def test_a_tab_that_joins_has_the_values_of_its_topics_then_what_comes_after(browser, pages, hub, gate, two):
    push(hub, "topic:c", 1, "@replace=state ")
    push(hub, "topic:a", 2, "@replace=state ")
    push(hub, "topic:b", 3, "@replace=state ")
    push(hub, "user:42", 4, "@replace=state ")
    late = connected(browser, pages, hub, gate, topics=["c", "b"], shareAcrossTabs=True)
    push(hub, "topic:c", 5)
    hears(late, "c 1", "b 3", "4", "c 5")
    assert late.run("seen.snapshots") == [[1, 3, 4]]
    assert late.run("seen.types.slice(0, 2)") == ["open", "welcome"]
    hears(two[0], "a 2", "4")
    assert statistics(hub)["totalConnections"] == 1


@pytest.mark.only("chromium", "firefox")
def test_a_tab_adds_what_another_follows(hub, two):
    push(hub, "topic:a", 1, "@replace=state ")
    follow(two[1], "a", "c")
    two[1].wait("seen.heard.length === 1")
    push(hub, "topic:a", 2)
    push(hub, "topic:c", 3)
    hears(two[1], "values 1", "a 2", "c 3")
    hears(two[0], "a 1", "a 2")
    follow(two[0], "secret")
    hears(two[0], "a 1", "a 2", "refused topic-not-granted")


@pytest.mark.only("chromium", "firefox")
def test_the_next_leader_follows_what_all_follow(browser, pages, hub, gate, two):
    follow(two[1], "c")
    hears(two[1], "values ")
    third = connected(browser, pages, hub, gate, topics=["orders/1"], shareAcrossTabs=True)
    two[0].close()
    for number, topic in enumerate(["c", "b", "orders/1"]):
        push(hub, f"topic:{topic}", number)
    hears(two[1], "values ", "c 0", "b 1")
    hears(third, "orders/1 2")
    assert [two[1].run("seen.gaps"), third.run("seen.gaps")] == [0, 0]
    assert statistics(hub)["totalConnections"] == 1


@pytest.mark.only("chromium", "firefox")
def test_the_topics_of_a_tab_that_leaves_are_left(hub, two):
    two[1].run("void client.disconnect()")
    two[0].wait("seen.types.includes('topics') && seen.types.lastIndexOf('topics') !== seen.types.indexOf('topics')")
    push(hub, "topic:b", 1)
    push(hub, "topic:a", 2)
    hears(two[0], "a 2")
    assert two[1].run("seen.heard") == []


@pytest.mark.only("chromium", "firefox")
def test_a_tab_that_needs_more_topics_than_one_stream_follows_goes_alone(browser, pages, hub, gate, two):
    many = [f"orders/{number}" for number in range(63)]
    third = connected(browser, pages, hub, gate, topics=many, shareAcrossTabs=True)
    assert statistics(hub)["totalConnections"] == 2
    push(hub, "topic:orders/62", 1)
    push(hub, "topic:a", 2)
    hears(third, "orders/62 1")
    hears(two[0], "a 2")


@pytest.mark.only("chromium")
def test_a_frozen_leader_catches_up_with_its_topics(browser, hub, two):
    debugger = browser.context.new_cdp_session(two[0].page)
    debugger.send("Debugger.enable")
    debugger.send("Debugger.pause")
    for number, topic in enumerate(["a", "b", "a"]):
        push(hub, f"topic:{topic}", number)
    hears(two[1], "b 1")
    debugger.send("Debugger.resume")
    debugger.send("Debugger.disable")
    hears(two[0], "a 0", "a 2")
    push(hub, "topic:a", 3)
    push(hub, "topic:b", 4)
    hears(two[0], "a 0", "a 2", "a 3")
    hears(two[1], "b 1", "b 4")

"""The client's stream in real browsers: cross-origin, with a token, through everything that breaks connections."""

import json
import pathlib

import pytest

VECTORS = json.loads((pathlib.Path(__file__).parents[1] / "vectors.json").read_text())["vectors"]


def start(tab, hub, gate, user="42", **options):
    options = {"url": f"{gate.url}/sse/connect/auth", "tokens": [hub.token(user)], **options}
    tab.call("start", options)
    tab.wait("client.isConnected")
    return tab


def connected(browser, pages, hub, gate, user="42", **options):
    return start(browser.open(pages.url), hub, gate, user, **options)


def push(hub, note, target="user:42"):
    reply = hub.command(f"PUSH {target} note {json.dumps(note)}")
    assert reply.startswith("OK ")
    return reply


def statistics(hub):
    return json.loads(hub.command("STATS").removeprefix("OK "))


def wait_for_connections(hub, count, tab):
    """Each look is a round trip to the browser, too: no sleeping between them."""
    for _ in range(2000):
        if statistics(hub)["totalConnections"] == count:
            return
        tab.run("1")
    raise AssertionError(f"not {count} connections: {statistics(hub)}")


def test_an_event_for_the_user_changes_the_page(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    push(hub, "héllo ✓ <b>")
    tab.wait("document.querySelectorAll('#notes li').length === 1")
    assert tab.run("document.getElementById('notes').textContent") == "héllo ✓ <b>"
    assert tab.run("seen.types") == ["open", "welcome", "note"]
    assert tab.run("client.connectionId").startswith("conn_")


def test_a_broadcast_reaches_every_user_and_a_push_only_its_own(browser, pages, hub, gate):
    first = connected(browser, pages, hub, gate, "first")
    second = connected(browser, pages, hub, gate, "second")
    push(hub, "for the second", "user:second")
    push(hub, "for all", "*")
    first.wait("seen.notes.length === 1")
    second.wait("seen.notes.length === 2")
    assert first.run("seen.notes") == ["for all"]
    assert second.run("seen.notes") == ["for the second", "for all"]


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "ended"])
def test_a_connection_that_breaks_is_resumed_without_loss_or_repetition(browser, pages, hub, gate, reset):
    tab = connected(browser, pages, hub, gate)
    number = 0
    for _ in range(3):
        for _ in range(20):
            push(hub, number)
            number += 1
        gate.cut(reset)
        push(hub, number)
        number += 1
        tab.wait(f"seen.notes.length >= {number}")
    assert tab.run("seen.notes") == list(range(number))
    assert tab.run("seen.gaps") == 0
    assert tab.run("seen.connections.length") > 1


def test_a_hub_that_is_restarted_is_found_again_and_the_gap_is_told(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    push(hub, 1)
    tab.wait("seen.notes.length === 1")
    hub.restart()
    tab.wait("seen.connections.length === 2")
    push(hub, 2)
    tab.wait("seen.notes.length === 2")
    assert tab.run("seen.gaps") == 1
    assert "close" in tab.run("seen.types")


def test_silence_is_noticed_and_the_connection_replaced(browser, pages, start_hub, make_gate):
    hub = start_hub({"stream.heartbeat-interval": "1s"})
    gate = make_gate(hub)
    tab = connected(browser, pages, hub, gate)
    tab.wait("seen.types.includes('heartbeat')")
    gate.flows.clear()
    push(hub, "said into a dead connection")
    tab.wait("client.snapshot.error?.kind === 'silent'")
    gate.cut()
    gate.flows.set()
    tab.wait("seen.notes.length === 1")
    assert tab.run("seen.gaps") == 0


def test_the_token_is_renewed_on_the_open_stream(browser, pages, hub, gate):
    # Each is renewed when a quarter of its life is left, which a busy machine must not need for it.
    tokens = [hub.token("42", lifetime=seconds) for seconds in (12, 24, 3600)]
    tab = connected(browser, pages, hub, gate, tokens=tokens)
    tab.wait("seen.refreshes === 2", 40)
    push(hub, "still here")
    tab.wait("seen.notes.length === 1")
    assert tab.run("seen.connections.length") == 1
    assert tab.run("seen.problems") == []


def test_a_token_that_expires_unrenewed_is_replaced_by_a_fresh_one(browser, pages, hub, gate):
    # The renewal gets the old token again, which the hub takes; its end comes all the same.
    short = hub.token("42", lifetime=3)
    tab = connected(browser, pages, hub, gate, tokens=[short, short, hub.token("42")])
    tab.wait("seen.types.includes('close')")
    push(hub, "after the end")
    tab.wait("seen.notes.length === 1")
    assert tab.run("seen.connections.length") == 2


def test_a_refused_token_is_replaced_once(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate, tokens=["no.such.token", hub.token("42")])
    assert tab.run("seen.refreshes") == 1
    other = browser.open(pages.url)
    other.call("start", {"url": f"{gate.url}/sse/connect/auth", "tokens": ["bad", "worse"]})
    other.wait("client.connectionState === 'error'")
    assert other.run("client.snapshot.error.kind") == "unauthorized"
    assert other.run("seen.refreshes") == 1


def test_a_hidden_page_waits_and_is_back_at_once(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    tab.call("pretendHidden", True)
    push(hub, 1)
    tab.wait("seen.notes.length === 1")
    gate.cut()
    tab.wait("client.snapshot.waiting === 'hidden'")
    accepted = gate.accepted
    push(hub, 2)
    assert gate.accepted == accepted
    tab.call("pretendHidden", False)
    tab.wait("seen.notes.length === 2")
    assert tab.run("seen.gaps") == 0


def test_closed_by_an_operator_it_stays_closed(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    hub.command("CLOSE user:42 enough for today")
    tab.wait("client.connectionState === 'closed'")
    assert tab.run("client.snapshot.closeReason") == "disconnected"
    push(hub, "while it was away")
    tab.run("void client.reconnect()")
    tab.wait("seen.notes.length === 1")


def test_a_hub_that_cannot_be_reached_is_tried_again(browser, pages, hub, gate):
    gate.shut()
    tab = browser.open(pages.url)
    tab.call("start", {"url": f"{gate.url}/sse/connect/auth", "tokens": [hub.token("42")]})
    tab.wait("client.snapshot.error?.kind === 'network'")
    gate.open()
    tab.wait("client.isConnected")


def test_the_parser_agrees_with_the_standard_in_this_engine(browser, pages):
    tab = browser.open(pages.url)
    for vector in VECTORS:
        if vector.get("fails"):
            continue
        for size in (1, 3, 1_000_000):
            assert tab.call("parseVector", vector["body_b64"], size) == vector["expect"], (vector["name"], size)


def test_the_browsers_own_event_source_with_the_cookie(browser, pages, hub, gate):
    tab = browser.open(pages.url)
    tab.run(f"void (document.cookie = 'pushhub_token={hub.token('42')}; path=/; SameSite=Lax')")
    tab.call("startNative", f"{gate.url}/sse/connect/auth?clientId=native")
    tab.wait("seen.types.includes('welcome')")
    push(hub, 1)
    tab.wait("seen.notes.length === 1")
    gate.cut()
    push(hub, 2)
    tab.wait("seen.notes.length === 2")
    hub.command("CLOSE user:42")
    tab.wait("native.readyState === EventSource.CLOSED")
    assert tab.run("seen.notes") == [1, 2]


@pytest.mark.only("chromium")
def test_a_page_in_the_back_forward_cache_resumes_where_it_was(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    push(hub, 1)
    tab.wait("seen.notes.length === 1")
    tab.run("void addEventListener('pageshow', (event) => (window.restored = event.persisted))")
    tab.page.goto(f"{pages.url}/?elsewhere")
    push(hub, 2)
    tab.page.go_back(wait_until="commit")
    tab.wait("window.restored")
    tab.wait("seen.notes.length === 2")
    assert tab.run("seen.connections.length") == 2

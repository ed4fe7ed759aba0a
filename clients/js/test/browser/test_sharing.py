"""What tabs that share a stream do when something ends, is refused, fails, or cannot be shared."""

import pytest

from misbehaving import MisbehavingServer, greeting
from test_stream import push, start, statistics, wait_for_connections
from test_tabs import open_tabs

pytestmark = pytest.mark.only("chromium", "firefox")


def states(tabs):
    return [tab.run("client.connectionState") for tab in tabs]


def settle(tab, seconds):
    tab.run(f"new Promise((resolve) => setTimeout(() => resolve(1), {seconds * 1000}))")


def test_what_the_hub_ended_for_good_stays_ended_when_the_leader_closes(browser, pages, hub, gate):
    tabs = open_tabs(browser, pages, hub, gate, 3)
    hub.command("CLOSE user:42 enough for today")
    for tab in tabs:
        tab.wait("client.connectionState === 'closed'")
    accepted = gate.accepted
    tabs.pop(0).close()
    settle(tabs[0], 3)
    assert states(tabs) == ["closed", "closed"]
    assert gate.accepted == accepted
    tabs[1].run("void client.reconnect()")
    for tab in tabs:
        tab.wait("client.isConnected")
    assert statistics(hub)["totalConnections"] == 1


@pytest.mark.only("chromium")
def test_what_the_hub_ended_for_good_stays_ended_when_the_leader_returns_from_the_cache(browser, pages, hub, gate):
    tab, = open_tabs(browser, pages, hub, gate, 1)
    hub.command("CLOSE user:42")
    tab.wait("client.connectionState === 'closed'")
    tab.run("void addEventListener('pageshow', (event) => (window.restored = event.persisted))")
    accepted = gate.accepted
    tab.page.goto(f"{pages.url}/?elsewhere")
    tab.page.go_back(wait_until="commit")
    tab.wait("window.restored")
    settle(tab, 2)
    assert states([tab]) == ["closed"]
    assert gate.accepted == accepted


def test_a_leader_whose_token_is_refused_hands_the_lead_on(browser, pages, hub, gate):
    bad = browser.open(pages.url)
    bad.call("start", {"url": f"{gate.url}/sse/connect/auth", "tokens": ["no.such.token"], "user": "42", "shareAcrossTabs": True})
    bad.wait("client.connectionState === 'error'")
    good = start(browser.open(pages.url), hub, gate, user="42", shareAcrossTabs=True)
    bad.wait("client.isConnected")
    push(hub, "for both")
    for tab in (good, bad):
        tab.wait("seen.notes.length === 1")
    assert statistics(hub)["totalConnections"] == 1


def test_a_get_token_that_fails_at_the_start_of_a_tab_ends_no_sharing(browser, pages, hub, gate):
    first, = open_tabs(browser, pages, hub, gate, 1)
    late = browser.open(pages.url)
    late.run(f"""void begin({{
      url: "{gate.url}/sse/connect/auth", shareAcrossTabs: true,
      getToken: () => {{ if (++seen.refreshes < 3) throw new Error("login is down"); return "{hub.token('42')}"; }},
    }})""")
    late.wait("client.isConnected", 30)
    assert statistics(hub)["totalConnections"] == 1
    push(hub, 1)
    for tab in (first, late):
        tab.wait("seen.notes.length === 1")


@pytest.mark.parametrize("act", ["client.reconnect()", "(client.disconnect(), client.connect())"])
def test_a_tab_that_cannot_share_keeps_its_position(browser, pages, act):
    asked = []

    def answer(exchange):
        asked.append(exchange.headers.get("Last-Event-ID"))
        exchange.stream(greeting())
    server = MisbehavingServer(answer)
    try:
        tab = browser.open(pages.url)
        tab.run(f"void begin({{ url: '{server.url}', shareAcrossTabs: true, getToken: () => 'opaque' }})")
        tab.wait("seen.types.includes('welcome')")
        tab.run(f"void {act}")
        tab.wait("seen.types.filter((type) => type === 'welcome').length === 2")
        assert asked == [None, "e-1"]
    finally:
        server.close()


def test_every_tab_hears_open_and_welcome(browser, pages, hub, gate):
    tabs = open_tabs(browser, pages, hub, gate, 3)
    for tab in tabs:
        tab.wait("seen.types.includes('welcome')")
        assert tab.run("seen.types") == ["open", "welcome"]
    assert len({tab.run("client.connectionId") for tab in tabs}) == 1


def test_twenty_quiet_tabs_send_at_most_ten_messages_a_second(browser, pages, hub, gate):
    tabs = [browser.open(f"{pages.url}/?count-messages") for _ in range(20)]
    for tab in tabs:
        start(tab, hub, gate, shareAcrossTabs=True)
    assert statistics(hub)["totalConnections"] == 1
    settle(tabs[0], 8)
    before = sum(tab.run("messages") for tab in tabs)
    began = tabs[0].run("performance.now()")
    settle(tabs[0], 20)
    counted = sum(tab.run("messages") for tab in tabs) - before
    seconds = (tabs[0].run("performance.now()") - began) / 1000
    print(f"{counted / seconds:.1f} messages a second in {len(tabs)} tabs")
    assert counted / seconds <= 10
    wait_for_connections(hub, 1, tabs[0])

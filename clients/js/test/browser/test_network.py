"""The network comes and goes. The hub is reached by a name, because nobody needs a network for a loopback address."""

import pytest

from test_stream import push, start

pytestmark = pytest.mark.only("chromium", "firefox")


@pytest.fixture
def named(gate):
    """The gate's address by a name that the browsers resolve to the loopback."""
    gate.url = f"http://hub.test:{gate.port}"
    return gate


def pretend_offline(tab, offline):
    """As the browser says it, whether or not it is true."""
    tab.run(f"""void (() => {{
      Object.defineProperty(navigator, "onLine", {{ configurable: true, get: () => {"false" if offline else "true"} }});
      dispatchEvent(new Event("{"offline" if offline else "online"}"));
    }})()""")


def test_an_offline_page_says_so_waits_and_is_back_at_once(browser, pages, hub, named):
    tab = start(browser.open(pages.url), hub, named)
    browser.context.set_offline(True)
    tab.wait("client.waiting === 'offline'")
    assert tab.run("[client.connectionState, client.isConnected]") == ["connecting", False]
    named.cut()
    push(hub, 1)
    browser.context.set_offline(False)
    tab.wait("seen.notes.length === 1")
    assert tab.run("seen.gaps") == 0


def test_a_stream_that_died_with_the_network_is_replaced_when_it_is_back(browser, pages, hub, named):
    tab = start(browser.open(pages.url), hub, named)
    named.flows.clear()
    push(hub, "said into a dead connection")
    pretend_offline(tab, True)
    assert tab.run("client.waiting") == "offline"
    pretend_offline(tab, False)
    tab.wait("client.snapshot.error?.kind === 'silent'", 8)
    named.cut()
    named.flows.set()
    tab.wait("seen.notes.length === 1")
    assert tab.run("seen.gaps") == 0


def test_a_stream_that_outlived_the_change_stays(browser, pages, start_hub, make_gate):
    hub = start_hub({"stream.heartbeat-interval": "1s"})
    gate = make_gate(hub)
    gate.url = f"http://hub.test:{gate.port}"
    tab = start(browser.open(pages.url), hub, gate)
    pretend_offline(tab, True)
    tab.wait("client.isConnected", 8)
    pretend_offline(tab, False)
    push(hub, 1)
    tab.wait("seen.notes.length === 1")
    assert tab.run("seen.connections.length") == 1


def test_where_only_the_loopback_is_up_the_browsers_offline_is_not_believed(browser, pages, hub, gate):
    tab = start(browser.open(pages.url), hub, gate)
    pretend_offline(tab, True)
    assert tab.run("[client.connectionState, client.waiting]") == ["open", None]
    gate.cut()
    push(hub, 1)
    tab.wait("seen.notes.length === 1")
    assert tab.run("navigator.onLine") is False


def test_offline_is_believed_for_half_a_minute_at_most(browser, pages, hub, named):
    tab = start(browser.open(pages.url), hub, named)
    pretend_offline(tab, True)
    named.cut()
    tab.wait("client.waiting === 'offline'")
    push(hub, 1)
    tab.wait("seen.notes.length === 1", 40)
    assert tab.run("navigator.onLine") is False

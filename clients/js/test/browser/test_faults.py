"""The client against token functions, proxies and hubs that do their worst."""

import pytest

from misbehaving import MisbehavingServer, event, greeting
from test_stream import connected

pytestmark = pytest.mark.only("chromium", "firefox")


@pytest.fixture
def serve():
    servers = []

    def start(answer):
        servers.append(MisbehavingServer(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def tab(browser, pages):
    return browser.open(pages.url)


def begin(tab, server, options=""):
    tab.run(f"void begin({{ url: {server.url!r}, {options} }})")


def for_seconds(tab, seconds):
    """The browser's own time passes."""
    tab.run(f"new Promise((resolve) => setTimeout(() => resolve(1), {seconds * 1000}))")


USERS = """getToken: ({ refresh }) => {
  const user = refresh ? "ben" : "anna";
  return `x.${btoa(JSON.stringify({ sub: user }))}.x`;
}"""


def test_two_users_in_turn_and_a_refusal_are_two_requests(serve, tab):
    server = serve(lambda exchange: exchange.reply(401))
    begin(tab, server, USERS)
    tab.wait("client.connectionState === 'error'")
    for_seconds(tab, 3)
    assert len(server.requests) == 2
    assert tab.run("client.snapshot.error.kind") == "unauthorized"


def test_two_users_in_turn_on_a_stream_that_is_cut_make_growing_pauses(serve, tab):
    def answer(exchange):
        if exchange.number % 2 == 0:
            exchange.reply(401)
        else:
            exchange.stream(greeting(), lasts=0.05)
    server = serve(answer)
    begin(tab, server, USERS + ", reconnectDelay: 50")
    for_seconds(tab, 4)
    assert len(server.requests) <= 20


def test_shared_tabs_with_two_users_in_turn_are_no_storm(serve, tab):
    server = serve(lambda exchange: exchange.reply(401))
    begin(tab, server, USERS + ", shareAcrossTabs: true")
    tab.wait("client.connectionState === 'error'")
    for_seconds(tab, 3)
    assert len(server.requests) <= 3


def test_a_renewal_refused_by_something_on_the_way_is_no_storm(serve, tab):
    def answer(exchange):
        if exchange.command == "POST":
            exchange.reply(403)
        else:
            exchange.stream(greeting(life=0.4))
    server = serve(answer)
    begin(tab, server, "getToken: () => 'opaque', reconnectDelay: 50")
    tab.wait("seen.connections.length > 0")
    for_seconds(tab, 4)
    times = [each.time for each in server.streams()]
    pauses = [later - earlier for earlier, later in zip(times, times[1:])]
    assert len(times) <= 7, pauses
    assert len(server.posts()) <= len(times)


@pytest.mark.parametrize("cut", ["comment first", "split"])
def test_the_connection_id_is_there_however_the_open_event_is_cut(serve, tab, cut):
    whole = greeting("conn_cut")
    chunks = [": a proxy's\n\n", whole] if cut == "comment first" else [whole[:9], whole[9:40], whole[40:]]
    server = serve(lambda exchange: exchange.stream(*chunks))
    begin(tab, server)
    tab.wait("client.connectionId === 'conn_cut'")
    assert tab.run("client.connectionState") == "open"


def test_half_an_open_event_and_silence_is_noticed(serve, tab):
    def answer(exchange):
        exchange.stream(*([": proxy\n\n", "event: open\ndata: {"] if exchange.number == 0 else [greeting("conn_second")]))
    server = serve(answer)
    begin(tab, server)
    tab.wait("client.connectionId === 'conn_second'", 25)
    assert server.requests[1].time - server.requests[0].time > 14


def test_a_get_token_that_never_settles_is_asked_again_and_a_wake_helps(serve, tab):
    server = serve(lambda exchange: exchange.stream(greeting()))
    begin(tab, server, "getToken: () => (++seen.refreshes === 1 ? new Promise(() => {}) : 'token')")
    for_seconds(tab, 1.2)
    assert server.requests == []
    tab.call("pretendHidden", True)
    tab.call("pretendHidden", False)
    tab.wait("client.isConnected", 5)
    assert tab.run("seen.refreshes") == 2


def test_a_get_token_that_never_settles_is_asked_again_without_a_wake(serve, tab):
    server = serve(lambda exchange: exchange.stream(greeting()))
    begin(tab, server, "reconnectDelay: 50, getToken: () => (++seen.refreshes === 1 ? new Promise(() => {}) : 'token')")
    tab.wait("client.isConnected", 20)
    assert tab.run("seen.states") == ["connecting", "open"]


def test_kept_events_come_before_newer_ones_of_the_same_chunk(serve, tab):
    later = "".join([event("note", 1, "e-2"), event("go", 0, "e-3"), event("note", 2, "e-4")])
    server = serve(lambda exchange: exchange.stream(greeting() + later))
    tab.run(f"""void (() => {{
      window.got = [];
      window.own = PushHub.createClient({{ url: {server.url!r} }});
      own.once("go", () => own.subscribe("note", (event) => got.push(Number(event.data))));
      own.connect();
    }})()""")
    tab.wait("got.length === 2")
    assert tab.run("got") == [1, 2]


def test_the_renewal_takes_cookies_along_and_is_not_redirected(serve, browser, pages):
    def answer(exchange):
        if exchange.command == "POST":
            exchange.reply(302, {"Location": "/elsewhere"})
        else:
            exchange.stream(greeting(life=3))
    server = serve(answer)
    tab = browser.open(pages.url)
    tab.run("void (document.cookie = 'session=1; path=/; SameSite=Lax')")
    begin(tab, server, "withCredentials: true, headers: { 'X-Tenant': '7' }, getToken: () => 'token'")
    tab.wait("seen.problems.length > 0")
    post = server.posts()[0]
    assert (post.headers["Cookie"], post.headers["X-Tenant"], post.headers["Authorization"]) == ("session=1", "7", "Bearer token")
    assert post.path == "/sse/connections/conn_0123456789abcdef/renew"
    assert [each.path for each in server.streams() if each.path.startswith("/elsewhere")] == []


@pytest.mark.parametrize("status", [404, 200])
def test_a_proxys_page_is_not_the_end(serve, tab, status):
    server = serve(lambda exchange: exchange.stream(greeting()) if exchange.number else exchange.reply(
        status, {"Content-Type": "text/html"}, b"<p>deploying"))
    begin(tab, server)
    tab.wait("client.waiting === 'backoff'")
    left = tab.run("client.snapshot.retryAt - Date.now()")
    assert 20_000 < left <= 30_000
    assert tab.run("[client.connectionState, client.snapshot.error.status]") == ["connecting", status]
    tab.run("void client.reconnect()")
    tab.wait("client.isConnected")


def test_a_gateway_that_cuts_long_streams_costs_no_growing_pause(serve, tab):
    server = serve(lambda exchange: exchange.stream(greeting(), lasts=5.2))
    begin(tab, server)
    tab.wait("seen.connections.length > 0")
    while len(server.requests) < 4:
        for_seconds(tab, 0.5)
    times = [each.time for each in server.requests]
    assert all(later - earlier < 7 for earlier, later in zip(times, times[1:])), times


def test_a_client_without_an_address_fetches_nothing(tab):
    tab.run("void ['connect', 'reconnect'].forEach((act) => PushHub.createClient({})[act]())")
    for_seconds(tab, 0.3)
    assert tab.run("performance.getEntriesByType('resource').filter((entry) => entry.initiatorType === 'fetch').length") == 0


def test_a_default_spelled_out_keeps_the_stream(browser, pages, hub, gate):
    tab = connected(browser, pages, hub, gate)
    tab.run("void client.configure({ ...given, clientId: null, user: null, shareAcrossTabs: false })")
    for_seconds(tab, 0.3)
    assert tab.run("[client.isConnected, seen.connections.length]") == [True, 1]


def test_a_close_without_a_reason_has_none(serve, tab):
    server = serve(lambda exchange: exchange.stream(greeting() + event("close", {"reconnect": False})))
    begin(tab, server)
    tab.wait("client.connectionState === 'closed'")
    assert tab.run("client.snapshot.closeReason") is None


def test_a_window_that_the_page_opens_has_a_client_id_of_its_own_and_a_reload_keeps_it(browser, pages):
    page = browser.open(pages.url).page
    own = "PushHub.createClient().clientId"
    first = page.evaluate(own)
    with browser.context.expect_page() as opened:
        page.evaluate("void window.open(location.href)")
    opened.value.wait_for_function("window.PushHub")
    assert opened.value.evaluate(own) != first
    page.reload()
    assert page.evaluate(own) == first


def test_a_refused_token_stays_refused_when_the_page_wakes(serve, tab):
    server = serve(lambda exchange: exchange.reply(403))
    begin(tab, server, "getToken: ({ refresh }) => (refresh ? 'fresh' : 'cached')")
    tab.wait("client.connectionState === 'error'")
    for _ in range(5):
        tab.call("pretendHidden", True)
        tab.call("pretendHidden", False)
    for_seconds(tab, 1)
    assert [each.token() for each in server.requests] == ["cached", "fresh"]

"""The demo page, as pushhubd --dev serves it. Its Content-Security-Policy forbids evaluating strings: locators only."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.only("chromium", "firefox")


@pytest.fixture
def dev_hub(start_hub):
    hub = start_hub(arguments=["--dev"])
    hub.url = f"http://127.0.0.1:{hub.port}"
    return hub


@pytest.fixture
def complaints():
    """What the pages wrote to the console as warnings and errors."""
    return []


def visit(browser, hub, complaints, user):
    page = browser.context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{hub.url}/?user={user}")
    expect(page.locator("#state")).to_have_text(f"Connected as {user}")
    return page


def send(page, title, **choices):
    for name, value in choices.items():
        page.locator(f"input[name={name}][value={value}]").check(force=True)
    page.fill("#title", title)
    page.get_by_role("button", name="Send", exact=True).click()


def test_what_a_user_sends_comes_back_as_toast_and_in_the_list(browser, dev_hub, complaints):
    page = visit(browser, dev_hub, complaints, "alice")
    for level, tone, role in [("low", "info", "status"), ("medium", "warning", "status"), ("high", "error", "alert")]:
        send(page, f"a {level} one", level=level)
        expect(page.locator(f"#pushhub-toasts [data-level={tone}]")).to_contain_text(f"a {level} one")
        expect(page.locator(f"#pushhub-toasts [role={role}]")).to_contain_text(f"a {level} one")
        expect(page.locator("#events li").first).to_contain_text(f"a {level} one")
        expect(page.locator("#events li").first).to_have_attribute("data-tone", tone)
    expect(page.locator("#send-result")).to_have_text("Sent to 1 connection.")
    expect(page.locator("#count")).to_have_text("3")
    assert complaints == []


def test_sending_to_another_user_and_to_everyone(browser, dev_hub, complaints):
    alice = visit(browser, dev_hub, complaints, "alice")
    bob = visit(browser, dev_hub, complaints, "bob")
    alice.fill("#recipient", "bob")
    send(alice, "for bob")
    expect(bob.locator("#events li")).to_have_count(1)
    send(alice, "for all", target="everyone")
    expect(bob.locator("#events li")).to_have_count(2)
    expect(alice.locator("#events li")).to_have_count(1)
    expect(alice.locator("#send-result")).to_have_text("Sent to 2 connections.")
    expect(alice.locator("#stat-connections")).to_have_text("2")
    expect(alice.locator("#people li")).to_have_count(2)
    assert complaints == []


def test_two_tabs_share_one_stream(browser, dev_hub, complaints):
    first = visit(browser, dev_hub, complaints, "alice")
    second = visit(browser, dev_hub, complaints, "alice")
    assert first.locator("#connection-id").text_content() == second.locator("#connection-id").text_content()
    dev_hub.command('PUSH user:alice notice {"title":"from a shell","level":"high"}')
    for page in (first, second):
        expect(page.locator("#events li")).to_contain_text("from a shell")
    first.close()
    dev_hub.command('PUSH user:alice notice {"title":"still here"}')
    expect(second.locator("#events li").first).to_contain_text("still here")
    assert complaints == []


def test_disconnecting_and_reconnecting(browser, dev_hub, complaints):
    page = visit(browser, dev_hub, complaints, "alice")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator("#state")).to_have_text("Not connected")
    dev_hub.command('PUSH user:alice notice {"title":"missed"}')
    page.get_by_role("button", name="Reconnect").click()
    expect(page.locator("#state")).to_have_text("Connected as alice")
    expect(page.locator("#events li")).to_contain_text("missed")
    page.get_by_label("Close the connections of alice").click()
    expect(page.locator("#state")).to_have_text("Closed: disconnected")
    assert complaints == []


def test_log_outs_elsewhere_ask_once_and_disconnect(browser, dev_hub, complaints):
    page = visit(browser, dev_hub, complaints, "alice")
    dev_hub.command('PUSH user:alice loginout {"message":"You signed in on another machine.","clientType":"web"}')
    dev_hub.command('PUSH user:alice loginout {"message":"And on a third.","clientType":"web"}')
    expect(page.locator("#events li")).to_have_count(2)
    dialog = page.get_by_role("alertdialog", name="Signed out")
    expect(dialog).to_contain_text("another machine")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("#state")).to_have_text("Not connected")
    assert complaints == []


def test_the_keyboard_alone_is_enough(browser, dev_hub, complaints):
    page = visit(browser, dev_hub, complaints, "alice")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to sending")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#send-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("One user")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Everyone")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Event type")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#events li")).to_have_count(1)
    assert complaints == []


def test_every_control_has_a_name(browser, dev_hub, complaints):
    page = visit(browser, dev_hub, complaints, "alice")
    expect(page.locator("#people li")).to_have_count(1)
    for control in page.locator("input, textarea, button, a").all():
        names = control.evaluate(
            "(it) => [it.getAttribute('aria-label'), it.textContent, ...[...(it.labels ?? [])].map((label) => label.textContent)]")
        assert any(name and name.strip() for name in names), control.evaluate("(it) => it.outerHTML")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1240])
def test_axe_finds_nothing(engine, dev_hub, complaints, axe, scheme, width):
    # The page's policy forbids what axe does to be loaded.
    browser = engine.begin(viewport={"width": width, "height": 740}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page = visit(browser, dev_hub, complaints, "alice")
    assert page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
    for level in ("low", "medium", "high"):
        send(page, f"a {level} one", level=level)
    expect(page.locator("#events li")).to_have_count(3)
    expect(page.locator("#people li")).to_have_count(1)
    expect(page.locator("#pushhub-toasts li")).to_have_count(3)
    axe(page)
    dev_hub.command('PUSH user:alice loginout {"clientType":"web"}')
    expect(page.get_by_role("alertdialog")).to_be_visible()
    axe(page)
    engine.end()


def test_a_lost_connection_is_said_once_and_not_with_each_second(browser, start_hub, complaints):
    hub = start_hub(arguments=["--dev"])
    hub.url = f"http://127.0.0.1:{hub.port}"
    page = visit(browser, hub, complaints, "alice")
    page.evaluate("""() => {
      window.said = [];
      const status = document.querySelector('#state [role=status]');
      new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
    }""")
    hub.kill()
    expect(page.locator("#state")).to_have_text(re.compile(r"Reconnecting… ?in \d+ s"))
    counts = page.evaluate("""() => new Promise((resolve) => {
      const seen = new Set();
      const countdown = document.getElementById('countdown');
      new MutationObserver(() => seen.add(countdown.textContent).size >= 6 && resolve([...seen]))
        .observe(countdown, { childList: true, characterData: true, subtree: true });
    })""")
    assert len(counts) >= 6
    assert page.evaluate("said") == ["Reconnecting…"]
    assert page.locator("[aria-live] #countdown, [role=status] #countdown, [role=log] li").count() == 0


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_phone_nothing_is_wider_than_the_screen(engine, dev_hub, complaints, width):
    browser = engine.begin(viewport={"width": width, "height": 740}, color_scheme="dark")
    page = visit(browser, dev_hub, complaints, "alice")
    send(page, "a-very-long-word-" * 12)
    expect(page.locator("#events li")).to_have_count(1)
    assert page.locator("html").evaluate("(html) => html.scrollWidth") <= width
    engine.end()


def test_without_dev_there_is_no_demo(browser, hub):
    page = browser.context.new_page()
    for path in ("/", "/demo/demo.js", "/demo/session?user=42"):
        assert page.request.get(f"http://127.0.0.1:{hub.port}{path}").status == 404

"""Toasts and dialogs: seen and heard wherever the user is, bounded, once per browser."""

import pytest

from test_react import open_app

pytestmark = pytest.mark.only("chromium", "firefox")

ANYWHERE = pytest.mark.only("chromium", "firefox", "webkit")
TITLES = "[...document.querySelectorAll('#pushhub-toasts strong')].map((it) => it.textContent.replace(/^(Error|Warning): /, ''))"
BUTTON = "document.querySelector('#pushhub-toasts li button')"
#: Whether a click in the middle of the newest toast's button would reach it.
REACHABLE = f"""(() => {{
  const {{ x, y, width, height }} = {BUTTON}.getBoundingClientRect();
  return {BUTTON}.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}})()"""
OPEN_DIALOG = """(() => {
  const dialog = document.createElement('dialog');
  dialog.innerHTML = '<button>inside</button>';
  document.body.append(dialog);
  dialog.showModal();
})()"""


@pytest.fixture
def tab(browser, pages):
    return browser.open(pages.url)


@pytest.fixture
def clocked(browser, pages):
    """A page whose time passes only when it is told to."""
    tab = browser.open("about:blank")
    tab.page.clock.install(time=0)
    tab.page.goto(pages.url)
    tab.page.clock.pause_at(60_000)
    tab.pass_time = tab.page.clock.run_for
    return tab


def toast(tab, title, level="info", **options):
    tab.call("void PushHub.showToast", {"level": level, "title": title, **options})


def titles(tab):
    return tab.run(TITLES)


# The live region


@ANYWHERE
def test_the_live_region_is_in_the_page_before_its_text(browser, tab):
    tab.wait("document.querySelectorAll('#pushhub-toasts [aria-live]:empty').length === 2")
    toast(tab, "tea", text="at five")
    toast(tab, "fire", "error")
    tab.wait("document.querySelector('#pushhub-toasts [role=status][aria-live=polite]').textContent === 'tea. at five'")
    tab.wait("document.querySelector('#pushhub-toasts [role=alert][aria-live=assertive]').textContent === 'Error: fire'")
    assert tab.run("document.querySelectorAll('[role=status], [role=alert]').length") == 2, "one region for all of them"


def test_a_toast_before_the_region_is_known_waits_with_its_text(clocked):
    clocked.run("document.getElementById('pushhub-toasts')?.remove()")
    toast(clocked, "early")
    assert clocked.run("document.querySelector('#pushhub-toasts [role=status]').textContent") == ""
    clocked.pass_time(200)
    assert clocked.run("document.querySelector('#pushhub-toasts [role=status]').textContent") == "early"
    clocked.pass_time(5000)
    assert clocked.run("document.querySelector('#pushhub-toasts [role=status]').textContent") == "", "nobody reads it twice"


# Above dialogs


@pytest.mark.parametrize("first", ["toast", "dialog"])
def test_a_toast_lies_above_a_modal_dialog_and_can_be_closed(browser, tab, first):
    steps = [lambda: toast(tab, "fire", "error"), lambda: tab.run(OPEN_DIALOG)]
    for step in steps if first == "toast" else reversed(steps):
        step()
    tab.wait(REACHABLE)
    # As many applications do: a click beside the dialog's box closes it.
    tab.run("""void document.querySelector('dialog').addEventListener('click', function ({ clientX, clientY }) {
      const { left, right, top, bottom } = this.getBoundingClientRect();
      if (clientX < left || clientX > right || clientY < top || clientY > bottom) this.close();
    })""")
    tab.page.locator("#pushhub-toasts li button").click()
    tab.wait("!document.querySelector('#pushhub-toasts li')")
    assert tab.run("document.querySelector('dialog').open")
    tab.wait("document.querySelector('dialog').contains(document.querySelector('#pushhub-toasts [aria-live]'))")


@ANYWHERE
def test_dialogs_may_open_close_and_vanish_in_any_order(browser, tab):
    toast(tab, "fire", "error")
    tab.run(OPEN_DIALOG)
    tab.run(OPEN_DIALOG)
    tab.wait(f"document.querySelectorAll('dialog')[1].contains({BUTTON}) && {REACHABLE}")
    tab.run("document.querySelectorAll('dialog')[1].close()")
    tab.wait(f"document.querySelectorAll('dialog')[0].contains({BUTTON}) && {REACHABLE}")
    tab.run("document.querySelectorAll('dialog')[0].remove()")
    tab.wait(f"document.getElementById('pushhub-toasts').parentNode === document.body && {REACHABLE}")
    tab.run("void document.documentElement.replaceChild(document.createElement('body'), document.body)")
    tab.wait(f"document.getElementById('pushhub-toasts').parentNode === document.body && {REACHABLE}")


def test_the_log_out_dialog_leaves_toasts_usable_and_they_leave_it_usable(engine, pages):
    browser = engine.begin(viewport={"width": 320, "height": 500})
    tab = browser.open(pages.url)
    for number in range(6):
        toast(tab, f"error {number}", "error", text="what happened, in many words " * 8)
    tab.run("PushHub.showDialog({ title: 'Signed out', text: 'You have signed in elsewhere.', onOk: () => (window.ok = true) })")
    tab.wait(REACHABLE)
    tab.page.locator("#pushhub-toasts li button").first.click()
    tab.page.get_by_role("button", name="OK").click()
    tab.wait("window.ok")
    engine.end()


@ANYWHERE
def test_a_dialog_in_a_shadow_tree_is_one_too(browser, tab):
    tab.run("""(() => {
      const shadow = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
      shadow.innerHTML = '<dialog><button>inside</button></dialog>';
      shadow.querySelector('dialog').showModal();
      window.shadow = shadow;
    })()""")
    toast(tab, "fire", "error")
    tab.wait("shadow.querySelector('#pushhub-toasts li button')")
    assert tab.run("""(() => {
      const button = shadow.querySelector('#pushhub-toasts li button');
      const { x, y, width, height } = button.getBoundingClientRect();
      return button.contains(shadow.elementFromPoint(x + width / 2, y + height / 2)) && width >= 24 && height >= 24;
    })()"""), "reachable, and styled"
    tab.run("shadow.querySelector('dialog').close()")
    tab.wait(REACHABLE)


@ANYWHERE
def test_other_popovers_do_not_cover_what_comes(browser, tab):
    toast(tab, "fire", "error")
    tab.run("""(() => {
      const cover = document.body.appendChild(document.createElement('div'));
      Object.assign(cover.style, { position: 'fixed', inset: '0', width: '100%', height: '100%', zIndex: '2147483647' });
      cover.popover = 'manual';
      cover.showPopover?.();
    })()""")
    tab.run("new Promise((resolve) => setTimeout(resolve))")
    toast(tab, "and smoke", "error")
    tab.wait(REACHABLE)


def test_a_part_that_fills_the_screen_does_not_cover_it(browser, tab):
    toast(tab, "fire", "error")
    tab.run("""(() => {
      const button = Object.assign(document.createElement('button'), { id: 'fill', textContent: 'fill the screen' });
      const film = Object.assign(document.createElement('div'), { id: 'film' });
      button.addEventListener('click', () => film.requestFullscreen());
      document.body.prepend(button, film);
    })()""")
    tab.page.locator("#fill").click()
    tab.wait(f"document.fullscreenElement && {REACHABLE}")


@ANYWHERE
def test_a_library_that_hides_what_is_around_its_dialog_does_not_hide_the_toasts(browser, tab):
    toast(tab, "fire", "error")
    tab.run("""document.querySelectorAll('body > *').forEach((it) => {
      it.inert = true;
      it.setAttribute('aria-hidden', 'true');
    })""")
    tab.wait("!document.querySelector('#pushhub-toasts').inert && !document.querySelector('#pushhub-toasts[aria-hidden]')")
    tab.wait(REACHABLE)


# How many, how high, how long


def test_an_error_stays_until_it_is_closed_and_an_info_goes(clocked):
    toast(clocked, "fire", "error")
    toast(clocked, "tea")
    toast(clocked, "smoke", "warning", text="in the kitchen")
    assert sorted(titles(clocked)) == ["fire", "smoke", "tea"]
    clocked.pass_time(5900)
    assert len(titles(clocked)) == 3
    clocked.pass_time(200)
    assert titles(clocked) == ["fire"]
    for number in range(30):
        toast(clocked, f"info {number}")
    assert "fire" in titles(clocked)
    clocked.pass_time("12:00:00")
    assert titles(clocked) == ["fire"]
    clocked.page.locator("#pushhub-toasts li button").click()
    assert titles(clocked) == []


def test_on_a_small_screen_all_of_it_is_seen_however_much_comes(engine, pages):
    browser = engine.begin(viewport={"width": 320, "height": 500})
    tab = browser.open(pages.url)
    for number in range(60):
        toast(tab, f"a-very-long-word-{number}-" * 9, ["info", "warning", "error"][number % 3], text="long " * 600)
    tab.wait("document.querySelectorAll('#pushhub-toasts li').length === 6")
    assert tab.run("document.querySelector('#pushhub-toasts section > div').textContent") == "54 moreClose all"
    box = tab.run("document.querySelector('#pushhub-toasts section').getBoundingClientRect().toJSON()")
    assert box["top"] >= 0 and box["bottom"] <= 500 and box["left"] >= 0 and box["right"] <= 320
    assert tab.run("document.documentElement.scrollWidth") <= 320
    items = "document.querySelector('#pushhub-toasts ul')"
    assert tab.run(f"{items}.scrollHeight > {items}.clientHeight && {items}.scrollWidth <= {items}.clientWidth")
    tab.page.locator("#pushhub-toasts li button").last.click()
    tab.page.get_by_role("button", name="Close all").click()
    tab.wait("!document.querySelector('#pushhub-toasts li') && document.querySelector('#pushhub-toasts section').hidden")
    engine.end()


def test_a_toast_that_is_pointed_at_or_has_the_focus_stays(clocked):
    toast(clocked, "tea")
    clocked.page.locator("#pushhub-toasts li").hover()
    clocked.pass_time(60_000)
    assert titles(clocked) == ["tea"]
    clocked.page.mouse.move(1, 1)
    clocked.pass_time(5000)
    clocked.page.locator("#pushhub-toasts li button").focus()
    clocked.pass_time(60_000)
    assert titles(clocked) == ["tea"]
    clocked.run("document.activeElement.blur()")
    clocked.pass_time(1100)
    assert titles(clocked) == []


def test_what_comes_while_the_page_is_hidden_waits_and_is_seen(clocked):
    toast(clocked, "before")
    clocked.pass_time(4000)
    clocked.call("pretendHidden", True)
    toast(clocked, "meanwhile")
    toast(clocked, "fire", "error")
    clocked.pass_time("08:00:00")
    assert titles(clocked) == ["before"]
    assert clocked.run("document.querySelector('#pushhub-toasts [role=alert]').textContent") == ""
    clocked.call("pretendHidden", False)
    clocked.wait("document.querySelectorAll('#pushhub-toasts li').length === 3")
    assert clocked.run("document.querySelector('#pushhub-toasts [role=alert]').textContent") == "Error: fire"
    clocked.pass_time(2100)
    assert sorted(titles(clocked)) == ["fire", "meanwhile"]
    clocked.pass_time(4000)
    assert titles(clocked) == ["fire"]


# Once per browser


#: Resolves when all claims made before it are settled: the browser grants locks in the order in which it is asked.
SETTLED = "navigator.locks.request('settled', () => new Promise((resolve) => setTimeout(resolve, 0)))"
COUNT = """document.querySelectorAll('#pushhub-toasts li').length
  + Number(/^\\d*/.exec(document.querySelector('#pushhub-toasts section > div').textContent)[0])"""


@ANYWHERE
def test_pages_that_all_get_a_toast_show_it_once(browser, pages):
    tabs = [browser.open(pages.url) for _ in range(3)]
    for number in range(20):
        for tab in tabs:
            toast(tab, f"toast {number}", "error", key=f"event {number}")
    for tab in tabs:
        tab.run(SETTLED)
    assert sum(tab.run(COUNT) for tab in tabs) == 20


def test_the_page_that_is_visible_shows_it(browser, pages):
    hidden, visible = browser.open(pages.url), browser.open(pages.url)
    hidden.call("pretendHidden", True)
    for tab in (hidden, visible):
        toast(tab, "fire", "error", key="fire")
    visible.wait(f"{TITLES}.length === 1")
    # Channels keep their order: once this has come, the news of the toast has.
    hidden.run("void (new BroadcastChannel('marker').onmessage = () => (window.marked = true))")
    visible.run("new BroadcastChannel('marker').postMessage(1)")
    hidden.wait("window.marked")
    hidden.call("pretendHidden", False)
    hidden.run(SETTLED)
    toast(hidden, "its own", "error")
    assert titles(hidden) == ["its own"]
    assert titles(visible) == ["fire"]


def test_of_hidden_pages_the_first_that_becomes_visible_shows_it(browser, pages):
    tabs = [browser.open(pages.url) for _ in range(3)]
    for tab in tabs:
        tab.call("pretendHidden", True)
        toast(tab, "fire", "error", key="fire")
        toast(tab, "tea", key="tea")
    tabs[1].call("pretendHidden", False)
    tabs[1].wait(f"{TITLES}.length === 2")
    tabs[0].call("pretendHidden", False)
    tabs[2].call("pretendHidden", False)
    for tab in tabs:
        tab.run(SETTLED)
    assert [len(titles(tab)) for tab in tabs] == [0, 2, 0]


def test_hidden_pages_that_become_visible_together_show_it_once(browser, pages):
    tabs = [browser.open(pages.url) for _ in range(3)]
    for tab in tabs:
        tab.call("pretendHidden", True)
        for number in range(8):
            toast(tab, f"toast {number}", "error", key=f"event {number}")
    for tab in tabs:
        tab.run("(pretendHidden(false), pretendHidden(true), pretendHidden(false), void PushHub.showToast({ level: 'info', title: 'its own' }))")
    for tab in tabs:
        tab.wait("document.querySelector('#pushhub-toasts [data-level=info]')")
        tab.run(SETTLED)
    assert sum(tab.run(COUNT) for tab in tabs) == 8 + 3


@ANYWHERE
def test_toasts_without_a_key_are_each_pages_own(browser, pages):
    tabs = [browser.open(pages.url) for _ in range(2)]
    for tab in tabs:
        toast(tab, "saved")
        assert titles(tab) == ["saved"]


def test_tabs_that_share_a_stream_show_each_notice_once(browser, pages, hub, react_app):
    tabs = []
    for _ in range(3):
        tabs.append(open_app(browser, pages))
        tabs[-1].call("mountApp", f"http://127.0.0.1:{hub.port}/sse/connect/auth", hub.token("42"), {"shareAcrossTabs": True})
        tabs[-1].wait("document.getElementById('react')?.textContent === 'open: '")
    for number in range(12):
        hub.command(f'PUSH user:42 notice {{"title":"notice {number}","level":"high"}}')
    hub.command("PUSH user:42 note 1")
    for tab in tabs:
        tab.wait("document.getElementById('react').textContent === 'open: 1'")
        tab.run(SETTLED)
    assert sum(tab.run(COUNT) for tab in tabs) == 12
    assert tabs[0].run("document.querySelectorAll('#pushhub-toasts').length") == 1, "the page's script and its bundle share it"


# The keyboard


def test_escape_closes_the_newest_unless_it_is_meant_for_something_else(browser, tab):
    press = lambda: tab.page.keyboard.press("Escape")  # noqa: E731
    for title in ("first", "second", "third"):
        toast(tab, title, "error")
    press()
    assert titles(tab) == ["second", "first"]
    tab.run("document.body.prepend(Object.assign(document.createElement('input'), { id: 'field' }))")
    tab.page.locator("#field").focus()
    press()
    assert titles(tab) == ["second", "first"], "the field may have a use for it"
    tab.run("document.getElementById('field').remove()")
    tab.run("void window.addEventListener('keydown', (event) => event.preventDefault(), { capture: true, once: true })")
    press()
    assert titles(tab) == ["second", "first"], "somebody has handled it"
    tab.run(OPEN_DIALOG)
    press()
    tab.wait("!document.querySelector('dialog').open")
    assert titles(tab) == ["second", "first"], "it closed the dialog"
    tab.run("document.querySelector('dialog').showModal()")
    tab.wait(REACHABLE)
    tab.page.locator("#pushhub-toasts li button").first.focus()
    press()
    assert titles(tab) == ["first"]
    assert tab.run("document.querySelector('dialog').open"), "it closed the toast that had the focus"


def test_closing_by_keyboard_goes_to_the_next_and_in_the_end_back(browser, tab):
    tab.run("document.body.prepend(Object.assign(document.createElement('button'), { id: 'before', textContent: 'before' }))")
    for title in ("first", "second"):
        toast(tab, title, "error")
    tab.page.locator("#before").focus()
    tab.page.keyboard.press("Tab")
    if tab.run("document.activeElement.localName") == "ul":
        tab.page.keyboard.press("Tab")
    assert tab.run(f"document.activeElement === {BUTTON}")
    tab.page.keyboard.press("Enter")
    assert titles(tab) == ["first"]
    assert tab.run(f"document.activeElement === {BUTTON}")
    tab.page.keyboard.press("Space")
    assert titles(tab) == []
    assert tab.run("document.activeElement.id") == "before"


def test_closing_with_the_mouse_leaves_the_focus_where_it_is(browser, tab):
    tab.run("document.body.prepend(Object.assign(document.createElement('input'), { id: 'field' }))")
    for title in ("first", "second"):
        toast(tab, title)
    tab.page.locator("#field").focus()
    tab.page.locator("#pushhub-toasts li button").first.click()
    assert titles(tab) == ["first"]
    assert tab.run("document.activeElement.id") == "field"


# Dialogs


def test_three_log_outs_are_one_dialog_and_the_focus_comes_back(browser, tab):
    tab.run("document.body.prepend(Object.assign(document.createElement('button'), { id: 'before', textContent: 'before' }))")
    tab.page.locator("#before").focus()
    for name in ("phone", "tablet", "desk"):
        tab.run(f"PushHub.showDialog({{ title: 'Signed out', text: 'on a {name}', key: 'loginout', onOk: () => (window.oks ??= []).push('{name}') }})")
    dialog = tab.page.get_by_role("alertdialog", name="Signed out", description="on a phone")
    assert dialog.count() == 1 and tab.run("document.querySelectorAll('dialog').length") == 1
    assert tab.run("document.activeElement.textContent") == "OK"
    tab.page.keyboard.press("Escape")
    tab.wait("window.oks")
    tab.wait("!document.querySelector('dialog')")
    assert tab.run("oks") == ["phone"]
    assert tab.run("document.activeElement.id") == "before"


@ANYWHERE
def test_different_dialogs_wait_for_each_other_and_have_ids_of_their_own(browser, tab):
    for name in ("one", "two"):
        tab.run(f"PushHub.showDialog({{ title: '{name}', text: '', onOk: () => (window.oks ??= []).push('{name}') }})")
    seen = []
    for name in ("one", "two"):
        tab.wait(f"document.querySelector('dialog h2').textContent === '{name}' && document.querySelector('dialog').open")
        assert tab.run("document.querySelectorAll('dialog').length") == 1
        seen.append(tab.run("document.querySelector('dialog').getAttribute('aria-labelledby')"))
        assert tab.run("document.activeElement.textContent") == "OK"
        tab.run("document.querySelector('dialog button').click()")
    tab.wait("!document.querySelector('dialog')")
    assert tab.run("oks") == ["one", "two"]
    assert len(set(seen)) == 2


def test_the_focus_comes_back_to_a_toast_that_moved_into_the_dialog(browser, tab):
    toast(tab, "fire", "error")
    tab.page.locator("#pushhub-toasts li button").focus()
    tab.run("PushHub.showDialog({ title: 'Signed out', text: '', onOk() {} })")
    tab.wait(f"document.querySelector('dialog').contains({BUTTON})")
    tab.page.get_by_role("button", name="OK").click()
    tab.wait(f"document.activeElement === {BUTTON} && !document.querySelector('dialog')")


def test_a_dialog_that_somebody_removed_is_shown_again(browser, tab):
    ask = "PushHub.showDialog({ title: 'Signed out', text: '', key: 'loginout', onOk: () => (window.ok = true) })"
    tab.run(ask)
    tab.run("document.querySelector('dialog').remove()")
    tab.run(ask)
    tab.page.get_by_role("button", name="OK").click()
    tab.wait("window.ok && !document.querySelector('dialog')")


# Accessibility


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_toasts_and_dialogs(browser, tab, axe, scheme):
    tab.run(f"void (document.documentElement.style = 'color-scheme: {scheme}; background: Canvas')")
    # What axe looks for on a page of its own is not the toasts' business.
    tab.run("void (document.getElementById('root').innerHTML = '<main><h1>A page</h1></main>', document.getElementById('notes').remove())")
    for level in ("info", "warning", "error") * 3:
        toast(tab, f"{level} toast", level, text="with a text", duration=0)
    tab.page.wait_for_function("document.getAnimations().every((it) => it.playState === 'finished')")
    axe(tab.page)
    tab.run("PushHub.showDialog({ title: 'Signed out', text: 'You have signed in elsewhere.', onOk() {} })")
    tab.wait(REACHABLE)
    tab.page.wait_for_function("document.getAnimations().every((it) => it.playState === 'finished')")
    axe(tab.page)

"""The pages of docs/html.md and their publishers' commands, as they stand there, with the libraries that they load."""

import http.server
import importlib.metadata
import json
import os
import pathlib
import re
import subprocess
import threading
import urllib.parse

import pytest
from engines import PlaywrightTab
from playwright.sync_api import expect
from servers import DIST, PAGE

from test_stream import wait_for_connections

pytestmark = pytest.mark.only("chromium", "firefox")

ROOT = pathlib.Path(__file__).resolve().parents[4]
DOCUMENT = (ROOT / "docs/html.md").read_text()
TOPICS = ["orders/42", "answers/7"]


def blocks(heading, language):
    """The code of a section of the page."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", DOCUMENT, re.M | re.S).group(1)
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.M | re.S)


def packaged(package, path):
    """A file of a package of libraries.txt, none of which is imported."""
    return pathlib.Path(importlib.metadata.distribution(package).locate_file(path))


SCRIPTS = {
    "/htmx.js": packaged("django-htmx", "django_htmx/static/django_htmx/htmx-2.js"),
    "/htmx-sse.js": packaged("django-htmx", "django_htmx/static/django_htmx/ext/hx-sse-2.js"),
    "/htmx4.js": packaged("django-htmx", "django_htmx/static/django_htmx/htmx-4.js"),
    "/htmx4-sse.js": packaged("django-htmx", "django_htmx/static/django_htmx/ext/hx-sse-4.js"),
    "/turbo.js": packaged("django-viewflow", "viewflow/static/viewflow/js/turbo.es2017-umd.js"),
    "/datastar.js": PAGE / "datastar.js",
    "/pushhub.min.js": DIST / "pushhub.min.js",
}


class Site:
    """Pages and scripts at the hub's own origin, where a reverse proxy would put them; the browser itself answers for them."""

    def __init__(self, browser, hub, directory):
        self.context = browser.context
        self.hub = hub
        self.origin = f"http://127.0.0.1:{hub.port}"
        self.complaints = []
        self.pages = {}
        self.context.route(lambda url: not urllib.parse.urlsplit(url).path.startswith("/sse/"), self._answer)
        program = os.environ.get("PUSHHUB_SEND") or ROOT / ".build/debug/pushhub-send"
        (directory / "pushhub-send").symlink_to(program)
        self.environment = {
            **os.environ,
            "PATH": f"{directory}:{os.environ['PATH']}",
            "PUSHHUB_SOCKET": hub.socket_path,
            "HUB": self.origin,
            "TOKEN": hub.token("shop", ["pushhub:publish"]),
        }

    def _answer(self, route):
        path = urllib.parse.urlsplit(route.request.url).path
        if path in SCRIPTS:
            route.fulfill(path=SCRIPTS[path], content_type="text/javascript; charset=utf-8")
        elif path in self.pages:
            route.fulfill(body=self.pages[path], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404, body="")

    def sign_in(self, user="42"):
        """With a cookie alone; a token for scripts is another thing."""
        self.context.add_cookies([{
            "name": "pushhub_token", "value": self.hub.token(user, topics=TOPICS), "domain": "127.0.0.1", "path": "/sse",
            "httpOnly": True, "sameSite": "Lax"}])

    def store_token(self, user="42"):
        token = self.hub.token(user, topics=TOPICS)
        self.context.add_init_script(f"if (location.protocol === 'http:') localStorage.setItem('token', '{token}')")

    def show(self, html, streams=1):
        """A tab with the page, once there are so many streams."""
        path = f"/page/{len(self.pages)}"
        self.pages[path] = html
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.origin + path)
        wait_for_connections(self.hub, streams, PlaywrightTab(page))
        return page

    def begin(self, commands):
        return subprocess.Popen(["bash", "-euo", "pipefail", "-c", commands], env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, commands):
        shell = self.begin(commands)
        output, _ = shell.communicate(timeout=20)
        assert shell.returncode == 0, output


@pytest.fixture
def site(browser, start_hub, tmp_path):
    return Site(browser, start_hub({"auth.query-parameter": "access_token"}), tmp_path)


def test_htmx(site):
    page, keep_closed, with_client, page4 = blocks("htmx", "html")
    events, long_events, event4 = blocks("htmx", "sh")
    site.run(events)
    site.sign_in()
    site.store_token()
    tabs = [site.show(page + keep_closed), site.show(with_client, streams=2)]
    for tab in tabs:
        expect(tab.locator("h1 b")).to_have_text("packed")
    site.run(events)
    site.run(long_events)
    for tab in tabs:
        expect(tab.locator("tbody tr")).to_have_text(["10:05Packed", "10:40 Handed to the carrier", "16:20Delivered"])

    native = tabs[0]
    native.evaluate("void htmx.on('htmx:sseError', () => (window.failed = true))")
    native.evaluate("void (window.source = document.body['htmx-internal-data'].sseEventSource)")
    site.hub.command("CLOSE user:42")
    native.wait_for_function("source.readyState === EventSource.CLOSED")
    assert not native.evaluate("window.failed")

    site.context.clear_cookies()
    page4 = site.show(page4)
    site.run(event4)
    expect(page4.locator("li")).to_have_text(["Packed"])
    assert site.complaints == []


def test_turbo(site):
    page, other_source, in_head, with_client = blocks("Turbo Streams", "html")
    (events,) = blocks("Turbo Streams", "sh")
    head = re.search(r"<script.*\n<turbo-stream-source.*\n", page).group()
    site.sign_in()
    tabs = [site.show(page)]
    drive = page.replace(head, f'{in_head}<a href="/page/2">Go on</a>')
    tabs.append(site.show(drive, streams=2))
    site.pages["/page/2"] = drive.replace("Order 42 is", "Order 42, again, is")
    tabs[-1].click("a")
    expect(tabs[-1].locator("h1")).to_contain_text("again")

    site.context.clear_cookies()
    source = re.search(r"<turbo-stream-source.*\n", page).group()
    with_token = other_source.replace("TOKEN", site.hub.token("42", topics=TOPICS))
    tabs.append(site.show(page.replace(source, with_token), streams=3))
    site.store_token()
    tabs.append(site.show(with_client, streams=4))
    site.run(events)
    for tab in tabs:
        expect(tab.locator("#events li")).to_have_text(["Packed at 10:05"])
        expect(tab.locator("#status b")).to_have_text("packed")
    assert site.complaints == []


def test_datastar(site):
    (page,) = blocks("Datastar", "html")
    (events,) = blocks("Datastar", "sh")
    site.store_token()
    first = site.show(page)
    site.run(events)
    expect(first.locator("#events li")).to_have_text(["Packed at 10:05"])
    expect(first.locator("h1")).to_have_text("Order 42 is packed")
    second = site.show(page, streams=2)
    expect(second.locator("h1")).to_have_text("Order 42 is packed")
    assert site.complaints == []


class Model(http.server.ThreadingHTTPServer):
    """Answers as OpenAI's API does, and stops in the middle until it may go on."""

    daemon_threads = True
    halves = [["Your order\n\n", " is ", "<b>on", " its"], [" way</b>: ✓ ", "\"today\"\n", "  ", "\tor\\ntomorrow"]]

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ModelHandler)
        self.may_go_on = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class ModelHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        first, second = self.server.halves
        self._send({"role": "assistant"})
        for token in first:
            self._send({"content": token})
        self.server.may_go_on.wait(60)
        for token in second:
            self._send({"content": token})
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, delta):
        self.wfile.write(f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    server = Model()
    yield server
    server.may_go_on.set()
    server.shutdown()


def test_an_answer_is_whole_after_a_reload_in_its_middle(site, model):
    native, with_client = blocks("The answer of a language model", "html")
    (publisher,) = blocks("The answer of a language model", "sh")
    first, second = ("".join(tokens) for tokens in model.halves)
    site.sign_in()
    site.store_token()
    tabs = [site.show(native), site.show(with_client, streams=2)]
    site.environment["MODEL"] = f"http://127.0.0.1:{model.server_port}"
    shell = site.begin(publisher)

    def shows(text):
        for tab in tabs:
            tab.wait_for_function("(text) => document.getElementById('answer').textContent === text", arg=text)

    shows(first)
    for tab in tabs:
        tab.reload()
    shows(first)
    model.may_go_on.set()
    shows(first + second)
    output, _ = shell.communicate(timeout=20)
    assert shell.returncode == 0, output
    wait_for_connections(site.hub, 0, PlaywrightTab(tabs[0]))
    for tab in tabs:
        tab.reload()
    shows(first + second)
    assert site.complaints == []

"""Real browsers against the real pushhubd, whose binary PUSHHUBD names."""

import os
import pathlib
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from engines import PlaywrightEngine, WebKitEngine  # noqa: E402
from hub import Hub  # noqa: E402
from servers import PAGE, Gate, PageServer  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--webkit", action="store_true", help="run the tests that need no Playwright in WebKitGTK, too")


def pytest_generate_tests(metafunc):
    if "engine" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        names = list(only.args) if only else ["chromium", "firefox", "webkit"]
        if "webkit" in names and not metafunc.config.getoption("webkit"):
            names.remove("webkit")
        metafunc.parametrize("engine", names, indirect=True, scope="session")


def pytest_configure(config):
    config.addinivalue_line("markers", "only(*engines): the test is about something that only these engines can show")


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def running_engine(playwright):
    engines = {}

    def get(name):
        if name not in engines:
            engines[name] = WebKitEngine() if name == "webkit" else PlaywrightEngine(playwright, name)
        return engines[name]

    yield get
    for engine in engines.values():
        engine.quit()


@pytest.fixture(scope="session")
def engine(request, running_engine):
    return running_engine(request.param)


@pytest.fixture
def browser(engine):
    yield engine.begin()
    engine.end()


@pytest.fixture(scope="session")
def axe():
    """Fails where axe-core has a finding, with what it found."""
    checker = Axe()

    def check(page):
        found = checker.run(page).response["violations"]
        assert not found, "\n".join(
            f"{rule['id']}: {rule['help']}: {node['html']}: {node['failureSummary']}" for rule in found for node in rule["nodes"])

    return check


@pytest.fixture(scope="session")
def pages():
    server = PageServer()
    yield server
    server.shutdown()


@pytest.fixture
def start_hub(tmp_path, pages):
    hubs = []

    def start(settings=None, **options):
        binary = os.environ.get("PUSHHUBD") or str(ROOT / ".build/debug/pushhubd")
        everywhere = {"http.allowed-origins": pages.url, "stream.retry": "50ms"}
        hub = Hub(binary, tmp_path / str(len(hubs)), {**everywhere, **(settings or {})}, **options)
        hubs.append(hub)
        return hub.start()

    yield start
    for hub in hubs:
        hub.kill()


@pytest.fixture
def hub(start_hub):
    return start_hub()


@pytest.fixture
def make_gate():
    gates = []

    def make(hub):
        gates.append(Gate(hub.port))
        return gates[-1]

    yield make
    for gate in gates:
        gate.close()


@pytest.fixture
def gate(hub, make_gate):
    return make_gate(hub)


@pytest.fixture
def react_app():
    """The React test page's script, with React's development build."""
    target = PAGE / "react-app.js"
    subprocess.run(
        ["esbuild", str(PAGE / "react-app.jsx"), "--bundle", "--format=iife", "--jsx=automatic", "--log-level=warning",
         '--define:process.env.NODE_ENV="development"', f"--outfile={target}"], check=True)
    yield
    target.unlink()

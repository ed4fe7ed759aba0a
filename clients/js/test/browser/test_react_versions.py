"""The React bindings under React 18.3.1, which Debian has not: its development builds are taken from the PyPI package dash."""

import pathlib
import subprocess
import sys
import zipfile

import pytest

from servers import PAGE
from test_react import open_app
from test_stream import push, wait_for_connections

VERSION = "18.3.1"
# What the bundle imports, as the globals that those builds make.
SHIMS = {
    "react/index.js": "module.exports = window.React;",
    "react-dom/client.js": "module.exports = window.ReactDOM;",
    "react/jsx-runtime.js": """
        const element = (type, { children, ...props }, key) =>
          React.createElement(type, key === undefined ? props : { ...props, key }, ...[children ?? []].flat());
        module.exports = { jsx: element, jsxs: element, Fragment: React.Fragment };""",
}


@pytest.fixture
def react_18_3(tmp_path):
    folder = tmp_path
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "dash>=3,<5",
                    "-d", folder], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        builds = [wheel.read(f"dash/deps/{name}@{VERSION}.js").decode() for name in ("react", "react-dom")]
    for name, text in SHIMS.items():
        shim = folder / name
        shim.parent.mkdir(exist_ok=True)
        shim.write_text(text)
    aliases = [f"--alias:{name}={folder / name}" for name in ("react", "react-dom")]
    bundle = subprocess.run(
        ["esbuild", PAGE / "react-app.jsx", "--bundle", "--format=iife", "--jsx=automatic", "--log-level=warning", *aliases],
        check=True, capture_output=True, text=True).stdout
    target = pathlib.Path(PAGE / "react-app.js")
    target.write_text("\n".join([*builds, bundle]))
    yield
    target.unlink()


@pytest.mark.only("chromium", "firefox")
def test_strict_mode_mounts_one_stream_and_leaves_none(browser, pages, hub, gate, react_18_3):
    tab = open_app(browser, pages)
    assert tab.run("React.version") == VERSION
    for number in range(20):
        tab.call("mountApp", f"{gate.url}/sse/connect/auth", hub.token("42"))
        tab.wait("document.getElementById('react')?.textContent === 'open: '")
        push(hub, number)
        tab.wait(f"document.getElementById('react').textContent === 'open: {number}'")
        wait_for_connections(hub, 1, tab)
        tab.run("void unmountApp()")
        wait_for_connections(hub, 0, tab)

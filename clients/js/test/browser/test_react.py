"""The React bindings in real browsers, in StrictMode with React's development build."""

import pytest

from test_stream import push, wait_for_connections


def open_app(browser, pages):
    tab = browser.open(pages.url)
    tab.run("new Promise((resolve) => document.body.append(Object.assign(document.createElement('script'), "
            "{ src: '/react-app.js', onload: () => resolve(true) })))")
    return tab


@pytest.mark.only("chromium", "firefox")
def test_a_component_shows_what_is_pushed(browser, pages, hub, gate, react_app):
    tab = open_app(browser, pages)
    tab.call("mountApp", f"{gate.url}/sse/connect/auth", hub.token("42"))
    tab.wait("document.getElementById('react')?.textContent === 'open: '")
    push(hub, 1)
    push(hub, 2)
    tab.wait("document.getElementById('react').textContent === 'open: 1,2'")
    hub.command('PUSH user:42 notice {"title":"fire","level":"high"}')
    tab.wait("document.querySelector('#pushhub-toasts [role=alert]')?.textContent.includes('fire')")
    wait_for_connections(hub, 1, tab)

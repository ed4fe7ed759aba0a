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


@pytest.mark.only("chromium")
def test_a_hundred_mounts_leave_nothing_behind(browser, pages, hub, gate, react_app):
    tab = open_app(browser, pages)
    debugger = browser.context.new_cdp_session(tab.page)
    debugger.send("Performance.enable")
    debugger.send("HeapProfiler.enable")

    def mount(times):
        for _ in range(times):
            tab.call("mountApp", f"{gate.url}/sse/connect/auth", hub.token("42"))
            tab.wait("document.getElementById('react')?.textContent === 'open: '")
            tab.run("void unmountApp()")
            tab.wait("!document.getElementById('react')")

    def measure():
        wait_for_connections(hub, 0, tab)
        debugger.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in debugger.send("Performance.getMetrics")["metrics"]}
        return metrics["JSEventListeners"], metrics["Nodes"], metrics["JSHeapUsedSize"]

    mount(10)
    listeners, nodes, heap = measure()
    mount(100)
    listeners_after, nodes_after, heap_after = measure()
    assert listeners_after <= listeners
    assert nodes_after <= nodes + 10
    assert heap_after < heap + 500_000

"""Figures of load: 10,000 events a second without a long task, and 500 mounts without a leak. Run with -s to see them."""

import time

import pytest

from misbehaving import MisbehavingServer, greeting
from test_react import open_app
from test_stream import wait_for_connections

RATE = 10_000
SECONDS = 5


def longest_task(browser, pages, shared):
    """In milliseconds, while the events come; 0 where none took over 50."""
    def answer(exchange):
        exchange.head(200, {"Content-Type": "text/event-stream"})
        exchange.wfile.write(greeting().encode())
        exchange.wfile.flush()
        began, sent = time.monotonic(), 0
        while sent < RATE * SECONDS:
            due = min(int((time.monotonic() - began) * RATE), RATE * SECONDS)
            exchange.wfile.write("".join(
                f"id: e-{number + 2}\nevent: note\ndata: {number}\n\n" for number in range(sent, due)).encode())
            exchange.wfile.flush()
            sent = due
            time.sleep(0.005)
        exchange.server.over.wait()
    server = MisbehavingServer(answer)
    try:
        tab = browser.open(pages.url)
        tab.run(f"""void (() => {{
          window.got = 0;
          window.longest = 0;
          new PerformanceObserver((list) => {{
            for (const {{ duration }} of list.getEntries()) longest = Math.max(longest, duration);
          }}).observe({{ type: "longtask" }});
          window.own = PushHub.createClient({{ url: "{server.url}", user: 1, shareAcrossTabs: {str(shared).lower()} }});
          own.subscribe("note", () => (got += 1));
          own.connect();
        }})()""")
        tab.wait(f"got === {RATE * SECONDS}", 60)
        longest = tab.run("longest")
        tab.run("own.disconnect()")
        return longest
    finally:
        server.close()


@pytest.mark.only("chromium")
@pytest.mark.parametrize("shared", [False, True], ids=["own stream", "shared"])
def test_ten_thousand_events_a_second_without_a_task_over_50_ms(browser, pages, shared):
    """In one of three runs, as what else the machine does can only make a task longer."""
    for _ in range(3):
        longest = longest_task(browser, pages, shared)
        print(f"{RATE} events a second for {SECONDS} s: longest task {longest:.0f} ms (0: none over 50)")
        if longest == 0:
            return
    pytest.fail("a task took over 50 ms in each of three runs")


@pytest.mark.only("chromium")
def test_five_hundred_mounts_leave_nothing_behind(browser, pages, hub, gate, react_app):
    tab = open_app(browser, pages)
    debugger = browser.context.new_cdp_session(tab.page)
    debugger.send("Performance.enable")
    debugger.send("HeapProfiler.enable")

    def mount(times):
        tab.run(f"""(async () => {{
          for (let round = 0; round < {times}; round += 1) {{
            mountApp("{gate.url}/sse/connect/auth", "{hub.token('42')}");
            while (document.getElementById("react")?.textContent !== "open: ") await new Promise((next) => setTimeout(next));
            unmountApp();
            while (document.getElementById("react")) await new Promise((next) => setTimeout(next));
          }}
        }})()""")

    def measure():
        wait_for_connections(hub, 0, tab)
        debugger.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in debugger.send("Performance.getMetrics")["metrics"]}
        return metrics["JSEventListeners"], metrics["Nodes"], metrics["JSHeapUsedSize"]

    mount(20)
    before = measure()
    mount(500)
    after = measure()
    print(f"listeners {before[0]} to {after[0]}, nodes {before[1]} to {after[1]}, heap {(after[2] - before[2]) / 1000:+.0f} kB")
    assert after[0] <= before[0]
    assert after[1] <= before[1] + 10
    assert after[2] < before[2] + 500_000

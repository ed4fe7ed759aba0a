"""Takes a picture of the demo page: a few users, a minute of traffic, three notices. Arguments: FILE [dark]."""

import json
import math
import os
import pathlib
import sys
import tempfile
import time

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "Tests" / "EndToEnd"))

from hub import Hub  # noqa: E402

NOTICES = [
    {"title": "Deploy finished", "level": "low", "content": "Version 2.4 is live in eu-west."},
    {"title": "Disk almost full", "level": "medium", "content": "/var on db-3 is at 91 %."},
    {"title": "Payment service is down", "level": "high"},
]


def main(file, scheme="light"):
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        # The port and the socket are what a reader of the README would see.
        settings = {"http.listen": "127.0.0.1:8888"}
        hub = Hub(os.environ["PUSHHUBD"], pathlib.Path(directory), settings, arguments=["--dev"]).start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            picture(hub, browser, file, scheme)
        finally:
            browser.close()
            hub.kill()


def picture(hub, browser, file, scheme):
    def visit(user, **options):
        page = browser.new_context(locale="en-GB", **options).new_page()
        page.goto(f"http://127.0.0.1:{hub.port}/?user={user}")
        expect(page.locator("#state")).to_have_text(f"Connected as {user}")
        return page

    for user in ("bob", "bob", "carol", "dave"):
        visit(user)
    alice = visit("alice", viewport={"width": 1240, "height": 1040}, color_scheme=scheme)
    start = time.monotonic()
    with hub.publisher() as publisher:
        while (elapsed := time.monotonic() - start) < 60:
            wave = 8 + 6 * math.sin(elapsed / 5) + 4 * math.sin(elapsed / 1.7)
            for _ in range(max(1, round(wave / 5))):
                publisher.command('PUSH users:bob,carol,dave tick {"title":"tick"}')
            alice.wait_for_timeout(200)
        for notice in NOTICES:
            publisher.command(f"PUSH user:alice notice {json.dumps(notice)}")
            alice.wait_for_timeout(900)
    alice.wait_for_timeout(900)
    alice.screenshot(path=file)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""One way to drive three engines: Chromium and Firefox with Playwright, WebKitGTK with Selenium."""

import contextlib
import json
import os
import time

DEADLINE = 20.0
# A name that resolves to the loopback, for what is not to look like it.
NAME = "hub.test"


class Tab:
    """A page. `run` takes a JavaScript expression; `wait` waits until one is true."""

    def run(self, expression, *arguments):
        raise NotImplementedError

    def wait(self, expression, seconds=DEADLINE):
        end = time.monotonic() + seconds
        while not (value := self.run(expression)):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds:g} s: {expression}\n{self.describe()}")
        return value

    def call(self, function, *arguments):
        return self.run(f"{function}({', '.join(json.dumps(each) for each in arguments)})")

    def describe(self):
        with contextlib.suppress(Exception):
            return self.run("JSON.stringify([seen, client?.snapshot])")
        return ""


class PlaywrightEngine:
    def __init__(self, playwright, name):
        self.name = name
        self.playwright = playwright
        self.browsers = {}
        self.context = None

    def begin(self, **options):
        """A fresh profile for a test."""
        self.end()
        # Firefox cannot be told the colour scheme while it runs.
        variant = options.get("color_scheme", "light") if self.name == "firefox" else ""
        if variant not in self.browsers:
            self.browsers[variant] = self._launch(variant)
        self.context = self.browsers[variant].new_context(**options)
        return self

    def _launch(self, scheme):
        if self.name == "firefox":
            return self.playwright.firefox.launch(
                channel="moz-firefox", executable_path="/usr/bin/firefox-esr",
                firefox_user_prefs={
                    "layout.css.prefers-color-scheme.content-override": 0 if scheme == "dark" else 1,
                    "network.dns.localDomains": NAME})
        # Playwright switches the back/forward cache off; these tests want it.
        return self.playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
            ignore_default_args=["--disable-back-forward-cache"])

    def open(self, url):
        page = self.context.new_page()
        page.goto(url)
        return PlaywrightTab(page)

    def end(self):
        if self.context:
            self.context.close()
        self.context = None

    def quit(self):
        self.end()
        for browser in self.browsers.values():
            browser.close()


class PlaywrightTab(Tab):
    def __init__(self, page):
        self.page = page

    def run(self, expression):
        return self.page.evaluate(expression)

    def close(self):
        self.page.close()

    def crash(self):
        """Kills the page's process. Chromium only. The page cannot answer any more, so the browser is asked."""
        target = self.page.context.new_cdp_session(self.page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        browser = self.page.context.browser.new_browser_cdp_session()
        session = browser.send("Target.attachToTarget", {"targetId": target})["sessionId"]
        with self.page.expect_event("crash"):
            browser.send("Target.sendMessageToTarget", {"sessionId": session, "message": '{"id":1,"method":"Page.crash"}'})


class WebKitEngine:
    name = "webkit"
    environment = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}

    def __init__(self):
        self.driver = None

    def begin(self, **_):
        from selenium import webdriver

        self.end()
        os.environ.update(self.environment)
        options = webdriver.WebKitGTKOptions()
        options.binary_location = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
        options.add_argument("--automation")
        service = webdriver.WebKitGTKService(executable_path="/usr/bin/WebKitWebDriver")
        self.driver = webdriver.WebKitGTK(options=options, service=service)
        self.driver.set_script_timeout(DEADLINE)
        self.used = False
        return self

    def open(self, url):
        if self.used:
            self.driver.switch_to.new_window("window")
        self.used = True
        self.driver.get(url)
        return WebKitTab(self.driver, self.driver.current_window_handle)

    def end(self):
        if self.driver:
            self.driver.quit()
        self.driver = None

    quit = end


class WebKitTab(Tab):
    def __init__(self, driver, handle):
        self.driver, self.handle = driver, handle

    def run(self, expression):
        self.driver.switch_to.window(self.handle)
        return self.driver.execute_script(f"return ({expression})")

    def close(self):
        self.driver.switch_to.window(self.handle)
        self.driver.close()

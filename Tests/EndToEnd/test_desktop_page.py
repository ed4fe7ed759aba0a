"""The code of docs/desktop.md as it stands, with a notify-send that writes down what it gets."""

import configparser
import getpass
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from fake_hub import DEADLINE
from following import BINARY

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs/desktop.md").read_text()
SCRIPT, LISTEN, PUBLISH, UNIT = re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)
NOTIFY = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["NOTIFIED"], "w") as fifo:
    json.dump(sys.argv[1:], fifo)
"""

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="no jq here")


@pytest.fixture
def home(tmp_path):
    """A home with the page's script, and the commands that it needs in front of all others."""
    directory = tmp_path / ".local/bin"
    directory.mkdir(parents=True)
    for name, content in (("pushhub-desktop", SCRIPT), ("notify-send", NOTIFY)):
        (directory / name).write_text(content)
        (directory / name).chmod(0o755)
    (directory / "pushhub-send").symlink_to(BINARY)
    os.mkfifo(tmp_path / "notified")
    return tmp_path


def environment(home, **variables):
    path = f"{home}/.local/bin:{os.environ['PATH']}"
    return {"HOME": str(home), "PATH": path, "USER": getpass.getuser(), "NOTIFIED": str(home / "notified"), **variables}


def notified(home):
    with open(home / "notified") as fifo:
        return json.load(fifo)


class Listener:
    """A command that listens, until the end of the block."""

    def __init__(self, command, hub, home):
        self.variables = environment(home, PUSHHUB_SOCKET=hub.socket_path)
        self.process = subprocess.Popen(["sh", "-c", "exec " + command], env=self.variables)
        while json.loads(hub.command("STATS").removeprefix("OK "))["publishers"]["listening"] != 1:
            assert self.process.poll() is None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(DEADLINE)


@pytest.mark.parametrize(
    "payload, text",
    [
        ('{"title":"Ready","body":"2 files"}', ["Ready", "2 files"]),
        ('{"title":"-x $(id) <b>","body":"a < b & \\"c\\"\\n$HOME"}', ["-x $(id) <b>", 'a &lt; b &amp; "c"\n$HOME']),
        ('{"body":"2 files"}', ["notice", "2 files"]),
        ('{"title":"Ready"}', ["Ready", ""]),
        ('{"count":1}', ["notice", '{"count":1}']),
        ('"text"', ["notice", '"text"']),
        ("5", ["notice", "5"]),
        ("Once <upon>", ["notice", "Once &lt;upon&gt;"]),
    ],
)
def test_the_script_shows_a_title_and_a_body(home, payload, text):
    variables = environment(home, PUSHHUB_EVENT_TYPE="notice")
    with subprocess.Popen([home / ".local/bin/pushhub-desktop"], stdin=subprocess.PIPE, env=variables) as script:
        script.stdin.write(payload.encode())
        script.stdin.close()
        assert notified(home) == ["--app-name=pushhub", "--", *text]
        assert script.wait(DEADLINE) == 0


def test_the_commands_of_the_page_show_what_is_published(hub, home):
    with Listener(LISTEN, hub, home) as listener:
        subprocess.run(["sh", "-c", PUBLISH], env=listener.variables, check=True, timeout=DEADLINE)
        assert notified(home) == ["--app-name=pushhub", "--", "Your export is ready", "2 files"]


def test_the_unit_shows_what_is_published_and_keeps_where_it_was(hub, home):
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(UNIT)
    command = unit["Service"]["ExecStart"]
    for specifier, value in (("%u", getpass.getuser()), ("%S", str(home)), ("%h", str(home))):
        command = command.replace(specifier, value)
    state = home / unit["Service"]["StateDirectory"]
    state.mkdir()
    with Listener(command, hub, home):
        reply = hub.command(f'PUSH user:{getpass.getuser()} notice {{"title":"hi"}}')
        assert notified(home) == ["--app-name=pushhub", "--", "hi", ""]
    assert (state / "last-event").read_text() == reply.split()[1] + "\n"

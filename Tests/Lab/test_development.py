"""A hub for development of an ordinary user, beside an installed one."""

import json
import re
import subprocess

import pytest
from hub import Publisher, Stream


@pytest.fixture
def user(hub):
    hub.lab.run("useradd", "--create-home", "developer")
    yield "developer"
    hub.lab.run("userdel", "--remove", "developer")


def read_until(text, stream):
    seen = ""
    while text not in seen:
        line = stream.readline()
        assert line, seen
        seen += line
    return seen


def test_it_works_beside_an_installed_hub(hub, user):
    # Neither file is its business, nor may it read the key.
    hub.lab.write("/etc/pushhub/pushhubd.yaml", "nonsense: 1\n")
    process = hub.lab.start(
        "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "env", "-i", "PATH=/usr/bin", "pushhubd", "--dev",
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    try:
        text = read_until("pushhub-send", process.stdout)
        token, url = re.search(r"Bearer (\S+)' (http\S+)", text).groups()
        send = re.search(r"pushhub-send --socket (\S+) --user (\S+) (\S+) '(.*)'", text).groups()
        port = int(re.search(r":(\d+)/", url).group(1))
        assert port != 8888 and send[0] != "/run/pushhub/publish.sock"
        with hub.lab.network(), Stream(port, token) as stream:
            stream.opened()
            sent = hub.lab.run(
                "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "pushhub-send", "--socket", send[0],
                "--user", *send[1:],
            )
            assert sent.stdout.strip().endswith(" 1")
            assert stream.next().data == json.loads(send[3])
        # The installed one goes on.
        assert hub.command("PING") == "OK pong"
    finally:
        hub.lab.run("pkill", "--uid", user, check=False)
        process.wait(20)


def test_an_ordinary_users_hub_finds_a_place_for_its_socket(hub, user):
    """Without --dev as well: where the usual directory is another's, it is the user's own."""
    hub.lab.run("sh", "-c", f"install -d -o {user} /run/user-of-test && head -c 48 /dev/urandom | base64 -w 0 >/tmp/key && chmod 644 /tmp/key")
    process = hub.lab.start(
        "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "env", "-i", "PATH=/usr/bin",
        "XDG_RUNTIME_DIR=/run/user-of-test", "pushhubd", "--http-listen=127.0.0.1:0", "--auth-key-file=/tmp/key",
        "--config=/dev/null", stderr=subprocess.PIPE,
    )
    try:
        read_until("ready", process.stderr)
        with Publisher(f"/proc/{hub.lab.pid}/root/run/user-of-test/pushhub/publish.sock") as publisher:
            assert publisher.command("PING") == "OK pong"
    finally:
        hub.lab.run("pkill", "--uid", user, check=False)
        process.wait(20)
        hub.lab.run("rm", "-rf", "/run/user-of-test", "/tmp/key")

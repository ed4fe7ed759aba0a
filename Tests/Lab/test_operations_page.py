"""What docs/operations.md says, done as it says: its commands and drop-ins, word for word."""

import re

import pytest
from conftest import ROOT
from installed import KEY, SERVICE, SOCKETS, Installed

PAGE = (ROOT / "docs" / "operations.md").read_text()


def block(behind: str) -> str:
    """The first code block behind a piece of the page's text."""
    assert PAGE.count(behind) == 1, f"{behind!r} is not once in the page"
    return re.search(r"```\w*\n(.*?)```", PAGE.split(behind)[1], re.S).group(1)


def commands(text: str) -> str:
    """For a shell of root's: without prompts, and without the output that a block shows."""
    lines = text.splitlines()
    if any(line.startswith("$ ") for line in lines):
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    return "\n".join(line.replace("sudo ", "") for line in lines)


def inline(behind: str) -> str:
    """The first text in backticks behind a piece of the page's text."""
    assert PAGE.count(behind) == 1, f"{behind!r} is not once in the page"
    return re.search(r"`([^`]+)`", PAGE.split(behind)[1], re.S).group(1)


def shell(lab, script: str, **options) -> str:
    return lab.out("bash", "-euc", script, **options)


def serves(lab, port: int = 8888, host: str = "127.0.0.1") -> bool:
    return "ok" in lab.out("curl", "-s", "--max-time", "10", f"http://{host}:{port}/healthz", check=False)


def test_the_first_steps(bare_lab, package):
    install = block("## Install")
    script = commands(re.sub(r"^packaging/build-deb.*\n", "", install)).replace("dist/pushhub_*_amd64.deb", str(package))
    assert "dpkg -i" in script
    shell(bare_lab, script)
    shell(bare_lab, "id deploy 2>/dev/null || useradd --create-home deploy")
    Installed(bare_lab).wait_for_status("connections")
    output = shell(bare_lab, commands(block("That gives a running hub:")))
    assert 'Status: "0 connections, 0 users, 0 events/s' in output and "ok" in output.splitlines()[-3]
    assert "pushhub" in bare_lab.out("id", "-nG", "deploy")
    deploy = bare_lab.run("su", "deploy", "-c", "pushhub-send --broadcast announcement '{}'")
    assert re.fullmatch(r"\S+ 0\n", deploy.stdout)


def test_from_the_package_to_an_event_in_three_commands(bare_lab, package):
    install, subscribe, publish = commands(block("From the package to an event, in three commands:")).splitlines()
    shell(bare_lab, install.replace("./pushhub_*.deb", str(package)).replace("apt install", "apt install -y"))
    Installed(bare_lab).wait_for_status("connections")
    subscribe = subscribe.replace("curl -N ", "curl -sN --max-time 10 ")
    assert "--max-time" in subscribe and "pushhubd token" in subscribe
    # The second terminal is opened once the first one has its stream.
    script = f"""{subscribe} | while read -r line; do
      echo "$line"
      [ "$line" != "event: welcome" ] || {publish}
      [ "$line" != 'data: {{"title":"hi"}}' ] || exit 0
    done"""
    output = shell(bare_lab, script)
    assert output.splitlines()[-1] == 'data: {"title":"hi"}'


def test_another_key(hub):
    old, new = hub.secret, b"another-secret-of-more-than-thirty-two-bytes"
    script = "cd /root\n" + commands(block("To change the key, write the file and reload:"))
    with hub.subscribe() as stream:
        stream.opened()
        hub.lab.write("/root/new-key", new.decode())
        shell(hub.lab, script)
        assert hub.subscribe(token=hub.token("42", secret=old)).status == 401
        with hub.subscribe(token=hub.token("42", secret=new)) as other:
            other.opened()
        hub.command("PUSH user:42 n 1")
        assert stream.next().data == 1
    hub.lab.write("/root/new-key", old.decode())
    shell(hub.lab, script)


def test_a_key_of_another_place(hub):
    path = "/etc/ssl/private/push.key"
    secrets = [b"the-first-secret-that-is-kept-elsewhere", b"the-second-secret-that-is-kept-elsewhere"]
    hub.lab.write(path, secrets[0].decode(), 0o600)
    hub.lab.drop_in(SERVICE, block("A key of another place:"))
    hub.lab.systemctl("restart", SERVICE)
    with hub.subscribe(token=hub.token("42", secret=secrets[0])) as stream:
        stream.opened()
    hub.lab.write(path, secrets[1].decode(), 0o600)
    hub.lab.systemctl("reload", SERVICE)
    with hub.subscribe(token=hub.token("42", secret=secrets[1])) as stream:
        stream.opened()
    assert hub.subscribe(token=hub.token("42", secret=secrets[0])).status == 401
    # Where the unit loads its key from is where the command looks.
    token = hub.lab.out("pushhubd", "token", "--user", "42").strip()
    with hub.subscribe(token=token) as stream:
        stream.opened()
    assert hub.lab.out("pushhubd", "check-token", token).splitlines()[:2] == ["accepted", "user: 42"]


def test_other_addresses(hub):
    hub.lab.drop_in(SOCKETS[0], block("with `systemctl edit pushhubd-http.socket`"))
    sequence = PAGE.split("ListenStream=[::1]:8888")[1]
    shell(hub.lab, re.search(r"and then `([^`]+)`", sequence).group(1))
    assert serves(hub.lab)
    assert serves(hub.lab, host="[::1]")


def test_a_hub_that_opens_its_own_sockets(hub):
    try:
        shell(hub.lab, inline("needs the network that the unit takes from it."))
        hub.lab.drop_in(SERVICE, block("pushhubd-publish.socket`, and with\n`systemctl edit pushhubd`:"))
        hub.lab.systemctl("restart", SERVICE)
        assert serves(hub.lab)
        assert hub.lab.out("stat", "-c", "%G %a", "/run/pushhub/publish.sock") == "pushhub 660"
        assert hub.command("PING") == "OK pong"
    finally:
        hub.lab.systemctl("unmask", *SOCKETS)


def test_a_hub_that_starts_with_its_first_client(hub):
    shell(hub.lab, inline("If you prefer a hub that starts with its first client:"))
    try:
        hub.lab.systemctl("stop", SERVICE)
        assert hub.show("ActiveState") == "inactive"
        for unit in SOCKETS:
            assert (hub.lab.show(unit, "ActiveState"), hub.lab.show(unit, "UnitFileState")) == ("active", "enabled")
        assert serves(hub.lab)
        assert hub.show("ActiveState") == "active"
    finally:
        hub.lab.systemctl("enable", SERVICE)


def test_the_commands_for_the_log(hub):
    with hub.subscribe() as stream:
        stream.opened()
    hub.wait_for_entry("PUSHHUB_KIND=connection-closed")
    for line in block("lists the kinds of entry and their fields. The essentials:").splitlines():
        command = re.split(r"\s{3,}", line)[0]
        if command.endswith(" -f"):
            command = "timeout 1 " + command + " || [ $? = 124 ]"
        output = shell(hub.lab, command)
        if "PUSHHUB_USER=42" in command:
            assert "connection opened" in output


@pytest.mark.parametrize("verb", ["remove", "purge"])
def test_removing(bare_lab, package, verb):
    bare_lab.run("dpkg", "--install", str(package))
    assert f"apt {verb} pushhub" in PAGE
    bare_lab.run("dpkg", f"--{verb}", "pushhub")
    kept = bare_lab.run("test", "-e", KEY, check=False).returncode == 0
    assert kept == (verb == "remove")

"""Under Debian 13's systemd 257: `LAB_TRIXIE` names a root made by `make-root`."""

import os

import pytest
from installed import SERVICE, SOCKETS, Installed
from lab import Lab


@pytest.fixture(scope="module")
def newer(machine, package, tmp_path_factory):
    root = os.environ.get("LAB_TRIXIE")
    if not root:
        pytest.skip("LAB_TRIXIE is not set: Tests/Lab/make-root DIR makes one in half a minute")
    with Lab(tmp_path_factory.mktemp("lab"), root=root, bind=[str(package.parent)]) as lab:
        lab.run("dpkg", "--install", str(package))
        yield Installed(lab)


@pytest.fixture
def hub(newer):
    newer.reset()
    return newer


def test_package_serves(hub):
    assert int(hub.lab.out("systemctl", "--version").split()[1]) >= 257
    with hub.subscribe() as stream:
        stream.opened()
        assert hub.lab.out("pushhub-send", "--user", "42", "notice", "{}").endswith(" 1")
        assert stream.next().type == "notice"


def test_units_are_as_good_there(hub):
    result = hub.lab.run(
        "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", SERVICE, *SOCKETS, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert hub.lab.run("systemd-analyze", "security", "--threshold=10", SERVICE, check=False).returncode == 0


@pytest.mark.parametrize("type", ["notify", "notify-reload"])
def test_reload_returns_when_it_is_done(hub, type):
    if type == "notify-reload":
        hub.lab.drop_in(SERVICE, "[Service]\nType=notify-reload\nExecReload=\n")
        hub.lab.systemctl("restart", SERVICE)
    assert hub.show("Type") == type
    pid = hub.inner_pid
    with hub.subscribe() as stream:
        stream.opened()
        for count in range(30):
            before = len(hub.journal("PUSHHUB_KIND=configuration-reloaded")) if count == 0 else before + 1
            hub.lab.systemctl("reload", SERVICE)
            assert hub.show("ActiveState") == "active"
            assert len(hub.journal("PUSHHUB_KIND=configuration-reloaded")) == before + 1
        assert hub.command("PUSH user:42 notice {}").endswith(" 1")
        assert stream.next().type == "notice"
    assert hub.inner_pid == pid


def test_crash_refuses_nobody(hub):
    old = hub.inner_pid
    hub.lab.systemctl("kill", "--signal=SEGV", "--kill-whom=main", SERVICE)
    with hub.subscribe() as stream:
        stream.opened()
    assert hub.inner_pid not in (0, old)

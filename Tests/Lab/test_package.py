"""Installing, upgrading, removing."""

import re
import socket
import subprocess

import pytest

from conftest import ROOT
from installed import KEY, SERVICE, SOCKETS, Installed
from lab import ask


def install(lab, package):
    return lab.run("dpkg", "--install", str(package))


def files(lab) -> set[str]:
    """Everything in the places where packages and services leave things, without what belongs to dpkg and the journal."""
    listing = lab.out(
        "find", "/etc", "/usr", "/lib", "/var/lib", "/var/cache", "/run", "/opt", "-xdev",
        "(", "-path", "/var/lib/dpkg", "-o", "-path", "/run/systemd", "-o", "-path", "/run/log", "-o", "-path", "/run/udev",
        "-o", "-path", "/var/lib/systemd/catalog", ")", "-prune", "-o", "-print",
    )
    return set(listing.splitlines())


def test_installing_gives_a_running_hub(bare_lab, package):
    output = install(bare_lab, package)
    assert "not started" not in output.stderr
    for unit in (SERVICE, *SOCKETS):
        assert bare_lab.show(unit, "ActiveState") == "active"
        assert bare_lab.out("systemctl", "is-enabled", unit) == "enabled"
    hub = Installed(bare_lab)
    with hub.subscribe() as stream:
        stream.opened()
        assert bare_lab.out("pushhub-send", "--user", "42", "notice", "{}").endswith(" 1")
        assert stream.next().type == "notice"


def test_upgrade_keeps_sockets_key_and_configuration(bare_lab, package, tmp_path):
    install(bare_lab, package)
    hub = Installed(bare_lab)
    key, old = hub.secret, hub.inner_pid
    socket_inode = bare_lab.out("stat", "-c", "%i", "/run/pushhub/publish.sock")
    hub.configure(hub.configuration + "\n# An operator was here.\n")
    with hub.subscribe() as stream:
        stream.opened()
        bare_lab.run("dpkg", "--force-confold", "--install", str(newer(package, tmp_path, bare_lab)))
        # The streams end in good order, and come back to the new process.
        assert stream.next_of("close").data["reason"] == "shutdown"
    assert hub.inner_pid not in (0, old)
    assert bare_lab.out("stat", "-c", "%i", "/run/pushhub/publish.sock") == socket_inode
    assert hub.secret == key
    assert "An operator was here" in bare_lab.path("/etc/pushhub/pushhubd.yaml").read_text()
    with hub.subscribe() as stream:
        stream.opened()


def newer(package, directory, lab):
    """The same package under a later version."""
    tree = directory / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    text = control.read_text()
    version = next(line for line in text.splitlines() if line.startswith("Version: "))
    control.write_text(text.replace(version, version + "+later"))
    built = directory / "later.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Zgzip", "-z1", tree, built], check=True, capture_output=True)
    inside = "/root/later.deb"
    lab.path(inside).write_bytes(built.read_bytes())
    return inside


def test_disabled_hub_stays_disabled_in_an_upgrade(bare_lab, package, tmp_path):
    install(bare_lab, package)
    bare_lab.systemctl("disable", "--now", SERVICE, *SOCKETS)
    bare_lab.run("dpkg", "--install", newer(package, tmp_path, bare_lab))
    for unit in (SERVICE, *SOCKETS):
        assert bare_lab.run("systemctl", "is-enabled", unit, check=False).stdout.strip() == "disabled"
        assert bare_lab.show(unit, "ActiveState") == "inactive"


def test_purging_leaves_nothing(bare_lab, package):
    before, groups = files(bare_lab), bare_lab.out("getent", "group")
    install(bare_lab, package)
    Installed(bare_lab).command("PUSH * notice {}")
    bare_lab.systemctl("reload", SERVICE)
    bare_lab.run("dpkg", "--remove", "pushhub")
    with bare_lab.network():
        assert socket.socket().connect_ex(("127.0.0.1", 8888)) != 0
    assert bare_lab.path(KEY).exists()
    assert not bare_lab.path("/run/pushhub").exists()
    bare_lab.run("dpkg", "--purge", "pushhub")
    left = {path for path in files(bare_lab) - before if not path.startswith(("/etc/group", "/etc/gshadow"))}
    assert left == set()
    assert bare_lab.out("getent", "group") == groups
    listed = bare_lab.out("systemctl", "list-units", "--all", "--plain", "--no-legend", "pushhub*")
    assert listed == ""


def test_removed_and_installed_again_it_serves_with_its_old_key(bare_lab, package):
    install(bare_lab, package)
    key = Installed(bare_lab).secret
    bare_lab.run("dpkg", "--remove", "pushhub")
    install(bare_lab, package)
    hub = Installed(bare_lab)
    assert hub.secret == key
    with hub.subscribe() as stream:
        stream.opened()


def test_members_of_the_group_may_publish(bare_lab, package):
    install(bare_lab, package)
    bare_lab.run("useradd", "--groups", "pushhub", "member")
    bare_lab.run("useradd", "stranger")

    def send(user):
        return bare_lab.run(
            "systemd-run", "--pipe", "--wait", "--collect", "-q", "-p", f"User={user}",
            "pushhub-send", "--broadcast", "notice", "{}", check=False,
        )

    assert send("member").returncode == 0
    refused = send("stranger")
    assert refused.returncode == 77
    assert "pushhub" in refused.stderr and "group" in refused.stderr
    with bare_lab.network(), socket.create_connection(("127.0.0.1", 8888), 20) as connection:
        assert ask(connection).startswith(b"HTTP/1.1 200")


def test_manual_pages_and_completions_are_there(bare_lab, package):
    install(bare_lab, package)
    listing = bare_lab.out("dpkg", "--listfiles", "pushhub").splitlines()
    for path in (
        "/usr/share/man/man8/pushhubd.8.gz",
        "/usr/share/man/man1/pushhub-send.1.gz",
        "/usr/share/bash-completion/completions/pushhub-send",
        "/usr/share/doc/pushhub/operations.md",
        "/usr/share/doc/pushhub/copyright",
        "/usr/lib/systemd/catalog/pushhub.catalog",
    ):
        assert path in listing
    # A static Swift library: nothing of Swift is looked for at run time.
    assert "swift" not in bare_lab.out("ldd", "/usr/bin/pushhubd").lower()


# What is in it

def unpacked(package, tmp_path):
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    return tmp_path


def test_the_pages_of_the_package_link_to_what_is_in_it(package, tmp_path):
    root = unpacked(package, tmp_path)
    pages = root / "usr/share/doc/pushhub"
    links = [
        (page.name, link)
        for page in pages.glob("*.md")
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if not link.startswith(("http://", "https://"))
    ]
    assert len(links) > 10
    missing = [
        (page, link) for page, link in links
        if not (root / link.lstrip("/") if link.startswith("/") else pages / link).exists()
    ]
    assert missing == []


def test_the_programs_are_hardened_and_say_nothing_of_where_they_were_built(package, tmp_path):
    root = unpacked(package, tmp_path)
    for name in ["pushhubd", "pushhub-send"]:
        program = root / "usr/bin" / name
        headers = subprocess.check_output(["readelf", "-lW", program], text=True)
        assert "GNU_RELRO" in headers and re.search(r"GNU_STACK.* RW ", headers), name
        if "INTERP" in headers:
            assert "BIND_NOW" in subprocess.check_output(["readelf", "-dW", program], text=True), name
        assert str(ROOT).encode() not in program.read_bytes(), name


def test_programs_that_only_start_where_they_were_built_make_no_package(tmp_path):
    debug = ROOT / ".build" / "debug"
    if not (debug / "pushhubd").exists():
        pytest.skip("there is no debug build: swift build")
    result = subprocess.run(
        [ROOT / "packaging/build-deb", "--binaries", debug, "--output", tmp_path], capture_output=True, text=True)
    assert result.returncode == 65 and "libswift" in result.stderr
    assert list(tmp_path.iterdir()) == []

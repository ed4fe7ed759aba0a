"""The key: where it comes from, and how it is changed."""

from installed import KEY, SERVICE
from lab import wait_for


def test_key_is_generated_and_only_root_reads_it(hub):
    status = hub.lab.path(KEY).stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o600, 0, 0)
    assert len(hub.secret) >= 32
    dynamic_user = hub.lab.out("stat", "-c", "%u", "/run/pushhubd")
    assert dynamic_user != "0"
    result = hub.lab.run("setpriv", f"--reuid={dynamic_user}", "--clear-groups", "cat", KEY, check=False)
    assert result.returncode != 0


def test_key_is_changed_by_a_reload(hub):
    """Who is connected stays; tokens of the old key open nothing more."""
    old_secret, old_token = hub.secret, hub.token("42")
    try:
        with hub.subscribe(token=old_token) as stream:
            stream.opened()
            hub.lab.write(KEY, "another-secret-of-at-least-thirty-two-bytes\n", 0o600)
            new_token = hub.token("42")
            assert hub.subscribe(token=new_token).status == 401
            hub.lab.systemctl("reload", SERVICE)
            assert hub.subscribe(token=old_token).status == 401
            with hub.subscribe(token=new_token) as other:
                other.opened()
            assert hub.command("PUSH user:42 notice {}").split()[0] == "OK"
            assert stream.next().type == "notice"
        # The copy that the reload made is gone after a restart, and the file counts again.
        hub.lab.path(KEY).write_bytes(old_secret)
        hub.lab.systemctl("restart", SERVICE)
        assert hub.subscribe(token=new_token).status == 401
        with hub.subscribe(token=old_token) as stream:
            stream.opened()
    finally:
        hub.lab.path(KEY).write_bytes(old_secret)


def test_copy_of_the_key_is_the_hubs_own(hub):
    hub.lab.systemctl("reload", SERVICE)
    owner, mode = hub.lab.out("stat", "-c", "%u %a", "/run/pushhubd/jwt-key").split()
    assert (owner, mode) == (hub.lab.out("stat", "-c", "%u", "/run/pushhubd"), "600")
    assert hub.lab.run("setpriv", "--reuid=65534", "--clear-groups", "cat", "/run/pushhubd/jwt-key", check=False).returncode


def test_bad_key_is_refused_by_a_reload(hub):
    old_secret = hub.secret
    try:
        hub.lab.write(KEY, "short\n", 0o600)
        assert hub.lab.systemctl("reload", SERVICE, check=False).returncode != 0
        entry = hub.wait_for_entry("PUSHHUB_KIND=configuration-refused")
        assert "holds a secret of 5 bytes" in entry["MESSAGE"]
        assert hub.show("ActiveState") == "active"
        with hub.subscribe(token=hub.token("42", secret=old_secret)) as stream:
            stream.opened()
    finally:
        hub.lab.path(KEY).write_bytes(old_secret)
    hub.lab.systemctl("reload", SERVICE)


def test_key_that_is_gone_is_told_by_a_reload(hub):
    old_secret = hub.secret
    hub.lab.path(KEY).unlink()
    try:
        assert hub.lab.systemctl("reload", SERVICE, check=False).returncode != 0
        assert any(f"{KEY} is gone" in entry["MESSAGE"] for entry in hub.journal())
        with hub.subscribe(token=hub.token("42", secret=old_secret)) as stream:
            stream.opened()
    finally:
        hub.lab.write(KEY, old_secret.decode(), 0o600)
    hub.lab.systemctl("reload", SERVICE)


def test_without_the_key_file_it_says_how_to_make_one_and_serves_when_it_is_there(hub):
    """Not systemd's “Failed at step CREDENTIALS”; and the recipe is tried."""
    old_secret = hub.secret
    hub.stop()
    hub.lab.run("mv", "/etc/pushhub", "/etc/pushhub.away")
    try:
        hub.lab.systemctl("start", "--no-block", SERVICE)
        entry = hub.wait_for_entry("PUSHHUB_KIND=hub-failed", f"_SYSTEMD_INVOCATION_ID={hub.show('InvocationID')}")
        assert "no key is there" in entry["MESSAGE"]
        # It is told behind the entry.
        wait_for(lambda: "no key is there" in hub.show("StatusText"), "the status")
        recipe = entry["MESSAGE"].partition("make one with ")[2].partition(", then: ")[0]
        hub.lab.run("sh", "-c", recipe)
        wait_for(lambda: hub.show("ActiveState") == "active", "the hub, which tries again by itself")
        assert len(hub.secret) >= 32 and hub.secret != old_secret
        with hub.subscribe() as stream:
            stream.opened()
    finally:
        hub.lab.run("sh", "-c", "rm -rf /etc/pushhub; mv /etc/pushhub.away /etc/pushhub")


def test_hub_with_a_key_of_its_own_needs_none_from_systemd(hub):
    """Neither to start nor to reload."""
    hub.stop()
    hub.lab.run("mv", KEY, "/etc/pushhub/own-key")
    try:
        hub.lab.run("chmod", "644", "/etc/pushhub/own-key")
        hub.configure("auth:\n  key-file: /etc/pushhub/own-key\n")
        hub.lab.systemctl("start", SERVICE)
        hub.lab.systemctl("reload", SERVICE)
        secret = hub.lab.path("/etc/pushhub/own-key").read_bytes().removesuffix(b"\n")
        with hub.subscribe(token=hub.token("42", secret=secret)) as stream:
            stream.opened()
    finally:
        hub.lab.run("chmod", "600", "/etc/pushhub/own-key")
        hub.lab.run("mv", "/etc/pushhub/own-key", KEY)


def test_without_a_key_it_does_not_start_and_says_how_to_make_one(hub):
    hub.stop()
    hub.lab.drop_in(SERVICE, "[Service]\nLoadCredential=\nRestart=no\n")
    assert hub.lab.systemctl("start", SERVICE, check=False).returncode != 0
    messages = [entry["MESSAGE"] for entry in hub.journal(f"_SYSTEMD_INVOCATION_ID={hub.show('InvocationID')}")]
    assert any("key" in message and "/dev/urandom" in message or "openssl" in message for message in messages), messages

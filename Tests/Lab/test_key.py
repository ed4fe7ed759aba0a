"""The key: where it comes from, and how it is changed."""

from installed import KEY, SERVICE


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
            hub.lab.write(KEY, "another secret, of at least thirty-two bytes\n", 0o600)
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
        hub.lab.systemctl("reload", SERVICE, check=False)
        entry = hub.wait_for_entry("PUSHHUB_KIND=configuration-refused")
        assert "32" in entry["MESSAGE"]
        with hub.subscribe(token=hub.token("42", secret=old_secret)) as stream:
            stream.opened()
    finally:
        hub.lab.path(KEY).write_bytes(old_secret)


def test_without_a_key_it_does_not_start_and_says_how_to_make_one(hub):
    hub.stop()
    hub.lab.drop_in(SERVICE, "[Service]\nLoadCredential=\nRestart=no\n")
    assert hub.lab.systemctl("start", SERVICE, check=False).returncode != 0
    messages = [entry["MESSAGE"] for entry in hub.journal(f"_SYSTEMD_INVOCATION_ID={hub.show('InvocationID')}")]
    assert any("key" in message and "/dev/urandom" in message or "openssl" in message for message in messages), messages

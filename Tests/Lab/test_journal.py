"""What is in the journal, and what is not."""

import json
import re

from installed import SERVICE


def test_entries_have_their_fields(hub):
    with hub.subscribe("field-test") as stream:
        connection = stream.opened()["connectionId"]
    hub.wait_for_entry("PUSHHUB_USER=field-test", "PUSHHUB_KIND=connection-closed")
    opened = hub.wait_for_entry("PUSHHUB_USER=field-test", "MESSAGE_ID=d71bac591f52454789f3055ed5cbbab1")
    assert opened["PUSHHUB_CONNECTION"] == connection
    assert opened["PUSHHUB_KIND"] == "connection-opened"
    assert (opened["PRIORITY"], opened["SYSLOG_IDENTIFIER"], opened["_TRANSPORT"]) == ("6", "pushhubd", "journal")
    # A field that were there twice would be a list.
    assert re.fullmatch(r"pushhubd/\w+(\+\w+)?\.swift", opened["CODE_FILE"])
    assert opened["CODE_LINE"].isdigit() and isinstance(opened["CODE_FUNC"], str)
    closed = hub.wait_for_entry("PUSHHUB_USER=field-test", "PUSHHUB_KIND=connection-closed")
    assert closed["PUSHHUB_CONNECTION"] == connection and closed["PUSHHUB_REASON"]
    # What `journalctl -fu pushhubd` shows is enough.
    for entry in (opened, closed):
        assert f" user=field-test connection={connection}" in entry["MESSAGE"]
    assert closed["MESSAGE"].endswith(f" reason={closed['PUSHHUB_REASON']}")


def test_one_users_story(hub):
    for user in ("story-1", "story-2"):
        with hub.subscribe(user) as stream:
            stream.opened()
    for user in ("story-1", "story-2"):
        hub.wait_for_entry(f"PUSHHUB_USER={user}", "PUSHHUB_KIND=connection-closed")
    story = hub.lab.journal("PUSHHUB_USER=story-1")
    assert [entry["PUSHHUB_KIND"] for entry in story] == ["connection-opened", "connection-closed"]


def test_refusals_tell_why(hub):
    assert hub.subscribe(token=hub.token("42", secret=b"another secret of at least thirty-two bytes")).status == 401
    refused = hub.wait_for_entry("PUSHHUB_KIND=token-refused")
    assert "signature" in refused["MESSAGE"] and refused["PUSHHUB_REASON"] == "bad-signature"
    hub.configure("limits:\n  connections-per-user: 1\n  per-user-policy: refuse\n")
    hub.lab.systemctl("reload", SERVICE)
    with hub.subscribe("greedy") as stream:
        stream.opened()
        assert hub.subscribe("greedy").status == 429
        assert hub.wait_for_entry("PUSHHUB_KIND=connection-refused", "PUSHHUB_USER=greedy")


def test_user_id_cannot_forge_a_field(hub):
    user = "mallory\nPRIORITY=0\nMESSAGE=forged"
    stream = hub.subscribe(user)
    # The contract allows no control character in a user id; whatever the hub answers, its log is its own.
    stream.close()
    hub.stop()
    entries = hub.journal()
    assert entries
    for entry in entries:
        assert entry["PRIORITY"] != "0"
        assert entry["MESSAGE"] != "forged"


def test_kinds_are_explained(hub):
    text = hub.lab.out("journalctl", "-u", SERVICE, "-x", "MESSAGE_ID=09d161936e404f1aa0165324a82a6371")
    assert "The push hub serves" in text and "Defined-By: pushhub" in text


def test_publisher_is_named_by_its_credentials(hub):
    hub.configure("log:\n  level: debug\n")
    hub.lab.systemctl("reload", SERVICE)
    hub.lab.run("useradd", "--user-group", "--groups", "pushhub", "named-publisher")
    try:
        uid = hub.lab.out("id", "-u", "named-publisher")
        hub.lab.run(
            "systemd-run", "--pipe", "--wait", "--collect", "-q", "-p", "User=named-publisher",
            "pushhub-send", "--broadcast", "notice", "{}",
        )
        entry = hub.wait_for_entry("PUSHHUB_KIND=publisher-connected", f"PUSHHUB_PUBLISHER_UID={uid}")
        assert int(entry["PUSHHUB_PUBLISHER_PID"]) > 0
        assert f" publisher-pid={entry['PUSHHUB_PUBLISHER_PID']} publisher-uid={uid} " in entry["MESSAGE"]
    finally:
        hub.lab.run("userdel", "named-publisher")


def test_no_token_and_no_payload_is_logged(hub):
    hub.configure("log:\n  level: trace\n")
    hub.lab.systemctl("restart", SERVICE)
    token = hub.token("quiet")
    bad_token = hub.token("quiet", secret=b"another secret of at least thirty-two bytes")
    with hub.subscribe(token=token) as stream:
        stream.opened()
        assert hub.command('PUSH user:quiet notice {"secret":"payload-7261"}').endswith(" 1")
        assert stream.next().data == {"secret": "payload-7261"}
        assert hub.command('PUSH user:quiet notice {"secret":"payload-7261"').startswith("ERR bad-json")
        assert hub.command("payload-7261 payload-7261").startswith("ERR bad-verb")
    assert hub.subscribe(token=bad_token).status == 401
    assert hub.lab.get(f"/sse/connect/auth?access_token={token}").startswith(b"HTTP/1.1 401")
    hub.stop()
    everything = json.dumps(hub.lab.journal())
    assert "PUSHHUB_KIND" in everything
    for text in ("payload-7261", hub.secret.decode()):
        assert text not in everything
    for given in (token, bad_token):
        for part in given.split(".")[1:]:
            assert part not in everything


def test_burst_is_summed_up(hub):
    invocation = hub.show("InvocationID")
    for number in range(300):
        # One after another, each of another user: no limit of the hub is in the way.
        with hub.subscribe(f"burst-{number}") as stream:
            stream.opened()
    hub.wait_for_entry("PUSHHUB_KIND=connection-opened", f"_SYSTEMD_INVOCATION_ID={invocation}", count=201)
    entries = hub.journal("PUSHHUB_KIND=connection-opened", f"_SYSTEMD_INVOCATION_ID={invocation}")
    hub.stop()
    entries = hub.journal("PUSHHUB_KIND=connection-opened", f"_SYSTEMD_INVOCATION_ID={invocation}")
    told = sum(1 for entry in entries if "PUSHHUB_USER" in entry)
    summed = sum(
        int(match.group(1)) for entry in entries if (match := re.search(r"… and (\d+) more like it in 5 s", entry["MESSAGE"]))
    )
    assert summed > 0
    assert told + summed == 300


def test_without_a_journal_lines_go_to_standard_error(hub):
    hub.lab.run("useradd", "--create-home", "plain")
    try:
        result = hub.lab.run(
            "setpriv", "--reuid=plain", "--regid=plain", "--clear-groups",
            "sh", "-c", "cd /tmp && PUSHHUB_LOG_TARGET=auto timeout 5 pushhubd --http-listen 127.0.0.1:0"
            " --publish-socket /tmp/plain.sock --auth-key-file /nonexistent",
            check=False,
        )
        assert result.returncode != 0
        assert re.search(r"^\d{4}-\d\d-\d\dT[\d:.]+Z critical: .*/nonexistent", result.stderr, re.M), result.stderr
    finally:
        hub.lab.run("userdel", "--remove", "plain")

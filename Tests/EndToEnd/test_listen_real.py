"""pushhub-send listen, watch, revoke and block with the real hub: what comes, what is told, and what is not lost."""

import json
import os
import signal
import subprocess

import pytest

from fake_hub import DEADLINE
from following import BINARY


def publish(hub, *data, target="user:42"):
    """Publishes, and returns the ids."""
    with hub.publisher() as publisher:
        return [publisher.command(f"PUSH {target} notice {item}").split()[1] for item in data]


def wait_for_listeners(hub, count):
    while json.loads(hub.command("STATS").removeprefix("OK "))["publishers"]["listening"] != count:
        assert hub.is_running()


def test_a_listener_hears_what_it_asked_for(hub, follow):
    before = publish(hub, 1)
    listener = follow("listen", "--user", "42", "--topic", "orders/*", "--since", "start", hub=hub)
    assert listener.wait_for(1) == [f"{before[0]} user:42 notice 1"]
    publish(hub, 2, target="user:43")
    live = publish(hub, '{"title":"hi"}') + publish(hub, 3, target="topics:news,orders/a%20b")
    assert listener.wait_for(3)[1:] == [
        f'{live[0]} user:42 notice {{"title":"hi"}}', f"{live[1]} topic:orders/a%20b notice 3"]
    listener.stop()
    assert listener.errors == [] and len(listener.lines) == 3


def test_texts_values_and_everyone_as_json(hub, follow):
    listener = follow("listen", "--broadcast", "--user", "42", "--json", hub=hub)
    wait_for_listeners(hub, 1)
    with hub.publisher() as publisher:
        publisher.command('@as=text;replace=a%20b PUSH * patch "<b>\\nhi</b>"')
        publisher.command("@clear=x PUSH user:42 state null")
    events = [json.loads(line) for line in listener.wait_for(2)]
    for event in events:
        del event["id"]
    assert events == [
        {"target": "*", "type": "patch", "text": "<b>\nhi</b>", "replace": "a b"},
        {"target": "user:42", "type": "state", "data": None, "clear": "x"}]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_over_a_restart_the_gap_is_told_and_then_every_event_comes_once(hub, follow, end):
    listener = follow("listen", "--user", "42", hub=hub)
    wait_for_listeners(hub, 1)
    ids = publish(hub, 1, 2)
    listener.wait_for(2)
    hub.signal(end)
    hub.process.wait(DEADLINE)
    hub.lines.clear()
    hub.start()
    ids += publish(hub, 3)
    listener.wait_for_error(f"gap: the hub no longer holds all events after {ids[1]}")
    ids += publish(hub, 4)
    assert listener.wait_for(4) == [f"{id} user:42 notice {n}" for n, id in enumerate(ids, 1)]
    listener.stop()
    assert len([error for error in listener.errors if "gap" in error]) == 1


def test_while_a_command_runs_nothing_is_lost(start_hub, follow, tmp_path):
    hub = start_hub({"stream.max-queued-bytes": "64KiB"})
    os.mkfifo(tmp_path / "gate")
    # The first waits; the others are told by their numbers.
    command = f'read -r number rest; echo "$PUSHHUB_EVENT_ID"; test "$number" != "[1," || cat {tmp_path}/gate'
    listener = follow("listen", "--user", "42", "--exec", command, hub=hub)
    wait_for_listeners(hub, 1)
    ids = publish(hub, *(f'[{n}, "{"x" * 60_000}"]' for n in range(1, 31)))
    listener.wait_for(1)
    # More than the kernel, the hub and the listener hold: it was dropped.
    wait_for_listeners(hub, 0)
    with open(tmp_path / "gate", "w"):
        pass
    assert listener.wait_for(30) == ids
    listener.stop()
    assert listener.errors == []


def test_over_its_own_restarts_nothing_is_lost(hub, follow, tmp_path):
    arguments = ["listen", "--user", "42", "--state", tmp_path / "state"]
    first = follow(*arguments, hub=hub)
    wait_for_listeners(hub, 1)
    ids = publish(hub, 1, 2)
    first.wait_for(2)
    first.stop()
    ids += publish(hub, 3, 4)
    second = follow(*arguments, hub=hub)
    second.wait_for(2)
    second.process.kill()
    second.ended()
    ids += publish(hub, 5)
    third = follow(*arguments, hub=hub)
    third.wait_for(1)
    while (tmp_path / "state").read_text() != ids[-1] + "\n":
        assert third.process.poll() is None
    third.stop()
    heard = [line.split()[0] for listener in (first, second, third) for line in listener.lines]
    # What was printed when it was killed may come twice.
    assert list(dict.fromkeys(heard)) == ids and heard[:4] == ids[:4]
    assert not any(listener.errors for listener in (first, second, third))


def test_two_listeners_hear_the_same(hub, follow, tmp_path):
    listeners = [follow("listen", "--all", "--state", tmp_path / name, hub=hub) for name in ("one", "other")]
    wait_for_listeners(hub, 2)
    ids = publish(hub, 1, 2, 3)
    for listener in listeners:
        assert [line.split()[0] for line in listener.wait_for(3)] == ids
        listener.stop()


def test_who_may_not_listen_is_told(start_hub, follow):
    hub = start_hub({"publish.allow": "everyone publish"})
    listener = follow("listen", "--user", "42", hub=hub)
    assert listener.ended() == 77 and listener.errors[0].startswith("pushhub-send: forbidden: ")


def test_help_is_the_grammar(hub):
    text = json.loads(hub.command("HELP").removeprefix("OK "))
    assert "\nPUSH <target> <event> <JSON>\n    OK <id> <sentCount>\n" in text


# watch


def test_who_is_there_comes_and_goes(start_hub, follow):
    hub = start_hub({"presence.grace": "2002ms", "stream.retry": "1ms"})
    with hub.subscribe("a b"):
        watcher = follow("watch", "users", hub=hub)
        assert watcher.wait_for(1) == ["present a%20b"]
        with hub.subscribe("c"):
            assert watcher.wait_for(2)[1:] == ["join c"]
        assert watcher.wait_for(3)[2:] == ["leave c"]
    watcher.stop()
    assert watcher.errors == []


def test_over_a_crash_of_the_hub_what_has_changed_is_told(hub, follow):
    token = hub.token("42", topics=["orders/*"])
    with hub.subscribe(token=token, path="/sse/connect/auth?topic=orders/1"):
        watcher = follow("watch", "--topic", "orders/*", "--json", hub=hub)
        assert json.loads(watcher.wait_for(1)[0]) == {"action": "present", "user": "42", "topic": "orders/1"}
        hub.kill()
    hub.lines.clear()
    hub.start()
    assert json.loads(watcher.wait_for(2)[1]) == {"action": "leave", "user": "42", "topic": "orders/1"}
    watcher.stop()


# Rights


def test_revoking_and_blocking_close_streams_and_are_taken_back(hub):
    def send(*arguments):
        result = subprocess.run(
            [BINARY, "--socket", hub.socket_path, *arguments], capture_output=True, text=True, timeout=DEADLINE)
        assert result.returncode == 0 and result.stderr == "", result
        return result.stdout

    for take, give in ((["revoke", "--before", "4000000000"], ["unrevoke"]), (["block", "--for", "1h"], ["unblock"])):
        with hub.subscribe("42") as stream:
            stream.opened()
            assert send(*take, "--user", "42") == "1\n"
        assert hub.request("GET", "/sse/connect/auth", hub.token("42")).status in (401, 403)
        assert send("--json", *give, "--user", "42") == '{"closedCount":0}\n'
        with hub.subscribe("42") as stream:
            stream.opened()

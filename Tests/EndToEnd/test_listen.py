"""pushhub-send listen and watch, the real binary, against a hub that follows a script of the test's."""

import json
import os
import signal
import stat
import subprocess
import threading

import pytest

from fake_hub import DEADLINE
from following import BINARY


def event(number, target="user:42", json="1", tags=""):
    return f"{tags}EVENT 7-{number} {target} notice {json}\n"


class Listeners:
    """A script: each connection is answered as the next of `replies` says, and stays open until it is let go."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.peers = []
        self.gates = [threading.Event() for _ in replies]

    def __call__(self, peer, hub):
        index = len(self.peers)
        self.peers.append(peer)
        hub.lines.append(peer.line().decode())
        peer.send(self.replies[index])
        if index == len(self.replies) - 1:
            peer.wait_for_end()
        else:
            assert self.gates[index].wait(DEADLINE)

    def let_go(self, index):
        self.gates[index].set()


def test_events_are_lines(fake, follow):
    script = Listeners(
        "OK 7-3 none\n" + event(4, json='{"title":"hi"}') + event(5, "topic:a%20b", '"a\\nb"', "@as=text;new=1;replace=x "))
    hub = fake(script)
    listener = follow("listen", "--user", "42", "--topic", "a b", "--topic", "c/*", hub=hub)
    assert listener.wait_for(2) == ['7-4 user:42 notice {"title":"hi"}', '7-5 topic:a%20b notice "a\\nb"']
    assert hub.lines == ["LISTEN user:42 topic:a%20b topic:c/*\n"]
    assert listener.stop() == -signal.SIGTERM and listener.errors == []


def test_as_json_they_are_objects(fake, follow):
    hub = fake(Listeners("OK 7-3 start\n" + event(4, "topic:a%20b", '"a\\nb"', "@as=text;replace=x%20y ")))
    listener = follow("listen", "--all", "--since", "start", "--json", hub=hub)
    assert [json.loads(line) for line in listener.wait_for(1)] == [
        {"id": "7-4", "target": "topic:a b", "type": "notice", "text": "a\nb", "replace": "x y"}]
    assert hub.lines == ["LISTEN all since=start\n"]
    assert listener.stop(signal.SIGINT) == -signal.SIGINT


def test_it_comes_back_from_its_last_event(fake, follow):
    script = Listeners(
        "OK 7-3 none\n", "OK 7-3 complete\n" + event(4) + "EVENT 7-5 half", "OK 7-9 gap\n" + event(8), "OK 7-9 complete\n")
    hub = fake(script)
    listener = follow("listen", "--user", "42", hub=hub)
    script.let_go(0)
    listener.wait_for(1)
    script.let_go(1)
    listener.wait_for(2)
    listener.wait_for_error("gap: the hub no longer holds all events after 7-4")
    script.let_go(2)
    # An end without a word is told only where the next attempt fails.
    while len(hub.lines) < 4:
        assert listener.process.poll() is None
    assert hub.lines == [
        "LISTEN user:42\n", "LISTEN user:42 since=7-3\n", "LISTEN user:42 since=7-4\n", "LISTEN user:42 since=7-8\n"]
    listener.stop()
    assert listener.lines == ["7-4 user:42 notice 1", "7-8 user:42 notice 1"] and len(listener.errors) == 1


def test_a_hub_that_is_gone_is_told_once_and_waited_for(fake, follow, tmp_path):
    script = Listeners("OK 7-3 none\n", "OK 7-3 complete\n" + event(4))
    hub = fake(script)
    away = tmp_path / "away"
    os.rename(hub.path, tmp_path / "elsewhere")
    listener = follow("listen", "--user", "42", hub=type("Hub", (), {"path": str(tmp_path / "elsewhere")}))
    while not hub.lines:
        assert listener.process.poll() is None
    os.rename(tmp_path / "elsewhere", away)
    script.let_go(0)
    listener.wait_for_error("the hub closed the connection: waiting for it to come back")
    os.rename(away, tmp_path / "elsewhere")
    listener.wait_for(1)
    listener.stop()
    assert len(listener.errors) == 1


def test_a_slow_listener_asks_again_over_the_same_connection(fake, follow):
    def script(peer, hub):
        hub.lines.append(peer.line().decode())
        peer.send("OK 7-3 none\n" + event(4) + "ERR slow-consumer 7-4\n")
        hub.lines.append(peer.line().decode())
        peer.send("OK 7-6 complete\n" + event(5))
        peer.wait_for_end()

    hub = fake(script)
    listener = follow("listen", "--user", "42", hub=hub)
    assert len(listener.wait_for(2)) == 2
    assert hub.lines == ["LISTEN user:42\n", "LISTEN user:42 since=7-4\n"]
    listener.stop()
    assert listener.errors == []


@pytest.mark.parametrize(
    "reply, code, told",
    [
        ("ERR forbidden publish.allow does not let you listen\n", 77, "forbidden: publish.allow"),
        ("ERR bad-target too many\n", 65, "bad-target: too many"),
        ("OK pong\n", 69, "does not answer as a hub does: OK pong"),
        ("ERR draining bye\n", 75, "no reply from the hub within 300ms (draining: bye)"),
        ("", 75, "no reply from the hub within 300ms"),
    ],
)
@pytest.mark.parametrize("command", [["listen", "--user", "42"], ["watch", "users"]], ids=lambda words: words[0])
def test_a_hub_that_does_not_listen_has_its_exit_code(fake, follow, command, reply, code, told):
    def script(peer, hub):
        peer.line()
        peer.send(reply)
        peer.wait_for_end()

    process = follow(*command, "--timeout", "300ms", hub=fake(script))
    assert process.ended() == code and process.lines == []
    assert len(process.errors) == 1 and told in process.errors[0]


def test_no_hub_at_the_start_is_an_error(tmp_path, follow):
    process = follow("listen", "--all", hub=type("Hub", (), {"path": str(tmp_path / "none")}))
    assert process.ended() == 69 and "no hub listens at" in process.errors[0]


def test_it_ends_when_nobody_reads(fake):
    hub = fake(Listeners("OK 7-3 none\n" + event(4)))
    process = subprocess.Popen([BINARY, "--socket", hub.path, "listen", "--all"], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"7-4 user:42 notice 1\n"
    process.stdout.close()
    assert process.wait(DEADLINE) == -signal.SIGPIPE


def test_it_ends_though_its_reader_does_not_read(fake):
    sent = threading.Event()

    def script(peer, hub):
        peer.line()
        peer.send("OK 7-3 none\n")
        for number in range(4, 40):
            peer.send(event(number, json='"' + "x" * 4096 + '"'))
        sent.set()
        peer.wait_for_end()

    hub = fake(script)
    process = subprocess.Popen([BINARY, "--socket", hub.path, "listen", "--all"], stdout=subprocess.PIPE)
    assert sent.wait(DEADLINE)
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE) == -signal.SIGTERM
    process.stdout.close()


def test_a_closed_standard_output_is_an_error_unless_nothing_is_printed(fake, follow):
    def with_closed_output(*arguments):
        hub = fake(Listeners("OK 7-3 none\n"))
        command = ["/bin/sh", "-c", 'exec "$0" "$@" >&-', BINARY, "--socket", hub.path, "listen", "--all", *arguments]
        return hub, subprocess.Popen(command, stderr=subprocess.PIPE)

    _, process = with_closed_output()
    assert process.communicate(timeout=DEADLINE)[1] == b"pushhub-send: cannot write to standard output: Bad file descriptor\n"
    assert process.returncode == 74
    hub, process = with_closed_output("--exec", "true")
    while not hub.lines:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE) == -signal.SIGTERM
    process.stderr.close()


# --exec


def test_commands_run_one_by_one_with_the_payload_and_what_it_is(fake, follow):
    hub = fake(Listeners(
        "OK 7-3 none\n" + event(4, "topic:a%20b", '{"title": "hi"}') + event(5, json='"one\\ntwo"', tags="@as=text ")))
    command = 'echo "$PUSHHUB_EVENT_ID $PUSHHUB_EVENT_TYPE $PUSHHUB_EVENT_TARGET:"; cat; echo'
    listener = follow("listen", "--all", "--exec", command, hub=hub)
    assert listener.wait_for(5) == ["7-4 notice topic:a b:", '{"title": "hi"}', "7-5 notice user:42:", "one", "two"]
    listener.stop()
    assert listener.errors == []


def test_a_large_payload_that_is_not_read_holds_up_nobody(fake, follow):
    hub = fake(Listeners("OK 7-3 none\n" + event(4, json='"' + "x" * 1_000_000 + '"') + event(5)))
    listener = follow("listen", "--all", "--exec", "echo $PUSHHUB_EVENT_ID; head -c 3; echo", hub=hub)
    assert listener.wait_for(4) == ["7-4", '"xx', "7-5", "1"]
    listener.stop()


def test_a_command_that_fails_is_told_and_the_next_is_run(fake, follow):
    hub = fake(Listeners("OK 7-3 none\n" + "".join(map(event, range(4, 8)))))
    command = 'case $PUSHHUB_EVENT_ID in 7-4) exit 3 ;; 7-5) kill -9 $$ ;; 7-6) no-such-command ;; *) echo done ;; esac'
    listener = follow("listen", "--all", "--exec", command, hub=hub)
    assert listener.wait_for(1) == ["done"]
    listener.stop()
    told = [error for error in listener.errors if error.startswith("pushhub-send: ")]
    assert told == [
        "pushhub-send: the command for 7-4 exited with 3", "pushhub-send: the command for 7-5 was ended by signal 9",
        "pushhub-send: the command for 7-6 exited with 127"]


def test_with_json_an_event_is_printed_as_well(fake, follow):
    hub = fake(Listeners("OK 7-3 none\n" + event(4) + event(5)))
    listener = follow("listen", "--all", "--json", "--exec", "echo ran", hub=hub)
    lines = listener.wait_for(4)
    assert [json.loads(line)["id"] for line in lines[::2]] == ["7-4", "7-5"] and lines[1::2] == ["ran", "ran"]
    listener.stop()


def test_signals_are_a_commands_own_again(fake, follow):
    hub = fake(Listeners("OK 7-3 none\n" + event(4)))
    listener = follow("listen", "--all", "--exec", "grep -E '^Sig(Blk|Ign)' /proc/self/status", hub=hub)
    blocked, ignored = (int(line.split()[1], 16) for line in listener.wait_for(2))
    assert blocked == 0 and not ignored & 1 << signal.SIGPIPE - 1
    listener.stop()


def test_while_a_command_runs_only_a_little_is_read(fake, follow, tmp_path):
    os.mkfifo(tmp_path / "gate")
    blocked = threading.Event()

    def script(peer, hub):
        peer.line()
        peer.send("OK 7-3 none\n")
        peer.sock.setblocking(False)
        data = "".join(event(number, json='"' + "x" * 1000 + '"') for number in range(4, 4000)).encode()
        hub.sent = 0
        try:
            while True:
                hub.sent += peer.sock.send(data[hub.sent : hub.sent + 65536])
        except BlockingIOError:
            pass
        # What it has room for once more is little: it does not read.
        blocked.set()
        peer.sock.setblocking(True)
        peer.wait_for_end()

    hub = fake(script)
    listener = follow("listen", "--all", "--exec", f"echo begun; cat {tmp_path}/gate", hub=hub)
    listener.wait_for(1)
    assert blocked.wait(DEADLINE) and hub.sent < 2_000_000
    assert listener.lines == ["begun"]


def test_stopping_waits_for_the_command(fake, follow, tmp_path):
    os.mkfifo(tmp_path / "gate")
    hub = fake(Listeners("OK 7-3 none\n" + event(4) + event(5)))
    state = tmp_path / "state"
    command = f"echo begun; cat {tmp_path}/gate; echo ended"
    listener = follow("listen", "--all", "--state", state, "--exec", command, hub=hub)
    listener.wait_for(1)
    listener.process.send_signal(signal.SIGTERM)
    assert state.read_text() == "7-3\n"
    with open(tmp_path / "gate", "w"):
        pass
    assert listener.ended() == -signal.SIGTERM
    assert listener.lines == ["begun", "ended"] and state.read_text() == "7-4\n"


def test_a_second_signal_does_not_wait_and_the_event_is_not_done(fake, follow, tmp_path):
    os.mkfifo(tmp_path / "gate")
    hub = fake(Listeners("OK 7-3 none\n" + event(4)))
    listener = follow(
        "listen", "--all", "--state", tmp_path / "state", "--exec", f"echo begun; cat {tmp_path}/gate", hub=hub)
    listener.wait_for(1)
    listener.process.send_signal(signal.SIGINT)
    listener.process.send_signal(signal.SIGTERM)
    assert listener.process.wait(DEADLINE) == -signal.SIGINT
    assert (tmp_path / "state").read_text() == "7-3\n"


def test_a_signal_for_both_leaves_the_event_undone(fake, follow, tmp_path):
    os.mkfifo(tmp_path / "gate")
    hub = fake(Listeners("OK 7-3 none\n" + event(4)))
    listener = follow(
        "listen", "--all", "--state", tmp_path / "state", "--exec", f"echo begun; cat {tmp_path}/gate", hub=hub)
    listener.wait_for(1)
    # Not SIGINT, which dash loses when it comes just as a command is started.
    os.killpg(listener.process.pid, signal.SIGTERM)
    assert listener.ended() == -signal.SIGTERM and listener.errors == []
    assert (tmp_path / "state").read_text() == "7-3\n"


# --state


def test_the_next_run_goes_on_behind_the_last_event(fake, follow, tmp_path):
    state = tmp_path / "state"
    script = Listeners("OK 7-3 start\n" + event(4) + event(5), "OK 7-9 complete\n" + event(6))
    hub = fake(script)
    arguments = ["listen", "--all", "--since", "start", "--state", state]
    first = follow(*arguments, hub=hub)
    first.wait_for(2)
    first.stop()
    assert state.read_text() == "7-5\n"
    script.let_go(0)
    second = follow(*arguments, hub=hub)
    second.wait_for(1)
    second.kill()
    assert hub.lines == ["LISTEN all since=start\n", "LISTEN all since=7-5\n"]
    assert second.lines == ["7-6 user:42 notice 1"]


def test_over_a_kill_no_event_is_left_out(fake, follow, tmp_path):
    os.mkfifo(tmp_path / "gate")
    script = Listeners("OK 7-3 none\n" + event(4) + event(5), "OK 7-5 complete\n" + event(5))
    hub = fake(script)
    state = tmp_path / "state"
    command = f'echo "$PUSHHUB_EVENT_ID"; test "$PUSHHUB_EVENT_ID" = 7-4 || cat {tmp_path}/gate'
    first = follow("listen", "--all", "--state", state, "--exec", command, hub=hub)
    first.wait_for(2)
    first.process.kill()
    with open(tmp_path / "gate", "w"):
        pass
    first.ended()
    assert state.read_text() == "7-4\n"
    script.let_go(0)
    second = follow("listen", "--all", "--state", state, "--exec", "echo again $PUSHHUB_EVENT_ID", hub=hub)
    assert second.wait_for(1) == ["again 7-5"]
    assert hub.lines[1] == "LISTEN all since=7-4\n"


@pytest.mark.parametrize("kind", ["fifo", "device", "directory"])
def test_what_is_no_file_is_not_replaced_by_one(fake, follow, tmp_path, kind):
    place = tmp_path / "place"
    if kind == "directory":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    else:
        try:
            os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        except PermissionError:
            pytest.skip("only root may make a device")
    before = place.stat()
    listener = follow("listen", "--all", "--state", place, hub=fake(Listeners("OK 7-3 none\n")))
    assert listener.ended() == 73
    assert (place.stat().st_ino, place.stat().st_mode) == (before.st_ino, before.st_mode)


def test_a_link_leads_to_the_file_that_is_kept_with_its_mode(fake, follow, tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("")
    target.chmod(0o640)
    link.symlink_to(target)
    listener = follow("listen", "--all", "--state", link, hub=fake(Listeners("OK 7-3 none\n" + event(4))))
    listener.wait_for(1)
    listener.stop()
    assert link.is_symlink() and target.read_text() == "7-4\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_state_file_belongs_to_one_listener(fake, follow, tmp_path):
    hub = fake(Listeners("OK 7-3 none\n" + event(4)))
    first = follow("listen", "--all", "--state", tmp_path / "state", hub=hub)
    first.wait_for(1)
    second = follow("listen", "--all", "--state", tmp_path / "state", hub=hub)
    assert second.ended() == 75 and "is another listener's" in second.errors[0]
    (tmp_path / "other").write_text("not an id\n")
    third = follow("listen", "--all", "--state", tmp_path / "other", hub=hub)
    assert third.ended() == 65 and "holds no id of an event" in third.errors[0]
    nowhere = follow("listen", "--all", "--state", tmp_path / "none/state", hub=hub)
    assert nowhere.ended() == 73 and "cannot open the state file" in nowhere.errors[0]


# watch


def test_watching_goes_on_over_a_lost_connection(fake, follow):
    script = Listeners(
        "OK 2\nPRESENT a%20b orders/42\nPRESENT c orders/42\nJOIN d orders/42\n",
        "OK 2\nPRESENT c orders/42\nPRESENT e orders/42\nLEAVE e orders/42\n")
    hub = fake(script)
    watcher = follow("watch", "--topic", "orders/*", hub=hub)
    assert watcher.wait_for(3) == ["present a%20b orders/42", "present c orders/42", "join d orders/42"]
    script.let_go(0)
    assert watcher.wait_for(7)[3:] == [
        "join e orders/42", "leave a%20b orders/42", "leave d orders/42", "leave e orders/42"]
    assert hub.lines == ["WATCH topic:orders/*\n"] * 2
    assert watcher.stop() == -signal.SIGTERM and watcher.errors == []


def test_as_json_who_is_there_is_an_object(fake, follow):
    hub = fake(Listeners("OK 1\nPRESENT a%20b\nLEAVE a%20b\n"))
    watcher = follow("watch", "users", "--json", hub=hub)
    assert [json.loads(line) for line in watcher.wait_for(2)] == [
        {"action": "present", "user": "a b"}, {"action": "leave", "user": "a b"}]
    assert hub.lines == ["WATCH users\n"]

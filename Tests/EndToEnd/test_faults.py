"""What goes wrong around the hub, and what is lost by it. The rule: what was answered OK and is in history reaches every
client that comes back with its last id, and a client whose position is gone is told so (`gap`)."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from conftest import binary
from hub import DEADLINE, SECRET, Hub, b64, make_token


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.005)


def statistics(hub):
    return json.loads(hub.command("STATS")[3:])


def accepted(publisher, lines):
    """Sends lines; returns the ids of those that were answered OK."""
    lines = list(lines)
    publisher.send("".join(line + "\n" for line in lines))
    return [reply.split()[1] for reply in (publisher.reply() for _ in lines) if reply.startswith("OK ")]


# Clients

def test_the_buffers_of_many_clients_full_at_once_lose_nothing(start_hub):
    """Lost: the streams; not an event, for who returns."""
    hub = start_hub({"stream.max-queued-bytes": "64KiB"})
    text = "x" * 60_000
    with hub.subscribe("quick") as quick:
        quick.opened()
        slow = [hub.subscribe(f"slow{n}") for n in range(60)]
        positions = [(stream.opened(), stream.last_id)[1] for stream in slow]
        ids = []
        with hub.publisher() as publisher:
            while statistics(hub)["closesByReason"].get("slow-consumer", 0) < len(slow):
                assert len(ids) < 500
                ids += accepted(publisher, [f'PUSH * n ["{text}",{len(ids)}]'])
                assert quick.next().data[1] == len(ids) - 1
            ids += accepted(publisher, ["PUSH * n [0,-1]"])
        for number, stream in enumerate(slow):
            events = stream.rest()
            assert events[-1].data["reason"] == "slow-consumer"
            got = [event.id for event in events[:-1]]
            assert got == ids[:len(got)], "a hole before the end"
            stream.close()
            with hub.subscribe(f"slow{number}", last_event_id=stream.last_id) as again:
                assert again.opened()["replay"] == "complete"
                got += [again.next().id for _ in ids[len(got):]]
            assert got == ids and positions[number]


def test_a_client_that_reads_a_byte_at_a_time_hinders_nobody(start_hub):
    """Lost: its stream, for TCP tells the sender nothing of single bytes: it looks like one that takes none. Not an
    event, if it returns."""
    hub = start_hub({"stream.connection-timeout": "1s"})
    with socket.socket() as client, hub.subscribe("42") as quick, hub.publisher() as publisher:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.connect(("127.0.0.1", hub.port))
        client.settimeout(DEADLINE)
        client.sendall(f"GET /sse/connect/auth HTTP/1.0\r\nHost: a\r\nAuthorization: Bearer {hub.token('42')}\r\n\r\n".encode())
        quick.opened()
        data = b""
        while b"event: welcome" not in data or not data.endswith(b"\n\n"):
            data += client.recv(1)
        ids = accepted(publisher, (f'PUSH user:42 n ["{"x" * 300_000}",{n}]' for n in range(3)))
        assert [quick.next().data[1] for _ in ids] == [0, 1, 2]
        # Sips while another is served with every event at once, until the hub has enough of it.
        pause = threading.Event()
        with contextlib.suppress(ConnectionResetError):
            while (sip := client.recv(1)) and "connection closed: timeout" not in hub.log():
                data += sip
                pause.wait(0.01)
                ids += accepted(publisher, [f"PUSH user:42 n [0,{len(ids)}]"])
                assert quick.next().data[1] == len(ids) - 1
        assert len(ids) > 20
        hub.wait_for_log("connection closed: timeout")
    position = re.findall(rb"id: (\S+)\n[^\0]*?\n\n", data)[-1].decode()
    missed = ids[ids.index(position) + 1:] if position in ids else ids
    with hub.subscribe("42", last_event_id=position) as again:
        assert again.opened()["replay"] == "complete"
        assert [again.next_of("n").id for _ in missed] == missed


# Publishers

def test_a_publisher_that_stalls_in_mid_line_holds_up_nobody(start_hub):
    """Lost: the line that it never ended, which was never answered OK."""
    hub = start_hub({"publish.max-line-size": "1MiB"})
    with hub.subscribe("42") as stream:
        stream.opened()
        stalled = [hub.publisher() for _ in range(100)]
        for publisher in stalled:
            publisher.send(b'PUSH user:42 n "' + b"x" * 100_000)
        with hub.publisher() as publisher:
            ids = accepted(publisher, (f"PUSH user:42 n {n}" for n in range(1000)))
            assert [stream.next().id for _ in range(1000)] == ids
        # One ends its line after all, one closes in the middle of it, the others still stall when the hub ends.
        stalled[0].send(b'"\n')
        assert stalled[0].reply().startswith("OK ")
        assert len(stream.next().data) == 100_000
        assert stalled[1].finish()[0].startswith("ERR incomplete ")
        began = time.monotonic()
        hub.signal(signal.SIGTERM)
        assert stream.next().type == "close"
        assert hub.process.wait(DEADLINE) == 0
        assert time.monotonic() - began < 5, "it waited for publishers that say nothing"
        for publisher in stalled:
            publisher.close()


def test_publishers_that_connect_over_and_over_hold_up_nobody(start_hub):
    hub = start_hub({"publish.max-publishers": "1", "threads": "1", "log.level": "info"})
    is_over, counts = threading.Event(), []

    def storm():
        while not is_over.is_set():
            with contextlib.suppress(ConnectionRefusedError, BlockingIOError), socket.socket(socket.AF_UNIX) as client:
                client.connect(hub.socket_path)
                counts.append(1)

    with hub.publisher() as publisher, hub.subscribe("42") as stream:
        assert publisher.command("PING") == "OK pong"
        stream.opened()
        threads = [threading.Thread(target=storm) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for number in range(200):
                assert publisher.command(f"PUSH user:42 n {number}").endswith(" 1")
                assert stream.next().data == number
        finally:
            is_over.set()
            for thread in threads:
                thread.join()
    assert len(counts) > 100


# Descriptors

def test_without_descriptors_streams_and_publishers_live_on_and_newcomers_are_served_later(start_hub):
    """Lost: nothing. Who comes while there is none left waits."""
    hub = start_hub({"http.header-timeout": "1s", "http.idle-timeout": "1s", "limits.connections": "20"}, limit=100)
    with hub.subscribe("42") as stream, hub.publisher() as publisher:
        stream.opened()
        ids = accepted(publisher, ["PUSH user:42 n 1"])
        hogs = [socket.create_connection(("127.0.0.1", hub.port), DEADLINE) for _ in range(150)]
        hub.wait_for_log("cannot accept HTTP connections")
        late = hub.publisher()
        hub.wait_for_log("cannot accept publishers")
        late.send("PUSH user:42 n 3\n")
        ids += accepted(publisher, ["PUSH user:42 n 2"])
        assert [stream.next().data, stream.next().data] == [1, 2]
        # The hogs' time is up after a second: service comes back by itself.
        assert late.reply().startswith("OK ")
        assert stream.next().data == 3
        hub.wait_for_log("publishers are accepted again")
        with hub.subscribe("43") as other:
            other.opened()
        for hog in hogs:
            hog.close()
        late.close()


# Clocks

FAKETIME = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


@pytest.fixture
def clock(start_hub, tmp_path):
    """A hub whose wall clock can be set while it runs; its monotonic clock goes on."""
    if FAKETIME is None:
        pytest.skip("needs libfaketime (Debian: faketime)")
    file = tmp_path / "time"
    file.write_text("+0")
    environment = {
        "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }

    class Clock:
        hub = start_hub({"stream.heartbeat-interval": "200ms", "history.max-age": "10m"}, environment=environment)

        def set(self, offset):
            changed = tmp_path / "new"
            changed.write_text(offset)
            changed.rename(file)

        def now(self, stream):
            return stream.next_of("heartbeat").data["timestamp"]

    return Clock()


def beats(stream, count):
    """How many seconds so many heartbeats take, by this process's clock."""
    stream.next_of("heartbeat")
    began = time.monotonic()
    for _ in range(count):
        stream.next_of("heartbeat")
    return time.monotonic() - began


def test_a_clock_set_forward_ends_tokens_and_nothing_else(clock):
    """Lost: nothing. Expiry goes by the wall clock; heartbeats, history and timeouts by the one that is never set."""
    hub = clock.hub
    with hub.subscribe("1", token=hub.token("1", lifetime=3600)) as mortal, hub.subscribe(
            "2", token=hub.token("2", lifetime=None)) as eternal:
        mortal.opened(), eternal.opened()
        id = hub.command("PUSH user:2 n 1").split()[1]
        assert eternal.next_of("n").id == id
        today = clock.now(eternal)
        clock.set("+2d")
        assert mortal.next_of("close").data["reason"] == "token-expired"
        while clock.now(eternal)[:10] == today[:10]:
            pass
        assert 0.7 < beats(eternal, 5) < 3
        assert hub.subscribe("1", token=hub.token("1", lifetime=3600)).status == 401
        # History is ten minutes long, and two days by the wall are none of them.
        hub.command("PUSH user:2 n 2")
        assert eternal.next_of("n").data == 2
        with hub.subscribe("2", token=hub.token("2", lifetime=None), last_event_id=id) as again:
            assert again.opened()["replay"] == "complete"
            assert again.next_of("n").data == 2


def test_a_clock_set_back_changes_nothing(clock):
    """Lost: nothing. Ids go on growing, heartbeats come as often as before."""
    hub = clock.hub
    with hub.subscribe("1", token=hub.token("1", lifetime=3600)) as stream:
        stream.opened()
        first = hub.command("PUSH user:1 n 1").split()[1]
        today = clock.now(stream)
        clock.set("-3d")
        while clock.now(stream) >= today:
            pass
        assert 0.7 < beats(stream, 5) < 3
        second = hub.command("PUSH user:1 n 2").split()[1]
        assert [int(part) for part in second.split("-")] > [int(part) for part in first.split("-")]
        assert stream.next_of("n").data == 2
        with hub.subscribe("1", last_event_id=first) as again:
            assert again.opened()["replay"] == "complete"
            assert again.next_of("n").data == 2
        # A token that is good by the hub's clock is good.
        with hub.subscribe("1", token=hub.token("1", lifetime=-86_400)) as early:
            early.opened()
        connection = json.loads(hub.command("CONNECTIONS 1")[3:])["connections"][0]
        path = f"/sse/connections/{connection['connectionId']}/renew"
        assert hub.request("POST", path, hub.token("1", lifetime=7200)).status == 200


# The log

def work(hub, count=2000):
    """A burst of everything that is logged; returns how long it took."""
    began = time.monotonic()
    with hub.subscribe("42") as stream, hub.publisher() as publisher:
        stream.opened()
        ids = accepted(publisher, (f"PUSH user:42 n {n}" for n in range(count)))
        assert [stream.next().id for _ in ids] == ids and len(ids) == count
        for _ in range(50):
            assert publisher.command("BOGUS").startswith("ERR bad-verb ")
            assert hub.request("GET", "/sse/stats", make_token({"sub": "x"}, b"y" * 32)).status == 401
            with hub.subscribe("43") as other:
                other.opened()
    return time.monotonic() - began


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_reader_of_the_log_that_hangs_holds_up_nobody(tmp_path):
    """Lost: log entries. Standard error is a pipe that is full."""
    hub = Hub(binary("pushhubd", "PUSHHUBD"), tmp_path / "hub", {"http.listen": f"127.0.0.1:{(port := free_port())}", "log.level": "trace"})
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    serve_silently(hub, port, [hub.binary], stderr=writer)
    os.close(writer)
    os.close(reader)


@pytest.mark.parametrize("journal", ["gone", "nobody reads"])
def test_a_journal_that_is_gone_or_hangs_holds_up_nobody(tmp_path, journal):
    """Lost: log entries. The journal's socket is replaced in a mount namespace of the hub's own."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare(1)")
    directory = tmp_path / "journal"
    directory.mkdir()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    if journal == "nobody reads":
        server.bind(str(directory / "socket"))
    hub = Hub(binary("pushhubd", "PUSHHUBD"), tmp_path / "hub", {
        "http.listen": f"127.0.0.1:{(port := free_port())}", "log.target": "journal", "log.level": "trace"})
    os.makedirs("/run/systemd/journal", exist_ok=True)
    script = f"mount --bind {directory} /run/systemd/journal && exec {hub.binary}"
    serve_silently(hub, port, ["unshare", "--mount", "--propagation", "private", "sh", "-c", script])
    if journal == "nobody reads":
        server.setblocking(False)
        first = server.recv(1 << 16)
        assert b"pushhubd" in first and b"MESSAGE=" in first
    server.close()


def serve_silently(hub, port, command, stderr=subprocess.DEVNULL):
    """Starts a hub whose log cannot be read here, has it work, and ends it."""
    hub.process = subprocess.Popen(
        command, env=hub.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, cwd=hub.directory)
    hub.port = port
    try:
        def serves():
            assert hub.process.poll() is None, hub.process.returncode
            with contextlib.suppress(OSError):
                return hub.request("GET", "/healthz").status == 200
        wait_until(serves, "it does not serve")
        assert work(hub) < DEADLINE / 2
        began = time.monotonic()
        assert hub.stop() == 0
        # It gives a log that takes nothing two seconds at the end, and no more.
        assert time.monotonic() - began < 6
    finally:
        hub.kill()


# Ends

def test_sigterm_in_the_middle_of_everything_loses_nothing_that_was_answered_ok(start_hub):
    """Lost: history, with the process. Who is connected has every event that was answered OK before its stream ended."""
    hub = start_hub({"stream.max-queued-bytes": "64MiB"})
    streams = [hub.subscribe(f"u{n % 10}", version=["1.0", "1.1"][n % 2]) for n in range(40)]
    for stream in streams:
        stream.opened()
    accepted_by_user = [[] for _ in range(10)]
    begun = threading.Barrier(7)

    def publish(number):
        with hub.publisher() as publisher, contextlib.suppress(EOFError, ConnectionError):
            begun.wait()
            while True:
                publisher.send(f"PUSH user:u{number} n 1\n")
                reply = publisher.reply()
                if not reply.startswith("OK "):
                    assert reply.startswith("ERR draining "), reply
                    return
                accepted_by_user[number].append(reply.split()[1])

    def disturb():
        begun.wait()
        while hub.is_running():
            with contextlib.suppress(OSError, EOFError):
                hub.subscribe("u9").close()
            with contextlib.suppress(OSError, EOFError):
                hub.request("GET", "/healthz")

    # Five publish, one comes and goes.
    threads = [threading.Thread(target=publish, args=[number]) for number in range(5)] + [threading.Thread(target=disturb)]
    for thread in threads:
        thread.start()
    begun.wait()
    wait_until(lambda: all(len(ids) > 50 for ids in accepted_by_user[:5]), "nothing is published")
    hub.signal(signal.SIGTERM)
    assert hub.process.wait(DEADLINE) == 0
    for thread in threads:
        thread.join()
    for number, stream in enumerate(streams):
        events = stream.rest()
        assert events[-1].data == {"reason": "shutdown", "reconnect": True}
        assert [event.id for event in events if event.type == "n"] == accepted_by_user[number % 10]
        stream.close()


def test_a_second_sigterm_ends_it_at_once(start_hub):
    """Lost: what waits for slow clients. They are cut, and are told `gap` when they return."""
    hub = start_hub({"stream.max-queued-bytes": "64MiB", "shutdown.grace": "60s"})
    with hub.subscribe("slow") as slow, hub.publisher() as publisher:
        slow.opened()
        accepted(publisher, ['PUSH user:slow n "' + "x" * 900_000 + '"'] * 16)
        hub.signal(signal.SIGTERM)
        hub.wait_for_log("stopping: SIGTERM")
        hub.signal(signal.SIGHUP)
        began = time.monotonic()
        while not publisher.command("PUSH user:slow n 1").startswith("ERR draining "):
            assert time.monotonic() - began < 10
        while hub.process.poll() is None:
            hub.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                hub.process.wait(0.1)
            assert time.monotonic() - began < 10
        assert hub.process.returncode == -signal.SIGTERM
        hub.wait_for_log("stopped at once: SIGTERM came again")
        assert not os.path.exists(hub.socket_path)


def test_after_kill_9_clients_are_told_and_no_id_comes_again(start_hub):
    """Lost: history, and what was on its way. Every client that returns with its id is told `gap`."""
    hub = start_hub()
    streams = [hub.subscribe(f"u{n}") for n in range(20)]
    for stream in streams:
        stream.opened()
    with hub.publisher() as publisher:
        ids = accepted(publisher, ["PUSH * n 1"] * 100)
    for stream in streams:
        assert [stream.next().id for _ in range(50)] == ids[:50]
    hub.kill()
    assert os.path.exists(hub.socket_path), "kill -9 leaves the socket behind"
    hub.settings["http.listen"] = f"127.0.0.1:{hub.port}"
    hub.lines.clear()
    hub.start()
    with hub.publisher() as publisher:
        later = accepted(publisher, ["PUSH * n 2"] * 100)
    assert not set(ids) & set(later)
    assert int(later[0].split("-")[0]) > int(ids[0].split("-")[0])
    for number, stream in enumerate(streams):
        with contextlib.suppress(OSError, EOFError):
            stream.rest()
        with hub.subscribe(f"u{number}", last_event_id=stream.last_id) as again:
            assert again.opened()["replay"] == "gap"
            assert [event.data for event in again.owed()[0]] == [2] * 100
            assert hub.command(f"PUSH user:u{number} n 3").endswith(" 1")
            assert again.next().data == 3


def test_hubs_that_start_at_once_on_a_stale_socket_leave_one_that_serves(tmp_path):
    """The one that serves has its own socket; the others say that it is taken."""
    path = tmp_path / "publish.sock"
    for _ in range(5):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))
        hubs = [Hub(binary("pushhubd", "PUSHHUBD"), tmp_path / str(n), {"publish.socket": str(path)}) for n in range(6)]
        for hub in hubs:
            hub.socket_path = str(path)
            hub.process = subprocess.Popen(
                [hub.binary], env=hub.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, cwd=hub.directory)
        try:
            wait_until(lambda: sum(hub.process.poll() is None for hub in hubs) == 1, "one alone goes on")
            losers = [hub for hub in hubs if hub.process.poll() is not None]
            for hub in losers:
                assert "listens on" in hub.process.stderr.read()
            [winner] = [hub for hub in hubs if hub not in losers]
            assert winner.command("PING") == "OK pong"
            assert winner.stop() == 0
            assert not path.exists()
        finally:
            for hub in hubs:
                hub.kill()
                hub.process.stderr.close()


# Reloads

def test_a_hundred_reloads_under_load_lose_nothing(start_hub, tmp_path):
    """Lost: nothing. And at the end the last configuration holds."""
    file = tmp_path / "pushhubd.yaml"
    file.write_text("stream:\n  retry: 1s\n")
    hub = start_hub(arguments=["--config", str(file)])
    streams = [hub.subscribe(f"u{n}") for n in range(50)]
    for stream in streams:
        stream.opened()
    ids, is_over = [], threading.Event()

    def publish():
        with hub.publisher() as publisher:
            while not is_over.is_set():
                ids.extend(accepted(publisher, ["PUSH * n 1"] * 10))

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        for number in range(1, 101):
            # Now and then one that is refused, which must change nothing.
            is_bad = number % 10 == 5
            changed = tmp_path / "changed"
            changed.write_text("stream:\n  retry: soon\n" if is_bad else f"stream:\n  retry: {number + 1}s\n")
            changed.rename(file)
            hub.signal(signal.SIGHUP)
            hub.wait_for_log("configuration reloaded|configuration is not taken over", count=number)
    finally:
        is_over.set()
        thread.join()
    assert len(ids) > 100
    for stream in streams:
        assert [stream.next_of("n").id for _ in ids] == ids
        stream.close()
    with hub.subscribe("new") as stream:
        assert stream.next().retry == 101_000
    assert hub.log().count("is not taken over") == 10


def test_a_key_is_changed_with_both_valid_for_a_while(start_hub, tmp_path):
    """Lost: nothing. An old token is good until the set without its key is loaded; the stream it opened goes on."""
    old, new = SECRET, b"n" * 40

    def key(kid, secret):
        return {"kty": "oct", "kid": kid, "alg": "HS256", "k": b64(secret)}

    file = tmp_path / "keys"
    file.write_text(json.dumps({"keys": [key("old", old)]}))
    hub = start_hub({"auth.key-file": str(file)})

    def status(secret):
        with hub.subscribe("42", token=make_token({"sub": "42"}, secret), last_event_id="closed") as stream:
            return stream.status

    def reload(*keys, count):
        file.write_text(json.dumps({"keys": list(keys)}))
        hub.signal(signal.SIGHUP)
        hub.wait_for_log("configuration reloaded", count=count)

    assert [status(old), status(new)] == [204, 401]
    with hub.subscribe("42", token=make_token({"sub": "42"}, old)) as stream:
        connection = stream.opened()["connectionId"]
        reload(key("old", old), key("new", new), count=1)
        assert [status(old), status(new)] == [204, 204]
        path = f"/sse/connections/{connection}/renew"
        assert hub.request("POST", path, make_token({"sub": "42"}, new)).status == 200
        reload(key("new", new), count=2)
        assert [status(old), status(new)] == [401, 204]
        # What cannot be used is refused as a whole, and the keys stay as they were.
        bad_sets = [[key("weak", b"short"), {"kty": "oct"}], [key("weak", b"short")], [], [{"kty": "oct"}]]
        for number, bad in enumerate(bad_sets):
            file.write_text(json.dumps({"keys": bad}))
            hub.signal(signal.SIGHUP)
            line = hub.wait_for_log("configuration is not taken over.*", count=number + 1).group(0)
            assert str(file) in line and b64(new) not in line, line
        assert [status(old), status(new)] == [401, 204]
        assert hub.command("PUSH user:42 n 1").endswith(" 1")
        assert stream.next().data == 1

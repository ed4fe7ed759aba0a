"""pushhub-send --lines and the real hub, which is ended and started again while lines are under way."""

import collections
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from hub import DEADLINE

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PUSHHUB_SEND", str(ROOT / ".build/debug/pushhub-send"))
RESTARTS = 5
LINES = 4_000  # before each restart

SETTINGS = {"history.max-events": "100000", "log.level": "info"}


class Lines:
    """A running `pushhub-send --lines` that publishes numbers, and what it prints."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [BINARY, "--socket", path, "--broadcast", "n", "--lines"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.written = 0
        self.receipts = []
        self.errors = []
        self.grown = threading.Condition()
        self.readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.receipts), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.errors), daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    def _read(self, stream, lines):
        for line in stream:
            with self.grown:
                lines.append(line.decode().rstrip("\n"))
                self.grown.notify_all()

    def write(self, count):
        numbers = range(self.written + 1, self.written + count + 1)
        self.written += count
        self.process.stdin.write(b"".join(b"%d\n" % n for n in numbers))
        self.process.stdin.flush()

    def wait_for_receipts(self, count):
        with self.grown:
            assert self.grown.wait_for(lambda: len(self.receipts) >= count or self.process.poll() is not None, DEADLINE)
        assert len(self.receipts) >= count, self.errors

    def finish(self):
        self.process.stdin.close()
        code = self.process.wait(3 * DEADLINE)
        for reader in self.readers:
            reader.join(DEADLINE)
        return code


class Subscriber:
    """Collects numbers, and comes back with its last id whenever the hub does."""

    def __init__(self, hub):
        self.hub = hub
        self.numbers = []
        self.ids = []
        self.grown = threading.Condition()
        self.connected = threading.Event()
        self.stopped = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.connected.wait(DEADLINE)

    def _run(self):
        last_id = None
        while not self.stopped:
            try:
                with self.hub.subscribe(last_event_id=last_id) as stream:
                    for event in iter(stream.next, None):
                        last_id = stream.last_id
                        self._take(event)
            except (StopIteration, OSError, EOFError, RuntimeError, ValueError):
                time.sleep(0.01)  # no hub is there

    def _take(self, event):
        self.connected.set()
        if event.type != "n":
            return
        with self.grown:
            self.numbers.append(event.data)
            self.ids.append(event.id)
            self.grown.notify_all()

    def wait_for(self, number):
        with self.grown:
            assert self.grown.wait_for(lambda: self.numbers and self.numbers[-1] >= number, 3 * DEADLINE), self.numbers[-3:]


@pytest.fixture
def start_lines():
    running = []

    def start(path):
        running.append(Lines(path))
        return running[-1]

    yield start
    for lines in running:
        lines.process.kill()
        lines.process.wait()


@pytest.fixture(params=["handed over", "its own"])
def any_hub(request, start_hub, tmp_path):
    """A hub whose publishers' socket survives it, as under systemd, or goes and comes with it."""
    if request.param == "its own":
        yield start_hub(SETTINGS)
        return
    with socket.socket(socket.AF_UNIX) as listener:
        path = str(tmp_path / "publish.sock")
        listener.bind(path)
        listener.listen(16)
        hub = start_hub(SETTINGS, listener=listener)
        hub.socket_path = path
        yield hub


def restart(hub, end):
    hub.signal(end)
    hub.process.wait(DEADLINE)
    hub.settings["http.listen"] = f"127.0.0.1:{hub.port}"
    hub.lines.clear()
    hub.start()


def by_epoch(ids):
    """The sequence numbers in each run of the hub, in their order."""
    runs = {}
    for id_ in ids:
        epoch, _, sequence = id_.partition("-")
        runs.setdefault(epoch, []).append(int(sequence))
    return runs


def test_over_orderly_restarts_every_line_is_an_event_once_and_in_order(any_hub, start_lines):
    lines = start_lines(any_hub.socket_path)
    subscriber = Subscriber(any_hub)
    interrupted = 0
    for _ in range(RESTARTS):
        lines.write(LINES)
        lines.wait_for_receipts(lines.written - LINES + 100)
        restart(any_hub, signal.SIGTERM)
        interrupted += len(lines.receipts) < lines.written
    lines.write(LINES)
    assert lines.finish() == 0
    assert lines.errors == []
    assert interrupted > 0, "no restart came between two lines"
    ids = [receipt.split()[0] for receipt in lines.receipts]
    assert len(ids) == lines.written
    # No run of the hub has an event beside those that have a receipt,
    published = by_epoch(ids)
    assert len(published) == RESTARTS + 1
    assert all(sequences == list(range(1, len(sequences) + 1)) for sequences in published.values())
    # also none at its end: up to there the subscriber has seen each, with its number. What a new hub took before the
    # subscriber came back is the gap that it was told of.
    subscriber.wait_for(lines.written)
    subscriber.stopped = True
    assert all(ids[number - 1] == id_ for number, id_ in zip(subscriber.numbers, subscriber.ids))
    for epoch, seen in by_epoch(subscriber.ids).items():
        assert seen == published[epoch][-len(seen):]
    assert subscriber.numbers == sorted(set(subscriber.numbers))
    assert subscriber.numbers[:100] == list(range(1, 101))


def test_over_crashes_no_line_is_lost_and_those_that_may_come_twice_are_named(any_hub, start_lines):
    lines = start_lines(any_hub.socket_path)
    subscriber = Subscriber(any_hub)
    for _ in range(RESTARTS):
        lines.write(LINES)
        lines.wait_for_receipts(lines.written - LINES + 100)
        restart(any_hub, signal.SIGKILL)
    lines.write(LINES)
    assert lines.finish() == 0
    assert len(lines.receipts) == lines.written
    named = set()
    for error in lines.errors:
        first, _, last = re.fullmatch(
            r"pushhub-send: the hub went away without an answer to lines? (\d+)( to (\d+))?: sent again, and may come twice",
            error).groups()
        assert int(last or first) - int(first) < 64
        named.update(range(int(first), int(last or first) + 1))
    assert named, "no crash came between a line and its answer"
    subscriber.wait_for(lines.written)
    subscriber.stopped = True
    twice = {number for number, count in collections.Counter(subscriber.numbers).items() if count > 1}
    assert twice <= named
    first_times = list(dict.fromkeys(subscriber.numbers))
    assert first_times == sorted(first_times)

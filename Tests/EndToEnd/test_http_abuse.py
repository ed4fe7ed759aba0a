"""Floods, half-open connections and slow clients beside thousands of streams that must notice nothing of it."""

import asyncio
import contextlib
import json
import pathlib
import random
import re
import socket
import threading
import time

import pytest

from hub import DEADLINE, Response, b64, make_token

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def ask(hub, data, method="GET"):
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        client.sendall(data)
        return Response.read(client.makefile("rb"), method)


@pytest.mark.parametrize("method, status", [
    ("get", 400), ("G", 400), ("PRI", 400), ("FOO", 400), ("GET\t", 400), ("CONNECT", 405), ("TRACE", 405), ("PATCH", 405),
    ("X" * 15_000, 400), ("PROPFIND", 405), ("\x00", 400), ("GE\rT", 400),
])
def test_methods_that_nobody_needs(hub, method, status):
    answer = ask(hub, f"{method} /healthz HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert answer.status == status, answer
    assert ask(hub, HEALTH).status == 200


@pytest.mark.parametrize("target, status", [
    ("*", 400), ("healthz", 400), ("?", 400), ("", 400), ("http://", 404), ("http:///healthz", 200), ("ftp://a/healthz", 400),
    ("HTTP://a/healthz", 200), ("https://u@a:1/healthz?x", 200), ("a:80", 400), ("/healthz#f", 400), ("/health z", 400),
    ("/healthz%00", 404), ("/healthz\t", 400), ("/\xff", 400), ("/%2e%2e/healthz", 404), ("/healthz%2f", 404), ("/./healthz", 404),
    ("/healthz;a", 404), ("\\healthz", 400), ("/HEALTHZ", 404), ("/healthz?" + "&" * 10_000, 200), ("/" * 10_000, 404),
])
def test_targets_of_all_sorts(hub, target, status):
    answer = ask(hub, b"GET " + target.encode("latin-1") + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.status == status, answer
    assert ask(hub, HEALTH).status == 200


@pytest.mark.parametrize("version, fields, status", [
    ("HTTP/1.1", "", 400), ("HTTP/1.1", "Host: a\r\nHost: a\r\n", 400), ("HTTP/1.1", "Host: a b\r\n", 400),
    ("HTTP/1.1", "Host: a/b\r\n", 400), ("HTTP/1.1", "Host: \r\n", 200), ("HTTP/1.0", "", 200), ("HTTP/1.1", "Host: [::1]:8\r\n", 200),
    ("HTTP/2.0", "Host: a\r\n", 400), ("HTTP/0.9", "Host: a\r\n", 400), ("HTTP/1.9", "Host: a\r\n", 400), ("HTTP/11", "Host: a\r\n", 400),
    ("http/1.1", "Host: a\r\n", 400), ("HTTP/1.1", "Host: a\r\nHost : a\r\n", 400), ("HTTP/1.1", "Host: a\r\n: x\r\n", 400),
    ("HTTP/1.1", "Host: a\r\n" + "X: y\r\n" * 99, 200), ("HTTP/1.1", "Host: a\r\n" + "X: y\r\n" * 100, 431),
])
def test_versions_and_hosts(hub, version, fields, status):
    answer = ask(hub, f"GET /healthz {version}\r\n{fields}\r\n".encode())
    assert answer.status == status, answer


SIGNED = make_token({"sub": "42", "scope": "pushhub:publish"})


def forged(header, claims='{"sub":"42"}', signature=""):
    return f"{b64(header.encode())}.{b64(claims.encode())}.{signature}"


@pytest.mark.parametrize("token, why", [
    (forged('{"alg":"none"}'), "algorithm"), (forged('{"alg":"None"}'), "algorithm"), (forged('{"alg":"RS256"}', signature="AAAA"), "algorithm"),
    (forged('{"alg":"HS256"}'), "signature"), (forged('{"alg":"HS256","alg":"none"}'), "malformed"),
    (forged('{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}', signature="AAAA"), "signature"),
    (forged('{"alg":"HS256","kid":"../../dev/null"}', signature="AAAA"), "signature"), (forged('{"alg":"HS256","crit":["exp"]}'), "malformed"),
    (SIGNED[:-1], "malformed|signature"), (SIGNED + "A", "malformed|signature"), (SIGNED + "=", "malformed"), (SIGNED + ".", "malformed"),
    (SIGNED.split(".")[0] + "." + b64(b'{"sub":"43"}') + "." + SIGNED.split(".")[2], "signature"),
    (make_token({"sub": "x" * 129}), "user"), (make_token({"sub": "42", "pad": "x" * 7000}), "too long|longer"), ("x" * 12_000, "longer"), ("..", "malformed"),
])
def test_tokens_that_nobody_signed_open_nothing_and_are_not_repeated(hub, token, why):
    with hub.subscribe(token=token) as stream:
        assert stream.status == 401
        challenge = stream.headers["www-authenticate"]
        assert challenge.startswith('Bearer error="invalid_token"') and re.search(why, challenge), challenge
        assert token[:100] not in challenge and token[-40:] not in challenge
    hub.wait_for_log("token refused")
    for part in token.split("."):
        assert len(part) < 20 or part not in hub.log()


def test_a_slow_body_ends_with_408_and_holds_up_nobody(start_hub):
    hub = start_hub({"http.header-timeout": "1s"})
    token = hub.token("7", ["pushhub:publish"])
    head = (f"POST /sse/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
    slow = [socket.create_connection(("127.0.0.1", hub.port), DEADLINE) for _ in range(50)]
    for client in slow:
        client.sendall(head)
    answered = set()
    began = time.monotonic()
    while len(answered) < len(slow) and time.monotonic() - began < DEADLINE:
        for client in slow:
            if client in answered:
                continue
            client.setblocking(False)
            try:
                client.send(b"1\r\n \r\n")
                answer = client.recv(1 << 16)
            except BlockingIOError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                answer = b"HTTP/1.1 408 (reset)"
            assert answer.startswith(b"HTTP/1.1 408"), answer
            answered.add(client)
        assert ask(hub, HEALTH).status == 200
    assert len(answered) == len(slow)
    assert json.loads(hub.command("STATS")[3:])["eventsPublished"] == 0
    for client in slow:
        client.close()


def resident_kilobytes(hub):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{hub.process.pid}/status").read_text()).group(1))


def test_thousands_of_half_open_connections_cost_little_and_end(start_hub):
    hub = start_hub({"http.header-timeout": "3s", "http.idle-timeout": "3s"})
    before = resident_kilobytes(hub)
    count = 5000
    clients = []
    for number in range(count):
        client = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
        client.sendall([b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 2000][number % 3])
        clients.append(client)
    with hub.subscribe() as stream:
        stream.opened()
        assert hub.command("PUSH user:42 n 1").endswith(" 1")
        assert stream.next().data == 1
        used = resident_kilobytes(hub) - before
        assert used < 40 * count, f"{used / count:.1f} KiB each"
        for client in clients:
            client.settimeout(DEADLINE)
            assert client.recv(1 << 16)[:13] in (b"", b"HTTP/1.1 408 ")
            client.close()
        assert hub.command("PUSH user:42 n 2").endswith(" 1")
        assert stream.next().data == 2


class Streams:
    """Thousands of streams of one event loop: what each received of the series, and which have ended."""

    def __init__(self, hub, count):
        self.hub, self.count = hub, count
        self.next = [0] * count
        self.wrong = []
        self.writers = []
        self.opened = 0
        self.progress = asyncio.Condition()

    async def open(self, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.hub.port)
        self.writers.append(writer)
        writer.write(f"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {self.hub.token(f'u{number}')}\r\n\r\n".encode())
        while b"event: welcome" not in (line := await reader.readline()):
            assert line, "no stream"
        self.opened += 1
        return asyncio.ensure_future(self.read(number, reader))

    async def read(self, number, reader):
        async for line in reader:
            if line.startswith(b"data: ") and line[6:7].isdigit():
                if int(line[6:]) != self.next[number]:
                    self.wrong.append((number, line, self.next[number]))
                self.next[number] += 1
        self.wrong.append((number, "ended"))

    async def all_have(self, count):
        end = time.monotonic() + 2 * DEADLINE
        while min(self.next) < count:
            assert not self.wrong, self.wrong[:3]
            assert time.monotonic() < end, f"{sum(n < count for n in self.next)} streams lack event {count}"
            await asyncio.sleep(0.01)


def flood(hub, is_over, counts):
    """Connects as fast as it can, and leaves in all the ways there are."""
    source = random.Random(3)
    starts = [b"", b"G", HEALTH, HEALTH * 20, b"\x16\x03\x01\x02\x00\x01\x00", b"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\n\r\n",
              f"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hub.token('flood')}\r\n\r\n".encode()]
    while not is_over.is_set():
        clients = []
        for _ in range(50):
            client = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
            client.sendall(source.choice(starts))
            clients.append(client)
        for client in clients:
            if source.random() < 0.5:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
        counts.append(len(clients))


def test_5000_streams_go_on_undisturbed_through_a_flood_of_connections(start_hub):
    hub = start_hub({"log.level": "info", "stream.heartbeat-interval": "2s"})
    count, rounds = 5000, 5

    async def run():
        streams = Streams(hub, count)
        for first in range(0, count, 200):
            await asyncio.gather(*(streams.open(number) for number in range(first, first + 200)))
        is_over, counts = threading.Event(), []
        thread = threading.Thread(target=flood, args=[hub, is_over, counts])
        thread.start()
        try:
            with hub.publisher() as publisher:
                for number in range(rounds):
                    reply = await asyncio.to_thread(publisher.command, f"PUSH * n {number}")
                    assert int(reply.split()[2]) >= count, reply
                    await streams.all_have(number + 1)
        finally:
            is_over.set()
            await asyncio.to_thread(thread.join)
        assert not streams.wrong, streams.wrong[:3]
        assert sum(counts) >= 200, counts
        print(f"{sum(counts)} connections of the flood")
        for writer in streams.writers:
            writer.transport.abort()

    asyncio.run(run())
    assert hub.request("GET", "/healthz").status == 200


def test_client_that_takes_no_answers_is_cut(start_hub):
    """However many requests wait behind them, and whatever is owed: it would keep a place that others need."""
    hub = start_hub({"http.idle-timeout": "1s", "limits.http-connections": "1"})
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            for _ in range(100_000):
                client.send(HEALTH * 100)
        end = time.monotonic() + DEADLINE
        while hub.request("GET", "/healthz").status == 503:
            assert time.monotonic() < end, "it holds the only place"

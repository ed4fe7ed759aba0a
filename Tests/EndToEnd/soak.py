"""A hub under changing load for as long as one likes: are memory, descriptors and threads flat?

Streams come and go in waves, some read slowly or not at all, publishers of all kinds come, stall and leave, requests are
good, bad and half, and the configuration is reloaded all the while. Samples are taken throughout. Flat means: the
median of the last third is no more than that of the middle third plus a tolerance (the first third is for filling up),
and when everybody has gone, so have their descriptors.
"""

import asyncio
import json
import math
import os
import pathlib
import random
import re
import signal
import statistics
import sys
import tempfile
import time

from hub import Hub

ROOT = pathlib.Path(__file__).resolve().parents[2]
USERS = 200
# What the medians may differ by: a part of the value, and an amount.
TOLERANCE = {"RSS KiB": (0.04, 1024), "descriptors": (0.05, 10), "threads": (0, 0)}


class Soak:
    def __init__(self, hub, minutes, seed):
        self.hub = hub
        self.seconds = minutes * 60
        self.random = random.Random(seed)
        self.begin = time.monotonic()
        self.counts = {}
        self.samples = []
        self.wrong = []
        self.tokens = {}

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    @property
    def elapsed(self):
        return time.monotonic() - self.begin

    @property
    def is_over(self):
        return self.elapsed >= self.seconds

    def wave(self):
        """From 0 to 1 and back, four times in each third of the time."""
        return (1 - math.cos(self.elapsed / self.seconds * 12 * 2 * math.pi)) / 2

    def token(self, user):
        if user not in self.tokens:
            self.tokens[user] = self.hub.token(user, ["pushhub:publish", "pushhub:admin"], lifetime=None)
        return self.tokens[user]

    async def connect(self, **options):
        return await asyncio.open_connection("127.0.0.1", self.hub.port, **options)

    # Subscribers

    async def subscriber(self):
        """One client: connects, reads for a while, goes, and comes back with its last id."""
        user = f"u{self.random.randrange(USERS)}"
        last = None
        for _ in range(self.random.randint(1, 3)):
            version = self.random.choice(["1.0", "1.1", "1.1"])
            head = [f"GET /sse/connect/auth?clientId=c HTTP/{version}", "Host: a", f"Authorization: Bearer {self.token(user)}"]
            if last:
                head.append(f"Last-Event-ID: {last}")
            reader, writer = await self.connect(limit=1 << 20)
            try:
                writer.write("\r\n".join(head).encode() + b"\r\n\r\n")
                self.count("streams opened")
                end = time.monotonic() + self.random.expovariate(1 / 5)
                last = await self.read(reader, user, end) or last
            except (ConnectionError, asyncio.IncompleteReadError):
                self.count("streams cut")
            finally:
                if self.random.random() < 0.3:
                    writer.transport.abort()
                writer.close()
            if self.is_over:
                return

    async def read(self, reader, user, end):
        last = None
        own = f'"for":"{user}"'.encode()
        while time.monotonic() < end and not self.is_over:
            try:
                line = await asyncio.wait_for(reader.readline(), max(0.01, end - time.monotonic()))
            except (asyncio.TimeoutError, ValueError):
                continue
            if not line:
                return last
            if line.startswith(b"id: ") and not line.startswith(b"id: closed"):
                last = line[4:].strip().decode()
            elif line.startswith(b"data: {\"for\""):
                self.count("events received")
                if not line.startswith(b"data: {" + own) and not line.startswith(b'data: {"for":"*"'):
                    self.wrong.append((user, line))
        return last

    async def slow_subscriber(self):
        """Reads nothing for so long that the hub closes it, then the little that is left."""
        user = f"u{self.random.randrange(USERS)}"
        reader, writer = await self.connect(limit=4096)
        writer.transport.pause_reading()
        writer.write(f"GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {self.token(user)}\r\n\r\n".encode())
        self.count("slow streams")
        await asyncio.sleep(self.random.uniform(1, 6))
        writer.transport.abort()

    # Publishers

    def line(self):
        kind = self.random.randrange(100)
        user = f"u{self.random.randrange(USERS)}"
        size = self.random.choice([10, 100, 1000, 1000, 8000])
        if kind < 60:
            return f'PUSH user:{user} n {{"for":"{user}","x":"{"x" * size}"}}\n'
        if kind < 70:
            return f'PUSH * n {{"for":"*","x":"{"x" * size}"}}\n'
        if kind < 75:
            return f'@key=k{self.random.randrange(2000)};ttl=5 PUSH user:{user} n {{"for":"{user}"}}\n'
        if kind < 80:
            users = ",".join(f"u{n}" for n in range(USERS))
            return f'PUSH users:{users} n {{"for":"*"}}\n'
        return self.random.choice([
            f"CLOSE user:{user} bye\n", "STATS\n", f"CONNECTIONS {user}\n", "PING\n", "BOGUS\n", "PUSH user:1 n {\n",
            "PUSH user:42 open 1\n", f"PUSH conn:conn_{'A' * 22} n 1\n", "@ttl=0 PUSH * n {\"for\":\"*\"}\n",
        ])

    async def publisher(self):
        """Sends lines of all kinds for a while; half of them leave in the middle of a line."""
        reader, writer = await asyncio.open_unix_connection(self.hub.socket_path, limit=8 << 20)
        self.count("publishers")
        try:
            for _ in range(self.random.randrange(1, 40)):
                lines = [self.line() for _ in range(self.random.randrange(1, 10))]
                writer.write("".join(lines).encode())
                for _ in lines:
                    reply = await asyncio.wait_for(reader.readline(), 20)
                    self.count("OK" if reply.startswith(b"OK") else reply.split()[1].decode())
                await asyncio.sleep(self.random.expovariate(10 * (0.2 + self.wave())))
                if self.is_over:
                    break
            if self.random.random() < 0.5:
                writer.write(b"PUSH user:42 n \"" + b"x" * 100_000)
                await asyncio.sleep(self.random.uniform(0, 2))
        except ConnectionError:
            self.count("publishers cut")
        finally:
            writer.close()

    # Requests

    async def request(self):
        token = self.token("u1")
        auth = f"Host: a\r\nAuthorization: Bearer {token}\r\n"
        body = '{"userId":"u1","data":{"for":"u1"}}'
        post = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        request = self.random.choice([
            f"GET /sse/stats HTTP/1.1\r\n{auth}\r\n", f"GET /metrics HTTP/1.1\r\n{auth}\r\n",
            f"GET /sse/users/u1/connections HTTP/1.1\r\n{auth}\r\n", f"POST /sse/send HTTP/1.1\r\n{auth}{post}",
            f"HEAD /sse/connect/auth HTTP/1.1\r\n{auth}\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /sse/connect/auth HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x.y.z\r\n\r\n", "nonsense\r\n\r\n",
            f"POST /sse/send HTTP/1.1\r\n{auth}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            f"POST /sse/send HTTP/1.1\r\n{auth}{post}"[:-7], "GET /healthz HT", "",
        ])
        reader, writer = await self.connect()
        self.count("requests")
        try:
            writer.write(request.encode() * self.random.choice([1, 1, 3]))
            await asyncio.wait_for(reader.read(1 << 16), 4)
        except (asyncio.TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()

    # The whole

    async def keep(self, make, number):
        """Keeps as many of them at work as `number` says, which changes."""
        tasks = set()
        while not self.is_over:
            while len(tasks) < number():
                task = asyncio.ensure_future(make())
                tasks.add(task)
            done, tasks = await asyncio.wait(tasks, timeout=0.2, return_when=asyncio.FIRST_COMPLETED) if tasks else (
                await asyncio.sleep(0.2) or set(), tasks)
            for task in done:
                task.result()
        if tasks:
            await asyncio.wait(tasks)

    async def reload(self):
        levels = ["info", "warning"]
        while not self.is_over:
            self.hub.configuration.write_text(
                f"log:\n  level: {levels[self.counts.get('reloads', 0) % 2]}\nlimits:\n  connections-per-user: "
                f"{self.random.choice([4, 8])}\n")
            self.hub.signal(signal.SIGHUP)
            self.count("reloads")
            await asyncio.sleep(2)

    def sample(self):
        status = pathlib.Path(f"/proc/{self.hub.process.pid}/status").read_text()
        return {
            "RSS KiB": int(re.search(r"VmRSS:\s+(\d+)", status).group(1)),
            "descriptors": len(os.listdir(f"/proc/{self.hub.process.pid}/fd")),
            "threads": int(re.search(r"Threads:\s+(\d+)", status).group(1)),
        }

    async def watch(self):
        interval = max(0.1, self.seconds / 600)
        while not self.is_over:
            self.samples.append(self.sample())
            if self.hub.lines and len(self.hub.lines) > 10_000:
                del self.hub.lines[:-1000]
            await asyncio.sleep(interval)

    async def run(self):
        await asyncio.gather(
            self.watch(), self.reload(),
            self.keep(self.subscriber, lambda: 50 + 250 * self.wave()),
            self.keep(self.slow_subscriber, lambda: 10 * self.wave()),
            self.keep(self.publisher, lambda: 1 + 4 * self.wave()),
            self.keep(self.request, lambda: 2 + 8 * self.wave()))

    async def settle(self, before):
        """When all clients have gone, the hub is as it was before."""
        end = time.monotonic() + 30
        while True:
            after = self.sample()
            if after["descriptors"] <= before["descriptors"] and after["threads"] <= before["threads"]:
                return after
            if time.monotonic() > end:
                self.wrong.append(("after all had gone", before, after))
                return after
            await asyncio.sleep(0.1)

    def verdict(self):
        third = len(self.samples) // 3
        print(f"{'':14}{'first third':>14}{'middle third':>14}{'last third':>14}{'highest':>12}")
        for name, (part, amount) in TOLERANCE.items():
            values = [sample[name] for sample in self.samples]
            first, middle, last = (statistics.median(values[third * n:third * (n + 1)]) for n in range(3))
            print(f"{name:14}{first:14,.0f}{middle:14,.0f}{last:14,.0f}{max(values):12,}")
            if last > middle * (1 + part) + amount:
                self.wrong.append((name, "is not flat", middle, last))
        return not self.wrong


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    binary = os.environ.get("PUSHHUBD") or str(ROOT / ".build" / "debug" / "pushhubd")
    with tempfile.TemporaryDirectory(prefix="pushhub-soak-") as directory:
        directory = pathlib.Path(directory)
        configuration = directory / "pushhubd.yaml"
        configuration.write_text("log:\n  level: info\n")
        settings = {
            "stream.heartbeat-interval": "1s", "stream.connection-timeout": "4s", "stream.max-queued-bytes": "64KiB",
            "history.max-events": "2000", "history.max-bytes": "2MiB",
            "http.header-timeout": "2s", "http.idle-timeout": "2s",
        }
        hub = Hub(binary, directory, settings, arguments=["--config", str(configuration)])
        for key in ["log.level"]:
            del hub.settings[key]
        hub.configuration = configuration
        hub.start()
        try:
            soak = Soak(hub, minutes, seed)
            before = soak.sample()
            print(f"{minutes:g} minutes, seed {seed}, {binary}", flush=True)
            asyncio.run(soak.run())
            after = asyncio.run(soak.settle(before))
            isFlat = soak.verdict()
            print("before", json.dumps(before), "after", json.dumps(after))
            print(", ".join(f"{number:,} {what}" for what, number in sorted(soak.counts.items())))
            code = hub.stop()
            if code != 0:
                soak.wrong.append(("exit code", code))
        finally:
            hub.kill()
    for wrong in soak.wrong[:10]:
        print("wrong:", *wrong)
    print("flat" if isFlat and not soak.wrong else "NOT FLAT")
    sys.exit(0 if isFlat and not soak.wrong else 1)


if __name__ == "__main__":
    main()

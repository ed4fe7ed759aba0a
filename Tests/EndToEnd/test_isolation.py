"""Nobody ever gets an event of somebody else, and whoever returns loses nothing: many users, clients that go and come
back while events for them are on their way."""

import asyncio
import random
import re
import time

import pytest

from hub import DEADLINE

EVENT = re.compile(rb'data: \{"for":"([^"]*)","n":(\d+)\}')


class Session:
    """One client of a user over all its connections: each number of each of its series has to follow the last."""

    def __init__(self, user, topic):
        self.user = user
        # Named as a user is, which it is not.
        self.topic = topic
        self.last = {}
        self.position = None
        self.received = 0

    def take(self, line):
        match = EVENT.fullmatch(line)
        assert match, line
        audience, number = match.group(1).decode(), int(match.group(2))
        assert audience in (self.user, "#" + self.topic, "*"), f"{self.user}, who follows {self.topic}, got {line}"
        if audience in self.last:
            assert number == self.last[audience] + 1, f"{self.user}: {line} after {self.last[audience]}"
        self.last[audience] = number
        self.received += 1

    def lost_its_place(self):
        self.last, self.position = {}, None


class Crowd:
    def __init__(self, hub, users, clients, stay, seconds, seed):
        # How many seconds a client stays, more or less.
        self.hub, self.stay_seconds, self.seconds = hub, stay, seconds
        self.random = random.Random(seed)
        self.users = [f"u{n}" for n in range(users)]
        self.topics = [f"u{n}" for n in range(len(self.users) // 2)]
        self.tokens = {user: hub.token(user, topics="*") for user in self.users}
        self.sessions = [
            Session(self.random.choice(self.users), self.random.choice(self.topics)) for _ in range(clients)]
        self.numbers = dict.fromkeys([*self.users, *("#" + topic for topic in self.topics), "*"], 0)
        self.counts = dict.fromkeys(["opened", "resumed", "renewed", "refused", "published", "gap", "ended"], 0)
        self.end = time.monotonic() + seconds

    @property
    def is_over(self):
        """After its time, or on a busy machine as soon as enough has happened."""
        late = time.monotonic() - self.end
        return late >= DEADLINE or late >= 0 and self.has_seen_enough

    @property
    def has_seen_enough(self):
        counts = self.counts
        return (
            counts["opened"] > 200 and counts["resumed"] > 20 and counts["published"] > 300 and counts["renewed"] > 3
            and sum(session.received for session in self.sessions) > 300)

    async def stay(self, session):
        while not self.is_over:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.hub.port, limit=1 << 20)
            try:
                await self.visit(session, reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

    async def visit(self, session, reader, writer):
        version = self.random.choice(["1.0", "1.1"])
        head = [f"GET /sse/connect/auth?topic={session.topic} HTTP/{version}", "Host: a", f"Authorization: Bearer {self.tokens[session.user]}"]
        if session.position:
            head.append(f"Last-Event-ID: {session.position}")
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n")
        if self.random.random() < 0.1:
            return  # gone before the answer
        status = await reader.readline()
        if not status.startswith(b"HTTP/1.1 200"):
            assert b" 503 " in status or b" 429 " in status, status
            self.counts["refused"] += 1
            session.lost_its_place()
            return
        self.counts["opened"] += 1
        while (await reader.readline()) not in (b"\r\n", b""):
            pass
        leave = self.random.choice([writer.transport.abort, writer.transport.close])
        # Who is there at the end stays a little longer, for what is on its way.
        stay = min(self.random.expovariate(1 / self.stay_seconds), max(self.end - time.monotonic(), 0) + 1)
        asyncio.get_running_loop().call_later(stay, leave)
        identity, data = None, None
        async for line in reader:
            line = line.rstrip(b"\r\n")
            if line.startswith(b"id: "):
                identity = line[4:].decode()
            elif line.startswith(b'data: {"for"'):
                data = line
            elif line.startswith(b'data: {"connectionId"') and b'"replay"' in line:
                if b'"replay":"complete"' in line:
                    self.counts["resumed"] += 1
                elif session.position:
                    self.counts["gap"] += 1
                if self.random.random() < 0.05:
                    await self.renew(session.user, line.split(b'"')[3].decode())
            elif line.startswith(b'data: {"reason"'):
                self.counts["ended"] += 1
                if identity == "closed":
                    session.lost_its_place()
                return
            elif not line:
                # The event is complete: only now it counts, and its position.
                if data:
                    session.take(data)
                if identity:
                    session.position = identity
                identity, data = None, None

    async def renew(self, user, connection):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.hub.port)
        writer.write(
            f"POST /sse/connections/{connection}/renew HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            f"Authorization: Bearer {self.tokens[user]}\r\n\r\n".encode())
        answer = await reader.read()
        assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 404")), answer  # 404: it was closed meanwhile
        self.counts["renewed"] += 1
        writer.close()

    def publish(self):
        """On a thread of its own: as many as the hub answers."""
        with self.hub.publisher() as publisher:
            while not self.is_over:
                lines = self.lines()
                publisher.send("".join(lines))
                for line in lines:
                    reply = publisher.reply()
                    assert reply.startswith("OK"), (line, reply)
                    self.counts["published"] += 1

    def lines(self):
        lines = []
        for _ in range(50):
            if self.random.random() < 0.004:
                self.numbers["*"] += 1
                lines.append(f'PUSH * n {{"for":"*","n":{self.numbers["*"]}}}\n')
                continue
            if self.random.random() < 0.3:
                topic = self.random.choice(self.topics)
                self.numbers["#" + topic] += 1
                target = self.random.choice([f"topic:{topic}", f"topics:{topic},{topic}", f"topics:nobody,{topic}"])
                lines.append(f'PUSH {target} n {{"for":"#{topic}","n":{self.numbers["#" + topic]}}}\n')
                continue
            user = self.random.choice(self.users)
            self.numbers[user] += 1
            target = self.random.choice([f"user:{user}", f"users:{user}", f"users:{user},{user}"])
            lines.append(f'PUSH {target} n {{"for":"{user}","n":{self.numbers[user]}}}\n')
            if self.random.random() < 0.005:
                lines.append(f"CLOSE user:{self.random.choice(self.users)} bye\n")
        return lines

    async def run(self):
        work = asyncio.gather(asyncio.to_thread(self.publish), *(self.stay(session) for session in self.sessions))
        await asyncio.wait_for(work, self.seconds + 3 * DEADLINE)
        print(self.counts, "received", sum(session.received for session in self.sessions))


@pytest.mark.parametrize("users, clients, stay, settings", [
    (2000, 1000, 2, {}),
    # Few places, all of them wanted by several at once: slots and descriptors change hands with events on their way.
    (40, 60, 0.2, {"limits.connections": "24", "limits.connections-per-user": "2"}),
], ids=["thousands of users", "few places"])
def test_no_event_goes_astray_and_none_is_lost_to_who_returns(start_hub, users, clients, stay, settings):
    hub = start_hub({
        "threads": "4", "history.max-events": "1000000", "log.level": "info",
        "stream.heartbeat-interval": "500ms", "stream.max-queued-bytes": "16MiB", **settings})
    seed = random.randrange(1 << 32)
    print("seed", seed)
    crowd = Crowd(hub, users, clients, stay, 7, seed)
    asyncio.run(crowd.run())
    counts = crowd.counts
    assert counts["gap"] == 0
    # Much less than an idle machine does in the time.
    assert crowd.has_seen_enough, counts

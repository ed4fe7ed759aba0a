"""How costs grow: each curve measures pushhub at a number of points."""

import dataclasses
from collections.abc import Callable

from harness.scenarios import CONNECTIONS, MICRO, MOST_CONNECTIONS, PEERS, Figure, per_million
from harness.servers import Pushhub
from harness.session import Session


@dataclasses.dataclass
class Curve:
    name: str
    title: str
    along: str
    points: list[int]
    figures: list[Figure]
    run: Callable  # point -> figures


def of_connections(connections):
    with Pushhub() as server, Session(server, connections) as session:
        before = session.memory()
        opened = session.measure("connect", count=connections)
        memory = session.memory() - before
        session.load.perform("publish", count=5)
        run = session.measure("publish", count=max(20, 400_000 // connections))
        return {"connect": opened["cpu"] / connections * MICRO, "memory": memory / connections, "cpu": per_million(run),
                "receipt": run["latency"]["p50"] / 1000, "receipt_each": run["latency"]["p50"] / connections}


def of_users(users):
    """All the connections belong to so many users; each message is for one of them."""
    with Pushhub() as server, Session(server, users) as session:
        before = session.memory()
        opened = session.measure("connect", count=MOST_CONNECTIONS, users=users)
        memory = session.memory() - before
        each = MOST_CONNECTIONS // users
        session.load.perform("publish", count=5, to="users")
        run = session.measure("publish", count=max(20, min(20_000, 400_000 // each)), to="users", window=1 if each > 64 else 64)
        return {"connect": opened["cpu"] / MOST_CONNECTIONS * MICRO, "memory": memory / MOST_CONNECTIONS, "each": each,
                "cpu": run["cpu"] / run["messages"] * MICRO, "delivery": per_million(run)}


def of_size(size):
    connections = 1000
    with Pushhub() as server, Session(server, connections) as session:
        session.load.perform("connect", count=connections)
        session.load.perform("publish", count=20, bytes=size)
        run = session.measure("publish", count=300 if size <= 4096 else 100, bytes=size)
        return {"cpu": per_million(run), "byte": run["cpu"] / run["deliveries"] / size * 1e9,
                "rate": run["deliveries"] * size / run["seconds"] / 1e6}


def of_history(events):
    """Messages to users who are not there, once the history is full."""
    settings = {"history.max-events": events, "history.max-bytes": "4GiB", "history.max-age": "1h"}
    words = {"to": "absent", "expected": 0, "window": 512}
    with Pushhub(settings=settings) as server, Session(server, 1) as session:
        session.load.perform("publish", count=1000, **words)
        before = session.memory()
        if events:
            session.load.perform("publish", count=events, **words)
        grown = session.memory() - before
        run = session.measure("publish", count=100_000, **words)
        return {"cpu": run["cpu"] / run["messages"] * MICRO, "rate": run["messages"] / run["seconds"],
                "memory": grown / 1e6, "each": grown / events if events else 0}


def of_others(connections):
    """Messages to one user at a time, of so many; beside the floor, as the kernel's part grows with its sockets."""
    own, floor = (unicast_cost(peer, connections) for peer in ("pushhub", "floor"))
    return {"cpu": own, "floor": floor, "difference": own - floor}


def unicast_cost(peer, connections):
    with PEERS[peer]() as server, Session(server, connections, audience="users") as session:
        session.load.perform("connect", count=connections)
        words = {"to": "users", "window": 64}
        session.load.perform("publish", count=2000, **words)
        run = session.measure("publish", count=40_000, **words)
        return run["cpu"] / run["messages"] * MICRO


CURVES = [
    Curve("connections", "Broadcasts of 200 bytes, one at a time, by connections", "connections",
          [1000, 2000, 5000, CONNECTIONS, MOST_CONNECTIONS], [
              Figure("connect", "CPU µs per connect", "{:.1f}"), Figure("memory", "bytes per idle stream"),
              Figure("cpu", "CPU µs per delivery", "{:.2f}"), Figure("receipt", "ms from publish to last receipt", "{:.1f}"),
              Figure("receipt_each", "the same in µs per connection", "{:.2f}")], of_connections),
    Curve("users", "19,000 connections, by users; each message is for one user", "users",
          [1, 10, 100, 1000, MOST_CONNECTIONS], [
              Figure("each", "connections of each"), Figure("connect", "CPU µs per connect", "{:.1f}"),
              Figure("memory", "bytes per idle stream"), Figure("cpu", "CPU µs per message", "{:,.1f}"),
              Figure("delivery", "CPU µs per delivery", "{:.2f}")], of_users),
    Curve("size", "Broadcasts to 1,000, by the size of the event's data", "bytes", [50, 200, 1000, 4096, 16_384, 65_536], [
        Figure("cpu", "CPU µs per delivery", "{:.2f}"), Figure("byte", "CPU ns per byte delivered", "{:.2f}"),
        Figure("rate", "MB/s delivered")], of_size),
    Curve("history", "Publishing to nobody, by the events that history holds", "events", [0, 1000, 10_000, 100_000, 1_000_000], [
        Figure("cpu", "CPU µs per message", "{:.2f}"), Figure("rate", "messages/s"), Figure("memory", "MB for history", "{:,.1f}"),
        Figure("each", "bytes per event")], of_history),
    Curve("others", "Messages to one user at a time, by how many others are connected", "connections",
          [10, 100, 1000, CONNECTIONS, MOST_CONNECTIONS], [
              Figure("cpu", "CPU µs per message", "{:.2f}"), Figure("floor", "the floor's", "{:.2f}"),
              Figure("difference", "more than the floor's", "{:.2f}")], of_others),
]

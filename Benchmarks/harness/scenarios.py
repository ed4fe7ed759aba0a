"""What is compared. A scenario measures one peer once, and returns its figures by name."""

import dataclasses
import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable

from harness import machine, network, pinning
from harness.load import Failure
from harness.places import LISTEN
from harness.servers import Floor, Nchan, Pushhub
from harness.session import Session, measured

CONNECTIONS = 10_000
MOST_CONNECTIONS = 19_000  # what a process with 20,000 descriptors can hold
HTTP_PUBLISHERS = 64
MICRO = 1e6


@dataclasses.dataclass
class Figure:
    key: str
    title: str
    format: str = "{:,.0f}"
    target: str = ""
    # The peer whose figure of the same round others are divided by.
    against: str = "floor"


@dataclasses.dataclass
class Scenario:
    name: str
    title: str
    peers: list[str]
    figures: list[Figure]
    run: Callable  # (peer, size, memory of the round) -> figures


@dataclasses.dataclass
class Size:
    """How much is done: `scale` shortens what is repeated, never the number of connections."""

    scale: float = 1.0

    def count(self, count: int, multiple: int = 1) -> int:
        return max(1, round(count * self.scale / multiple)) * multiple


PEERS = {
    "floor": lambda **options: Floor(congestion=plain_congestion(), **options),
    "pushhub": Pushhub,
    "nchan": Nchan,
}


def plain_congestion():
    """What costs least on loopback, so that the floor is one."""
    return "reno" if "reno" in machine.congestion_controls() else None


def per_million(run: dict) -> float:
    return run["cpu"] / run["deliveries"] * MICRO


def connect(peer, size, memo):
    with PEERS[peer]() as server, Session(server, CONNECTIONS) as session:
        before = session.memory()
        run = session.measure("connect", count=CONNECTIONS)
        return {
            "rate": run["connections"] / run["seconds"],
            "cpu": run["cpu"] / run["connections"] * MICRO,
            "memory": (session.memory() - before) / run["connections"],
            "foreign": run["foreign"],
        }


def broadcast(peer, size, *, connections=CONNECTIONS, count, warm=5, **words):
    """One session's broadcasts, after a few that are not counted."""
    with PEERS[peer]() as server, Session(server, connections) as session:
        session.load.perform("connect", count=connections)
        burst = words.get("burst", 1)
        session.load.perform("publish", count=warm * burst, **words)
        return session.measure("publish", count=size.count(count, burst), **words)


def fanout(peer, size, memo):
    run = broadcast(peer, size, count=100)
    return {"rate": run["deliveries"] / run["seconds"], "cpu": per_million(run), "foreign": run["foreign"]}


def burst(peer, size, memo):
    run = broadcast(peer, size, count=256, warm=1, window=64, burst=64, publishers=1)
    return {"rate": run["deliveries"] / run["seconds"], "cpu": per_million(run), "foreign": run["foreign"]}


def receipt(peer, size, memo):
    run = broadcast(peer, size, connections=1000, count=500, warm=20)
    return {"median": run["latency"]["p50"], "p99": run["latency"]["p99"], "foreign": run["foreign"]}


def unicast(peer, size, memo):
    publishers = HTTP_PUBLISHERS if peer == "nchan" else 1
    with PEERS[peer]() as server, Session(server, CONNECTIONS, audience="users") as session:
        session.load.perform("connect", count=CONNECTIONS)
        words = {"to": "users", "window": 64, "publishers": publishers}
        session.load.perform("publish", count=2000, **words)
        one = session.measure("publish", count=size.count(60_000 if publishers == 1 else 20_000), **words)
        figures = {"one": one["messages"] / one["seconds"], "cpu": one["cpu"] / one["messages"] * MICRO,
                   "foreign": one["foreign"]}
        if publishers > 1:
            return figures
        four = session.measure("publish", count=size.count(60_000), **{**words, "publishers": 4})
        figures["four"] = four["messages"] / four["seconds"]
        half = memo.setdefault("half the floor's unicast rate", figures["one"] / 2)
        paced = session.measure("publish", to="users", count=size.count(round(4 * half)), rate=round(half))
        return {**figures, "median": paced["latency"]["p50"], "p99": paced["latency"]["p99"]}


def listen(peer, size, memo):
    """One publisher that pipelines, one listener, no stream; live, and all of it from history."""
    all_held = {"history.max-events": 1_000_000, "history.max-bytes": "1GiB"}
    figures = {}
    for mode, count, settings in (("live", 400_000, {}), ("since", 200_000, all_held)):
        count = size.count(count)
        with Pushhub(settings={"publish.allow": "everyone all", **settings}) as server:
            command = [LISTEN, server.socket, str(count), "512", "100", mode.upper()]
            with pinning.pinned(pinning.CLIENT):
                run = measured(server, [], lambda: json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout))
        if "error" in run:
            raise Failure(run["error"])
        figures |= {mode: run["rate"], f"{mode}_cpu": run["cpu"] / count * MICRO, "foreign": run["foreign"]}
    return figures


def http(peer, size, memo):
    options = {"http": True} if peer == "pushhub" else {}
    with PEERS[peer](**options) as server, Session(server, CONNECTIONS, audience="users") as session:
        session.load.perform("connect", count=CONNECTIONS)
        words = {"to": "users", "window": HTTP_PUBLISHERS, "publishers": HTTP_PUBLISHERS}
        session.load.perform("publish", count=2000, **words)
        run = session.measure("publish", count=size.count(20_000), **words)
        return {"rate": run["messages"] / run["seconds"], "cpu": run["cpu"] / run["messages"] * MICRO,
                "foreign": run["foreign"]}


def storm(peer, size, memo):
    """Everybody connects at once; is cut off; misses 100 events; and comes back at once for them."""
    with PEERS[peer]() as server, Session(server, MOST_CONNECTIONS) as session:
        at_once = {"count": MOST_CONNECTIONS, "at_once": MOST_CONNECTIONS}
        plain = session.measure("connect", **at_once)
        figures = {"plain": plain["connections"] / plain["seconds"],
                   "plain_cpu": plain["cpu"] / plain["connections"] * MICRO}
        if peer != "pushhub":
            return {**figures, "foreign": plain["foreign"]}
        session.load.perform("close")
        await_nobody(server)
        session.load.perform("publish", count=100, to="absent", expected=MOST_CONNECTIONS)
        back = session.measure("connect", resume=1, **at_once)
        return {
            **figures,
            "served": back["deliveries"] / 100,
            "back": back["connections"] / back["seconds"],
            "seconds": back["servedSeconds"],
            "deliveries": back["deliveries"] / back["servedSeconds"],
            "cpu": per_million(back),
            "foreign": back["foreign"],
        }


def await_nobody(server):
    """Waits until the hub has seen that all its clients are gone."""
    deadline = time.monotonic() + 60
    while '"totalConnections":0,' not in server.ask("STATS"):
        if time.monotonic() > deadline:
            raise RuntimeError("the hub still counts connections that are gone")
        time.sleep(0.05)


def shards(peer, size, memo):
    """Server and clients on all CPUs; the clients are two processes, as one is near its ceiling."""
    threads = int(peer.split()[1])
    half = CONNECTIONS // 2
    count, warm = size.count(100), 5
    with Pushhub(cpus=pinning.ALL, settings={"threads": threads}) as server, \
            Session(server, half, cpus=pinning.ALL) as first, Session(server, half, cpus=pinning.ALL) as second:
        for session in (first, second):
            session.load.perform("connect", count=half)

        def publish(count, last, window):
            second.load.begin("await", last=last)
            own = first.load.perform("publish", count=count, window=window)
            other = second.load.result()
            return {"deliveries": own["deliveries"] + other["deliveries"],
                    "seconds": max(own["seconds"], other["seconds"]),
                    "clientCPU": own["clientCPU"] + other["clientCPU"]}

        publish(warm, warm, 1)
        single = measured(server, [first, second], lambda: publish(count, warm + count, 1))
        run = measured(server, [first, second], lambda: publish(count, warm + 2 * count, 4))
    return {"single": single["deliveries"] / single["seconds"], "single_cpu": per_million(single),
            "single_busy": 100 * single["busy"],
            "rate": run["deliveries"] / run["seconds"], "cpu": per_million(run),
            "client": run["clientCPU"] / run["deliveries"] * MICRO, "busy": 100 * run["busy"], "foreign": run["foreign"]}


def congestion(peer, size, memo):
    kind, _, control = peer.partition(" ")
    PEERS[peer] = (lambda: Floor(congestion=control)) if kind == "floor" else Pushhub
    return fanout(peer, size, memo)


def remote(peer, size, memo):
    """To clients in another network namespace: what the CPU does where the wire is not the limit, and what the wire
    does where it is."""
    figures = {}
    for megabits in (None, 100):
        with network.wire(peer, megabits), \
                Pushhub(host=network.ADDRESS, wrapper=network.inside(network.SERVER)) as server, \
                Session(server, CONNECTIONS, wrapper=network.inside(network.CLIENT)) as session:
            session.load.perform("connect", count=CONNECTIONS)
            session.load.perform("publish", count=2)
            run = session.measure("publish", count=size.count(40 if megabits is None else 20))
            if megabits is None:
                figures |= {"rate": run["deliveries"] / run["seconds"], "cpu": per_million(run), "foreign": run["foreign"]}
            else:
                figures |= {"narrow": run["deliveries"] / run["seconds"], "last": run["latency"]["p50"] / 1000}
    return figures


def start(peer, size, memo):
    times = []
    for _ in range(size.count(10)):
        with Pushhub() as server:
            times.append(1000 * server.start_seconds)
    return {"ready": statistics.median(times)}


def send(peer, size, memo):
    """Whole runs of a command, started one after the other; for pushhub-send one publishes to a running hub."""
    with Pushhub() as hub:
        publishing = [memo["pushhub-send"], "--socket", hub.socket, "--broadcast", "bench", "1"]
        command = ["/bin/true"] if peer == "/bin/true" else publishing
        with open(os.devnull, "w") as nowhere, pinning.pinned(pinning.CLIENT):
            actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
            times = []
            for _ in range(size.count(200)):
                started = time.monotonic()
                pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
                if os.waitpid(pid, 0)[1] != 0:
                    raise RuntimeError(f"{command[0]} failed")
                times.append(1000 * (time.monotonic() - started))
    return {"median": statistics.median(times), "fastest": min(times)}


CPU = "server CPU s per million deliveries"

SCENARIOS = [
    Scenario("connect", "10,000 streams, 256 under way", ["floor", "pushhub", "nchan"], [
        Figure("rate", "connects/s"), Figure("cpu", "server CPU µs per connect", "{:.1f}", "≤ 60 µs"),
        Figure("memory", "user memory per idle stream, bytes", target="≤ 512")], connect),
    Scenario("fanout", "broadcast to 10,000, one at a time, 200 bytes", ["floor", "pushhub", "nchan"], [
        Figure("rate", "deliveries/s", target="≥ 0.95"), Figure("cpu", CPU, "{:.2f}", "≤ 1.08")], fanout),
    Scenario("burst", "broadcast to 10,000, 64 waiting", ["floor", "pushhub"], [
        Figure("rate", "deliveries/s"), Figure("cpu", CPU, "{:.2f}", "≤ 0.5")], burst),
    Scenario("receipt", "publish to last receipt, 1,000 streams", ["floor", "pushhub", "nchan"], [
        Figure("median", "median", "{:,.0f} µs", "≤ 1.1"), Figure("p99", "p99", "{:,.0f} µs")], receipt),
    Scenario("unicast", "to random users of 10,000, 64 under way", ["floor", "pushhub", "nchan"], [
        Figure("one", "messages/s, 1 publisher", target="≥ 1.0"),
        Figure("four", "messages/s, 4 publishers", target="≥ 1.0"),
        Figure("cpu", "server CPU µs per message", "{:.2f}"),
        Figure("median", "latency at half the floor's rate, median", "{:,.0f} µs", "≤ 2"),
        Figure("p99", "the same, p99", "{:,.0f} µs")], unicast),
    Scenario("listen", "one publisher that pipelines, one listener on the socket, 100 bytes", ["pushhub"], [
        Figure("live", "events/s", target="≥ 200,000"), Figure("live_cpu", "server CPU µs per event", "{:.2f}"),
        Figure("since", "events/s from history"),
        Figure("since_cpu", "server CPU µs per event, published and heard later", "{:.2f}")], listen),
    Scenario("http", "publishing over 64 kept-alive HTTP connections to users of 10,000", ["nchan", "pushhub"], [
        Figure("rate", "messages/s", target="≥ 1.0", against="nchan"),
        Figure("cpu", "server CPU µs per message", "{:.1f}", against="nchan")], http),
    Scenario("storm", "19,000 clients at once; then back with 100 events each to replay", ["floor", "pushhub"], [
        Figure("plain", "plain connects/s"), Figure("plain_cpu", "server CPU µs per plain connect", "{:.1f}"),
        Figure("back", "connects/s when they come back"), Figure("served", "clients served"),
        Figure("seconds", "seconds until all are served", "{:.2f}"), Figure("deliveries", "deliveries/s"),
        Figure("cpu", CPU, "{:.2f}")], storm),
    Scenario("shards", "broadcast to 10,000, server and clients on all CPUs", ["threads 1", "threads 2"], [
        Figure("single", "one at a time: deliveries/s", target="≥ 1.2", against="threads 1"),
        Figure("single_cpu", CPU, "{:.2f}", against="threads 1"),
        Figure("single_busy", "machine busy, %", against="threads 1"),
        Figure("rate", "4 under way: deliveries/s", target="≥ 1.2", against="threads 1"),
        Figure("cpu", CPU, "{:.2f}", against="threads 1"),
        Figure("client", "client CPU s per million", "{:.2f}", against="threads 1"),
        Figure("busy", "machine busy, %", against="threads 1")], shards),
    Scenario("congestion", "broadcast to 10,000, by congestion control",
             [*(f"floor {control}" for control in machine.congestion_controls()), "pushhub"], [
        Figure("rate", "deliveries/s", against="floor bbr"), Figure("cpu", CPU, "{:.2f}", against="floor bbr")], congestion),
    Scenario("remote", "broadcast to 10,000 on another host, by congestion control",
             network.congestion_controls(), [
        Figure("rate", "deliveries/s", against="reno"), Figure("cpu", CPU, "{:.2f}", against="reno"),
        Figure("narrow", "deliveries/s through 100 Mbit/s", against="reno"),
        Figure("last", "the same, ms from publish to last receipt", "{:.0f}", against="reno")], remote),
    Scenario("start", "start to READY=1", ["pushhub"], [Figure("ready", "ms", "{:.1f}", "≤ 30")], start),
    Scenario("send", "one run of pushhub-send", ["/bin/true", "pushhub-send"], [
        Figure("median", "median ms", "{:.2f}", "≤ 2", against="/bin/true"),
        Figure("fastest", "fastest ms", "{:.2f}", against="/bin/true")], send),
]

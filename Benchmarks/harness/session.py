"""One server and one load generator, and what a command costs the server."""

import time

from harness import machine, pinning
from harness.load import Load

SETTLING = 0.3  # seconds, before memory is read


class Session:
    """`users` tokens are made; `audience` says whether streams are for everyone's events or for their users' own."""

    def __init__(self, server, users, audience="all", cpus=pinning.CLIENT, wrapper=()):
        self.server = server
        self.load = Load(server.load_arguments(users, audience), cpus, wrapper)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.load.stop()

    @property
    def pid(self):
        return self.server.process.pid

    def measure(self, verb, **words) -> dict:
        """The load generator's answer, with `cpu` (the server's seconds) and `foreign` (the share of the machine's
        time that neither server nor client used)."""
        return measured(self.server, [self], lambda: self.load.perform(verb, **words))

    def memory(self) -> int:
        time.sleep(SETTLING)
        return machine.memory_bytes(self.pid)


def measured(server, sessions, work) -> dict:
    pid = server.process.pid
    started, busy, cpu = time.monotonic(), machine.busy_seconds(), machine.cpu_seconds(pid)
    answer = work()
    answer["cpu"] = machine.cpu_seconds(pid) - cpu
    elapsed = time.monotonic() - started
    own = answer["cpu"] + answer.get("clientCPU", 0)
    foreign = machine.busy_seconds() - busy - own
    answer["foreign"] = max(0.0, foreign) / (elapsed * len(pinning.ALL))
    answer["busy"] = (machine.busy_seconds() - busy) / (elapsed * len(pinning.ALL))
    return answer

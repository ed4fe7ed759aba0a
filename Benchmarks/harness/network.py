"""Two network namespaces and a wire between them, so that a peer is not on loopback: network_namespaces(7), veth(4)."""

import contextlib
import os
import pathlib
import shutil
import subprocess

SERVER, CLIENT = "pushhub-bench-server", "pushhub-bench-client"
ADDRESS, PEER = "10.213.7.1", "10.213.7.2"


def congestion_controls() -> list[str]:
    """Those that a namespace may choose; none where it cannot be made."""
    allowed = pathlib.Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control").read_text().split()
    return allowed if os.geteuid() == 0 and shutil.which("ip") and shutil.which("tc") else []


def inside(namespace) -> list[str]:
    """What a command has to begin with to run there."""
    return ["ip", "netns", "exec", namespace]


@contextlib.contextmanager
def wire(congestion, megabits=None):
    """While it is there, the server's side chooses this congestion control, and sends no more megabits per second."""
    try:
        for namespace in (SERVER, CLIENT):
            run("ip", "netns", "add", namespace)
        run("ip", "link", "add", "wire", "netns", SERVER, "type", "veth", "peer", "name", "wire", "netns", CLIENT)
        for namespace, address in ((SERVER, ADDRESS), (CLIENT, PEER)):
            run("ip", "-n", namespace, "address", "add", f"{address}/24", "dev", "wire")
            run("ip", "-n", namespace, "link", "set", "wire", "up")
            run("ip", "-n", namespace, "link", "set", "lo", "up")
        run(*inside(SERVER), "sh", "-c", f"echo {congestion} >/proc/sys/net/ipv4/tcp_congestion_control")
        if megabits:
            run("tc", "-n", SERVER, "qdisc", "add", "dev", "wire", "root", "tbf", "rate", f"{megabits}mbit",
                "burst", "64kb", "latency", "50ms")
        yield
    finally:
        for namespace in (SERVER, CLIENT):
            subprocess.run(["ip", "netns", "delete", namespace], stderr=subprocess.DEVNULL)


def run(*command):
    subprocess.run(command, check=True)

"""What /proc tells: CPU time and memory of a server's processes, and how busy the machine was."""

import os
import pathlib

TICK = 1 / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    members = [pid]
    for member in members:
        for children in pathlib.Path(f"/proc/{member}/task").glob("*/children"):
            members += [int(child) for child in children.read_text().split()]
    return members


def cpu_seconds(pid: int) -> float:
    """CPU time of a process family, to the nanosecond; the softirq work done in its name is in it."""
    seconds = 0.0
    for member in family(pid):
        for schedule in pathlib.Path(f"/proc/{member}/task").glob("*/schedstat"):
            seconds += int(schedule.read_text().split()[0]) / 1e9
    return seconds


def memory_bytes(pid: int) -> int:
    """Proportional set size of a process family, which leaves out what the kernel holds for its sockets."""
    total = 0
    for member in family(pid):
        for line in pathlib.Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def busy_seconds() -> float:
    """CPU time that all of the machine has used."""
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, softirq = (int(field) for field in fields[:7])
    return (user + nice + system + irq + softirq) * TICK


def congestion_controls() -> list[str]:
    return pathlib.Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text().split()


def congestion_control() -> str:
    return pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()


def description() -> str:
    """The processor, as it calls itself, and how many of it there are."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} × {models[0] if models else 'a processor without a name'}"

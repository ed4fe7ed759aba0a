"""Counts instructions with valgrind's callgrind: the same every time, however busy the machine is."""

import os
import re
import subprocess

from harness.places import OUTPUT
from harness.servers import Pushhub
from harness.session import Session

# Swift's dictionaries would place their keys differently in each process.
ENVIRONMENT = {"SWIFT_DETERMINISTIC_HASHING": "1"}


def stripped(binary) -> str:
    """A copy without debugging information, of which valgrind does not understand every form."""
    path = OUTPUT / (os.path.basename(binary) + "-stripped")
    subprocess.run(["strip", "--strip-debug", "-o", str(path), binary], check=True)
    return str(path)


def valgrind() -> list[str]:
    return ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


def collected(text) -> int:
    found = re.search(r"Collected : (\d+)", text)
    if not found:
        raise RuntimeError("callgrind counted nothing:\n" + text)
    return int(found.group(1))


def of_part(binary, name, count) -> int:
    """Of a whole run of pushhub-bench that performs a part so often."""
    run = subprocess.run([*valgrind(), binary, "--count", str(count), name], env={**os.environ, **ENVIRONMENT},
                         stderr=subprocess.PIPE, text=True, check=True)
    return collected(run.stderr)


def of_daemon(work, users, http=False) -> int:
    """Of a daemon's life in which a load generator performs `work`, publishing on the Unix socket or over HTTP."""
    server = Pushhub(http=http, wrapper=valgrind(), environment=ENVIRONMENT)
    with server, Session(server, users) as session:
        work(session.load)
    with open(server.log.name) as log:
        return collected(log.read())

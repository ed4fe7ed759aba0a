"""Which CPUs a process is started on."""

import contextlib
import os

ALL = sorted(os.sched_getaffinity(0))
SERVER = ALL[:1]
CLIENT = ALL[1:2] or ALL[:1]


@contextlib.contextmanager
def pinned(cpus):
    """What is started within runs on these CPUs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)

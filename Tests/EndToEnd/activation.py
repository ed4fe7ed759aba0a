"""Starts a program with listening sockets as systemd passes them (sd_listen_fds(3))."""

import os
import socket
import subprocess


def start(arguments, sockets, environment, **options):
    """`sockets`: pairs of a name and a listening socket. The program keeps its process id, as LISTEN_PID needs it."""
    names = ":".join(name for name, _ in sockets)
    descriptors = [passed.fileno() for _, passed in sockets]

    def take_places():
        # Out of each other's way first, then to 3, 4, …
        spare = [os.dup2(d, 100 + i) for i, d in enumerate(descriptors)]
        for index, descriptor in enumerate(spare):
            os.dup2(descriptor, 3 + index, inheritable=True)
            os.close(descriptor)

    # A shell that becomes the program: it knows its own process id.
    command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *arguments]
    return subprocess.Popen(
        command, env={**environment, "LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": names}, close_fds=False,
        preexec_fn=take_places, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        **options)


def listening(host="127.0.0.1"):
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, 0))
    listener.listen(64)
    return listener

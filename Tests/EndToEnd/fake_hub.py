"""A hub that follows a script of the test's, for what a real one does seldom or never."""

import contextlib
import socket
import threading

DEADLINE = 20  # seconds after which a test that waits has failed


class FakeHub:
    """Listens on a Unix socket and lets `script(peer, hub)` speak with each connection in turn."""

    def __init__(self, path, script, backlog=16):
        self.path = str(path)
        self.lines = []
        self.error = None
        self.script = script
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        self.server.listen(backlog)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            with peer:
                try:
                    self.script(Peer(peer), self)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                except Exception as error:  # shown by close()
                    self.error = error

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(DEADLINE)
        if self.error:
            raise self.error


class Peer:
    def __init__(self, sock):
        self.sock = sock
        sock.settimeout(3 * DEADLINE)  # the test's own deadlines come first
        self.buffer = b""

    def line(self):
        """The next line with its LF, or b"" at the end."""
        while b"\n" not in self.buffer:
            chunk = self.sock.recv(65536)
            if not chunk:
                rest, self.buffer = self.buffer, b""
                return rest
            self.buffer += chunk
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def wait_for_end(self):
        with contextlib.suppress(ConnectionResetError):
            while self.sock.recv(65536):
                pass


def answering(*replies):
    """A script that answers one line with each of the replies, then waits for the end."""

    def script(peer, hub):
        for reply in replies:
            hub.lines.append(peer.line().decode())
            peer.send(reply)
        peer.wait_for_end()

    return script


def receipts(peer, hub):
    """A script that accepts every line."""
    while line := peer.line():
        hub.lines.append(line.decode())
        peer.send(f"OK e-{len(hub.lines)} 1\n")

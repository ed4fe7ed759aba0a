"""What stands around the hub in these tests: a gate that cuts and stalls connections, and a server for the test page."""

import contextlib
import http.server
import pathlib
import select
import socket
import struct
import threading

PAGE = pathlib.Path(__file__).parent / "page"
DIST = PAGE.parents[2] / "dist"


class Gate:
    """Passes TCP connections on to the hub, until told otherwise."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.accepted = 0
        self.flows = threading.Event()
        self.flows.set()
        self.is_open = True
        self.pairs = set()
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.accepted += 1
                if not self.is_open:
                    client.close()
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            hub = socket.create_connection(("127.0.0.1", self.target_port))
        except OSError:
            client.close()
            return
        pair = (client, hub)
        with self.lock:
            self.pairs.add(pair)
        with contextlib.suppress(OSError, ValueError):
            while True:
                readable, _, _ = select.select(pair, [], [])
                for source in readable:
                    data = source.recv(65536)
                    if not data:
                        return self._close(pair)
                    self.flows.wait()
                    (hub if source is client else client).sendall(data)
        self._close(pair)

    def _close(self, pair, reset=False):
        with self.lock:
            if pair not in self.pairs:
                return
            self.pairs.discard(pair)
        if reset:
            pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client, hub = pair
        with contextlib.suppress(OSError):
            # Wakes the thread that waits for these sockets: while it does, closing them would send nothing.
            hub.shutdown(socket.SHUT_RDWR)
        if not reset:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        client.close()
        hub.close()

    def cut(self, reset=True):
        """Breaks every connection: with a reset, or with an orderly end that HTTP takes for a torn body."""
        for pair in list(self.pairs):
            self._close(pair, reset)

    def shut(self):
        """Cuts, and refuses new connections."""
        self.is_open = False
        self.cut()

    def open(self):
        self.is_open = True

    def close(self):
        self.listener.close()
        self.flows.set()
        self.cut()


class PageServer(http.server.ThreadingHTTPServer):
    """Serves the test page from another origin than the hub's."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class PageHandler(http.server.BaseHTTPRequestHandler):
    types = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

    def do_GET(self):
        name = self.path.split("?")[0].strip("/") or "index.html"
        folder = DIST if name == "pushhub.min.js" else PAGE
        file = folder / name
        if not file.is_file():
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.types.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

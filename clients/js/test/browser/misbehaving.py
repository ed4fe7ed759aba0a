"""A server that misbehaves to order: the test says, request by request, what it answers."""

import contextlib
import datetime
import http.server
import json
import threading
import time


class MisbehavingServer(http.server.ThreadingHTTPServer):
    """`answer(exchange)` is called for each request but preflights; `requests` holds what came."""

    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.answer = answer
        self.requests = []
        self.over = threading.Event()
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/sse/connect/auth"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def streams(self):
        return [each for each in self.requests if each.command == "GET"]

    def posts(self):
        return [each for each in self.requests if each.command == "POST"]

    def close(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class Exchange(http.server.BaseHTTPRequestHandler):
    def do_OPTIONS(self):
        self.reply(204, {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Max-Age": "7200",
                         "Access-Control-Allow-Headers": "authorization, last-event-id, x-client-id, x-tenant"})

    def do_GET(self):
        self.number = len(self.server.requests)
        self.time = time.monotonic()
        self.server.requests.append(self)
        with contextlib.suppress(OSError):
            self.server.answer(self)

    do_POST = do_GET

    def token(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def head(self, status, headers=None):
        self.send_response(status)
        for name, value in {"Access-Control-Allow-Origin": self.headers.get("Origin", "*"),
                            "Access-Control-Allow-Credentials": "true", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def reply(self, status, headers=None, body=b""):
        self.head(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def stream(self, *chunks, lasts=None):
        """An event stream: each chunk is a write of its own; then it stays open, or ends after `lasts` seconds."""
        self.head(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        for chunk in chunks:
            self.wfile.write(chunk.encode())
            self.wfile.flush()
            time.sleep(0.02)
        self.server.over.wait(lasts)
        self.close_connection = True

    def log_message(self, *_):
        pass


def at(seconds):
    """ISO 8601, so many seconds from now."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def event(kind, data, event_id=None):
    return (f"id: {event_id}\n" if event_id else "") + f"event: {kind}\ndata: {json.dumps(data)}\n\n"


def greeting(connection="conn_0123456789abcdef", life=None, interval=30000):
    """The hub's `open` and `welcome`; `life`: seconds until the token ends."""
    opened = {"connectionId": connection, "replay": "none", "heartbeatInterval": interval,
              "tokenExpiresAt": at(life) if life else None}
    return "retry: 50\n" + event("open", opened) + event("welcome", {"timestamp": at(0)}, "e-1")

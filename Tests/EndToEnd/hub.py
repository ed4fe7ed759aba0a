"""A running pushhubd, its publishers and its subscribers, for tests. Everything waits for an event, with a deadline."""

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time

DEADLINE = 20.0
SECRET = b"a-secret-of-at-least-thirty-two-bytes"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(claims: dict, secret: bytes = SECRET) -> str:
    head = b64(b'{"alg":"HS256","typ":"JWT"}') + "." + b64(json.dumps(claims).encode())
    return head + "." + b64(hmac.new(secret, head.encode(), hashlib.sha256).digest())


class Hub:
    def __init__(self, binary, directory, settings, environment=None, arguments=(), limit=None, listener=None):
        """`listener`: a listening Unix socket that is handed over for publishers, as systemd does it."""
        directory.mkdir(parents=True, exist_ok=True)
        self.binary = binary
        self.directory = directory
        self.socket_path = str(directory / "publish.sock")
        self.key_path = directory / "key"
        self.key_path.write_bytes(SECRET + b"\n")
        self.settings = {
            "http.listen": "127.0.0.1:0",
            "publish.socket": self.socket_path,
            "auth.key-file": str(self.key_path),
            "log.target": "stderr",
            "log.level": "debug",
            "threads": "2",
            # So that hardly one comes; the first of a stream may come at any time, wherever its turn is.
            "stream.heartbeat-interval": "10m",
            # So that none is refused, as a test's clients come as fast as they can.
            "limits.requests-per-second": "0",
            **settings,
        }
        self.extra_environment = environment or {}
        self.arguments = list(arguments)
        self.limit = limit
        self.listener = listener
        self.process = None
        self.port = None
        self.lines = []
        self.grown = threading.Condition()

    def environment(self):
        variables = {k: v for k, v in os.environ.items() if not k.startswith("PUSHHUB_")}
        for key, value in self.settings.items():
            variables["PUSHHUB_" + re.sub("[.-]", "_", key).upper()] = str(value)
        return {**variables, **self.extra_environment}

    def start(self):
        command, handed_over = [self.binary, *self.arguments], []
        if self.listener:
            handed_over = [self.listener.fileno()]
            variables = "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=publish"
            command = ["bash", "-c", f'{variables} exec "$0" "$@" 3<&{handed_over[0]}', *command]
        self.process = subprocess.Popen(
            command, env=self.environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=self.directory, preexec_fn=self._limit, pass_fds=handed_over)
        threading.Thread(target=self._read, daemon=True).start()
        ready = self.wait_for_log(r"listening on http://\S+?:(\d+)")
        self.port = int(ready.group(1))
        self.wait_for_log(r"ready")
        return self

    def _limit(self):
        if self.limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.limit, self.limit))

    def _read(self):
        for line in self.process.stderr:
            with self.grown:
                self.lines.append(line.rstrip("\n"))
                self.grown.notify_all()
        with self.grown:
            self.grown.notify_all()

    def log(self):
        with self.grown:
            return "\n".join(self.lines)

    def wait_for_log(self, pattern, count=1):
        """Waits until so many lines match; returns the last of them."""
        end = time.monotonic() + DEADLINE
        with self.grown:
            while True:
                found = [m for m in (re.search(pattern, line) for line in self.lines) if m]
                if len(found) >= count:
                    return found[count - 1]
                if self.process.poll() is not None and not self.grown.wait(0.5):
                    raise AssertionError(f"the hub ended ({self.process.returncode}) without {pattern!r}:\n" + "\n".join(self.lines))
                if not self.grown.wait(max(0.0, end - time.monotonic())) and time.monotonic() >= end:
                    raise AssertionError(f"no {pattern!r} in the log:\n" + "\n".join(self.lines))

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def restart(self):
        """Ends the process and starts another on the same port."""
        self.stop()
        self.settings["http.listen"] = f"127.0.0.1:{self.port}"
        self.lines.clear()
        return self.start()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def is_running(self):
        return self.process.poll() is None

    # Tokens

    def token(self, user, scopes=(), lifetime=3600, **claims):
        claims = {"sub": user, "scope": " ".join(scopes), **claims}
        if lifetime is not None:
            claims["exp"] = time.time() + lifetime
        return make_token(claims)

    # Publishers

    def publisher(self, uid=None):
        """`uid`: the kernel tells the hub who connects: this process, for a moment, as another user."""
        if uid is None:
            return Publisher(self.socket_path)
        os.seteuid(uid)
        try:
            return Publisher(self.socket_path)
        finally:
            os.seteuid(0)

    def command(self, line):
        with self.publisher() as publisher:
            return publisher.command(line)

    # Subscribers

    def subscribe(self, user="42", last_event_id=None, token=None, path="/sse/connect/auth", headers=(), version="1.1"):
        return Stream(self.port, token or self.token(user), last_event_id, path, headers, version)

    def request(self, method, path, token=None, body=None, headers=()):
        """One HTTP request on a connection of its own; returns a Response."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        data = b""
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            lines += [f"Content-Length: {len(data)}"]
            if not any(h.lower().startswith("content-type:") for h in headers):
                lines += ["Content-Type: application/json"]
        lines += headers
        with socket.create_connection(("127.0.0.1", self.port), DEADLINE) as s:
            s.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
            return Response.read(s.makefile("rb"), method)


@dataclasses.dataclass
class Response:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @staticmethod
    def read_head(file):
        status = file.readline().decode()
        if not status:
            raise EOFError("the hub closed without an answer")
        headers = {}
        while (line := file.readline().decode().rstrip("\r\n")):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return int(status.split()[1]), headers

    @classmethod
    def read(cls, file, method="GET"):
        status, headers = cls.read_head(file)
        body = b""
        if method != "HEAD" and status not in (204, 304):
            if headers.get("transfer-encoding") == "chunked":
                body = b"".join(chunks(file))
            elif "content-length" in headers:
                body = file.read(int(headers["content-length"]))
            else:
                body = file.read()
        return cls(status, headers, body)


def as_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def chunks(file):
    """The chunks of a chunked body; each frame of a stream is one."""
    while True:
        line = file.readline()
        if not line:
            raise EOFError("cut")
        size = int(line, 16)
        data = file.read(size)
        assert file.read(2) == b"\r\n"
        if size == 0:
            return
        yield data


@dataclasses.dataclass
class Event:
    type: str
    data: object
    """The data as JSON; None where it is other text."""
    id: str | None
    retry: int | None = None
    topic: str | None = None
    text: str = ""
    """The data as a parser of the stream hands it on."""


class Stream:
    """A subscriber that reads every byte and checks the framing."""

    def __init__(self, port, token, last_event_id=None, path="/sse/connect/auth", headers=(), version="1.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.socket.settimeout(DEADLINE)
        lines = [f"GET {path} HTTP/{version}", f"Host: 127.0.0.1:{port}", *headers]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if last_event_id is not None:
            lines.append(f"Last-Event-ID: {last_event_id}")
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        self._begin(last_event_id)

    @classmethod
    def over(cls, connection):
        """The answer to a request that was sent."""
        stream = cls.__new__(cls)
        stream.socket = connection
        stream._begin(None)
        return stream

    def _begin(self, last_event_id):
        self.file = self.socket.makefile("rb")
        self.status, self.headers = Response.read_head(self.file)
        self.is_chunked = self.headers.get("transfer-encoding") == "chunked"
        self.last_id = last_event_id
        self._events = self._parse()

    def _lines(self):
        if not self.is_chunked:
            yield from iter(self.file.readline, b"")
            return
        for chunk in chunks(self.file):
            assert chunk.endswith(b"\n\n"), "a chunk ends within an event"
            yield from chunk.splitlines(keepends=True)

    def _parse(self):
        type_, data, id_, retry, topic = None, [], None, None, None
        for line in self._lines():
            line = line.decode().rstrip("\n")
            if not line:
                text = "\n".join(data)
                yield Event(type_, as_json(text), id_, retry, topic, text)
                type_, data, id_, retry, topic = None, [], None, None, None
                continue
            field, _, value = line.partition(": ")
            if field == "event":
                type_ = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                id_ = self.last_id = value
            elif field == "retry":
                retry = int(value)
            elif field == "topic":
                topic = value
            else:
                raise AssertionError(f"unexpected line {line!r}")

    def next(self):
        """The next event but heartbeats; raises StopIteration at an orderly end of the stream."""
        while (event := next(self._events)).type == "heartbeat":
            pass
        return event

    def next_of(self, *types):
        while True:
            event = next(self._events)
            if event.type in types:
                return event

    def opened(self):
        """Reads open and welcome; returns open's data."""
        opening = self.next()
        assert opening.type == "open"
        assert self.next().type == "welcome"
        return opening.data

    def owed(self):
        """What comes before the heartbeat that marks the end of a list, and that heartbeat."""
        events = []
        while (event := next(self._events)).type != "heartbeat":
            events.append(event)
        return events, event

    def rest(self):
        return [event for event in self._events if event.type != "heartbeat"]

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Publisher:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def reply(self):
        line = self.file.readline().decode()
        if not line:
            raise EOFError("the hub closed")
        assert line.endswith("\n")
        return line[:-1]

    def command(self, line):
        self.send(line + "\n")
        return self.reply()

    def finish(self):
        """Half-closes, and returns all further replies."""
        self.socket.shutdown(socket.SHUT_WR)
        return self.file.read().decode().splitlines()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

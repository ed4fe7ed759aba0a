"""The benchmarks' load generator tells when a server loses, doubles, cuts, misdirects or reorders: otherwise its figures
would be worth nothing."""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import threading

import pytest

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks" / "Load"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
DEADLINE = 20


@pytest.fixture(scope="session")
def load_generator(tmp_path_factory):
    program = tmp_path_factory.mktemp("load") / "load"
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run([compiler, "-O2", "-o", program, *sorted(SOURCES.glob("*.c"))], check=True)
    return program


class ScriptedServer:
    """Holds one stream, and makes of each published message the events that a script says."""

    def __init__(self, directory, script):
        self.script = script
        self.path = str(directory / "publish.sock")
        self.tcp, self.unix = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
        self.unix.bind(self.path)
        self.unix.listen()
        self.port = self.tcp.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with self.tcp, self.unix, contextlib.suppress(OSError):  # the load generator leaves when it has seen enough
            stream, _ = self.tcp.accept()
            stream.recv(4096)
            stream.sendall(HEAD)
            publisher, _ = self.unix.accept()
            for number, line in enumerate(publisher.makefile(), 1):
                publisher.sendall(b"OK 1-1 1\n")
                for text in self.script(number, line.split(" ", 3)[3].rstrip("\n")):
                    stream.sendall(b"%x\r\n%s\r\n" % (len(text), text.encode()))


def event(data):
    return f"id: 1-1\nevent: message\ndata: {data}\n\n"


def run(program, server, command):
    arguments = ["--port", str(server.port), "--path", "/", "--socket", server.path, "--patience", "0.3",
                 "--to-all", "PUSH * message {json}", "--to-one", "PUSH user:{user} message {json}"]
    ended = subprocess.run([program, *arguments], input=f"connect count=1\n{command}\n", stdout=subprocess.PIPE, text=True,
                           timeout=DEADLINE)
    return ended.returncode, json.loads(ended.stdout.splitlines()[-1])


def split(number, data):
    """One event in three chunks, cut within a field's name and within the data."""
    whole = event(data)
    return [whole[:12], whole[12:40], whole[40:]]


@pytest.mark.parametrize("script", [lambda n, data: [event(data)], split], ids=["whole", "in pieces"])
def test_a_server_that_delivers_everything_has_figures(tmp_path, load_generator, script):
    status, answer = run(load_generator, ScriptedServer(tmp_path, script), "publish count=5")
    assert status == 0
    assert (answer["messages"], answer["deliveries"]) == (5, 5)
    assert answer["latency"]["p50"] > 0


@pytest.mark.parametrize("script, problem", [
    (lambda n, data: [event(data)] if n != 3 else [], "4 of 5 messages were received"),
    (lambda n, data: [event(data)] * (2 if n == 5 else 1), "came after message 5"),
    (lambda n, data: [event(data)] if n != 3 else [event(data.replace('"n":3', '"n":2'))], "came after message 2"),
    (lambda n, data: [event(data.replace('"n":', '"n":9'))], "was never published"),
    (lambda n, data: [event(data[:-10])], "was cut"),
    (lambda n, data: [event(data).replace("\n\n", "\n")], "was cut"),
    (lambda n, data: [event(data.replace('"u":-1', '"u":0'))], "is not what was published"),
    (lambda n, data: ["event: close\ndata: {}\n\n"], "event: close"),
], ids=["lost", "doubled", "repeated", "unknown", "cut", "joined", "misdirected", "closed"])
def test_a_server_that_does_not_has_none(tmp_path, load_generator, script, problem):
    status, answer = run(load_generator, ScriptedServer(tmp_path, script), "publish count=5 window=5 burst=5")
    assert status == 1
    assert problem in answer["error"]

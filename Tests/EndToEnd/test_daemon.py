"""Start, configuration, reload and end of the real daemon, without systemd."""

import os
import re
import resource
import signal
import socket
import subprocess

import pytest

import activation
from conftest import binary
from hub import DEADLINE, SECRET, Hub, Response, make_token


def run(*arguments, environment=None, **options):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PUSHHUB_")}
    return subprocess.run(
        [binary("pushhubd", "PUSHHUBD"), *arguments], env={**clean, **(environment or {})}, capture_output=True,
        text=True, timeout=DEADLINE, **options)


def failing(settings, tmp_path):
    """The exit code and the words of a hub that cannot start."""
    hub = Hub(binary("pushhubd", "PUSHHUBD"), tmp_path / "failing", settings)
    result = subprocess.run(
        [hub.binary], env=hub.environment(), capture_output=True, text=True, timeout=DEADLINE, cwd=hub.directory)
    return result.returncode, result.stderr


def test_without_a_key_it_says_how_to_make_one(tmp_path):
    result = run("--publish-socket", str(tmp_path / "s"), "--http-listen", "127.0.0.1:0")
    assert result.returncode == 78
    assert "auth.key-file" in result.stderr and "--dev" in result.stderr


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("auth:\n  cookie: false\n", "auth.cookie: false is a boolean"),
        ("auth:\n  issuer: 42\n", "auth.issuer: 42 is a number"),
        ("threads: {}\n", "threads: a section is given where one value is taken"),
        ("threads: []\n", "threads: a list is given where one value is taken"),
        ("http:\n  allowed-origins: {}\n", "http.allowed-origins: a section is given where a list is taken"),
        ("http: []\n", "“http” is a section and takes no value"),
    ],
)
def test_a_value_of_another_type_is_an_error(tmp_path, text, complaint):
    file = tmp_path / "pushhubd.yaml"
    file.write_text(text)
    result = run("--check-config", "--config", str(file))
    assert result.returncode == 78 and f"{file}: {complaint}" in result.stderr


@pytest.mark.parametrize("content", [b"short", b"", b"-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n"])
def test_a_bad_key_is_named(tmp_path, content):
    key = tmp_path / "bad"
    key.write_bytes(content)
    code, text = failing({"auth.key-file": str(key)}, tmp_path)
    assert code == 78 and str(key) in text


def test_every_error_of_the_configuration_is_named(tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("http:\n  lissen: 127.0.0.1:1\nstream:\n  retry: soon\n")
    result = run("--check-config", "--config", str(file), environment={"PUSHHUB_THREADS": "many"})
    assert result.returncode == 78
    for words in ["http.lissen", "http.listen", "stream.retry", "soon", "PUSHHUB_THREADS", str(file)]:
        assert words in result.stderr
    file.write_text("http:\n  listen: 127.0.0.1:1\n")
    assert run("--check-config", "--config", str(file)).returncode == 0


def test_usage_errors_are_64():
    assert run("--no-such-option").returncode == 64
    assert run("--help").returncode == 0
    assert run("--version").stdout.startswith("pushhubd ")


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("stream:\n  retry: 1s\n  heartbeat-interval: 11s\n  welcome-message: from the file\n")
    hub = start_hub(
        {"stream.retry": "2s", "stream.heartbeat-interval": "12s"},
        arguments=["--config", str(file), "--stream-retry", "3s"])
    with hub.subscribe() as stream:
        opening, welcome = stream.next(), stream.next()
        assert opening.retry == 3000
        assert opening.data["heartbeatInterval"] == 12000
        assert welcome.data["message"] == "from the file"


def test_a_stale_socket_is_replaced(start_hub, tmp_path):
    path = tmp_path / "stale.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    hub = start_hub({"publish.socket": str(path), "publish.mode": "0640"})
    hub.socket_path = str(path)
    assert hub.command("PING") == "OK pong"
    assert path.stat().st_mode & 0o777 == 0o640
    assert hub.stop() == 0
    assert not path.exists()


def test_a_live_socket_is_left_alone(hub, tmp_path):
    code, text = failing({"publish.socket": hub.socket_path}, tmp_path)
    assert code != 0 and hub.socket_path in text and "listens" in text
    assert hub.command("PING") == "OK pong"


def test_another_kind_of_file_is_left_alone(tmp_path):
    path = tmp_path / "precious"
    path.write_text("content")
    code, text = failing({"publish.socket": str(path)}, tmp_path)
    assert code != 0 and "no socket" in text
    assert path.read_text() == "content"


def test_where_no_socket_may_be_made_it_says_what_to_set(tmp_path):
    code, text = failing({"publish.socket": "/sys/pushhub/publish.sock"}, tmp_path)
    assert code != 0 and "/sys/pushhub" in text and "set publish.socket" in text


def test_a_port_in_use_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        code, text = failing({"http.listen": address}, tmp_path)
        assert code != 0 and address in text


def test_a_reload_takes_over_what_can_change_and_names_the_rest(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("stream:\n  retry: 1s\n")
    hub = start_hub(arguments=["--config", str(file)])
    with hub.subscribe() as before:
        before.opened()
        file.write_text("stream:\n  retry: 4s\npublish:\n  max-publishers: 5\n")
        hub.signal(signal.SIGHUP)
        hub.wait_for_log(r"configuration reloaded.*stream.retry: 1s -> 4s")
        hub.wait_for_log(r"needs a restart.*publish.max-publishers")
        with hub.subscribe() as after:
            assert after.next().retry == 4000
        hub.command("PUSH * n 1")
        assert before.next().data == 1


def test_a_limit_that_is_taken_out_of_the_file_is_gone_after_a_reload(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("limits:\n  connections: 1\n")
    hub = start_hub(arguments=["--config", str(file)])
    with hub.subscribe() as first, hub.subscribe() as refused:
        first.opened()
        assert refused.status == 503
        file.write_text("")
        hub.signal(signal.SIGHUP)
        hub.wait_for_log("configuration reloaded.*limits.connections: 1 -> auto")
        with hub.subscribe() as second:
            assert second.status == 200


class KeptConnection:
    """One connection for many requests."""

    def __init__(self, hub):
        self.socket = socket.create_connection(("127.0.0.1", hub.port), DEADLINE)
        self.file = self.socket.makefile("rb")

    def request(self, method, path, *fields, body=b""):
        lines = [f"{method} {path} HTTP/1.1", "Host: hub.example", f"Content-Length: {len(body)}", *fields]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return Response.read(self.file, method)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


def test_a_kept_connection_follows_a_reload(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("http:\n  max-body-size: 1KiB\n  max-header-size: 1KiB\n")
    hub = start_hub(arguments=["--config", str(file)])

    def reload(text):
        done = hub.log().count("configuration reloaded")
        file.write_text(text)
        hub.signal(signal.SIGHUP)
        hub.wait_for_log("configuration reloaded", count=done + 1)

    publish = ["Content-Type: application/json", f"Authorization: Bearer {hub.token('ops', ['pushhub:publish'])}"]
    event = b'{"data":"' + b"x" * 2000 + b'"}'
    with KeptConnection(hub) as kept, KeptConnection(hub) as idle:
        assert idle.request("GET", "/healthz").status == 200
        answer = kept.request("GET", "/healthz", "Origin: https://app.example")
        assert answer.status == 200 and "access-control-allow-origin" not in answer.headers
        reload("http:\n  allowed-origins: [https://app.example]\n  max-body-size: 4KiB\n")
        answer = kept.request("GET", "/healthz", "Origin: https://app.example")
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert kept.request("POST", "/sse/broadcast", *publish, body=event).status == 200
        assert kept.request("GET", "/healthz", "X-Long: " + "x" * 8000).status == 200
        reload("http:\n  max-body-size: 1KiB\n  header-timeout: 300ms\n")
        assert "access-control-allow-origin" not in kept.request("GET", "/healthz", "Origin: https://app.example").headers
        kept.socket.sendall(b"GET ")
        assert Response.read(kept.file).status == 408
        # The other one has been idle since before the reload.
        reload("http:\n  idle-timeout: 100ms\n")
        assert idle.file.read() == b""
    with KeptConnection(hub) as kept:
        reload("http:\n  max-body-size: 1KiB\n")
        assert kept.request("POST", "/sse/broadcast", *publish, body=event).status == 413


def test_a_bad_reload_changes_nothing(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("stream:\n  retry: 1s\n")
    hub = start_hub(arguments=["--config", str(file)])
    file.write_text("stream:\n  retry: 4s\n  nonsense: 1\n")
    hub.signal(signal.SIGHUP)
    hub.wait_for_log("nothing changes.*nonsense")
    with hub.subscribe() as stream:
        assert stream.next().retry == 1000


def test_keys_are_rotated_by_a_reload(hub):
    new = b"another-secret-of-at-least-thirty-two-bytes"
    token = make_token({"sub": "42"}, new)
    assert hub.subscribe(token=token).status == 401
    hub.key_path.write_bytes(new)
    hub.signal(signal.SIGHUP)
    hub.wait_for_log("configuration reloaded")
    with hub.subscribe(token=token) as stream:
        stream.opened()
    assert hub.subscribe(token=hub.token("42")).status == 401


def test_no_secret_is_ever_logged(hub):
    token = hub.token("42")
    with hub.subscribe(token=token) as stream:
        stream.opened()
        hub.command('PUSH user:42 n {"payload":"do not log me"}')
        stream.next()
    hub.subscribe(token=token[:-4] + "AAAA")
    hub.command("PUSH user:42 n do-not-log-me-either {")
    assert hub.stop() == 0
    text = hub.log()
    assert token not in text and token.split(".")[2] not in text
    assert SECRET.decode() not in text and "do not log me" not in text


def test_development_prints_all_that_one_needs_to_try_it(start_hub, tmp_path):
    hub = start_hub(arguments=["--dev"])
    text = ""
    while "pushhub-send" not in text:
        text += hub.process.stdout.readline()
    curl = re.search(r"curl -N -H 'Authorization: Bearer (\S+)' (\S+)", text)
    user = re.search(r"pushhub-send .* --user (\S+)", text).group(1)
    assert f"http://127.0.0.1:{hub.port}/?user=" in text
    with hub.subscribe(token=curl.group(1)) as stream:
        stream.opened()
        assert hub.command(f"PUSH user:{user} n 1").endswith(" 1")
    assert run("--dev", "--http-listen", "0.0.0.0:0", "--publish-socket", str(tmp_path / "s")).returncode == 78


def test_a_publishers_rights_are_those_of_the_configuration(start_hub):
    uid = os.getuid()
    hub = start_hub({"publish.allow": f"user={uid} push to=user:* event=invoice.*"})
    assert hub.command("PUSH user:42 invoice.paid 1").startswith("OK ")
    for line in ["PUSH user:42 notice 1", "PUSH * invoice.paid 1", "CLOSE user:42", "STATS", "CONNECTIONS 42"]:
        assert hub.command(line).startswith("ERR forbidden "), line
    hub.wait_for_log(rf"warning: command refused: forbidden .*publisher-uid={uid}\b", count=5)
    assert hub.command("PING") == "OK pong"


def test_at_the_descriptor_limit_streams_live_on_and_service_comes_back(start_hub):
    hub = start_hub({"limits.connections": "10000"}, limit=150)
    streams = [hub.subscribe("first")]
    streams[0].opened()
    refused = []
    for number in range(200):
        try:
            stream = hub.subscribe(str(number))
        except (OSError, EOFError):
            break
        (streams if stream.status == 200 else refused).append(stream)
        if stream.status == 503:
            break
    assert refused and refused[-1].status == 503
    for stream in refused + streams[1:]:
        stream.close()
    hub.wait_for_log("connection closed: client-closed")
    assert hub.command("PUSH user:first n 1").endswith(" 1")
    assert streams[0].next_of("n").data == 1
    with hub.subscribe("later") as stream:
        stream.opened()


def test_too_few_descriptors_are_a_clear_error(tmp_path):
    result = run(
        "--dev", "--threads", "2", "--http-listen", "127.0.0.1:0", "--publish-socket", str(tmp_path / "s"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)))
    assert result.returncode == 71 and "RLIMIT_NOFILE" in result.stderr


def test_publishers_are_told_that_the_hub_is_stopping(start_hub):
    hub = start_hub({"stream.max-queued-bytes": "64MiB", "shutdown.grace": "3s"})
    with hub.subscribe("slow") as slow, hub.publisher() as publisher:
        slow.opened()
        for _ in range(16):
            publisher.command('PUSH user:slow n "' + "x" * 900_000 + '"')
        hub.signal(signal.SIGTERM)
        hub.wait_for_log("stopping")
        reply = publisher.command("PUSH user:42 n 1")
        while reply.startswith("OK"):
            reply = publisher.command("PUSH user:42 n 1")
        assert reply.startswith("ERR draining ")
    assert hub.process.wait(DEADLINE) == 0


def test_what_a_publisher_sent_before_the_end_is_answered_within_the_grace(start_hub):
    """Also where its replies wait because it reads late, and no stream holds the hub up."""
    hub = start_hub()
    count = 20_000  # more than the replies that the sockets hold, no more than the lines that they and the hub do
    with hub.publisher() as late, hub.publisher() as idle:
        assert idle.command("PING") == "OK pong"
        late.send("PUSH user:42 n 1\n" * count)
        hub.signal(signal.SIGTERM)
        hub.wait_for_log("stopping")
        replies = [late.reply() for _ in range(count)]
        assert all(reply.startswith(("OK ", "ERR draining ")) for reply in replies)
        assert replies[-1].startswith("ERR draining ")
        assert idle.file.read() == b""
    assert hub.process.wait(DEADLINE) == 0


# systemd

def test_a_systemd_that_does_not_read_holds_up_nothing(start_hub, tmp_path):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        hub = start_hub(
            {"shutdown.grace": "1s"}, environment={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"})
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as crowd:
            crowd.setblocking(False)
            crowd.connect(path)
            with pytest.raises(BlockingIOError):
                while True:
                    crowd.send(b"STATUS=others")
        hub.signal(signal.SIGHUP)
        hub.wait_for_log("configuration reloaded")
        with hub.subscribe("42") as stream:
            stream.opened()
            assert hub.command("PUSH user:42 n 1").endswith(" 1")
            hub.signal(signal.SIGTERM)
            assert [event.type for event in stream.rest()] == ["n", "close"]
        assert hub.process.wait(DEADLINE) == 0


# For development

@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_hub_for_development_takes_no_socket_that_others_reach(tmp_path, host):
    hub = Hub(binary("pushhubd", "PUSHHUBD"), tmp_path / "dev", {})
    with activation.listening(host) as listener:
        process = activation.start(
            [hub.binary, "--dev", "--publish-socket", str(tmp_path / "s")], [("http", listener)], plain_environment())
        _, text = process.communicate(timeout=DEADLINE)
    assert process.returncode == 78
    assert "--dev is for this host alone" in text and "ListenStream=" in text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1"])
def test_a_hub_for_development_gives_tokens_to_loopback_alone(tmp_path, host):
    with activation.listening(host) as listener:
        process = activation.start(
            [binary("pushhubd", "PUSHHUBD"), "--dev", "--publish-socket", str(tmp_path / "s")], [("http", listener)],
            plain_environment())
        try:
            for line in process.stderr:
                if re.search(r"\bready\b", line):
                    break
            address = listener.getsockname()[:2]
            named = f"[{host}]" if ":" in host else host
            asked = {
                f"{named}:{address[1]}": 200, "localhost": 200, "127.0.0.1": 200, "127.0.0.01": 403, "127.1": 403,
                "127.0.0.1.evil.example": 403, "evil.example": 403, "0127.0.0.1": 403,
            }
            for authority, status in asked.items():
                with socket.create_connection(address, DEADLINE) as client:
                    client.sendall(
                        f"GET /demo/session?user=42 HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode())
                    assert Response.read(client.makefile("rb")).status == status, authority
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE)


def plain_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("PUSHHUB_")}

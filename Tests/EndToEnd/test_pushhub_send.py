"""pushhub-send, the real binary, against a hub that follows a script of the test's."""

import contextlib
import json
import os
import pathlib
import resource
import socket
import subprocess
import threading
import time

import pytest

from fake_hub import DEADLINE, FakeHub, answering, receipts

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PUSHHUB_SEND", str(ROOT / ".build/debug/pushhub-send"))


def environment(**variables):
    clean = {k: v for k, v in os.environ.items() if k not in ("PUSHHUB_SOCKET", "XDG_RUNTIME_DIR")}
    return clean | variables


def send(*arguments, hub=None, stdin=b"", env=None, **options):
    socket_option = ["--socket", hub.path] if hub else []
    return subprocess.run(
        [BINARY, *socket_option, *arguments],
        input=stdin, capture_output=True, timeout=DEADLINE, env=env or environment(), **options,
    )


def check(result, code, out=b"", err=""):
    assert (result.returncode, result.stdout) == (code, out), result
    if err:
        assert err in result.stderr.decode(), result.stderr
        assert result.stderr.startswith(b"pushhub-send: ") and result.stderr.count(b"\n") == 1, result.stderr
    else:
        assert result.stderr == b""


# Forms and their lines


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["--user", "42", "notice", '{"a": 1}'], 'PUSH user:42 notice {"a": 1}\n'),
        (["--users", "42,4 3", "notice", "1"], "PUSH users:42,4%203 notice 1\n"),
        (["--broadcast", "-", "null"], "PUSH * - null\n"),
        (["--connection", "conn_x", "message", '"text"'], 'PUSH conn:conn_x message "text"\n'),
        (["--user", "a,b%", "e", "-5"], "PUSH user:a%2Cb%25 e -5\n"),
        (["--broadcast", "e", "--text", 'say "hi"\n'], 'PUSH * e "say \\"hi\\"\\n"\n'),
        (["--broadcast", "e", '{\n  "a":\r\n  1\n}\n'], 'PUSH * e {   "a":    1 }\n'),
        (["--broadcast", "e", "1", "--key", "k", "--ttl", "0"], "@key=k;ttl=0 PUSH * e 1\n"),
        (["--broadcast", "e", "1", "--key", "a%41; 100%\n"], "@key=a%2541%3B%20100%25%0A PUSH * e 1\n"),
        (["--broadcast", "e", "--text", "@alice hi"], 'PUSH * e "@alice hi"\n'),
        (["--broadcast", "e", "@/etc/hostname", "--text"], 'PUSH * e "@/etc/hostname"\n'),
        (["--broadcast", "--text", "--", "e", "@/etc/hostname"], 'PUSH * e "@/etc/hostname"\n'),
        (["--broadcast", "e", "--text", "-"], 'PUSH * e "-"\n'),
        (["--broadcast", "e", "--text", "- an item"], 'PUSH * e "- an item"\n'),
        (["--broadcast", "e", "--text", "--", "--lines"], 'PUSH * e "--lines"\n'),
        (["--broadcast", "e", "--text", "a=b"], 'PUSH * e "a=b"\n'),
        (["--broadcast", "e", "title=@/etc/hostname \"\n", "level=5", "n:=5"],
         'PUSH * e {"title":"@/etc/hostname \\"\\n","level":"5","n":5}\n'),
        (["--broadcast", "e", "a:=[1,\n2]", "b.c-d_e="], 'PUSH * e {"a":[1, 2],"b.c-d_e":""}\n'),
    ],
)
def test_a_push_is_one_line(fake, arguments, line):
    hub = fake(answering("OK e-1 2\n"))
    check(send(*arguments, hub=hub), 0, b"e-1 2\n")
    assert hub.lines == [line]


@pytest.mark.parametrize(
    "arguments, line, reply, out",
    [
        (["ping"], "PING\n", "OK pong\n", b"pong\n"),
        (["stats"], "STATS\n", 'OK {"totalConnections":1}\n', b'{"totalConnections":1}\n'),
        (["explain", "7-12"], "EXPLAIN 7-12\n", 'OK {"id":"7-12"}\n', b'{"id":"7-12"}\n'),
        (["connections", "4 2"], "CONNECTIONS user:4%202\n", 'OK {"connections":[]}\n', b'{"connections":[]}\n'),
        (["connections", "user:42"], "CONNECTIONS user:user:42\n", "OK {}\n", b"{}\n"),
        (["connections", "--user", "42"], "CONNECTIONS user:42\n", "OK {}\n", b"{}\n"),
        (["connections", "--connection", "c"], "CONNECTIONS conn:c\n", "OK {}\n", b"{}\n"),
        (["disconnect", "--user", "42", "--reason", "be gone"], "CLOSE user:42 be gone\n", "OK 2\n", b"2\n"),
        (["disconnect", "--connection", "c"], "CLOSE conn:c\n", "OK 1\n", b"1\n"),
        (["--json", "disconnect", "--users", "1,2"], "CLOSE users:1,2\n", "OK 0\n", b'{"closedCount":0}\n'),
        (["--json", "--broadcast", "e", "1"], "PUSH * e 1\n", "OK e-1 2\n", b'{"id":"e-1","sentCount":2}\n'),
        (["--quiet", "--broadcast", "e", "1"], "PUSH * e 1\n", "OK e-1 2\r\n", b""),
    ],
)
def test_each_command_has_its_line_and_its_output(fake, arguments, line, reply, out):
    hub = fake(answering(reply))
    check(send(*arguments, hub=hub), 0, out)
    assert hub.lines == [line]


def test_payloads_come_from_files_pipes_and_standard_input(fake, tmp_path):
    hub = fake(answering("OK e-1 1\n"))
    path = tmp_path / "notice.json"
    path.write_text('{\n"a":\t1\n}\n')
    check(send("--broadcast", "e", f"@{path}", hub=hub), 0, b"e-1 1\n")
    check(send("--broadcast", "e", "-", hub=hub, stdin=b"[1,\n2]\n"), 0, b"e-1 1\n")
    check(send("--broadcast", "e", "--text", "--file", "-", hub=hub, stdin="Grüße\n\n".encode()), 0, b"e-1 1\n")
    check(send("--broadcast", "e", "--file", str(path), hub=hub), 0, b"e-1 1\n")
    odd = tmp_path / os.fsdecode(b"@odd \xff")
    odd.write_text("odd")
    check(send("--broadcast", "e", "--text", "--file=" + str(odd), hub=hub), 0, b"e-1 1\n")
    reader, writer = os.pipe()
    os.write(writer, b"true")
    os.close(writer)
    check(send("--broadcast", "e", f"@/dev/fd/{reader}", hub=hub, pass_fds=[reader]), 0, b"e-1 1\n")
    os.close(reader)
    assert hub.lines == [
        'PUSH * e { "a":\t1 }\n', "PUSH * e [1, 2]\n", 'PUSH * e "Grüße\\n"\n', 'PUSH * e { "a":\t1 }\n',
        'PUSH * e "odd"\n', "PUSH * e true\n",
    ]


def test_a_text_of_every_character_arrives_as_it_was(fake):
    hub = fake(answering("OK e-1 1\n"))
    text = "".join(map(chr, [*range(1, 0xD800), 0xE000, 0xFFFF, 0x10000, 0x10FFFF])) + "\0 end"
    check(send("--broadcast", "e", "--text", "--file", "-", hub=hub, stdin=text.encode()), 0, b"e-1 1\n")
    assert json.loads(hub.lines[0].removeprefix("PUSH * e ")) == text


def test_a_large_payload_and_a_large_reply_pass_whole(fake):
    reply = b'OK {"x":"' + b"y" * 3_000_000 + b'"}\n'
    hub = fake(answering("OK e-1 1\n"))
    payload = b'"' + b"x" * 5_000_000 + b'"'
    check(send("--broadcast", "e", "-", hub=hub, stdin=payload), 0, b"e-1 1\n")
    assert len(hub.lines[0]) == len(b"PUSH * e \n") + len(payload)
    check(send("stats", hub=fake(answering(reply))), 0, reply[3:])


def test_help_and_version_need_no_hub():
    help = send("--help", env=environment(PUSHHUB_SOCKET="/" + "p" * 200))
    assert help.returncode == 0 and help.stdout.startswith(b"usage: pushhub-send") and help.stderr == b""
    assert all(len(line) <= 80 for line in help.stdout.decode().splitlines())
    version = send("--version")
    assert version.returncode == 0 and version.stdout.startswith(b"pushhub-send ") and version.stdout.count(b"\n") == 1


# Replies in every shape


def test_a_reply_may_arrive_byte_by_byte(fake):
    def script(peer, hub):
        peer.line()
        for byte in b"OK e-1 2\r\n":
            peer.send(bytes([byte]))
        peer.wait_for_end()

    check(send("--broadcast", "e", "1", hub=fake(script)), 0, b"e-1 2\n")


@pytest.mark.parametrize(
    "reply, code, out, err",
    [
        ("ERR bad-json unexpected end\n", 65, b"", "bad-json: unexpected end"),
        ("ERR bad-target\n", 65, b"", "bad-target"),
        ("ERR too-long over 1048576 bytes\n", 65, b"", "too-long: over"),
        ("ERR unknown-connection gone\n", 65, b"", "unknown-connection: gone"),
        ("ERR rate-limited slowly\n", 75, b"", "rate-limited: slowly"),
        ("ERR overloaded full\n", 75, b"", "overloaded: full"),
        ("ERR draining bye\n", 75, b"", "draining: bye"),
        ("ERR forbidden publish.allow\n", 77, b"", "forbidden: publish.allow"),
        ("ERR odd \x1b[31mred\x07\n", 65, b"", "odd: ?[31mred?"),
        ("220 smtp.example.com ESMTP\n", 69, b"", "does not answer as a hub does"),
        ("OK\n", 69, b"", "does not answer as a hub does"),
        ("", 75, b"", "no reply from the hub within 300ms"),
        ("OK e-1", 75, b"", "no reply from the hub within 300ms"),
    ],
)
def test_each_reply_has_its_exit_code(fake, reply, code, out, err):
    hub = fake(answering(reply))
    check(send("--broadcast", "e", "1", "--timeout", "300ms", hub=hub), code, out, err)


@pytest.mark.parametrize("part", ["", "OK e-1"])
def test_a_hub_that_closes_in_the_middle_is_try_again(fake, part):
    def script(peer, hub):
        peer.line()
        peer.send(part)

    check(send("--broadcast", "e", "1", hub=fake(script)), 75, err="closed the connection before it answered")


def test_a_full_hub_is_heard_though_it_never_reads(fake):
    hub = fake(lambda peer, hub: peer.send("ERR overloaded too many publishers\n"))
    payload = b'"' + b"x" * 3_000_000 + b'"'
    check(send("--broadcast", "e", "-", hub=hub, stdin=payload), 75, err="overloaded: too many publishers")


def test_a_hub_that_does_not_read_times_out(fake):
    release = threading.Event()
    hub = fake(lambda peer, hub: release.wait(DEADLINE))
    payload = b'"' + b"x" * 3_000_000 + b'"'
    started = time.monotonic()
    check(send("--broadcast", "e", "-", "--timeout", "0.3", hub=hub, stdin=payload), 75, err="no reply")
    assert 0.3 <= time.monotonic() - started < 5
    release.set()


def test_required_delivery(fake):
    hub = fake(answering("OK e-1 0\n"))
    check(send("--broadcast", "e", "1", hub=hub), 0, b"e-1 0\n")
    check(send("--broadcast", "e", "1", "--require-delivery", hub=hub), 3, b"e-1 0\n", "no connection got the event")
    gone = fake(answering("ERR unknown-connection c\n"))
    check(send("--connection", "c", "e", "1", "--require-delivery", hub=gone), 3, b"", "unknown-connection")
    got = fake(answering("OK e-1 1\n"))
    check(send("--broadcast", "e", "1", "--require-delivery", hub=got), 0, b"e-1 1\n")


# What never reaches the hub


@pytest.mark.parametrize(
    "arguments, code, err",
    [
        ([], 64, "say whom to send to"),
        (["--no-such"], 64, "there is no option --no-such"),
        (["--broadcast", "e"], 64, "the payload is missing"),
        (["--broadcast", "e", "1", "--timeout", "0"], 64, "--timeout 0"),
        (["--broadcast", "e", b"\xff"], 65, "not UTF-8"),
        (["--broadcast", "e", '"a\nb"'], 65, "line break"),
        (["--broadcast", "e", ""], 65, "empty"),
        (["--broadcast", "a b", "1"], 65, "event type"),
        (["--broadcast", "e", "1", "--key", "k" * 129], 65, "--key: a key is 1 to 128 bytes"),
        (["--broadcast", "e", "level:=high"], 65, "level: := takes one JSON value, not high"),
        (["--broadcast", "e", 'n:=1,"admin":true'], 65, "n: := takes one JSON value"),
        (["--broadcast", "e", "a=1", "b"], 64, "all must be such: b is not"),
        (["--broadcast", "e", "--text", "--file", "/no/such/file"], 66, "/no/such/file"),
        (["--broadcast", "e", "@/no/such/file"], 66, "/no/such/file"),
        (["--broadcast", "e", "@/"], 66, "directory"),
        (["--broadcast", "e", "--lines", "@/no/such/file"], 66, "/no/such/file"),
    ],
)
def test_mistakes_are_told_before_anything_is_sent(fake, arguments, code, err):
    hub = fake(answering("OK e-1 1\n"))
    check(send(*arguments, hub=hub), code, err=err)
    assert hub.lines == []


def test_an_endless_payload_is_too_long(fake):
    hub = fake(answering("OK e-1 1\n"))
    check(send("--broadcast", "e", "--text", "--file", "/dev/zero", hub=hub), 65, err="too-long")


def send_without(closed, *arguments, stdin=b""):
    """Starts the command with some of the descriptors 0, 1 and 2 closed; the shell's `<&-` and `>&-`."""
    redirections = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in closed)
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" "$@" {redirections}', BINARY, *arguments],
        input=stdin, capture_output=True, timeout=DEADLINE, env=environment())


CLOSED = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_a_closed_descriptor_is_never_the_socket(fake, tmp_path, closed):
    hub = fake(receipts)
    to_hub = ("--socket", hub.path, "--broadcast", "e")
    result = send_without(closed, *to_hub, "1")
    # The event is published; that its receipt has no place to go is an error.
    assert result.returncode == (74 if 1 in closed else 0), result
    assert result.stdout == (b"" if 1 in closed else b"e-1 1\n")
    assert (b"cannot write to standard output: Bad file descriptor" in result.stderr) == (1 in closed and 2 not in closed)
    assert send_without(closed, *to_hub, "1", "--quiet").returncode == 0
    # A file that is opened takes none of the places either.
    path = tmp_path / "payload"
    path.write_text("2")
    assert send_without(closed, *to_hub, f"@{path}").returncode == (74 if 1 in closed else 0)
    assert path.read_text() == "2"
    assert hub.lines == ["PUSH * e 1\n", "PUSH * e 1\n", "PUSH * e 2\n"]


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_a_closed_standard_input_cannot_be_read(fake, closed):
    hub = fake(receipts)
    to_hub = ("--socket", hub.path, "--broadcast", "e")
    for arguments in [["-"], ["--file", "-"], ["--text", "--file", "-"], ["--lines"], ["--lines", "--quiet"]]:
        result = send_without(closed, *to_hub, *arguments, stdin=b"1\n")
        expected = 74 if 0 in closed or 1 in closed and "--quiet" not in arguments else 0
        assert result.returncode == expected, (arguments, result)
        if 0 in closed and 2 not in closed:
            assert result.stderr == b"pushhub-send: cannot read the input: Bad file descriptor\n"
    # By another name it is still nothing to read.
    if 0 in closed:
        assert send_without(closed, *to_hub, "--text", "--file", "/dev/stdin").returncode == 66
        assert hub.lines == []


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_what_needs_no_standard_stream_does_without(tmp_path, closed):
    assert send_without(closed, "--no-such").returncode == 64
    assert send_without(closed, "ping", "--socket", str(tmp_path / "none")).returncode == 69
    assert send_without(closed, "--version").returncode == (74 if 1 in closed else 0)


def test_streams_that_fail_are_input_output_errors(fake):
    hub = fake(answering("OK e-1 1\n"))
    closed = subprocess.run(
        ["/bin/sh", "-c", '"$0" "$@" <&-', BINARY, "--socket", hub.path, "--broadcast", "e", "-"],
        capture_output=True, timeout=DEADLINE)
    check(closed, 74, err="cannot read the input")
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [BINARY, "--socket", hub.path, "--broadcast", "e", "1"],
            stdout=full, stderr=subprocess.PIPE, timeout=DEADLINE)
    assert result.returncode == 74 and b"cannot write to standard output: No space left" in result.stderr
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [BINARY, "--socket", hub.path, "--broadcast", "e", "1"],
        stdout=writer, stderr=subprocess.PIPE, timeout=DEADLINE)
    os.close(writer)
    assert result.returncode == 74 and b"Broken pipe" in result.stderr


# Finding the hub


def test_no_socket_says_how_to_start_the_hub(tmp_path):
    path = tmp_path / "none.sock"
    result = send("ping", "--socket", str(path))
    check(result, 69, err=f"no hub listens at {path}: start one with 'systemctl start pushhubd'")


def test_a_socket_that_nobody_listens_on_is_no_hub(tmp_path):
    path = str(tmp_path / "stale.sock")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
    check(send("ping", "--socket", path), 69, err="no hub listens at")
    datagrams = str(tmp_path / "datagrams.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(datagrams)
        check(send("ping", "--socket", datagrams), 69, err="cannot connect to")
    check(send("ping", "--socket", "/" + "p" * 107), 64, err="at most 107 bytes")


def test_the_option_wins_over_the_variable_and_that_over_the_per_user_path(fake, tmp_path):
    one, other = fake(answering("OK pong\n")), fake(answering("OK pong\n"))
    check(send("ping", env=environment(PUSHHUB_SOCKET=one.path)), 0, b"pong\n")
    check(send("ping", hub=other, env=environment(PUSHHUB_SOCKET=one.path)), 0, b"pong\n")
    assert (len(one.lines), len(other.lines)) == (1, 1)


def is_somebody_listening(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


@pytest.mark.skipif(is_somebody_listening("/run/pushhub/publish.sock"), reason="a hub runs here")
def test_the_per_user_socket_is_found(tmp_path):
    (tmp_path / "pushhub").mkdir()
    variables = environment(XDG_RUNTIME_DIR=str(tmp_path))
    result = send("ping", env=variables)
    check(result, 69, err=f"no hub listens at /run/pushhub/publish.sock or {tmp_path}/pushhub/publish.sock")
    hub = FakeHub(tmp_path / "pushhub/publish.sock", answering("OK pong\n"))
    check(send("ping", env=variables), 0, b"pong\n")
    hub.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_no_permission_names_the_group_to_join(fake, tmp_path):
    hub = fake(answering("OK pong\n"))
    for directory in [tmp_path, *tmp_path.parents[:-2]]:
        os.chmod(directory, os.stat(directory).st_mode | 0o011)
    name, _, number, _ = next(line.split(":") for line in open("/etc/group") if line.startswith("daemon:"))
    os.chown(hub.path, 0, int(number))
    os.chmod(hub.path, 0o660)
    private = tmp_path / "pushhub-send"
    private.write_bytes(pathlib.Path(BINARY).read_bytes())
    private.chmod(0o755)

    def as_nobody():
        return subprocess.run(
            [private, "--socket", hub.path, "ping"], capture_output=True, timeout=DEADLINE,
            user=65534, group=65534, extra_groups=[], env=environment(), cwd="/")

    check(as_nobody(), 77, err=f"join the group {name}")
    os.chown(hub.path, 0, 54321)
    check(as_nobody(), 77, err="join the group 54321")
    os.chmod(hub.path, 0o600)
    check(as_nobody(), 77, err="ask its owner")


def test_without_descriptors_no_socket_can_be_made(fake, tmp_path):
    hub = fake(answering("OK e-1 1\n"))
    fifo = tmp_path / "payload"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [BINARY, "--socket", hub.path, "--broadcast", "e", f"@{fifo}"], stderr=subprocess.PIPE, env=environment())
    with open(fifo, "wb") as payload:  # open on both sides: the process is past its start
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, 3))
        payload.write(b"1\n")
    assert process.communicate(timeout=DEADLINE)[1].startswith(b"pushhub-send: cannot create a socket: Too many open")
    assert process.returncode == 73 and hub.lines == []


def fill_backlog(path):
    """Connects until the listener's backlog is full; returns the connections."""
    waiting = []
    while True:
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        try:
            client.connect(path)
        except BlockingIOError:
            client.close()
            return waiting
        waiting.append(client)


def test_a_full_backlog_waits_until_the_timeout(tmp_path):
    path = str(tmp_path / "full.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(1)
        waiting = fill_backlog(path)
        started = time.monotonic()
        result = send("ping", "--socket", path, "--timeout", "300ms")
        check(result, 75, err=f"the hub at {path} did not accept the connection within 300ms")
        assert 0.3 <= time.monotonic() - started < 5
        for client in waiting:
            client.close()


def test_a_full_backlog_that_empties_in_time_is_no_error(tmp_path):
    path = str(tmp_path / "full.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(1)
        waiting = fill_backlog(path)
        process = subprocess.Popen([BINARY, "--socket", path, "ping"], stdout=subprocess.PIPE)
        stat = pathlib.Path(f"/proc/{process.pid}/stat")
        until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "S", "the process to wait")
        server.settimeout(DEADLINE)
        for client in waiting:
            client.close()
        command = b""
        while not command:  # the clients that filled the backlog say nothing
            peer, _ = server.accept()
            with peer:
                command = peer.recv(64)
                if command:
                    peer.sendall(b"OK pong\n")
        assert command == b"PING\n"
        assert process.communicate(timeout=DEADLINE)[0] == b"pong\n" and process.returncode == 0


# --lines


def until(condition, what):
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.002)  # between looks, never instead of one


@contextlib.contextmanager
def streaming(hub, *arguments):
    process = subprocess.Popen(
        [BINARY, "--socket", hub.path, "--broadcast", "log", "--lines", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    try:
        yield process
    finally:
        process.kill()  # nothing, if it has ended
        process.wait(DEADLINE)
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(BrokenPipeError, BlockingIOError):
                stream.close()


def test_lines_are_events_of_one_connection(fake):
    hub = fake(receipts)
    check(send("--broadcast", "log", "--lines", hub=hub, stdin=b"1\n\r\n2\r\n\n3"), 0, b"e-1 1\ne-2 1\ne-3 1\n")
    assert hub.lines == ["PUSH * log 1\n", "PUSH * log 2\n", "PUSH * log 3\n"]


def test_lines_of_a_file_and_of_nothing(fake, tmp_path):
    hub = fake(receipts)
    path = tmp_path / "app.log"
    path.write_text("one\ntwo\n")
    check(send("--user", "42", "log", "--lines", "--text", "--file", str(path), "--json", hub=hub), 0,
          b'{"id":"e-1","sentCount":1}\n{"id":"e-2","sentCount":1}\n')
    assert hub.lines == ['PUSH user:42 log "one"\n', 'PUSH user:42 log "two"\n']
    check(send("--broadcast", "log", "--lines", hub=hub, stdin=b""), 0)


def test_a_line_leaves_as_soon_as_it_is_there(fake):
    hub = fake(receipts)
    with streaming(hub, "--text") as process:

        def write(data):
            process.stdin.write(data)
            process.stdin.flush()

        for number in range(1, 6, 2):
            write(b"whole\nand a part")
            assert process.stdout.readline() == b"e-%d 1\n" % number
            write(b" of one\n")
            assert process.stdout.readline() == b"e-%d 1\n" % (number + 1)
        assert hub.lines == ['PUSH * log "whole"\n', 'PUSH * log "and a part of one"\n'] * 3
        process.stdin.close()
        assert process.wait(DEADLINE) == 0


def test_up_to_64_lines_do_not_wait_for_replies(fake):
    def script(peer, hub):
        while True:
            for _ in range(64):
                line = peer.line().decode()
                if not line:
                    return
                hub.lines.append(line)
            peer.sock.setblocking(False)
            with pytest.raises(BlockingIOError):  # the rest waits
                peer.sock.recv(1)
            peer.sock.settimeout(DEADLINE)
            peer.send("".join(f"OK e-{n} 0\n" for n in range(len(hub.lines) - 64, len(hub.lines))))

    hub = fake(script)
    result = send("--broadcast", "log", "--lines", hub=hub, stdin=b"".join(b"%d\n" % n for n in range(640)))
    check(result, 0, b"".join(b"e-%d 0\n" % n for n in range(640)))


def test_many_lines_pass_in_order(fake):
    hub = fake(receipts)
    count = 30_000
    result = send("--broadcast", "log", "--lines", hub=hub, stdin=b"".join(b"%d\n" % n for n in range(count)))
    assert result.returncode == 0 and result.stderr == b""
    assert hub.lines == [f"PUSH * log {n}\n" for n in range(count)]
    assert result.stdout == b"".join(b"e-%d 1\n" % n for n in range(1, count + 1))


def test_bad_lines_are_reported_by_number_and_the_rest_is_sent(fake):
    def script(peer, hub):
        while line := peer.line():
            hub.lines.append(line)
            peer.send("ERR bad-json no\n" if b"{" in line else "OK e 1\n")

    hub = fake(script)
    result = send("--broadcast", "log", "--lines", hub=hub, stdin=b'1\n\n{\n"\xff"\n"\t"\n6\n')
    assert result.returncode == 65 and result.stdout == b"e 1\ne 1\n"
    assert hub.lines == [b"PUSH * log 1\n", b"PUSH * log {\n", b"PUSH * log 6\n"]
    told = sorted(result.stderr.decode().splitlines())
    assert told[0] == "pushhub-send: line 3: bad-json: no"
    assert told[1] == "pushhub-send: line 4: the payload is not UTF-8"
    assert told[2].startswith("pushhub-send: line 5: a string in the JSON (line 1) holds a tab")
    assert len(told) == 3


def test_a_very_long_line_is_the_hubs_to_refuse(fake):
    def script(peer, hub):
        while line := peer.line():
            peer.send("ERR too-long over 1048576 bytes\n" if len(line) > 1 << 20 else "OK e 1\n")

    stdin = b'"a"\n"' + b"x" * (3 << 20) + b'"\n"b"\n'
    result = send("--broadcast", "log", "--lines", hub=fake(script), stdin=stdin)
    check(result, 65, b"e 1\ne 1\n", "line 2: too-long: over 1048576 bytes")


def test_a_line_without_end_takes_no_more_memory_than_its_bound(fake):
    hub = fake(receipts)
    with streaming(hub, "--text", "--quiet") as process:
        chunk = b"x" * (1 << 20)
        for _ in range(96):
            process.stdin.write(chunk)
        process.stdin.write(b"\nshort\n")
        process.stdin.flush()
        until(lambda: hub.lines, "the line after the long one")
        peak = next(line for line in open(f"/proc/{process.pid}/status") if line.startswith("VmHWM"))
        assert int(peak.split()[1]) < 96 << 10, peak
        process.stdin.close()
        assert process.wait(DEADLINE) == 65
        assert process.stderr.read() == b"pushhub-send: line 1: too-long: over 16777216 bytes\n"
        assert hub.lines == ['PUSH * log "short"\n']


def test_a_hub_that_stops_reading_bounds_the_input_and_times_out(fake):
    release = threading.Event()
    hub = fake(lambda peer, hub: release.wait(DEADLINE))
    with streaming(hub, "--text", "--timeout", "1s") as process:
        os.set_blocking(process.stdin.fileno(), False)
        line = b"x" * 999 + b"\n"
        written = 0
        deadline = time.monotonic() + DEADLINE
        with pytest.raises(BrokenPipeError):
            while time.monotonic() < deadline:
                try:
                    written += os.write(process.stdin.fileno(), line * 60)
                except BlockingIOError:
                    process.poll()
        assert written < 4 << 20
        assert process.wait(DEADLINE) == 75
        error = process.stderr.read().decode()
        assert error.startswith("pushhub-send: no reply from the hub within 1s; lines 1 to 64 may or may not")
    release.set()


def test_a_hub_that_reads_but_never_answers_times_out(fake):
    hub = fake(answering("", ""))
    result = send("--broadcast", "log", "--lines", "--timeout", "200ms", hub=hub, stdin=b"1\n2\n")
    check(result, 75, err="no reply from the hub within 200ms; lines 1 to 2 may or may not")


def test_quiet_input_does_not_time_out(fake):
    hub = fake(receipts)
    with streaming(hub, "--timeout", "100ms") as process:
        process.stdin.write(b"1\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"e-1 1\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.stdin.write(b"2\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"e-2 1\n"


# --lines over a restart of the hub


def test_lines_that_a_draining_hub_refuses_go_to_the_next(fake):
    def script(peer, hub):
        while line := peer.line():
            hub.lines.append(line.decode())
            peer.send("ERR draining bye\n" if 1 < len(hub.lines) < 5 else f"OK e-{len(hub.lines)} 1\n")

    hub = fake(script)
    check(send("--broadcast", "log", "--lines", hub=hub, stdin=b"1\n2\n3\n4\n"), 0, b"e-1 1\ne-5 1\ne-6 1\ne-7 1\n")
    assert hub.lines == [f"PUSH * log {n}\n" for n in (1, 2, 3, 4, 2, 3, 4)]


def test_lines_without_an_answer_are_sent_again_which_is_told(fake):
    connections = []

    def script(peer, hub):
        connections.append(None)
        while line := peer.line():
            hub.lines.append(line.decode())
            if len(connections) == 1 and len(hub.lines) == 4:
                return
            if len(connections) > 1 or len(hub.lines) < 3:
                peer.send(f"OK e-{len(hub.lines)} 1\n")

    hub = fake(script)
    check(send("--broadcast", "log", "--lines", hub=hub, stdin=b"1\n2\n3\n4\n5\n"), 0,
          b"e-1 1\ne-2 1\ne-5 1\ne-6 1\ne-7 1\n",
          "the hub went away without an answer to lines 3 to 5: sent again, and may come twice")
    assert hub.lines == [f"PUSH * log {n}\n" for n in (1, 2, 3, 4, 3, 4, 5)]


def test_a_hub_that_stays_away_is_waited_for_as_long_as_the_timeout_says(fake):
    def script(peer, hub):
        for _ in range(2):
            peer.line()
        peer.send("OK e-1 1\n")
        os.unlink(hub.path)

    with streaming(fake(script), "--timeout", "500ms") as process:
        started = time.monotonic()
        process.stdin.write(b"1\n2\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"e-1 1\n"
        process.stdin.write(b"3\n")
        process.stdin.flush()
        assert process.wait(DEADLINE) == 75
        assert 0.5 <= time.monotonic() - started < 5
        told = process.stderr.read().decode().splitlines()
        assert told[0] == "pushhub-send: the hub went away without an answer to line 2: sent again, and may come twice"
        assert told[1].startswith("pushhub-send: the hub went away and did not come back within 500ms (no hub listens at ")
        assert told[1].endswith(
            "; line 2 may or may not have been published; line 3 and what follows were not published")


def test_a_hub_that_closes_every_connection_is_given_up(fake):
    hub = fake(lambda peer, hub: hub.lines.append(peer.line()))
    started = time.monotonic()
    result = send("--broadcast", "log", "--lines", "--timeout", "500ms", hub=hub, stdin=b"1\n")
    assert result.returncode == 75 and result.stdout == b""
    assert result.stderr.decode().splitlines()[-1] == (
        "pushhub-send: the hub went away and did not come back within 500ms (it closed the connection)"
        "; line 1 may or may not have been published")
    assert 0.5 <= time.monotonic() - started < 5
    assert 2 <= len(hub.lines) < 20


def test_a_full_hub_is_waited_for(fake):
    connections = []

    def script(peer, hub):
        connections.append(None)
        if len(connections) < 4:
            peer.send("ERR overloaded too many publishers\n")
            peer.sock.shutdown(socket.SHUT_WR)
            peer.wait_for_end()
        else:
            receipts(peer, hub)

    hub = fake(script)
    with streaming(hub) as process:
        until(lambda: connections, "a connection")
        process.stdin.close()
        assert process.wait(DEADLINE) == 0


def test_while_the_input_is_quiet_a_lost_hub_is_not_looked_for(fake, tmp_path):
    closed = threading.Event()
    connections = []

    def script(peer, hub):
        connections.append(None)
        hub.lines.append(peer.line().decode())
        peer.send("OK e-1 1\n")
        if len(connections) == 1:
            return closed.set()
        peer.wait_for_end()

    hub = fake(script)
    with streaming(hub, "--timeout", "200ms") as process:
        process.stdin.write(b"1\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"e-1 1\n"
        assert closed.wait(DEADLINE)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.6)  # longer than it would wait for a hub that it needs
        assert len(connections) == 1
        process.stdin.write(b"2\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"e-1 1\n"
        process.stdin.close()
        assert process.wait(DEADLINE) == 0 and process.stderr.read() == b""
    assert hub.lines == ["PUSH * log 1\n", "PUSH * log 2\n"]


def test_another_hub_that_is_found_meanwhile_does_not_get_the_lines(tmp_path):
    if is_somebody_listening("/run/pushhub/publish.sock"):
        pytest.skip("a hub runs here")
    (tmp_path / "pushhub").mkdir()
    path = tmp_path / "pushhub/publish.sock"

    def script(peer, hub):
        peer.line()
        os.unlink(hub.path)
        peer.send("OK e-1 1\n")

    hub = FakeHub(path, script)
    process = subprocess.Popen(
        [BINARY, "--broadcast", "log", "--lines", "--timeout", "300ms"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(XDG_RUNTIME_DIR=str(tmp_path)))
    process.stdin.write(b"1\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"e-1 1\n"
    out, error = process.communicate(b"2\n", timeout=DEADLINE)
    assert (process.returncode, out) == (75, b"")
    assert f"(no hub listens at {path}:".encode() in error
    hub.close()


def test_required_delivery_of_lines(fake):
    hub = fake(answering("OK e-1 1\n", "OK e-2 0\n"))
    result = send("--broadcast", "log", "--lines", "--require-delivery", hub=hub, stdin=b"1\n2\n")
    check(result, 3, b"e-1 1\ne-2 0\n", "line 2: no connection got the event")

"""What the process sees to by itself: however it is started, it serves, and ends, as it should."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from conftest import binary
from hub import DEADLINE, Hub, Publisher, Stream


def new_hub(path, settings=None, **options):
    """A hub that is not started yet."""
    return Hub(binary("pushhubd", "PUSHHUBD"), path / "hub", settings or {}, **options)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, what):
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < end, f"no {what} within {DEADLINE} s"
        time.sleep(0.01)
    return value


# The log's reader


def test_a_closed_reader_of_the_log_is_not_the_hubs_end(tmp_path):
    hub = new_hub(tmp_path, {"http.listen": f"127.0.0.1:{(port := free_port())}"})
    process = subprocess.Popen(
        ["sh", "-c", f'"{hub.binary}" 2>&1 | head -2'], env=hub.environment(), stdout=subprocess.PIPE,
        text=True, cwd=hub.directory, start_new_session=True)
    try:
        assert process.stdout.readline() and process.stdout.readline()  # with these, head ends
        wait_for(lambda: accepts(port), "listener")
        with Stream(port, hub.token("42")) as stream:
            stream.opened()
            for number in range(50):
                # Each makes entries in the log.
                with Publisher(hub.socket_path) as publisher:
                    assert publisher.command("NONSENSE").startswith("ERR ")
                    assert publisher.command(f"PUSH user:42 n {number}").endswith(" 1")
                assert stream.next().data == number
    finally:
        os.killpg(process.pid, signal.SIGKILL)


def test_closed_standard_streams_do_not_become_sockets(tmp_path):
    hub = new_hub(tmp_path, {"http.listen": f"127.0.0.1:{(port := free_port())}"})
    process = subprocess.Popen(
        ["sh", "-c", f'exec "{hub.binary}" <&- >&- 2>&-'], env=hub.environment(), cwd=hub.directory)
    try:
        wait_for(lambda: accepts(port), "listener")
        for descriptor in range(3):
            assert os.readlink(f"/proc/{process.pid}/fd/{descriptor}") == "/dev/null"
        with Publisher(hub.socket_path) as publisher, Stream(port, hub.token("42")) as stream:
            stream.opened()
            assert publisher.command("NONSENSE").startswith("ERR ")
            assert publisher.command("PUSH user:42 n 1").endswith(" 1")
            assert stream.next().data == 1
    finally:
        process.kill()
        process.wait()


# A crash


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGTRAP])
def test_a_crash_is_over_at_once_and_writes_no_memory_into_the_log(start_hub, number):
    """However it is run: nothing in the environment says so."""
    assert "SWIFT_BACKTRACE" not in os.environ
    hub = start_hub({"log.level": "info"})
    before = hub.log()
    hub.signal(number)
    assert hub.process.wait(2) == -number
    with socket.create_server(("127.0.0.1", hub.port)):
        pass  # nobody holds the port
    assert hub.log() == before


def test_who_wants_swifts_report_of_a_crash_gets_it(start_hub):
    hub = start_hub(environment={"SWIFT_BACKTRACE": "enable=yes"})
    hub.signal(signal.SIGSEGV)
    # Its first words; the rest takes long.
    hub.wait_for_log("Program crashed|swift-runtime: ")


# The command line


def test_an_argument_that_is_none_is_named():
    for arguments in (["-v"], ["--dev", "extra"], ["extra"]):
        result = subprocess.run(
            [binary("pushhubd", "PUSHHUBD"), *arguments], capture_output=True, text=True, timeout=DEADLINE)
        assert result.returncode == 64
        assert f"“{arguments[-1]}”" in result.stderr and "key" not in result.stderr
        assert result.stderr.count("\n") == 1


# The environment


def test_variables_of_container_platforms_are_warned_of(start_hub):
    foreign = {
        "PUSHHUB_PORT": "tcp://10.0.0.1:8888", "PUSHHUB_SERVICE_HOST": "10.0.0.1",
        "PUSHHUB_PORT_8888_TCP_ADDR": "10.0.0.1", "PUSHHUB_TOPIC": "a",
    }
    hub = start_hub(environment=foreign)
    for name in foreign:
        assert len(re.findall(rf"warning: “{name}” is no variable of pushhubd", hub.log())) == 1
    assert "10.0.0.1" not in hub.log()
    result = subprocess.run(
        [hub.binary, "--check-config"], env=hub.environment(), capture_output=True, text=True, timeout=DEADLINE)
    assert result.returncode == 0 and result.stdout.startswith("configuration is valid")
    assert result.stderr.count("warning: “PUSHHUB_") == len(foreign)


def test_a_variable_that_is_almost_one_is_an_error(tmp_path):
    hub = new_hub(tmp_path, environment={"PUSHHUB_HTTP_LISEN": "127.0.0.1:1"})
    result = subprocess.run([hub.binary], env=hub.environment(), capture_output=True, text=True, timeout=DEADLINE)
    assert result.returncode == 78 and "did you mean PUSHHUB_HTTP_LISTEN?" in result.stderr


def test_the_recipe_of_the_error_makes_a_key_where_not_even_the_directory_is(tmp_path, start_hub):
    hub = new_hub(tmp_path)
    environment = hub.environment()
    del environment["PUSHHUB_AUTH_KEY_FILE"]
    result = subprocess.run([hub.binary], env=environment, capture_output=True, text=True, timeout=DEADLINE)
    assert result.returncode == 78
    recipe = re.search(r"make one with (.*?) and name it", result.stderr).group(1)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for page in ("docs/configuration.md", "docs/operations.md", "docs/man/pushhubd.8"):
        with open(os.path.join(root, page)) as file:
            assert recipe in file.read().replace("\\-", "-"), page
    directory = tmp_path / "missing"
    subprocess.run(["sh", "-c", "umask 077; " + recipe.replace("/etc/pushhub", str(directory))], check=True)
    assert directory.stat().st_mode & 0o777 == 0o755
    assert (directory / "jwt-key").stat().st_mode & 0o777 == 0o600
    with start_hub({"auth.key-file": str(directory / "jwt-key")}).publisher() as publisher:
        assert publisher.command("PING") == "OK pong"


# Sockets that were passed


def activated(tmp_path, owner="$$", path=None, **variables):
    """A hub with a passed socket each for publishers and HTTP; the sockets stay with the test."""
    hub = new_hub(tmp_path, environment=variables)
    publish, http = socket.socket(socket.AF_UNIX), socket.create_server(("127.0.0.1", 0))
    publish.bind(path or hub.socket_path)
    publish.listen()

    def pass_sockets():
        for number, passed in ((3, os.dup(publish.fileno())), (4, os.dup(http.fileno()))):
            os.dup2(os.dup(passed), number)

    hub.port = http.getsockname()[1]
    hub.process = subprocess.Popen(
        ["sh", "-c", f'LISTEN_PID={owner} LISTEN_FDS=2 LISTEN_FDNAMES=publish:http exec "{hub.binary}"'],
        env=hub.environment(), stderr=subprocess.PIPE, text=True, close_fds=False, preexec_fn=pass_sockets)
    threading.Thread(target=hub._read, daemon=True).start()
    return hub, publish, http


def test_sockets_for_another_process_are_told(tmp_path):
    hub, publish, http = activated(tmp_path, owner="1", path=str(tmp_path / "passed.sock"))
    with publish, http:
        try:
            hub.wait_for_log(r"warning: sockets are passed \(LISTEN_FDS=2\) to process 1 \(LISTEN_PID\), and this is process \d+")
            hub.wait_for_log("ready")
            assert hub.command("PING") == "OK pong"
        finally:
            hub.kill()


@pytest.mark.parametrize("half", [socket.SHUT_RD, socket.SHUT_RDWR])
def test_a_passed_socket_that_fails_for_good_is_told_and_ends_the_hub(tmp_path, half):
    hub, publish, http = activated(tmp_path)
    with publish, http:
        try:
            hub.wait_for_log("ready")
            assert hub.command("PING") == "OK pong"
            publish.shutdown(half)
            assert hub.process.wait(DEADLINE) == 71
            hub.wait_for_log("critical: the listening socket for publishers failed: somebody who has it, too, has shut it down")
        finally:
            hub.kill()


def test_a_passed_socket_whose_file_is_gone_is_told_and_so_is_its_return(tmp_path):
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind(str(tmp_path / "notify"))
    notifications.settimeout(DEADLINE)

    def status_until(text):
        while text not in (message := notifications.recv(4096).decode()):
            pass
        return message

    hub, publish, http = activated(tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"))
    with publish, http, notifications:
        try:
            hub.wait_for_log("ready")
            os.rename(hub.socket_path, hub.socket_path + ".away")
            hub.wait_for_log(f"error: publishers cannot connect: {hub.socket_path} is gone, which was passed")
            assert f"{hub.socket_path} is gone" in status_until("publishers cannot connect")
            assert hub.request("GET", "/healthz").status == 200
            os.rename(hub.socket_path + ".away", hub.socket_path)
            hub.wait_for_log(f"notice: the publishers' socket {hub.socket_path} is there again")
            assert "cannot connect" not in status_until("STATUS=")
            assert hub.command("PING") == "OK pong"
        finally:
            hub.kill()


# Sockets of its own


def test_a_socket_that_was_removed_is_made_anew(start_hub):
    hub = start_hub({"publish.mode": "0640"})
    with hub.publisher() as connected:
        for count in (1, 2):
            os.unlink(hub.socket_path)
            hub.wait_for_log(f"notice: the publishers' socket {hub.socket_path} was gone and is made anew", count=count)
            assert hub.command("PING") == "OK pong"
            assert os.stat(hub.socket_path).st_mode & 0o777 == 0o640
            assert connected.command("PING") == "OK pong", "who was connected stays so"
    assert hub.stop() == 0
    assert not os.path.exists(hub.socket_path)


def test_what_takes_the_sockets_place_is_left_alone_and_told(start_hub):
    hub = start_hub()
    with socket.socket(socket.AF_UNIX) as other:
        os.unlink(hub.socket_path)
        other.bind(hub.socket_path)
        other.listen()
        hub.wait_for_log(f"error: publishers cannot connect: {hub.socket_path} is gone; .*another process listens on")
    assert hub.stop() == 0
    assert os.path.exists(hub.socket_path)


# The state


def epoch(hub):
    return hub.command("PUSH * n 1").split()[1].rpartition("-")[0]


def test_of_two_state_directories_one_is_used(start_hub, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    hub = start_hub(environment={"STATE_DIRECTORY": f"{tmp_path}/a:{tmp_path}/b"})
    first = epoch(hub)
    assert (tmp_path / "a" / "epoch").exists() and not (tmp_path / "b" / "epoch").exists()
    hub.restart()
    assert epoch(hub) != first
    assert "error" not in hub.log()


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_state_directory_that_takes_nothing_is_told_and_no_reason_not_to_start(start_hub, tmp_path, trouble):
    directory = tmp_path
    if trouble == "full":
        os.symlink("/dev/full", tmp_path / "epoch.new")
    else:
        directory = "/sys/kernel"  # takes no file, whoever asks
    hub = start_hub(environment={"STATE_DIRECTORY": str(directory)})
    reason = "No space left on device" if trouble == "full" else "Permission denied|Read-only file system|No such"
    hub.wait_for_log(rf"error: the state directory fails: .*({reason})")
    assert hub.command("PUSH * n 1").startswith("OK ")


# The log's lines


@pytest.mark.parametrize("user", ['x\\" reason=forged', 'x" reason=forged', "x\\", "x reason=forged", "ünï"])
def test_no_user_id_forges_a_field(start_hub, user):
    hub = start_hub()
    with hub.subscribe(user) as stream:
        stream.opened()
    line = hub.wait_for_log("connection closed.*").string
    fields, rest = {}, line.partition("client-closed")[2]
    while match := re.match(r' ([a-z-]+)=("(?:[^"\\]|\\.)*"|[^ "]\S*)', rest):
        fields[match.group(1)] = json.loads(match.group(2)) if match.group(2)[0] == '"' else match.group(2)
        rest = rest[match.end():]
    assert rest == ""
    assert fields.keys() == {"user", "connection", "reason"}
    assert fields["user"] == user and fields["reason"] == "client-closed"


def test_reasons_are_spelled_as_in_metrics(start_hub):
    hub = start_hub()
    assert hub.subscribe(token=hub.token("42")[:-8] + "AAAAAAAA").status == 401
    hub.wait_for_log("token refused: .* reason=bad-signature$")
    metrics = hub.request("GET", "/metrics", hub.token("ops", ["pushhub:admin"])).body.decode()
    assert 'pushhub_token_refusals_total{reason="bad-signature"} 1' in metrics

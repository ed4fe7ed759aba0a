"""The completions, in real shells on a terminal: a line is typed with a tab, and what the command got is looked at."""

import os
import pathlib
import pty
import select
import shutil
import signal
import termios
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEADLINE = 20
BASH, ZSH, FISH = (ROOT / "completions" / name for name in ("pushhub-send", "_pushhub-send", "pushhub-send.fish"))
FRAMEWORK = pathlib.Path("/usr/share/bash-completion/bash_completion")

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], [f"source {BASH}"]),
    "bash without hostcomplete": (["bash", "--norc", "--noprofile", "-i"], ["shopt -u hostcomplete", f"source {BASH}"]),
    "bash with bash-completion": (["bash", "--norc", "--noprofile", "-i"], [f"source {FRAMEWORK}", f"source {BASH}"]),
    "bash that breaks no word at @": (
        ["bash", "--norc", "--noprofile", "-i"], ["COMP_WORDBREAKS=${COMP_WORDBREAKS//@}", f"source {BASH}"]),
    "zsh": (
        ["zsh", "-f", "-i"], [f"fpath=({ZSH.parent} $fpath)", "autoload -Uz compinit", "compinit -u -D", "unsetopt beep"]),
    "fish": (["fish", "--no-config", "-i"], [f"source {FISH}"]),
}


class Shell:
    """An interactive shell on a terminal, in a directory of its own."""

    def __init__(self, name, directory):
        command, setup = SHELLS[name]
        self.directory = directory
        self.output = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            variables = {"TERM": "dumb", "PS1": "$ ", "INPUTRC": "/dev/null", "HOME": str(directory), "PATH": os.environ["PATH"]}
            os.execvpe(command[0], command, variables)
        termios.tcsetwinsize(self.terminal, (50, 200))
        # The command of these lines writes down its arguments, whole before they can be seen.
        pathlib.Path(directory, "pushhub-send").write_text(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$HOME/.part\"\nmv \"$HOME/.part\" \"$HOME/.arguments\"\n")
        pathlib.Path(directory, "pushhub-send").chmod(0o755)
        path = f"set -x PATH {directory} $PATH" if name == "fish" else f"PATH={directory}:$PATH"
        for line in [path, *setup]:
            self.type(line + "\n")
        assert self.run("pushhub-send ready") == ["ready"]

    def type(self, text):
        os.write(self.terminal, text.encode())

    def run(self, line):
        """Types a line, and returns the arguments that the command got."""
        result = self.directory / ".arguments"
        result.unlink(missing_ok=True)
        self.type(line + "\n")
        deadline = time.monotonic() + DEADLINE
        while not result.exists():
            assert time.monotonic() < deadline, self.output.decode(errors="replace")
            if select.select([self.terminal], [], [], 0.01)[0]:
                self.output += os.read(self.terminal, 65536)
        return result.read_text().splitlines()

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@pytest.fixture(params=SHELLS)
def shell(request, tmp_path):
    program = request.param.split()[0]
    if not shutil.which(program):
        pytest.skip(f"no {program} here")
    if request.param == "bash with bash-completion" and not FRAMEWORK.exists():
        pytest.skip("no bash-completion here")
    (tmp_path / "notice.json").touch()
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b/inner.json").touch()
    shell = Shell(request.param, tmp_path)
    yield shell
    shell.close()


def test_files_keep_the_at_that_they_were_named_with(shell):
    assert shell.run("pushhub-send --user 42 notice @/etc/hostn\t") == ["--user", "42", "notice", "@/etc/hostname"]
    assert shell.run("pushhub-send --user 42 notice @noti\t") == ["--user", "42", "notice", "@notice.json"]
    assert shell.run("pushhub-send --user 42 notice @a\tinn\t") == ["--user", "42", "notice", "@a b/inner.json"]


def test_other_paths_have_none(shell):
    assert shell.run("pushhub-send --user 42 notice --text --file noti\t") == [
        "--user", "42", "notice", "--text", "--file", "notice.json"]
    assert shell.run("pushhub-send --socket noti\t ping") == ["--socket", "notice.json", "ping"]


def test_with_text_an_argument_is_no_file(shell):
    assert shell.run("pushhub-send --user 42 --text notice @noti\t") == ["--user", "42", "--text", "notice", "@noti"]
    assert shell.run("pushhub-send --user 42 --raw notice @noti\t") == ["--user", "42", "--raw", "notice", "@noti"]


def test_commands_and_options_are_completed(shell):
    assert shell.run("pushhub-send disc\t--rea\tx") in (["disconnect", "--reason", "x"], ["disconnect", "--reason=x"])
    assert shell.run("pushhub-send --broadcast notice --tex\thi") == ["--broadcast", "notice", "--text", "hi"]
    assert shell.run("pushhub-send watch us\t") == ["watch", "users"]
    assert shell.run("pushhub-send help liste\t") == ["help", "listen"]
    assert shell.run("pushhub-send listen --al\t--exe\techo") in (["listen", "--all", "--exec", "echo"], ["listen", "--all", "--exec=echo"])
    assert shell.run("pushhub-send unsub\t--user 42 --topi\ts a,b") == ["unsubscribe", "--user", "42", "--topics", "a,b"]
    assert shell.run("pushhub-send connec\t--connec\tc") in (
        ["connections", "--connection", "c"], ["connections", "--connection=c"])

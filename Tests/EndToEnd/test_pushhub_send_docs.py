"""The man page and the completions are well formed; that they say what pushhub-send takes is for DocumentTests."""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAN = ROOT / "docs/man/pushhub-send.1"
BASH, ZSH, FISH = (ROOT / "completions" / name for name in ("pushhub-send", "_pushhub-send", "pushhub-send.fish"))

WORDS = [
    "listen", "watch", "stats", "connections", "explain", "disconnect", "subscribe", "unsubscribe", "revoke", "unrevoke",
    "block", "unblock", "ping", "help"]


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"no {program} here")


@pytest.mark.parametrize(
    "shell, path",
    [pytest.param(shell, path, marks=needs(shell)) for shell, path in (("bash", BASH), ("zsh", ZSH), ("fish", FISH))],
)
def test_the_completions_are_well_formed(shell, path):
    result = subprocess.run([shell, "-n", path], capture_output=True)
    assert (result.returncode, result.stderr) == (0, b"")


@needs("groff")
def test_the_man_page_has_no_warnings():
    result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", MAN], capture_output=True)
    assert (result.returncode, result.stderr) == (0, b"")


@needs("bash")
@pytest.mark.parametrize(
    "words, expected",
    [
        ([""], WORDS),
        (["--us"], ["--user", "--users"]),
        (["explain", "--q"], ["--quiet"]),
        (["explain", "--ttl"], []),
        (["help", "li"], ["listen"]),
        (["help", "listen", ""], []),
        (["watch", ""], ["users"]),
        (["watch", "--topic", "t", ""], []),
        (["listen", "--user", "42", "--s"], ["--since", "--socket", "--state"]),
        (["listen", "--all", "--since", "s"], ["start"]),
        (["stats", "--t"], ["--timeout"]),
        (["disconnect", "--re"], ["--reason"]),
        (["--broadcast", "--re"], ["--replace", "--require-delivery"]),
        (["subscribe", "--user", "42", "--to"], ["--topic", "--topics"]),
        (["--user", "stats", "log", "@no"], ["@notice.json", "@nothing"]),
        (["--socket", "not"], ["nothing", "notice.json"]),
        (["--timeout", "=", "50"], ["500ms"]),
        (["--user", "42", "st"], []),
    ],
)
def test_bash_completes(tmp_path, words, expected):
    for name in ("notice.json", "nothing"):
        (tmp_path / name).touch()
    script = f"""
        compopt() {{ :; }}  # only a completion that bash itself started may call the real one
        source '{BASH}'
        COMP_WORDS=(pushhub-send "$@") COMP_CWORD=$#
        _pushhub_send
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    result = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, cwd=tmp_path)
    assert sorted(result.stdout.split()) == sorted(expected) and result.stderr == ""

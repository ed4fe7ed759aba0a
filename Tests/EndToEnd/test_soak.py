"""The short form of scripts/soak."""

import pathlib
import subprocess
import sys

from conftest import binary


def test_a_minute_of_changing_load_leaves_memory_descriptors_and_threads_flat(capsys):
    result = subprocess.run(
        [sys.executable, pathlib.Path(__file__).with_name("soak.py"), "1"], capture_output=True, text=True, timeout=180,
        env={"PUSHHUBD": binary("pushhubd", "PUSHHUBD"), "PATH": "/usr/bin:/bin"}, check=False)
    with capsys.disabled():
        print("\n" + result.stdout.rstrip())
    assert result.returncode == 0, result.stdout + result.stderr

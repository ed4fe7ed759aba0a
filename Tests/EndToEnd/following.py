"""A program that goes on until it is stopped, and what it prints, line by line."""

import contextlib
import os
import pathlib
import signal
import subprocess
import threading

from fake_hub import DEADLINE

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PUSHHUB_SEND", str(ROOT / ".build/debug/pushhub-send"))


class Following:
    def __init__(self, *arguments, socket):
        self.process = subprocess.Popen(
            [BINARY, "--socket", str(socket), *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            # Where the tests run in the background it is ignored, and would be here.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.lines, self.errors = [], []
        self.grown = threading.Condition()
        self.readers = [
            threading.Thread(target=self._read, args=streams, daemon=True)
            for streams in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for reader in self.readers:
            reader.start()

    def _read(self, stream, lines):
        for line in stream:
            with self.grown:
                lines.append(line.decode().rstrip("\n"))
                self.grown.notify_all()

    def _wait(self, condition, what):
        with self.grown:
            assert self.grown.wait_for(condition, DEADLINE), (what, self.lines, self.errors)

    def wait_for(self, count):
        """The first lines, once there are as many."""
        self._wait(lambda: len(self.lines) >= count, f"{count} lines")
        return self.lines[:count]

    def wait_for_error(self, part):
        self._wait(lambda: any(part in error for error in self.errors), part)

    def ended(self):
        """Its exit code, once it has one; by then all that it printed is here."""
        code = self.process.wait(DEADLINE)
        for reader in self.readers:
            reader.join(DEADLINE)
        return code

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.ended()

    def kill(self):
        # With what it has started, which keeps its standard output open.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.ended()
        self.process.stdout.close()
        self.process.stderr.close()

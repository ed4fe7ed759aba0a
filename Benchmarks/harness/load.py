"""The load generator, driven over its standard input."""

import json
import subprocess

from harness.places import LOAD
from harness.pinning import pinned


class Failure(Exception):
    """Something was lost, doubled or refused: the run has no figure."""


class Load:
    def __init__(self, arguments, cpus, wrapper=()):
        with pinned(cpus):
            self.process = subprocess.Popen(
                [*wrapper, LOAD, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def begin(self, verb, **words):
        """Sends a command; `result` has its outcome."""
        words = [f"{key.replace('_', '-')}={value}" for key, value in words.items()]
        try:
            self.process.stdin.write(" ".join([verb, *words]) + "\n")
        except BrokenPipeError:
            pass  # it said why before it ended

    def result(self) -> dict:
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": f"the load generator ended with {self.process.wait()}"}
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def perform(self, verb, **words) -> dict:
        self.begin(verb, **words)
        return self.result()

    def stop(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        self.process.stdout.close()

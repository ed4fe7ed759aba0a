"""Where things are. What is built and written goes below .build, which git ignores."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "Benchmarks"
OUTPUT = ROOT / ".build" / "benchmarks"
FLOOR = OUTPUT / "floor"
LOAD = OUTPUT / "load"
LISTEN = OUTPUT / "listen"

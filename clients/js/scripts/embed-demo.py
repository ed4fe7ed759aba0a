#!/usr/bin/env python3
"""Writes the demo page into Sources/pushhubd/HTTP/DemoAssets.swift, so that building the hub needs no node.

With --check it writes nothing and fails if that file is not what it would write. Run scripts/build first.
"""

import sys
from pathlib import Path

client = Path(__file__).resolve().parent.parent
demo = client / "demo"
target = client.parent.parent / "Sources/pushhubd/HTTP/DemoAssets.swift"
assets = [
    ("/", "index.html", "text/html; charset=utf-8"),
    ("/demo/demo.css", "demo.css", "text/css; charset=utf-8"),
    ("/demo/demo.js", "demo.js", "text/javascript; charset=utf-8"),
    ("/demo/pushhub.js", "pushhub.js", "text/javascript; charset=utf-8"),
]


def literal(text: str) -> str:
    """A raw multi-line string literal with as many # as the text needs."""
    mark = "#"
    while mark in text and ('"""' + mark in text or "\\" + mark in text):
        mark += "#"
    return f'{mark}"""\n{text}\n"""{mark}'


def swift() -> str:
    lines = [
        "// swift-format-ignore-file",
        "// Made by clients/js/scripts/embed-demo.py from clients/js/demo; change those files, not this one.",
        "",
        "/// The demo page that the hub serves under `--dev`.",
        "enum DemoAssets {",
        "  /// One file: the path it is served at, its content type, and its bytes as text.",
        "  typealias File = (path: String, contentType: String, body: String)",
        "",
        "  static let files: [File] = [",
    ]
    for path, name, content_type in assets:
        text = (demo / name).read_text(encoding="utf-8")
        lines.append(f'    (path: "{path}", contentType: "{content_type}", body: {literal(text)}),')
    return "\n".join(lines + ["  ]", "}", ""])


def main() -> int:
    wanted = swift()
    if sys.argv[1:] == ["--check"]:
        if target.is_file() and target.read_text(encoding="utf-8") == wanted:
            return 0
        print(f"{target} is out of date: run clients/js/scripts/embed-demo.py", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

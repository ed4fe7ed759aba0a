"""Raw results: one JSON object a line, of all runs there ever were; what is written up is the newest run of each."""

import json

from harness.places import OUTPUT


def append(kind, record):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with open(OUTPUT / f"{kind}.jsonl", "a") as file:
        print(json.dumps(record), file=file)


def newest(kind, key):
    """Of each name under `key`, the records of its newest run."""
    path = OUTPUT / f"{kind}.jsonl"
    found = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        record = json.loads(line)
        if record[key] in found and found[record[key]][0]["run"] != record["run"]:
            del found[record[key]]
        found.setdefault(record[key], []).append(record)
    return found

"""Reads Prometheus' text format (version 0.0.4), and refuses what is not well formed or not well named."""

import dataclasses
import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


@dataclasses.dataclass
class Family:
    name: str
    help: str
    type: str
    samples: dict = dataclasses.field(default_factory=dict)  # (suffix, ((label, value), …)) -> number


class Metrics:
    """The families by name; `metrics["pushhub_closes_total", {"reason": "timeout"}]` is one sample's value."""

    def __init__(self, text):
        self.families = {}
        assert text.endswith("\n") and "\r" not in text
        family = None
        for line in text[:-1].split("\n"):
            if line.startswith("# HELP "):
                name, _, help_ = line[7:].partition(" ")
                assert NAME.fullmatch(name) and help_ and name not in self.families, line
                family = Family(name, help_, None)
                self.families[name] = family
            elif line.startswith("# TYPE "):
                name, type_ = line[7:].split(" ")
                assert family and name == family.name and family.type is None and not family.samples, line
                assert type_ in SUFFIXES, line
                family.type = type_
            else:
                assert family and family.type, f"a sample without a type: {line}"
                self._sample(family, line)
        for family in self.families.values():
            self._check(family)

    def _sample(self, family, line):
        name = NAME.match(line).group(0)
        suffix = name.removeprefix(family.name)
        assert name.startswith(family.name) and suffix in SUFFIXES[family.type], f"{line} is not of {family.name}"
        rest = line[len(name) :]
        labels = []
        if rest.startswith("{"):
            end = 1
            while not rest[end:].startswith("}"):
                found = LABEL.match(rest, end)
                assert found, line
                value = re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), found.group(2))
                labels.append((found.group(1), value))
                end = found.end() + (rest[found.end()] == ",")
            rest = rest[end + 1 :]
        assert rest.startswith(" ") and NUMBER.fullmatch(rest[1:]), line
        names = [label for label, _ in labels]
        assert len(set(names)) == len(names), line
        key = (suffix, tuple(labels))
        assert key not in family.samples, f"twice: {line}"
        family.samples[key] = float(rest[1:])

    def _check(self, family):
        assert family.samples, f"{family.name} has no sample"
        assert family.help.endswith("."), family.help
        if family.type == "counter":
            assert family.name.endswith("_total"), family.name
            assert all(value >= 0 for value in family.samples.values()), family.name
        else:
            assert not re.search("_(total|bucket|sum|count)$", family.name), family.name
        assert not re.search("_(ms|us|milliseconds|microseconds|kb|mb)(_|$)", family.name), family.name
        if family.type == "histogram":
            self._check_histogram(family)

    @staticmethod
    def _check_histogram(family):
        series = {}
        for (suffix, labels), value in family.samples.items():
            rest = tuple(label for label in labels if label[0] != "le")
            series.setdefault(rest, {}).setdefault(suffix, []).append((dict(labels).get("le"), value))
        for parts in series.values():
            bounds = [math.inf if le == "+Inf" else float(le) for le, _ in parts["_bucket"]]
            counts = [value for _, value in parts["_bucket"]]
            assert bounds == sorted(set(bounds)) and bounds[-1] == math.inf, bounds
            assert counts == sorted(counts) and counts[-1] == parts["_count"][0][1], counts
            assert len(parts["_sum"]) == len(parts["_count"]) == 1

    def __getitem__(self, key):
        name, labels = key if isinstance(key, tuple) else (key, {})
        for suffix in ("", "_bucket", "_sum", "_count"):
            family = self.families.get(name.removesuffix(suffix) if suffix else name)
            if family:
                for (own, pairs), value in family.samples.items():
                    if own == suffix and dict(pairs) == labels:
                        return value
        raise KeyError(key)

    def sum(self, name, suffix="", **labels):
        """Over all samples of a family that have these labels."""
        return sum(
            value
            for (own, pairs), value in self.families[name].samples.items()
            if own == suffix and labels.items() <= dict(pairs).items()
        )

"""The table: medians, and medians of the ratios within each round."""

import statistics


def values(results, peer, key):
    """By round."""
    return {r["round"]: r["figures"][key] for r in results if r["peer"] == peer and key in r.get("figures", {})}


def cell(results, figure, peer) -> str:
    own = values(results, peer, figure.key)
    if not own:
        return "–"
    text = figure.format.format(statistics.median(own.values()))
    base = values(results, figure.against, figure.key)
    shared = own.keys() & base.keys()
    if peer == figure.against or not shared or not all(base[r] for r in shared):
        return text
    return f"{text} ({statistics.median(own[r] / base[r] for r in shared):.2f})"


def markdown(scenario, results) -> str:
    peers = [peer for peer in scenario.peers if any(r["peer"] == peer for r in results)]
    lines = [f"### {scenario.title}", f"`Benchmarks/compare {scenario.name}`", "",
             f"| | {' | '.join(peers)} | target |", "| --- |" + " ---: |" * len(peers) + " --- |"]
    for figure in scenario.figures:
        cells = [cell(results, figure, peer) for peer in peers]
        if any(text != "–" for text in cells):
            lines.append(f"| {figure.title} | {' | '.join(cells)} | {figure.target} |")
    failures = [r for r in results if "failure" in r]
    lines += [f"\n**FAILED**: {r['peer']}, round {r['round']}: {r['failure']}" for r in failures]
    foreign = [r["figures"]["foreign"] for r in results if "foreign" in r.get("figures", {})]
    if foreign and max(foreign) > 0.05:
        lines.append(f"\n(Other programs used {100 * statistics.median(foreign):.0f} % of the machine, {100 * max(foreign):.0f} % at most.)")
    return "\n".join(lines) + "\n"

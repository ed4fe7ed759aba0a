"""Markdown tables: medians, and in brackets the median of the ratios to another peer within each round."""

import statistics

NOTHING = "–"


def by_round(results, peer, key):
    return {r["round"]: r["figures"][key] for r in results if r["peer"] == peer and key in r.get("figures", {})}


def ratio(results, figure, peer):
    """None where there is nothing to divide by."""
    own, base = by_round(results, peer, figure.key), by_round(results, figure.against, figure.key)
    shared = [r for r in own if base.get(r)]
    if peer == figure.against or not shared:
        return None
    return statistics.median(own[r] / base[r] for r in shared)


def value(results, figure, peer):
    own = by_round(results, peer, figure.key)
    return figure.format.format(statistics.median(own.values())) if own else NOTHING


def cell(results, figure, peer) -> str:
    divided = ratio(results, figure, peer)
    return value(results, figure, peer) + ("" if divided is None else f" ({divided:.2f})")


def row(cells) -> str:
    return f"| {' | '.join(cells)} |"


def comparison(scenario, results) -> str:
    peers = [peer for peer in scenario.peers if any(r["peer"] == peer for r in results)]
    lines = [f"#### {scenario.title[0].upper()}{scenario.title[1:]}", f"`Benchmarks/compare {scenario.name}`", "",
             row(["", *peers, "target"]), "| --- |" + " ---: |" * len(peers) + " --- |"]
    for figure in scenario.figures:
        cells = [cell(results, figure, peer) for peer in peers]
        if any(text != NOTHING for text in cells):
            lines.append(row([figure.title, *cells, figure.target]))
    lines += [f"\n**FAILED**: {r['peer']}, round {r['round']}: {r['failure']}" for r in results if "failure" in r]
    return "\n".join(lines) + "\n" + remark(results)


def remark(results) -> str:
    """How much others disturbed, where they did."""
    foreign = [r["figures"]["foreign"] for r in results if "foreign" in r.get("figures", {})]
    if not foreign or max(foreign) < 0.05:
        return ""
    return (f"\n(Other programs took {100 * statistics.median(foreign):.0f} % of the machine in the median run, "
            f"{100 * max(foreign):.0f} % in the worst.)\n")


def targets(scenarios, compared) -> str:
    """One line for each figure that has a target, where `compared` has the results of its scenario."""
    lines = [row(["what", "pushhub", "ratio", "target", "command"]), "| --- | ---: | ---: | --- | --- |"]
    for scenario in scenarios:
        results = compared.get(scenario.name, [])
        # The last one is pushhub where it is compared, or the variant of it that has the target.
        peer = "pushhub" if "pushhub" in scenario.peers else scenario.peers[-1]
        for figure in scenario.figures:
            if figure.target and results:
                divided = ratio(results, figure, peer)
                quotient = NOTHING if divided is None else f"{divided:.2f} of {figure.against}"
                lines.append(row([f"{scenario.title}: {figure.title}", value(results, figure, peer), quotient, figure.target,
                                  f"`Benchmarks/compare {scenario.name}`"]))
    return "\n".join(lines) + "\n"


def curve(curve, results) -> str:
    lines = [f"#### {curve.title}", f"`Benchmarks/curves {curve.name}`", "",
             row([curve.along, *(figure.title for figure in curve.figures)]), "| ---: |" + " ---: |" * len(curve.figures)]
    for point in curve.points:
        rounds = [r["figures"] for r in results if r["point"] == point]
        if rounds:
            cells = [figure.format.format(statistics.median(r[figure.key] for r in rounds)) for figure in curve.figures]
            lines.append(row([f"{point:,}", *cells]))
    return "\n".join(lines) + "\n"


def instructions(counted) -> str:
    lines = [row(["", "instructions"]), "| --- | ---: |"]
    return "\n".join(lines + [row([name, f"{count:,.0f}"]) for name, count in counted.items()]) + "\n"

"""/metrics and STATS, from what happened to the figure; and what the documents say of them."""

import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from hub import DEADLINE, make_token
from prometheus import Metrics

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "docs/grafana-dashboard.json"
DOCUMENT = ROOT / "docs/metrics.md"


SCRAPERS = itertools.count()  # each asks once, so none asks too often


def scrape(hub):
    token = hub.token(f"prometheus-{next(SCRAPERS)}", ["pushhub:admin"], lifetime=None)
    response = hub.request("GET", "/metrics", token)
    assert (response.status, response.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return Metrics(response.body.decode())


def stats(hub):
    return json.loads(hub.command("STATS")[3:])


def wait_until(read, is_right):
    """What `read` gives as soon as it is right: figures of the shards and of the kernel come a moment later."""
    end = time.monotonic() + DEADLINE
    while not is_right(value := read()):
        assert time.monotonic() < end, value
    return value


def test_the_text_is_well_formed_and_a_fresh_hub_has_every_family(hub):
    metrics = scrape(hub)
    assert metrics["pushhub_connections"] == 0
    assert metrics["pushhub_build_info", {"version": stats(hub)["version"]}] == 1
    assert metrics.sum("pushhub_closes_total") == 0
    assert {dict(labels)["shard"] for _, labels in metrics.families["pushhub_sent_bytes_total"].samples} == {"0", "1"}
    assert {dict(labels)["loop"] for _, labels in metrics.families["pushhub_loop_lag_seconds"].samples} == {
        "shard-0", "shard-1"}


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool here")
def test_promtool_finds_nothing_wrong(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        hub.command("PUSH user:42 n 1")
        token = hub.token("prometheus", ["pushhub:admin"])
        text = hub.request("GET", "/metrics", token).body
        result = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


def test_events_are_counted_by_target_and_delivery(hub):
    with hub.subscribe("42") as one, hub.subscribe("42") as two, hub.subscribe("43") as three:
        ids = [stream.opened()["connectionId"] for stream in (one, two, three)]
        before = scrape(hub)
        sizes = 0
        for target, count, receivers in [
            ("*", 1, (one, two, three)), ("user:42", 2, (one, two)), ("users:42,43", 3, (one, two, three)),
            (f"conn:{ids[2]}", 4, (three,)),
        ]:
            for _ in range(count):
                id_ = hub.command(f"PUSH {target} n 1").split()[1]
                # Read at once, or two would go out in one chunk.
                assert [stream.next().id for stream in receivers] == [id_] * len(receivers)
                sizes += len(receivers) * (len(f"id: {id_}\nevent: n\ndata: 1\n\n") + 6)
        after = wait_until(lambda: scrape(hub), lambda m: m["pushhub_events_delivered_total"] == 20)
        published = {kind: after["pushhub_events_published_total", {"target": kind}] for kind in
                     ("everyone", "user", "users", "topic", "topics", "connection")}
        assert published == {"everyone": 1, "user": 2, "users": 3, "topic": 0, "topics": 0, "connection": 4}
        assert after.sum("pushhub_sent_bytes_total") - before.sum("pushhub_sent_bytes_total") == sizes
        assert (after["pushhub_connections"], after["pushhub_users"]) == (3, 2)
        assert after["pushhub_history_events"] == 6
        assert after["pushhub_history_bytes"] > 6 * 40
        figures = stats(hub)
        assert figures["events"]["publishedByTarget"] == published
        assert figures["eventsPublished"] == 10 and figures["history"]["events"] == 6
        assert figures["events"]["bytesSent"] == after.sum("pushhub_sent_bytes_total")


def test_the_latency_of_each_write_is_in_a_bucket(hub):
    with hub.subscribe("42") as stream:
        stream.opened()
        for _ in range(21):
            hub.command("PUSH user:42 n 1")
            stream.next()  # so that none has to be queued
        # The first one may have come before the shard had the socket, and waited for it.
        metrics = wait_until(lambda: scrape(hub), lambda m: m["pushhub_events_delivered_total"] == 21)
        count = metrics.sum("pushhub_publish_to_write_seconds", "_count")
        assert count in (20, 21)
        total = metrics.sum("pushhub_publish_to_write_seconds", "_sum")
        assert 0 < total < DEADLINE
        bounds = {dict(labels)["le"] for suffix, labels in metrics.families["pushhub_publish_to_write_seconds"].samples
                  if suffix == "_bucket"}
        assert {"0.00005", "0.001", "10", "+Inf"} <= bounds and len(bounds) == 18
        latency = stats(hub)["latency"]
        assert latency["count"] == count and latency["sumMicroseconds"] == int(total * 1e6)
        assert latency["p50Microseconds"] <= latency["p99Microseconds"]


def test_a_slow_consumer_shows_in_the_queues_and_then_among_the_closes(start_hub):
    hub = start_hub({"stream.max-queued-bytes": "1MiB", "threads": "1"})
    with hub.subscribe("42") as stream:
        stream.opened()
        large = json.dumps("x" * 500_000)
        while not stats(hub)["shards"][0]["queueHighWaterBytes"]:
            hub.command(f"PUSH user:42 n {large}")
        metrics = wait_until(lambda: scrape(hub), lambda m: m.sum("pushhub_queued_bytes") > 0)
        assert metrics.sum("pushhub_queued_connections") == 1
        assert metrics["pushhub_queue_high_water_bytes", {"shard": "0"}] >= metrics.sum("pushhub_queued_bytes")
        while not stats(hub)["slowConsumersClosed"]:
            hub.command(f"PUSH user:42 n {large}")
        stream.next_of("close")
        metrics = wait_until(lambda: scrape(hub), lambda m: m.sum("pushhub_queued_connections") == 0)
        assert metrics["pushhub_closes_total", {"reason": "slow-consumer"}] == 1
        assert 0 < metrics["pushhub_queue_high_water_bytes", {"shard": "0"}] <= 1 << 20
        assert metrics["pushhub_mailbox_high_water_bytes", {"shard": "0"}] >= 500_000
        assert metrics["pushhub_mailbox_high_water_items", {"shard": "0"}] >= 1


def test_replays_are_counted_with_their_events(hub):
    ids = [hub.command("PUSH user:42 n 1").split()[1] for _ in range(5)]
    for last, count in ((ids[1], 3), (ids[4], 0), ("1-1", 5), (None, 0)):
        with hub.subscribe("42", last_event_id=last) as stream:
            stream.opened()
            for _ in range(count):
                stream.next()
    metrics = wait_until(lambda: scrape(hub), lambda m: m["pushhub_replayed_events_total"] == 8)
    outcomes = {outcome: metrics["pushhub_replays_total", {"outcome": outcome}] for outcome in ("none", "complete", "gap", "start")}
    assert outcomes == {"none": 1, "complete": 2, "gap": 1, "start": 0}
    assert stats(hub)["replays"] == {**outcomes, "events": 8}


def test_refusals_are_counted_by_their_codes(hub):
    for line, count in (("NONSENSE", 2), ("PUSH * n {", 3), ("EXPLAIN 1-1", 1)):
        for _ in range(count):
            assert hub.command(line).startswith("ERR ")
    with hub.publisher() as publisher:
        publisher.send("PING")
        assert publisher.finish()[0].startswith("ERR incomplete ")
    admin = hub.token("root", ["pushhub:admin"])
    assert hub.request("GET", "/nothing", admin).status == 404
    assert hub.request("GET", "/sse/stats").status == 401
    assert hub.request("GET", "/sse/stats", hub.token("42")).status == 403
    assert hub.request("GET", "/sse/stats", hub.token("42", ["pushhub:admin"], lifetime=-5)).status == 401
    assert hub.request("GET", "/sse/stats", make_token({"sub": "42"}, b"x" * 32)).status == 401
    assert hub.request("GET", "/healthz").status == 200
    with hub.subscribe("42") as stream:
        stream.opened()
        metrics = scrape(hub)
    errors = {dict(labels)["code"]: value for (_, labels), value in
              metrics.families["pushhub_command_errors_total"].samples.items() if value}
    assert errors == {"bad-verb": 2, "bad-json": 3, "unknown-event": 1, "incomplete": 1}
    refusals = {dict(labels)["code"]: value for (_, labels), value in
                metrics.families["pushhub_http_refusals_total"].samples.items() if value}
    assert refusals == {"not-found": 1, "missing-token": 1, "insufficient-scope": 1, "invalid-token": 2}
    statuses = {dict(labels)["status"]: value for (_, labels), value in
                metrics.families["pushhub_http_responses_total"].samples.items() if value}
    assert statuses == {"404": 1, "401": 3, "403": 1, "200": 2}
    tokens = {dict(labels)["reason"]: value for (_, labels), value in
              metrics.families["pushhub_token_refusals_total"].samples.items() if value}
    assert tokens == {"expired": 1, "bad-signature": 1}
    figures = stats(hub)
    assert figures["publishers"]["errors"] == errors
    assert figures["http"]["refusals"] == refusals and figures["http"]["tokenRefusals"] == tokens
    assert figures["publishers"]["connects"] >= 7


def test_the_process_is_that_of_the_kernel(hub):
    metrics = scrape(hub)
    proc = pathlib.Path(f"/proc/{hub.process.pid}")
    resident = int(re.search(r"VmRSS:\s+(\d+) kB", (proc / "status").read_text()).group(1)) << 10
    assert abs(metrics["process_resident_memory_bytes"] - resident) < 16 << 20
    # The scrape itself is one connection, and its token was read.
    assert abs(metrics["process_open_fds"] - len(os.listdir(proc / "fd"))) <= 5
    assert metrics["process_max_fds"] >= metrics["process_open_fds"]
    assert abs(metrics["process_start_time_seconds"] - time.time()) < 60
    assert metrics["process_threads"] >= 4
    assert metrics["process_cpu_seconds_total"] > 0


def test_loops_are_asked_for_their_lag(hub):
    metrics = wait_until(
        lambda: scrape(hub), lambda m: all(v > 0 for v in m.families["pushhub_loop_lag_seconds"].samples.values()))
    assert metrics.sum("pushhub_loop_lag_seconds") < DEADLINE
    assert set(stats(hub)["loopLagMicroseconds"]) == {"shard-0", "shard-1"}


# What the documents say


def test_every_metric_is_in_the_document_with_its_type_and_the_other_way_round(hub):
    families = {family.name: family.type for family in scrape(hub).families.values()}
    documented = dict(re.findall(r"^\| `([a-z_]+)` \| (\w+) \|", DOCUMENT.read_text(), re.M))
    assert documented == families


def test_the_members_of_stats_are_in_the_document(hub):
    text = DOCUMENT.read_text()
    missing = [name for name in stats(hub) if f"`{name}`" not in text]
    assert missing == []


def test_the_dashboard_can_be_imported():
    dashboard = json.loads(DASHBOARD.read_text())
    assert dashboard["title"] and dashboard["uid"] and dashboard["schemaVersion"] >= 36
    assert "id" not in dashboard or dashboard["id"] is None
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource" and variables["datasource"]["query"] == "prometheus"
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert 0 <= place["x"] and place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, panel["title"]
            assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    places = [panel["gridPos"] for panel in panels]
    for index, a in enumerate(places):
        for b in places[:index]:
            assert (a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"] or a["y"] + a["h"] <= b["y"]
                    or b["y"] + b["h"] <= a["y"]), "two panels lie over each other"

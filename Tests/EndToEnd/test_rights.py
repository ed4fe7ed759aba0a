"""Who may do what on the publishers' socket (publish.allow): no way around a rule, and what a rule gives can be done."""

import os

import pytest

UNKNOWN = "conn_" + "A" * 22

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")

# The rule of uid 4001, and lines that it does not cover, however they are written.
FORBIDDEN = {
    # The default: who may open the socket may publish, and no more.
    "publish": [
        "LISTEN user:42", "LISTEN users:42,43", "LISTEN topic:a", "LISTEN topics:a,b", "LISTEN topic:a/*", "LISTEN topic:*",
        "LISTEN *", "LISTEN all", f"LISTEN conn:{UNKNOWN}", "listen all", "LiStEn  all", "LISTEN ALL", " LISTEN all", "LISTEN all ",
        "LISTEN all\r", "LISTEN user:42 since=start", "LISTEN topic:a since=7-1", "LISTEN user:42 topic:a *", "LISTEN user:%34%32",
        "WATCH users", "watch users", "WATCH  users", "WATCH topic:a", "WATCH topic:a/*", "WATCH topic:*", "WATCH topic:%61",
        "REVOKE user:42", "revoke user:42", "REVOKE user:42 before=0", "REVOKE user:%34%32", "UNREVOKE user:42", "unrevoke  user:42",
        "BLOCK user:42", "BLOCK user:42 for=1s", "bLOCK user:42", "UNBLOCK user:42", "REVOKE user:42\r", "  BLOCK   user:42",
    ],
    "listen to=topic:a/*": [
        "LISTEN topic:a", "LISTEN topic:b", "LISTEN topic:*", "LISTEN topic:%2A", "LISTEN topic:b/*", "LISTEN topic:A/*",
        "LISTEN topic:ab", "LISTEN topics:a/b,b", "LISTEN topic:a/b topic:b", "LISTEN topic:a/b all", "LISTEN topic:a/b *",
        "LISTEN user:a/b", "LISTEN users:a/b,a/c", "LISTEN all", "LISTEN *", f"LISTEN conn:{UNKNOWN}", "LISTEN topic:a%2Ab",
        "LISTEN topic:b topic:a/b since=start", "WATCH topic:a/b", "WATCH users", "PUSH topic:a/b n 1", "REVOKE user:a/b",
    ],
    "listen watch to=topic:a": [
        "LISTEN topic:a/b", "LISTEN topic:a/*", "LISTEN topic:a/%2A", "LISTEN topic:%61/*", "LISTEN topic:a%2F*", "LISTEN topic:a%20b",
        "WATCH topic:a/*", "WATCH topic:*", "WATCH users", "WATCH topic:b",
    ],
    "listen watch to=user:4*": ["LISTEN user:5", "LISTEN users:4,5", "LISTEN topic:4", "LISTEN user:42 all", "WATCH users", "WATCH topic:4"],
    "listen watch to=user:* to=topic:* to=conn:* to=*": ["LISTEN all", "LISTEN user:1 all", "STATS"],
    "listen to=*": ["LISTEN all", "LISTEN user:42", "LISTEN topic:*", "WATCH users"],
    "watch to=topic:a/*": ["WATCH users", "WATCH topic:*", "WATCH topic:a", "LISTEN topic:a/b"],
    "revoke to=user:a-*": [
        "REVOKE user:a", "REVOKE user:b-a-1", "REVOKE user:A-1", "REVOKE user:a%2E1", "BLOCK user:%61", "UNBLOCK user:b",
        "UNREVOKE user:*", "REVOKE user:%2A", "CLOSE user:a-1", "PUSH user:a-1 n 1", "LISTEN user:a-1", "CONNECTIONS user:a-1",
    ],
    "revoke to=topic:* to=* to=conn:*": ["REVOKE user:42", "BLOCK user:42", "REVOKE user:*"],
    "close": ["REVOKE user:42", "BLOCK user:42", "PUSH user:42 n 1", "EXPLAIN 7-1"],
    "push subscribe connections stats explain": ["CLOSE user:42", "LISTEN user:42", "WATCH users", "REVOKE user:42"],
}

# What is refused before the rights are asked, so that these are no ways either.
MALFORMED = [
    "LISTEN", "LISTEN since=start", "LISTEN topic:a since=start topic:b", "LISTEN USER:42", "LISTEN topic:a/*/b*,", "LISTEN user:%4", "LISTEN\tall", "WATCH", "WATCH all",
    "WATCH user:42", "WATCH *", "WATCH users all", "REVOKE", "REVOKE *", "REVOKE users:42,43", "REVOKE topic:42", f"REVOKE conn:{UNKNOWN}",
    "REVOKE user:42 user:43", "BLOCK 42", "@key=k REVOKE user:42", "@reply=no BLOCK user:42", "REVOKE%20user:42", "R\u00c9VOKE user:42",
]


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_there_is_no_way_around_a_rule(shared_hub, rule):
    hub = shared_hub({"publish.allow": f"user=4001 {rule},user=4002 all"})
    with hub.publisher(uid=4001) as publisher, hub.subscribe("42") as stream:
        stream.opened()
        for line in FORBIDDEN[rule]:
            assert publisher.command(line).startswith("ERR forbidden "), line
        assert [publisher.command(line) for line in ("PING", "ping")] == ["OK pong"] * 2
        hub.wait_for_log(r"command refused: forbidden .*publisher-uid=4001\b", count=len(FORBIDDEN[rule]))
        with hub.publisher(uid=4002) as other:
            assert other.command("PUSH user:42 n 1").endswith(" 1"), "nothing was closed"
        assert stream.next().data == 1


def test_by_default_only_root_may_do_more_than_publish(shared_hub):
    hub = shared_hub()
    with hub.publisher(uid=4001) as publisher, hub.publisher() as root:
        for line in FORBIDDEN["publish"]:
            assert publisher.command(line).startswith("ERR forbidden "), line
            assert not root.command(line).startswith("ERR forbidden "), line
        for line in MALFORMED:
            for each in (publisher, root):
                assert each.command(line).startswith("ERR bad-") or each.command(line).startswith("ERR missing-argument "), line
        for line in ["PUSH * n 1", "CLOSE user:42", "SUBSCRIBE user:42 topic:a", "CONNECTIONS user:42", "STATS", "EXPLAIN 1-1", "PING"]:
            assert not publisher.command(line).startswith("ERR forbidden "), line


@pytest.mark.parametrize("rule, lines", [
    ("listen to=topic:a/*", ["LISTEN topic:a/b", "LISTEN topic:a/*", "LISTEN topic:a/b/*", "LISTEN topics:a/b,a/c topic:a/d since=start"]),
    ("listen to=topic:a*", ["LISTEN topic:a", "LISTEN topic:ab", "LISTEN topic:a/*"]),
    ("listen watch to=topic:*", ["LISTEN topic:*", "WATCH topic:*", "WATCH topic:a/*"]),
    ("listen watch to=user:*", ["WATCH users", "LISTEN users:1,2", "LISTEN user:*"]),
    ("listen to=* to=conn:*", ["LISTEN *", f"LISTEN * conn:{UNKNOWN}"]),
    ("listen", ["LISTEN all", "LISTEN user:1 topic:* *"]),
    ("watch", ["WATCH users", "WATCH topic:a"]),
    ("revoke to=user:a-*", ["REVOKE user:a-1", "BLOCK user:a%2D1 for=1h", "UNBLOCK user:a-1", "UNREVOKE user:a-%2A"]),
    ("stats", ["UNLISTEN", "UNWATCH", "HELP", "PING"]),
])
def test_what_a_rule_gives_can_be_done(shared_hub, rule, lines):
    hub = shared_hub({"publish.allow": f"user=4001 {rule}"})
    for line in lines:
        with hub.publisher(uid=4001) as publisher:
            assert not publisher.command(line).startswith("ERR forbidden "), line


def test_rules_add_up(shared_hub):
    hub = shared_hub({"publish.allow": "user=4001 listen to=topic:a,user=4001 listen watch to=topic:b,user=4001 revoke to=user:1"})
    with hub.publisher(uid=4001) as publisher:
        assert not publisher.command("LISTEN topic:a topic:b").startswith("ERR forbidden ")
        assert publisher.command("WATCH topic:a").startswith("ERR forbidden ")
        assert publisher.command("REVOKE user:1") == "OK 0"
        assert publisher.command("REVOKE user:2").startswith("ERR forbidden ")


def test_root_has_no_rights_but_those_of_the_rules(start_hub):
    hub = start_hub({"publish.allow": "everyone publish"})
    for line in ["LISTEN all", "WATCH users", "REVOKE user:42", "BLOCK user:42"]:
        assert hub.command(line).startswith("ERR forbidden "), line
    assert hub.command("PUSH * n 1").startswith("OK ")

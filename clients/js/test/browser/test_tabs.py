"""One stream for all tabs of a user."""

import pytest

from test_stream import push, start, statistics, wait_for_connections


def open_tabs(browser, pages, hub, gate, count, user="42"):
    tabs = []
    for _ in range(count):
        tabs.append(start(browser.open(pages.url), hub, gate, user, shareAcrossTabs=True))
    return tabs


def all_have(tabs, notes):
    for tab in tabs:
        tab.wait(f"seen.notes.length >= {len(notes)}")
        assert tab.run("seen.notes") == notes
        assert tab.run("seen.gaps") == 0


@pytest.mark.only("chromium", "firefox")
def test_eight_tabs_are_one_stream_and_outlive_their_leaders(browser, pages, hub, gate):
    tabs = open_tabs(browser, pages, hub, gate, 8)
    assert statistics(hub)["totalConnections"] == 1
    number = 0
    while len(tabs) > 5:
        push(hub, number)
        number += 1
        all_have(tabs, list(range(number)))
        tabs.pop(0).close()
        push(hub, number)
        number += 1
        all_have(tabs, list(range(number)))
        assert statistics(hub)["totalConnections"] == 1
    wait_for_connections(hub, 1, tabs[0])


def test_two_tabs_share_and_the_second_takes_over(browser, pages, hub, gate):
    first, second = open_tabs(browser, pages, hub, gate, 2)
    assert statistics(hub)["totalConnections"] == 1
    push(hub, 0)
    all_have([first, second], [0])
    first.close()
    push(hub, 1)
    all_have([second], [0, 1])


@pytest.mark.only("chromium")
def test_a_frozen_leader_is_replaced_and_catches_up_when_it_thaws(browser, pages, hub, gate):
    tabs = open_tabs(browser, pages, hub, gate, 3)
    push(hub, 0)
    all_have(tabs, [0])
    debugger = browser.context.new_cdp_session(tabs[0].page)
    debugger.send("Debugger.enable")
    # The whole event loop stands still, as in a frozen tab.
    debugger.send("Debugger.pause")
    push(hub, 1)
    all_have(tabs[1:], [0, 1])
    wait_for_connections(hub, 2, tabs[1])
    debugger.send("Debugger.resume")
    debugger.send("Debugger.disable")
    all_have(tabs, [0, 1])
    push(hub, 2)
    all_have(tabs, [0, 1, 2])
    wait_for_connections(hub, 1, tabs[1])


@pytest.mark.only("chromium")
def test_a_leader_that_crashes_is_replaced(browser, pages, hub, gate):
    tabs = open_tabs(browser, pages, hub, gate, 3)
    push(hub, 0)
    all_have(tabs, [0])
    tabs[0].crash()
    tabs[1].wait("seen.connections.length === 2")
    push(hub, 1)
    all_have(tabs[1:], [0, 1])


def test_another_user_in_the_next_tab_hears_nothing_of_the_first(browser, pages, hub, gate):
    anna = start(browser.open(pages.url), hub, gate, "anna", shareAcrossTabs=True)
    ben = start(browser.open(pages.url), hub, gate, "ben", shareAcrossTabs=True)
    assert statistics(hub)["totalConnections"] == 2
    push(hub, "anna's", "user:anna")
    push(hub, "ben's", "user:ben")
    anna.wait("seen.notes.length === 1")
    ben.wait("seen.notes.length === 1")
    assert [anna.run("seen.notes"), ben.run("seen.notes")] == [["anna's"], ["ben's"]]


def test_who_logs_out_hears_nothing_more(browser, pages, hub, gate):
    first, second = open_tabs(browser, pages, hub, gate, 2)
    first.run("void client.disconnect()")
    push(hub, "secret")
    all_have([second], ["secret"])
    assert first.run("seen.notes") == []
    second.run("void client.disconnect()")
    wait_for_connections(hub, 0, second)

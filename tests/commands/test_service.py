"""`dockbell hold`, `unhold`, `holds`, `pin`, `priority`, `sweep`: what they say, what they do, and whom they refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from command_desk import CommandDesk, shape
from small_floor import TODAY, SmallFloor

LEAD = ("--as", "1003", "--reason", "not paid")
NOW = datetime.now(UTC)
DAY = NOW.date()


def on(days: int) -> str:
    return (DAY + timedelta(days=days)).isoformat()


@pytest.fixture
def desk(database_url, tmp_path):
    """SO-1 has 20 GOWN-L; SO-2 has 4 of 30; SO-3 waits for 8; SO-4 is a complete order of two lines, with nothing."""
    small = SmallFloor()
    small.order("SO-1", ("GOWN-L", 20), ("MASK", 5))
    small.order("SO-2", ("GOWN-L", 30), promised=TODAY + timedelta(days=1))
    small.order("SO-3", ("GOWN-L", 8), promised=TODAY + timedelta(days=2))
    small.order("SO-4", ("GOWN-M", 10), ("MASK", 5), policy="order", patience=None)
    small.stock("GOWN-L", 24)
    made = CommandDesk(tmp_path, database_url)
    yield made
    made.call("verify").good()


@pytest.fixture
def lite(sqlite_url, tmp_path):
    """The same orders without stock, where the engine does not matter."""
    small = SmallFloor()
    small.order("SO-1", ("GOWN-L", 20), ("MASK", 5))
    return CommandDesk(tmp_path, sqlite_url)


def promised(desk: CommandDesk, order: str, line: int = 1) -> int:
    return desk.call("why", f"{order}/{line}", "--json").json()["reserved"]


def test_a_hold_gives_to_the_next_and_its_end_takes_nothing_back(desk):
    assert desk.call("hold", "SO-1", *LEAD).good().splitlines() == [
        f"On hold (credit), review on {on(2)}: SO-1.",
        "  SO-1/1 lost 20 x GOWN-L",
        "  SO-2/1 got 20 x GOWN-L",
    ]
    assert desk.call("holds").good().startswith("SO-1 (Customer C3): credit, not paid; 25 pieces; since ")
    assert desk.call("unhold", "SO-1", "--as", "1003", "--reason", "paid").good().splitlines() == [
        "Not on hold any more: SO-1."
    ]
    assert (promised(desk, "SO-1"), promised(desk, "SO-2")) == (0, 24)
    assert desk.call("holds").good() == "Nothing is on hold.\n"
    kept = desk.rows(
        "SELECT s.step, s.raw, o.badge FROM scan_log s JOIN operator o ON o.id = s.operator_id ORDER BY s.at"
    )
    assert kept == [("command.hold", "SO-1", "1003"), ("command.unhold", "SO-1", "1003")]


def test_kept_stock_waits_with_the_order_and_all_is_told(desk):
    words = ("hold", "SO-1/1", "SO-2", "--until", on(9), "--review", on(3), "--keep", "--json", *LEAD)
    assert desk.call(*words).json() == {"quantity": 2, "freed": [], "released": []}

    first, second = desk.call("holds", "--json").json()["holds"]

    assert shape(first) == {
        "order": "text",
        "line": "whole",
        "customer": "text",
        "kind": "text",
        "reason": "text",
        "by": "text",
        "since": "instant",
        "review_on": "day",
        "until_on": "day",
        "overdue": "yes or no",
        "pieces": "whole",
        "kept": "whole",
    }
    assert (first["order"], first["line"], first["kind"], first["by"]) == ("SO-1", 1, "until", "IDA")
    assert (first["pieces"], first["kept"], first["until_on"], first["review_on"]) == (20, 20, on(9), on(3))
    assert (second["order"], second["line"], second["pieces"], second["kept"]) == ("SO-2", None, 30, 4)
    assert ": until " + on(9) + ", not paid; 20 pieces, 20 of them promised and kept; " in desk.call("holds").good()


def test_an_overdue_review_comes_first(desk):
    desk.call("hold", "SO-2", "--review", on(0), *LEAD).good()
    desk.call("hold", "SO-1", "--kind", "recall", *LEAD).good()
    desk.execute("UPDATE order_hold SET review_on = ? WHERE kind = 'recall'", on(-3))
    said = desk.call("holds").good().splitlines()
    assert [row.split()[0] for row in said] == ["SO-1", "SO-2"]
    assert said[0].endswith(f"REVIEW OVERDUE since {on(-3)}")
    assert said[1].endswith(f"review on {on(0)}"), "on its day it is not overdue"
    assert [one["overdue"] for one in desk.call("holds", "--json").json()["holds"]] == [True, False]


def test_the_review_of_a_hold_that_ends_by_itself_is_not_after_its_end(lite):
    lite.call("hold", "SO-1", "--until", on(1), *LEAD).good()
    (found,) = lite.call("holds", "--json").json()["holds"]
    assert (found["until_on"], found["review_on"]) == (on(1), on(1))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hold", "SO-404", *LEAD), "There is no order SO-404"),
        (("hold", "SO-1/7", *LEAD), "There is no line 7 in order SO-1"),
        (("hold", "SO-1", "--kind", "until", *LEAD), "name it with --until"),
        (("hold", "SO-1", "--kind", "quality", "--until", on(3), *LEAD), "is ended by a person"),
        (
            ("hold", "SO-1", "--kind", "strange", *LEAD),
            "--kind is one of until, credit, quality, recall, not 'strange'",
        ),
        (("hold", "SO-1", "--until", on(0), *LEAD), "is not after today"),
        (("hold", "SO-1", "--until", "tomorrow", *LEAD), "--until 'tomorrow' is no date"),
        (("hold", "SO-1", "--review", on(-1), *LEAD), "is past"),
        (("hold", "SO-1", "--as", "1001", "--reason", "x"), "ANA is no lead"),
        (("hold", "SO-1", "--as", "1003", "--reason", " "), "--reason is empty"),
        (("hold", "SO-1\x1b", *LEAD), "ORDER holds a forbidden character"),
        (("unhold", "SO-1", *LEAD), "SO-1 is not on hold; nothing was changed."),
        (("unhold", "SO-1", "--as", "1002", "--reason", "x"), "LEO is no lead"),
        (("pin", "SO-404", *LEAD), "There is no order SO-404"),
        (("pin", "SO-1", "--as", "1001", "--reason", "x"), "ANA is no lead"),
        (("priority", "SO-1", "--to", "6", *LEAD), "--to is a priority from 1 (first) to 5, not '6'"),
        (("priority", "SO-1", "--to", "1.0", *LEAD), "--to is a priority from 1 (first) to 5"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(lite, words, said):
    lite.call(*words).refused(said)
    assert lite.rows("SELECT * FROM order_hold") == []
    assert lite.rows("SELECT * FROM order_change") == []


def test_of_several_one_wrong_one_leaves_all_as_they_were(lite):
    lite.call("hold", "SO-1", "SO-404", *LEAD).refused("There is no order SO-404")
    assert lite.call("holds", "--json").json() == {"holds": []}


def test_a_pin_goes_before_all_others_and_takes_nothing_away(desk):
    assert desk.call("pin", "SO-3", *LEAD).good() == "Before all others now: SO-3.\n"
    assert promised(desk, "SO-3") == 0
    told = desk.call("cancel", "SO-1/1", "--quantity", "9", "--json", *LEAD).json()
    assert [(one["order"], one["quantity"]) for one in told["released"]] == [("SO-3", 8), ("SO-2", 1)]
    assert desk.call("pin", "SO-3", "--off", *LEAD).good() == "In its own place again: SO-3.\n"
    assert desk.rows("SELECT what, before, after, reason FROM order_change ORDER BY id") == [
        ("pinned", "0", "1", "not paid"),
        ("pinned", "1", "0", "not paid"),
    ]


def test_a_priority_is_worth_days(desk):
    told = desk.call("priority", "SO-3/1", "--to", "1", "--json", *LEAD).json()
    assert told == {"quantity": 1, "freed": [], "released": []}
    assert desk.call("priority", "SO-3", "SO-2", "--to", "2", *LEAD).good() == "Priority 2 now: SO-3, SO-2.\n"
    assert desk.rows("SELECT DISTINCT priority FROM order_line WHERE promised_on > ?", TODAY.isoformat()) == [(2,)]


# --- the sweep


def test_a_sweep_of_a_healthy_site_finds_nothing(desk):
    desk.call("sweep").good()
    assert desk.run("sweep").good() == "Nothing was due.\nNothing had been missed.\n"
    assert desk.call("sweep", "--json").json() == {"due": 0, "missed": []}


def test_a_hold_whose_day_has_come_is_due(desk):
    desk.call("hold", "SO-3", "--until", on(1), *LEAD).good()
    desk.execute("UPDATE order_hold SET until_on = ?", on(0))
    assert desk.call("sweep", "--json").json() == {"due": 1, "missed": []}
    assert desk.call("holds").good() == "Nothing is on hold.\n"


def test_what_was_missed_is_done_and_named(desk):
    """A line that somebody hid from the queue while stock came for it."""
    hidden = "id IN (SELECT l.id FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = 'SO-3')"
    desk.call("cancel", "SO-2", *LEAD).good()
    assert promised(desk, "SO-3") == 4
    desk.execute(f"UPDATE order_line SET state = 'H' WHERE {hidden}")
    desk.call("adjust", "A-01", "GOWN-L", "--quantity", "+6", *LEAD).good()
    desk.execute(f"UPDATE order_line SET state = 'W' WHERE {hidden}")

    said = desk.call("sweep").good().splitlines()

    assert said[1:] == ["Missed before, and done now: 1.", "  line of GOWN-L: 1 left waiting, 4 pieces"]
    assert promised(desk, "SO-3") == 8
    (found,) = desk.rows("SELECT what, lines, pieces FROM sweep_found")
    assert found == ("line", 1, 4)


def test_a_ship_set_that_nothing_wakes_is_missed(desk):
    desk.execute("UPDATE ship_set SET watch_id = NULL")
    (missed,) = desk.call("sweep", "--json").json()["missed"]
    assert missed == {"what": "ship set", "sku": None, "order": "SO-4", "ship_set": "", "lines": 0, "pieces": 0}

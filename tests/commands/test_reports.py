"""`dockbell why`, `board`, `verify`: every field of their contracts, present also where nothing is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from command_desk import moment, shape
from command_floor import SECOND

ATTEMPT = {
    "at": "instant",
    "cause": "text",
    "run": "whole",
    "outcome": "text",
    "got": "whole",
    "short": "whole",
    "reason": "text",
    "lacking": None,
}
LINE = {
    "order": "text",
    "line": "whole",
    "sku": "text",
    "policy": "text",
    "status": "text",
    "ordered": "whole",
    "cancelled": "whole",
    "reserved": "whole",
    "picked": "whole",
    "shipped": "whole",
    "waiting": "whole",
    "min_need": "whole",
    "reservations": [
        {"unit": "text", "location": "text", "quantity": "whole", "kind": "text", "task": "text", "by": "text"}
    ],
    "ahead": {"lines": "whole", "units": "whole"},
    "next_supply": {"po": "text", "line": "whole", "expected_on": "day", "quantity": "whole"},
    "attempts": [ATTEMPT],
    "place": {"lines": "whole", "units": "whole"},
    "earlier_attempts": "yes or no",
    "next_event": {
        "kind": "text",
        "name": "text",
        "on": None,
        "days_late": "whole",
        "po": None,
        "line": None,
        "quantity": "whole",
        "promised_ahead": None,
    },
}
INBOUND = LINE["next_event"] | {"on": "day", "po": "text", "line": "whole", "promised_ahead": "whole"}
NOTHING = LINE["next_event"] | {"quantity": None}
BOARD = {
    "at": "instant",
    "released": [
        {
            "order": "text",
            "line": "whole",
            "sku": "text",
            "quantity": "whole",
            "receipt": "text",
            "released_at": "instant",
            "by": "text",
            "due_at": "instant",
            "taken": "yes or no",
        }
    ],
    "receiving": [
        {
            "receipt": "text",
            "po": "text",
            "vendor": "text",
            "cases": "whole",
            "units": "whole",
            "by": "text",
            "announced_cases": "whole",
            "releases": "whole",
            "waiting_on": {"order": "text", "sku": "text", "quantity": "whole"},
        }
    ],
    "backorders": {
        "lines": "whole",
        "units": "whole",
        "age": [{"bucket": "text", "lines": "whole", "units": "whole"}],
    },
}
DRAWN = ("figures", "attention", "sweep", "ecdf", "open_units", "age_by_day", "case_quantities", "fairness")


def contract(told: dict) -> dict:
    """The shape of a line, without what the program tells beyond the contract."""
    return {name: kind for name, kind in shape(told).items() if name in LINE}


def why(desk, words: str) -> dict:
    return desk.call("why", words, "--json").json()


# --- why ------------------------------------------------------------------------------------------------


def test_a_line_that_is_being_picked_tells_everything(floor):
    told = floor.run("why", "SO-1/1", "--json").json()

    assert contract(told) == LINE
    assert list(told)[:16] == list(LINE)[:16]
    assert [told[name] for name in ("order", "line", "sku", "policy", "status")] == [
        "SO-1",
        1,
        "GOWN-L",
        "partial",
        "picking",
    ]
    assert [told[name] for name in ("ordered", "cancelled", "reserved", "picked", "shipped", "waiting")] == [
        20,
        0,
        14,
        6,
        0,
        0,
    ]
    assert told["reservations"] == [
        {"unit": SECOND, "location": "DOCK-1", "quantity": 14, "kind": "HARD", "task": "taken", "by": "LEO"}
    ]
    assert [entry["cause"] for entry in told["attempts"]][-2:] == ["receipt", "receipt"]
    assert told["attempts"][-1] | {"at": "", "run": 0} == {
        "at": "",
        "cause": "receipt",
        "run": 0,
        "outcome": "RELEASED_HARD",
        "got": 14,
        "short": 0,
        "reason": None,
        "lacking": None,
    }


def test_unknown_is_null_and_never_missing(floor):
    nobody = why(floor, "SO-2/1")["reservations"]
    assert [(entry["task"], entry["by"]) for entry in nobody] == [("open", None)]

    nothing = why(floor, "SO-6/1")
    assert contract(nothing) == LINE | {"reservations": [], "next_supply": None, "next_event": NOTHING}

    never = why(floor, "SO-4/1")
    assert contract(never) == LINE | {"reservations": [], "next_event": INBOUND}
    assert never["next_supply"]["po"] == "PO-2"
    assert contract(why(floor, "SO-4/2"))["min_need"] is None


def test_a_line_says_who_is_ahead_of_it(floor):
    assert why(floor, "SO-3/1")["ahead"] == {"lines": 1, "units": 26}
    assert why(floor, "SO-2/1")["ahead"] == {"lines": 0, "units": 0}


def test_an_order_tells_each_of_its_lines(floor):
    told = why(floor, "SO-4")

    assert list(told) == ["order", "lines"]
    assert told["order"] == "SO-4"
    assert [entry["line"] for entry in told["lines"]] == [1, 2]
    assert told["lines"][0] == why(floor, "SO-4/1")


def test_without_json_it_reads_like_an_answer(floor):
    said = floor.call("why", "SO-2").good()

    assert said.startswith("SO-2/1: 30 ea of GOWN-L (Gown L) for Customer C3, promised for ")
    assert "4 of it are reserved:" in said
    assert f"4 from {SECOND} at DOCK-1" in said
    assert "26 wait" in said
    assert "Next: PO-1 line 1" in said
    assert "{" not in said
    assert max(map(len, said.splitlines())) <= 100


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("SO-404", "There is no order SO-404"),
        ("SO-1/9", "Order SO-1 has no line 9; its lines are 1"),
        ("SO-1/", "There is no order SO-1/"),
        ("SO-1/" + "1" * 30, "There is no order"),
        ("", "There is no order"),
        ("SO-1\x1b[2J", "ORDER holds a forbidden character"),
        ("SO-1\udc80", "ORDER holds a forbidden character"),
        ("S" * 200, "ORDER is longer than 128 characters"),
    ],
)
def test_an_order_that_is_not_there_is_said_so(floor, order, said):
    floor.call("why", order).refused(said)
    floor.call("why", order, "--json").refused(said)


def test_an_order_whose_own_number_ends_like_a_line_is_meant_whole(lite):
    lite.execute("UPDATE order_header SET order_no = 'SO-6/1' WHERE order_no = 'SO-6'")

    assert [entry["order"] for entry in why(lite, "SO-6/1")["lines"]] == ["SO-6/1"]
    assert why(lite, "SO-6/1/1")["line"] == 1


# --- board ----------------------------------------------------------------------------------------------


def test_the_board_tells_everything(floor):
    told = floor.run("board", "--json").json()

    assert list(told) == [*BOARD, *DRAWN]
    by_order = told | {"released": sorted(told["released"], key=lambda row: row["order"])}
    assert {name: kind for name, kind in shape(by_order).items() if name in BOARD} == BOARD
    assert [(row["order"], row["sku"], row["quantity"], row["receipt"], row["by"]) for row in told["released"]] == [
        ("SO-5", "MASK", 12, None, None),
        ("SO-1", "GOWN-L", 14, "RC-0001", "LEO"),
        ("SO-2", "GOWN-L", 4, "RC-0001", None),
    ], "due at one time all of them: who has waited longest comes first"
    (entry,) = told["receiving"]
    assert [entry[name] for name in ("receipt", "po", "vendor", "cases", "units", "by", "releases")] == [
        *("RC-0001", "PO-1", "ACME Medical", 2, 24, "ANA", 2)
    ]
    assert entry["waiting_on"] == {"order": "SO-2", "sku": "GOWN-L", "quantity": 26}
    waiting = told["backorders"]
    assert (waiting["lines"], waiting["units"]) == (5, 52)
    assert [entry["bucket"] for entry in waiting["age"]] == ["<1d", "1-3d", "3-7d", "7-14d", ">14d"]
    assert sum(entry["lines"] for entry in waiting["age"]) == 5
    assert sum(entry["units"] for entry in waiting["age"]) == 52


def test_the_board_tells_time_in_utc_and_by_the_sites_cut_off(floor):
    told = floor.call("board", "--json").json()

    assert abs(moment(told["at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert all(moment(row["released_at"]) < moment(told["at"]) for row in told["released"])
    assert {moment(row["due_at"]).hour for row in told["released"]} <= {22, 23}, "17:00 in Chicago"


def test_the_board_as_text(floor):
    said = floor.call("board").good()
    assert said.splitlines()[-1] == "Sweep never, missed 0"

    assert "Released, not picked: 3 lines" in said
    assert "SO-1/1  14 x Gown L  by RC-0001" in said
    assert "RC-0001  PO-1  ACME Medical: 2 cases, 24 pieces, 2 lines released, SO-2 waits for 26 GOWN-L" in said
    assert "Open backorders: 5 lines, 52 pieces" in said


def test_every_figure_has_its_n_and_its_window(floor):
    told = floor.call("board", "--json").json()

    for name in ("ecdf", "open_units", "case_quantities", "fairness"):
        assert told[name]["n"] > 0, name
        assert told[name]["window"]["name"] == "shift", name
    figures = told["figures"]
    assert [figures[name]["n"] for name in ("release_to_pick", "late_risk", "line_fill", "case_outliers")] == [
        4,
        3,
        3,
        2,
    ]
    assert [curve["name"] for curve in told["ecdf"]["curves"]] == [
        *("scan_to_verdict", "received_to_pickable", "released_to_picked")
    ]
    (gowns,) = told["case_quantities"]["items"]
    assert [(one["quantity"], one["cases"]) for one in gowns["counts"]] == [(6, 1), (18, 1)]
    assert told["open_units"]["points"][-1][1] == told["backorders"]["units"]
    assert told["open_units"]["receipts"][0]["receipt"] == "RC-0001"


# --- verify ---------------------------------------------------------------------------------------------


def test_a_sound_floor_verifies(floor):
    told = floor.call("verify", "--json").json()

    assert list(told) == ["ok", "checked", "violations"]
    assert (told["ok"], told["violations"]) == (True, [])
    assert shape(told["checked"]) == [{"invariant": "text", "rows": "whole"}]
    assert len(told["checked"]) > 30
    assert floor.call("verify").good() == (
        f"{len(told['checked'])} invariants, {sum(entry['rows'] for entry in told['checked'])} rows: all hold.\n"
    )


def test_a_false_counter_ends_with_1_and_is_named(floor):
    floor.execute("UPDATE po_line SET qty_received = qty_received + 1 WHERE po_id = 1")
    try:
        ended = floor.run("verify", "--json")
        spoken = floor.call("verify")
    finally:
        floor.execute("UPDATE po_line SET qty_received = qty_received - 1 WHERE po_id = 1")

    assert (ended.code, ended.err) == (1, "")
    told = ended.__class__(0, ended.out, "").json()
    assert told["ok"] is False
    (broken,) = told["violations"]
    assert list(broken) == ["invariant", "key", "found", "expected"]
    assert (broken["invariant"], broken["found"], broken["expected"]) == ("po_line.qty_received", 25, 24)
    assert "PO-1" in broken["key"]
    assert (spoken.code, spoken.err) == (1, "")
    assert spoken.out.splitlines()[0] == f"po_line.qty_received: {broken['key']} is 25, should be 24"
    assert spoken.out.endswith(" 1 broken.\n")

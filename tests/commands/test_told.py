"""`dockbell queue`, `transcript`: every field of their contracts, and what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_desk import shape

from warehouse.told import queue_words

WAITING = {
    "place": "whole",
    "order": "text",
    "line": "whole",
    "customer": "text",
    "customer_name": "text",
    "promised_on": "day",
    "open": "whole",
    "min_need": "whole",
    "policy": "text",
    "waiting_since": "instant",
    "running_sum": "whole",
    "reason": "text",
}
QUEUE = {
    "sku": "text",
    "item": "text",
    "unit": "text",
    "totals": {
        "lines": "whole",
        "pieces": "whole",
        "free": "whole",
        "stopped_lines": "whole",
        "stopped_pieces": "whole",
    },
    "run": "whole",
    "waiting": [WAITING],
    "stopped": [],
}
RUN = {
    "run": "whole",
    "at": "instant",
    "cause": "text",
    "sku": "text",
    "item": "text",
    "receipt": "text",
    "by": {"operator": "text", "station": "text", "source": "text", "command": None},
    "arrived": [{"unit": "text", "quantity": "whole", "location": "text", "status": "text", "kind": "text"}],
    "lost": [],
    "free": {"before": "whole", "after": "whole"},
    "considered": [
        {
            "order": "text",
            "line": "whole",
            "customer": "text",
            "outcome": "text",
            "got": "whole",
            "short": "whole",
            "reason": None,
            "units": [{"unit": "text", "quantity": "whole"}],
        }
    ],
    "ran_out_at": {"order": "text", "line": "whole"},
    "next": {"order": "text", "line": "whole"},
    "waiting": {"lines": "whole", "units": "whole", "not_named": "whole"},
}


# --- queue ----------------------------------------------------------------------------------------------


def test_the_queue_tells_everything(floor):
    told = floor.call("queue", "GOWN-L", "--json").json()

    assert shape(told) == QUEUE
    assert [(one["place"], one["order"], one["open"], one["running_sum"]) for one in told["waiting"]] == [
        (1, "SO-2", 26, 26),
        (2, "SO-3", 8, 34),
    ]
    assert {one["reason"] for one in told["waiting"]} == {"SUPPLY_EXHAUSTED"}
    assert (told["totals"]["lines"], told["totals"]["pieces"], told["totals"]["free"]) == (2, 34, 0)


def test_the_queue_as_a_table(floor):
    said = floor.call("queue", "GOWN-L", "--limit", "1").good().splitlines()

    assert said[0] == "GOWN-L (Gown L): 2 lines wait for 34 ea, 0 free."
    assert said[1].split() == ["PLACE", "ORDER/LINE", "CUSTOMER", "PROMISED", "DAYS", "MISSING", "NEED", "SUM", "WHY"]
    assert said[2].startswith("    1 SO-2/1           Customer C3    ")
    assert said[3:] == ["1 more line waits behind them for 8: see --limit."]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("CAPE",), "There is no item CAPE at "),
        (("",), "There is no item  at "),
        (("A\x1b[2J",), "SKU holds a forbidden character"),
        (("GOWN-L", "--limit", "0"), "--limit is a whole number such as 5, not '0'."),
        (("GOWN-L", "--limit", "many"), "--limit is a whole number such as 5, not 'many'."),
    ],
)
def test_a_queue_that_cannot_be_told(floor, words, said):
    floor.call("queue", *words).refused(said)


# --- transcript -----------------------------------------------------------------------------------------


def test_a_receipt_tells_what_its_cases_released(floor):
    told = floor.call("transcript", "RC-0001", "--json").json()

    assert list(told) == ["receipt", "runs_in_all", "runs"]
    assert [run["cause"] for run in told["runs"]] == ["receipt", "receipt"]
    newest = told["runs"][-1]
    assert shape(newest) == RUN
    assert [(one["order"], one["got"], one["short"]) for one in newest["considered"]] == [
        ("SO-1", 14, 0),
        ("SO-2", 4, 26),
    ]
    assert (newest["ran_out_at"], newest["next"]) == ({"order": "SO-3", "line": 1}, {"order": "SO-2", "line": 1})
    assert floor.call("transcript", str(newest["run"]), "--json").json() == newest


def test_a_receipt_told_by_a_person(floor):
    said = floor.call("transcript", "RC-0001", "--limit", "1").good()

    assert said.startswith("1 earlier run of RC-0001: see --limit.\n\nRun ")
    assert "after a receipt by ANA at DOCK-1." in said
    assert "18 were free. In the order of service:" in said
    assert "  SO-1/1 (Customer C3) got 14, all that it missed.\n" in said
    assert "Then supply ran out: SO-3/1 found nothing left." in said
    assert said.endswith("2 lines wait for 34 more. Next is SO-2/1.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("RC-0404",), "There is no receipt RC-0404: 'dockbell receipts' lists them."),
        (("",), "There is no receipt "),
        (("99999",), "There is no run 99999 at "),
        (("0",), "RUN is a whole number"),
        (("1" * 30,), "RUN is a whole number"),
        (("RC-\x1b[2J",), "RECEIPT|RUN holds a forbidden character"),
        (("RC-0001", "--limit", "-1"), "--limit is a whole number"),
    ],
)
def test_a_run_that_cannot_be_told(floor, words, said):
    floor.call("transcript", *words).refused(said)


# --- docs/told.md ---------------------------------------------------------------------------------------


def test_the_guide_has_every_field_and_every_reason(floor):
    guide = (Path(__file__).parents[2] / "docs" / "told.md").read_text(encoding="utf-8")
    told = [
        floor.call(*words, "--json").json()
        for words in (("why", "SO-2"), ("queue", "GOWN-L"), ("transcript", "RC-0001"))
    ]
    explained = set(re.findall(r"`(\w+)`", guide))

    assert set(_names(told)) - explained == set()
    assert queue_words.WHY.keys() - explained == set()


def _names(value):
    """Every name of a field in a JSON value, however deep."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(inner)

"""`dockbell queue`: every field of its contract, and what it refuses."""

from __future__ import annotations

import pytest
from command_desk import shape

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

"""`dockbell atp` and `promises`: every field of their contracts, the words, and what they refuse."""

from __future__ import annotations

from command_desk import moment, shape

ESTIMATE = {"on": "day", "cause": "text"}
ATP = {
    "sku": "text",
    "today": "day",
    "on_hand": "whole",
    "pickable": "whole",
    "in_stage": "whole",
    "on_order": {"deliveries": "whole", "pieces": "whole"},
    "waiting": {"lines": "whole", "pieces": "whole"},
    "available_now": "whole",
    "available": "whole",
    "buckets": [
        {
            "on": "day",
            "source": "text",
            "cause": "text",
            "po": "text",
            "line": "whole",
            "expected_on": "day",
            "late_since": None,
            "quantity": "whole",
            "promised": "whole",
            "available": "whole",
            "cumulative": "whole",
        }
    ],
    "buckets_total": "whole",
    "lines": [
        {
            "order": "text",
            "line": "whole",
            "waiting": "whole",
            "promised_on": "day",
            "estimate": ESTIMATE,
            "days_late": "whole",
        }
    ],
}
MOVED = {
    "at": "instant",
    "sku": "text",
    "order": "text",
    "line": "whole",
    "lines": "whole",
    "old_on": "day",
    "new_on": "day",
    "reason": "text",
    "cause": "text",
}


def later(floor) -> str:
    """A file that lets PO-2 come a year later, and its former day."""
    ((day,),) = floor.rows("SELECT expected_on FROM po_line WHERE qty_ordered = 40")
    row = f"PO-2,ACME,1,GOWN-M,40,{int(day[:4]) + 1}{day[4:].replace('-02-29', '-02-28')}"
    floor.write("purchase_orders.csv", "po,vendor,line,sku,quantity,expected_on", row)
    return day


def test_a_delivery_that_slips_is_told_by_every_command(floor):
    day = later(floor)
    before = floor.call("atp", "GOWN-M", "--json").json()
    assert shape(before) == ATP
    assert (before["on_order"], before["available"]) == ({"deliveries": 1, "pieces": 40}, 30)
    assert [one["estimate"]["on"] for one in before["lines"]] == [day]
    assert floor.call("promises").good() == "No promise moved.\n"
    assert floor.call("promises", "--json").json() == []

    said = floor.call("import", "purchase_orders.csv").good().splitlines()

    new = floor.call("atp", "GOWN-M", "--json").json()["lines"][0]["estimate"]
    assert said[1:3] == ["1 promise moved:", f"  SO-4/1 {day} -> {new['on']} VENDOR_LATE PO-2 line 1"]
    (moved,) = floor.call("promises", "--json").json()
    assert shape(moved) == MOVED
    assert [moved[name] for name in ("order", "line", "old_on", "new_on")] == ["SO-4", 1, day, new["on"]]
    assert moment(moved["at"])
    assert said[2].strip() in floor.call("promises").good()
    told = floor.call("why", "SO-4/1", "--json").json()
    assert (told["promise_changes"], told["estimate"]) == ([moved], new)
    floor.call("verify").good()


def test_the_words_and_the_limits(floor):
    told = floor.call("atp", "GOWN-L", "--limit", "1").good()

    assert told.startswith("GOWN-L (Gown L) on ")
    assert "SO-2/1: 26 missing, promised for " in told
    assert "and 1 more line: --limit shows them" in told
    assert floor.call("promises", "--since", "2999-01-01", "--limit", "5").good() == "No promise moved.\n"


def test_what_is_refused(lite):
    lite.call("atp", "GWON").refused("There is no item GWON at this site.")
    lite.call("atp", "GOWN-L", "--limit", "0").refused("--limit is a whole number")
    lite.call("atp", "GOWN-L", "--limit", "10001").refused("--limit is at most 10,000, not 10,001.")
    lite.call("atp", "G\x1b[2J").refused("SKU holds a forbidden character")
    lite.call("promises", "--since", "yesterday").refused("--since is a day such as 2026-06-15, not 'yesterday'.")

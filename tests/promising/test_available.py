"""What can be promised of an item: every figure by hand, on both engines; the command prints the same."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from small_floor import SITE, TODAY, SmallFloor

from db import connection
from tui.commands import promises
from warehouse.promising import available
from warehouse.promising.available import Available
from warehouse.reply import InputError

BUCKET = {
    "on": "2026-06-16",
    "source": "purchase_order",
    "cause": "PO-LATE line 1, late since 2026-06-05",
    "po": "PO-LATE",
    "line": 1,
    "expected_on": "2026-06-05",
    "late_since": "2026-06-05",
    "quantity": 20,
    "promised": 20,
    "available": 0,
    "cumulative": 0,
}


@pytest.fixture
def small(database_url):
    return SmallFloor()


def in_days(days: int):
    return TODAY + timedelta(days=days)


def seen(small: SmallFloor, sku: str = "GOWN-L", limit: int = 20) -> Available:
    return available.read(small.site, sku, small.now, limit)


def table(told: Available) -> list[tuple]:
    return [
        (one.supply.on, one.supply.name, one.supply.quantity, one.promised, one.available, one.cumulative)
        for one in told.buckets
    ]


def days(told: Available) -> list[tuple]:
    return [(f"{one.order}/{one.line}", one.waiting, one.estimate.on, one.days_late) for one in told.lines]


def supplied(small: SmallFloor) -> SmallFloor:
    """Late, due and later deliveries, one of them in part here, one closed short; a line that ships complete."""
    small.purchase_order("PO-LATE", ("GOWN-L", 20), expected_on=in_days(-10))
    small.purchase_order("PO-NOW", ("GOWN-L", 30), ("GOWN-M", 500))
    small.purchase_order("PO-3", ("GOWN-L", 40), expected_on=in_days(3))
    small.purchase_order("PO-SHUT", ("GOWN-L", 90), expected_on=in_days(1))
    connection.execute("UPDATE po_line SET qty_received = 10 WHERE qty_ordered = 30")
    connection.execute("UPDATE po_line SET closed_at = '2026-06-14T09:00:00.000000Z' WHERE qty_ordered = 90")
    small.order("SO-BIG", ("GOWN-L", 35), policy="line", priority=1)
    small.stock("GOWN-L", 10)
    small.order("SO-2", ("GOWN-L", 18), promised=in_days(1))
    small.order("SO-1", ("GOWN-L", 40))
    return small


def test_every_bucket_and_every_line_by_hand(small):
    told = seen(supplied(small))

    # The ten on hand went to SO-2: SO-BIG ships complete.
    assert (told.on_hand, told.pickable, told.in_stage, told.on_order, told.deliveries) == (10, 0, 0, 80, 3)
    assert (told.waiting_lines, told.waiting) == (3, 83)
    assert (told.available_now, told.available) == (0, 0)
    assert table(told) == [
        (in_days(0), "PO-NOW line 1", 20, 20, 0, 0),
        (in_days(1), "PO-LATE line 1", 20, 20, 0, 0),
        (in_days(3), "PO-3 line 1", 40, 40, 0, 0),
    ]
    assert days(told) == [
        ("SO-BIG/1", 35, in_days(1), 1),
        ("SO-1/1", 40, in_days(3), 3),
        ("SO-2/1", 8, None, None),
    ]


def test_what_is_left_can_be_promised(small):
    supplied(small)
    small.cancel("SO-BIG")
    small.stock("GOWN-L", 25)

    told = seen(small)

    assert (told.pickable, told.waiting, told.available_now, told.available) == (0, 23, 0, 57)
    assert [row[3:] for row in table(told)] == [(20, 0, 0), (3, 17, 17), (0, 40, 57)]
    small.stock("GOWN-L", 60)
    assert (seen(small).available_now, seen(small).available) == (37, 117)
    assert table(seen(small))[0] == (in_days(0), "stock", 37, 0, 37, 37)


def test_goods_in_a_stage_are_counted_when_they_leave_it_and_goods_that_expired_never(small):
    small.rule("promise.stage_days", "2")
    small.stock("SERUM", 5, code="CASE-1", lot="L1", expiry="2027-01-31")
    small.stock("SERUM", 7, code="CASE-2", lot="L1", expiry="2027-01-31")
    small.stock("SERUM", 9, code="CASE-3", lot="L2", expiry="2026-06-14")
    connection.execute("UPDATE handling_unit SET status = 'IN_STAGE' WHERE code = 'CASE-2'")
    small.now += timedelta(days=1)
    small.stock("SERUM", 6, code="CASE-4", lot="L1", expiry="2027-01-31")
    connection.execute("UPDATE handling_unit SET status = 'RECEIVED' WHERE code = 'CASE-4'")
    small.order("SO-1", ("SERUM", 20), policy="line")

    told = seen(small, "SERUM")

    assert (told.on_hand, told.pickable, told.in_stage) == (27, 5, 13)
    assert table(told) == [
        (in_days(1), "stock", 5, 5, 0, 0),
        (in_days(2), "in a stage", 7, 7, 0, 0),
        (in_days(3), "in a stage", 6, 6, 0, 0),
    ]
    assert days(told) == [("SO-1/1", 20, None, None)]
    small.now += timedelta(days=30)
    assert {one.supply.on for one in seen(small, "SERUM").buckets} == {small.site.today(small.now)}


def test_a_late_delivery_follows_the_rule_of_the_site(small):
    supplied(small)
    small.rule("promise.late_days", "5")

    assert [row[:2] for row in table(seen(small))] == [
        (in_days(0), "PO-NOW line 1"),
        (in_days(3), "PO-3 line 1"),
        (in_days(5), "PO-LATE line 1"),
    ]


def test_no_day_is_in_the_past_whenever_it_is_asked(small):
    supplied(small)
    for _ in range(6):
        small.now += timedelta(days=7)
        told = seen(small)
        today = small.site.today(small.now)
        assert all(one.supply.on >= today for one in told.buckets)
        assert all(one.estimate.on is None or one.estimate.on >= today for one in told.lines)


def test_the_lists_are_cut_and_the_totals_are_not(small):
    for number in range(450):  # more than are read at a time, several of them on one day
        small.purchase_order(f"PO-{number:03}", ("MASK", 1), expected_on=in_days(number // 7))
    for number in range(5):
        small.order(f"SO-{number}", ("MASK", 100))

    told = seen(small, "MASK", 3)

    assert (told.on_order, told.deliveries, told.supplies, told.waiting_lines, told.waiting) == (450, 450, 450, 5, 500)
    assert [one.supply.po for one in told.buckets] == ["PO-000", "PO-001", "PO-002"]
    assert days(told) == [
        (f"SO-{number}/1", 100, in_days((number * 100 + 99) // 7), (number * 100 + 99) // 7) for number in range(3)
    ]
    whole = seen(small, "MASK", 1000)
    assert [one.supply.po for one in whole.buckets] == [f"PO-{number:03}" for number in range(450)]
    assert [one.estimate.on is None for one in whole.lines] == [False] * 4 + [True]


def test_an_unknown_item_is_one_clear_sentence(small):
    with pytest.raises(InputError, match=r"^There is no item GWON at this site\.$"):
        seen(small, "GWON")


def test_the_json_holds_every_field(small):
    told = json.loads(json.dumps(seen(supplied(small)).as_json()))

    assert told["buckets"][1] == BUCKET
    assert told["lines"][0] == {
        "order": "SO-BIG",
        "line": 1,
        "waiting": 35,
        "promised_on": "2026-06-15",
        "estimate": {"on": "2026-06-16", "cause": "PO-LATE line 1, late since 2026-06-05"},
        "days_late": 1,
    }
    assert told["lines"][2]["estimate"] == {"on": None, "cause": "no supply"}
    assert {name: value for name, value in told.items() if name not in ("buckets", "lines")} == {
        "sku": "GOWN-L",
        "today": "2026-06-15",
        "on_hand": 10,
        "pickable": 0,
        "in_stage": 0,
        "on_order": {"deliveries": 3, "pieces": 80},
        "waiting": {"lines": 3, "pieces": 83},
        "available_now": 0,
        "available": 0,
        "buckets_total": 3,
    }


def test_the_words_name_what_is_missing_and_what_was_left_out(small):
    supplied(small)
    words = "\n".join(promises._words(seen(small, limit=2)))

    assert "Here: 10, of it free to pick 0, free in a stage 0. On order: 80 in 3 deliveries." in words
    assert "2026-06-16         20         20          0          0  PO-LATE line 1, late since 2026-06-05" in words
    assert "and 1 more, with which 0 are available together" in words
    assert (
        "SO-BIG/1: 35 missing, promised for 2026-06-15, estimated for 2026-06-16: PO-LATE line 1, "
        "late since 2026-06-05 (1 day late)" in words
    )
    assert "and 1 more line: --limit shows them" in words
    assert "no day known: no supply covers it" in "\n".join(promises._words(seen(small)))
    empty = list(promises._words(seen(small, "MASK")))
    assert "Nothing is free, and no purchase order has any still to come." in empty
    assert empty[-1] == "No order line waits for it."


def test_a_hostile_number_reaches_no_terminal(small):
    supplied(small)
    connection.execute("UPDATE purchase_order SET po = ? WHERE po = 'PO-LATE'", "\x1b]0;T\x07\u202e[/]")
    connection.execute("UPDATE item SET description = ? WHERE site = ?", "\x1b[2J", SITE)

    assert "\n".join(promises._words(seen(small))).replace("\n", "").isprintable()

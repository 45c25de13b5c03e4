"""Before ENTER: whom a count would release, and who drops out when it is fewer than expected."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from lengths import LONG
from receiving_dock import GOWN
from small_floor import changed, contents, sscc

from db import connection
from warehouse import floor, foreseen, redistribution
from warehouse.holds import Which
from warehouse.reply import InputError, Verdict
from warehouse.site import NO_EXPIRY


@pytest.fixture
def waiting(small):
    """SO-1 wants 20, SO-2 28 complete or nothing, SO-3 takes what is left."""
    small.order("SO-1", ("GOWN-L", 20), priority=1)
    small.order("SO-2", ("GOWN-L", 28), policy="line", priority=3)
    small.order("SO-3", ("GOWN-L", 40), priority=5)
    return small


@pytest.fixture
def at_box(waiting, ana):
    ana.scan(f"]E0{GOWN}")
    return ana


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("48", ("48 releases SO-1 x20, SO-2 x28", "At 47: SO-2 drops out, SO-3 +27")),
        ("46", ("46 releases SO-1 x20, SO-3 x26",)),
        ("22", ("22 releases SO-1 x20, SO-3 x2", "At 20: SO-3 drops out")),
        ("20", ("20 releases SO-1 x20",)),
        ("2x24", ("48 releases SO-1 x20, SO-2 x28", "At 47: SO-2 drops out, SO-3 +27")),
        ("2x", ()),
        ("0", ()),
        ("", ()),
        ("12x", ()),
        ("123456", ()),
    ],
)
def test_the_count_in_the_box(at_box, typed, lines):
    before = contents()
    assert floor.preview(at_box.session, typed) == lines
    assert changed(before, contents()) == []


def test_it_says_what_the_count_then_does(waiting, at_box):
    """What was foreseen for 48 is what saving 48 releases."""
    foreseen = floor.preview(at_box.session, "48")[0]
    reply = at_box.type("48")
    assert foreseen == "48 releases " + ", ".join(f"{one.order} x{one.quantity}" for one in reply.released)


def test_fewer_than_announced_says_who_drops_out(waiting, ana):
    waiting.announce("ASN-1", (sscc(1), "GOWN-L", 48), po="PO-1")
    connection.execute("UPDATE asn_unit SET qty = 48")
    step = ana.all(f"]C100{sscc(2)}", f"]E0{GOWN}").step
    announced = step.__class__(step.at, step.case.__class__(**{**_fields(step.case), "announced": 48}), step.seen)
    ana.session = ana.session.__class__(**{**_fields(ana.session), "step": announced})
    assert floor.preview(ana.session, "46") == (
        "46 releases SO-1 x20, SO-3 x26",
        "Not 48: SO-2 drops out, SO-3 +26",
    )
    assert floor.preview(ana.session, "")[0] == "48 releases SO-1 x20, SO-2 x28"


def _fields(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}  # type: ignore[attr-defined]


def test_what_is_free_already_is_not_promised_twice(waiting, ana):
    """Free stock that a whole line could not use: with the case it can, and only that is said."""
    waiting.cancel("SO-1")
    waiting.cancel("SO-3")
    ana.case(sscc(1), GOWN, 20)
    ana.scan(f"]E0{GOWN}")
    assert floor.preview(ana.session, "8")[0] == "8 releases SO-2 x28"
    assert floor.preview(ana.session, "7") == ("7 releases nobody.",)


def test_nothing_is_foreseen_in_blind_receiving(waiting):
    ana = waiting.hand("1001")
    ana.all("!1", "!F9", "PO-1", f"]E0{GOWN}")
    assert floor.preview(ana.session, "48") == ()
    assert not floor.look(ana.session).previews


def test_the_digit_cards_are_foreseen_on_the_screen(at_box):
    at_box.all("XKNRF", "XKNRJ")
    assert floor.look(at_box.session).preview[0] == "48 releases SO-1 x20, SO-2 x28"


# --- The same decision as release ----------------------------------------------------------------------------


def _foretold(ana, count: str, *, said: str) -> tuple[str, ...]:
    """What is foreseen of a count is what saving it then does to the lines of its item."""
    ana.scan(f"]E0{GOWN}")
    lines = floor.preview(ana.session, count)
    before = _reserved()
    reply = ana.type(count)
    assert reply.verdict is Verdict.OK
    after = _reserved()
    gained = {order: after[order] - before.get(order, 0) for order in after if after[order] > before.get(order, 0)}
    assert lines[0] == said
    assert {part.split(" x")[0]: int(part.split(" x")[1]) for part in said.split(" releases ")[1].split(", ")} == gained
    return lines[1:]


def _reserved() -> dict[str, int]:
    return dict(
        connection.rows(
            "SELECT h.order_no, SUM(l.qty_reserved) FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "JOIN item i ON i.id = l.item_id WHERE i.sku = 'GOWN-L' GROUP BY h.order_no"
        )
    )


def test_too_little_is_shared_out_as_release_does(small, ana):
    connection.execute("UPDATE item SET on_allocation = 1 WHERE sku = 'GOWN-L'")
    for number, qty in enumerate((10, 20, 30), 1):
        small.order(f"SO-{number}", ("GOWN-L", qty))
    assert _foretold(ana, "31", said="31 releases SO-1 x5, SO-2 x10, SO-3 x16") == ()


def test_of_a_queue_too_long_to_share_in_advance_no_names_are_told(small, ana, monkeypatch):
    monkeypatch.setattr(foreseen, "SHARING", 2)
    connection.execute("UPDATE item SET on_allocation = 1 WHERE sku = 'GOWN-L'")
    for number in range(3):
        small.order(f"SO-{number}", ("GOWN-L", 10))
    ana.scan(f"]E0{GOWN}")
    assert floor.preview(ana.session, "12") == ("12 is shared out among all who wait.",)


def test_a_debt_is_paid_back_and_the_rest_goes_on_in_turn(small, ana):
    """SO-1 lent 8 of its 20: they come back first, then SO-3 stands before it again."""
    small.order("SO-1", ("GOWN-L", 25), ("GOWN-M", 10), policy="order", patience=0, priority=5)
    small.stock("GOWN-L", 20)
    small.order("SO-2", ("GOWN-L", 8), priority=5)
    redistribution.lend(small.command(), Which("SO-1", 1), Which("SO-2", 1), 8)
    small.order("SO-3", ("GOWN-L", 10), priority=1)
    assert _foretold(ana, "20", said="20 releases SO-1 x10, SO-3 x10") == ()
    assert small.reserved("SO-1") == 22


def test_the_orders_that_the_case_completes_are_named(small, ana):
    """SO-1 lacks this item alone, SO-2 another one too; SO-3 is a part of an order."""
    small.order("SO-1", ("GOWN-M", 10), ("GOWN-L", 20), policy="order", priority=1)
    small.order("SO-2", ("SERUM", 4), ("GOWN-L", 8), policy="order", priority=2)
    small.order("SO-3", ("MASK", 5), ("GOWN-L", 6), ("SERUM", 1), sets=("A", "A", ""), priority=5)
    small.stock("GOWN-M", 10)
    small.stock("MASK", 5)
    rest = _foretold(ana, "30", said="30 releases SO-1 x20, SO-3 x6")
    assert rest == ("Completes SO-1, SO-3 A", "At 25: SO-3 drops out")


def test_a_set_that_seems_to_be_there_and_is_not_gives_way(small, ana):
    """What it misses of the other item has expired: what was kept for it goes to the lines behind."""
    small.order("SO-1", ("SERUM", 8), ("GOWN-L", 20), policy="order", priority=1)
    small.order("SO-2", ("GOWN-L", 30), priority=5)
    small.stock("SERUM", 8, code=sscc(9), lot="L1", expiry="2026-06-14")
    assert _foretold(ana, "24", said="24 releases SO-2 x24") == ()


def test_cases_alike_are_cases_of_their_own(small, ana):
    """Whole cases only: of 2x24 one fits what is missing, of one case of 48 nothing does."""
    small.order("SO-1", ("GOWN-L", 30), full_cases=True)
    ana.scan(f"]E0{GOWN}")
    assert floor.preview(ana.session, "2x24")[0] == "48 releases SO-1 x24"
    assert floor.preview(ana.session, "48") == ("48 releases nobody.",)


@pytest.mark.parametrize("seed", range(60) if LONG else range(4))
def test_on_random_floors_it_says_what_the_count_then_does(small, seed):
    """Sets, whole cases, debts, minimum fills and shares: line by line, and the orders that are complete then."""
    dice = random.Random(seed)
    connection.execute("UPDATE item SET on_allocation = ? WHERE sku = 'GOWN-L'", int(seed % 4 == 3))
    for number in range(12):
        skus = ["GOWN-L", *dice.sample(("GOWN-M", "MASK", "GOWN-L"), dice.randint(0, 2))]
        small.order(
            f"SO-{number}",
            *((sku, dice.randint(1, 20)) for sku in skus),
            policy=dice.choice(("partial", "line", "order", "order")),
            fill=dice.choice((0, 50)),
            priority=dice.randint(1, 5),
            patience=dice.choice((0, 30)),
            full_cases=dice.random() < 0.2,
        )
    for sku in ("GOWN-M", "MASK"):
        small.stock(sku, dice.randint(10, 60))
    for case in range(1, 7):
        count = dice.randint(5, 40)
        seen = foreseen.Foreseen(small.site.code, small.item("GOWN-L"), count, small.today)
        without, would = seen.outcome((), NO_EXPIRY), seen.outcome((count,), NO_EXPIRY)
        assert without.got == {}
        before, open_sets = _by_line(), _incomplete()
        small.stock("GOWN-L", count, code=sscc(case))
        after = _by_line()
        gained = {line: after[line] - before[line] for line in after if after[line] != before[line]}
        assert would.got == gained
        assert set(would.complete) == open_sets - _incomplete()
        _lend(small)


def _lend(small) -> None:
    """Whoever holds stock for the rest of its order lends a piece to the first that may take it."""
    for source in connection.rows(
        "SELECT h.order_no, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id JOIN ship_set s "
        "ON s.id = l.set_id JOIN item i ON i.id = l.item_id WHERE s.claiming = 1 AND s.n_unsat > 0 AND l.qty_reserved > 0 "
        "AND i.sku = 'GOWN-L' ORDER BY l.id"
    ):
        for target in connection.rows(
            "SELECT h.order_no, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "JOIN item i ON i.id = l.item_id WHERE l.state = 'W' AND i.sku = 'GOWN-L' ORDER BY l.rank_on, l.id"
        ):
            small.now += timedelta(seconds=1)
            with suppress(InputError):
                redistribution.lend(small.command(), Which(*source), Which(*target), 1)
                return


def _by_line() -> dict[int, int]:
    return dict(
        connection.rows(
            "SELECT l.id, l.qty_reserved FROM order_line l JOIN item i ON i.id = l.item_id WHERE i.sku = 'GOWN-L'"
        )
    )


def _incomplete() -> set[int]:
    return {row[0] for row in connection.rows("SELECT id FROM ship_set WHERE n_unsat > 0")}

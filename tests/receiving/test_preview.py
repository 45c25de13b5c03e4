"""Before ENTER: whom a count would release, and who drops out when it is fewer than expected."""

from __future__ import annotations

import pytest
from receiving_dock import GOWN
from small_floor import changed, contents, sscc

from db import connection
from warehouse import floor


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

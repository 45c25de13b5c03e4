"""A scan_id names one input for ever: sent again it gets its stored reply, with other content it is an error."""

from __future__ import annotations

from dataclasses import replace

import peewee
import pytest
from race_floor import hungry_floor, quiet
from small_floor import Hand, contents, gtin, sscc

from db import connection
from warehouse import floor
from warehouse.floor import Given
from warehouse.reply import Verdict

CASE = f"]C100{sscc(1)}020{gtin(1)}3724"
PLAIN = f"]C1010{gtin(1)}3024"  # no number of its own: nothing but the scan_id says that it is the same case


@pytest.fixture
def small(database_url):
    return hungry_floor()


@pytest.fixture
def ana(small) -> Hand:
    hand = small.hand("1001")
    hand.scan("PO-1")
    return hand


def units() -> int:
    return int(connection.value("SELECT COUNT(*) FROM handling_unit"))


@pytest.mark.parametrize("raw", [CASE, PLAIN], ids=["with an SSCC", "without a number"])
def test_sent_again_it_gets_its_stored_reply_and_is_applied_once(small, ana, raw):
    first = ana.scan(raw, "the-scan")
    before, step = contents(), ana.session.step

    again = ana.repeat(raw, "the-scan")

    assert again == first
    assert again.verdict is Verdict.OK
    assert again.released
    assert ana.session.step == step
    assert contents() == before
    assert units() == 1
    quiet(small)


def test_sent_again_by_a_terminal_that_was_started_anew(small, ana):
    """The station died with its verdict on the way; the next one has nobody signed on, and the log knows who it was."""
    first = ana.scan(PLAIN, "the-scan")
    fresh = Hand(small, "DOCK-1")

    again = fresh.repeat(PLAIN, "the-scan")

    assert again == first
    assert fresh.session.operator == ana.session.operator
    assert fresh.session.step == ana.session.step
    assert units() == 1


def test_sent_again_much_later_it_is_still_the_first_reply(small, ana):
    first = ana.scan(PLAIN, "the-scan")
    for number in range(2, 6):
        ana.case(sscc(number), gtin(1), 10)

    again = ana.repeat(PLAIN, "the-scan")

    assert again == first
    assert units() == 5
    quiet(small)


def test_sent_again_unmarked_it_is_an_error_and_nothing_is_written(small, ana):
    """Who does not say that it may be a repetition is not asked for one: the log's key stops it all the same."""
    ana.scan(PLAIN, "the-scan")
    before = contents(frozenset())

    with pytest.raises(peewee.IntegrityError):
        ana.scan(PLAIN, "the-scan")

    assert contents(frozenset()) == before


@pytest.mark.parametrize("repeated", [True, False], ids=["marked as repeated", "unmarked"])
def test_the_same_id_with_other_content_is_an_error_and_nothing_is_written(small, ana, repeated):
    ana.scan(PLAIN, "the-scan")
    before = contents(frozenset({"refusal"}))
    first = Given("the-scan", 0.0, raw=PLAIN, source="SERIAL", repeated=repeated)

    for other in ({"raw": CASE}, {"source": "TYPED"}, {"raw": "", "key": "F4"}):
        if repeated:
            assert floor.answer(ana.session, replace(first, **other)).reply.template == "id_used"
        else:
            with pytest.raises(peewee.IntegrityError):
                floor.answer(ana.session, replace(first, **other))

    assert contents(frozenset({"refusal"})) == before
    quiet(small)


def test_a_refused_scan_is_judged_anew(small, ana):
    """A refusal saved nothing, so there is nothing to answer from: what was wrong may be right by now."""
    assert ana.scan(f"]C100{sscc(1)}020{gtin(2)}3724", "the-scan").verdict is Verdict.STOP
    small.purchase_order("PO-2", ("GOWN-M", 100))
    ana.all("PO-2", "!ENTER")

    again = ana.repeat(f"]C100{sscc(1)}020{gtin(2)}3724", "the-scan")

    assert again.template == "saved"
    assert units() == 1

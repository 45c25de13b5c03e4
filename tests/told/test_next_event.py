"""What happens next for a line: the delivery that reaches it, a hold, a pick; days by their names; the status of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_floor import SITE, TODAY, SmallFloor, gtin, sscc

from db import connection
from db.connection import transaction
from warehouse import explain
from warehouse.explain import LineWhy
from warehouse.lookup import documents
from warehouse.told import arriving, days
from warehouse.told.arriving import Coming, Supply
from warehouse.told.next_event import next_event
from warehouse.told.stopping import Stop


@pytest.fixture
def small(database_url):
    return SmallFloor()


def why(small: SmallFloor, order: str, line: int = 1) -> LineWhy:
    told = explain.why(small.site, order, line, small.now)
    assert isinstance(told, LineWhy)
    return told


def name(small: SmallFloor, order: str) -> str:
    event = why(small, order).next_event
    assert event is not None
    return event.name


@transaction
def raw(statement: str, *params: object) -> None:
    assert connection.execute(statement, *params)


# --- Deliveries -------------------------------------------------------------------------------------------


def test_the_delivery_that_reaches_a_line_and_who_is_promised_of_it_before(small):
    small.purchase_order("PO-1", ("GOWN-L", 20), expected_on=TODAY - timedelta(days=1))
    small.purchase_order("4711", ("MASK", 1), ("GOWN-L", 60), expected_on=TODAY + timedelta(days=3))
    for number, qty in enumerate((20, 40, 30, 10), 1):
        small.order(f"SO-{number}", ("GOWN-L", qty))

    assert (
        name(small, "SO-1") == "PO-1 line 1, was due 2026-06-14, 1 day late, none of 20 already promised ahead of you"
    )
    assert name(small, "SO-2") == "PO 4711 line 2, due Thursday, none of 60 already promised ahead of you"
    assert name(small, "SO-3") == "PO 4711 line 2, due Thursday, 40 of 60 already promised ahead of you"
    assert name(small, "SO-4") == "none in sight, all 80 still to come are already promised ahead of you"
    assert why(small, "SO-3").as_json()["next_event"] == {
        "kind": "inbound",
        "name": "PO 4711 line 2, due Thursday, 40 of 60 already promised ahead of you",
        "on": "2026-06-18",
        "days_late": 0,
        "po": "4711",
        "line": 2,
        "quantity": 60,
        "promised_ahead": 40,
    }
    assert why(small, "SO-3").as_json()["place"] == {"lines": 2, "units": 60}
    assert "All 20 that come before that go to those ahead of it." in why(small, "SO-3").words()


def test_what_was_closed_short_is_not_waited_for(small):
    small.purchase_order("PO-1", ("GOWN-L", 20))
    small.order("SO-1", ("GOWN-L", 5))
    raw("UPDATE po_line SET closed_at = ?", connection.iso(small.now))
    assert name(small, "SO-1") == "none in sight, no purchase order has any GOWN-L still to come"
    assert why(small, "SO-1").next_supply is None


def test_pieces_in_doubt_are_the_next_event_where_nothing_is_on_order(small):
    small.order("SO-1", ("GOWN-L", 20))
    small.stock("GOWN-L", 24, "A-02", code="CASE-1")
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "A-02", "!F5", "=5", "=1")
    assert name(small, "SO-1") == "the count at A-02, 19 in doubt"


@pytest.fixture
def lite(sqlite_url):
    return SmallFloor()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    supplies=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 50), st.integers(0, 50), st.booleans()), max_size=12),
    ahead=st.integers(0, 200),
)
def test_the_walk_is_what_a_child_would_hand_out(lite, supplies, ahead):
    """Piece by piece: of all that is still to come, in its order, the first `ahead` are for others."""

    @transaction
    def put() -> None:
        connection.execute("DELETE FROM po_line")
        for number, (late, ordered, received, closed) in enumerate(supplies, 1):
            connection.insert_row(
                "po_line",
                id=number,
                site=SITE,
                po_id=po,
                line=number,
                item_id=lite.item("GOWN-L"),
                qty_ordered=ordered,
                qty_received=received,
                expected_on=(TODAY + timedelta(days=late)).isoformat(),
                closed_at=connection.iso(lite.now) if closed else None,
            )

    if connection.row("SELECT 1 FROM purchase_order") is None:
        lite.purchase_order("PO-1", ("GOWN-L", 1))
    po = connection.value("SELECT id FROM purchase_order")
    put()

    told = arriving.coming(SITE, lite.item("GOWN-L"), ahead)

    order = sorted((late, number) for number, (late, *_) in enumerate(supplies, 1))
    pieces = []
    for _, number in order:
        _, ordered, received, closed = supplies[number - 1]
        if not closed:
            pieces += [number] * max(ordered - received, 0)
    assert (told.first.line if told.first else None) == (pieces[0] if pieces else None)
    if len(pieces) <= ahead:
        assert told == Coming(told.first, None, 0, len(pieces))
        return
    mine = pieces[ahead]
    assert told.reaches is not None
    assert (told.reaches.line, told.reaches.quantity) == (mine, pieces.count(mine))
    assert told.ahead == pieces[:ahead].count(mine)
    assert told.spoken_for == pieces.index(mine)


def test_more_deliveries_than_are_read_at_once(lite, monkeypatch):
    monkeypatch.setattr(arriving, "CHUNK", 2)
    lite.purchase_order("PO-1", *[("GOWN-L", 10)] * 7)
    told = arriving.coming(SITE, lite.item("GOWN-L"), 65)
    assert told == Coming(Supply("PO-1", 1, TODAY, 10), Supply("PO-1", 7, TODAY, 10), 5, 60)
    assert arriving.coming(SITE, lite.item("GOWN-L"), 70).spoken_for == 70


# --- Each status ------------------------------------------------------------------------------------------


def test_each_status_has_its_next_event_and_f2_says_the_same_word(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.stock("GOWN-L", 48, code="CASE-1")
    for number in range(1, 7):
        small.order(f"SO-{number}", ("GOWN-L", 12 if number < 5 else 7))
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "A-01", "CASE-1", "XKDONE")
    leo.scan("SO-2")
    raw("DELETE FROM pick_task WHERE reservation_id = (SELECT MAX(id) FROM reservation)")
    raw("UPDATE order_line SET state = 'H' WHERE order_id = (SELECT id FROM order_header WHERE order_no = 'SO-6')")

    told = [why(small, f"SO-{number}") for number in range(1, 7)]

    assert [(one.status, one.next_event.kind, one.next_event.name) for one in told] == [
        ("picked", "ship", "shipping, due today"),
        ("picking", "pick", "the pick of 12, which LEO has in hand"),
        ("pickable", "pick", "the pick of 12, which nobody has in hand"),
        ("released", "pickable", "the pick of 12, once it may be picked"),
        ("tried and waiting", "inbound", "PO-1 line 1, due today, none of 100 already promised ahead of you"),
        ("stopped", "hold", "the end of its stop; it is not on record who stopped it"),
    ]
    for one in told:
        order_id = connection.value("SELECT id FROM order_header WHERE order_no = ?", one.order)
        assert [line.state for line in documents.order_seen(SITE, order_id).lines] == [one.status]
        assert f"Status: {one.status}." in one.words()
        assert f"Next: {one.next_event.name}." in one.words()
    raw("UPDATE order_line SET qty_shipped = qty_picked, qty_picked = 0, state = 'C' WHERE qty_picked > 0")
    assert (why(small, "SO-1").status, why(small, "SO-1").next_event) == ("shipped", None)
    small.cancel("SO-5")
    assert (why(small, "SO-5").status, why(small, "SO-5").as_json()["next_event"]) == ("cancelled", None)


def test_who_stopped_a_line_and_until_when(small):
    small.order("SO-1", ("GOWN-L", 20))
    raw("UPDATE order_line SET state = 'H'")
    stop = Stop(
        "credit", "over the limit", "ANA", datetime(2026, 6, 15, 9, tzinfo=UTC), date(2026, 6, 17), date(2026, 6, 19)
    )
    told = replace(why(small, "SO-1"), stop=stop)

    event = next_event(told)
    assert event is not None
    assert event.name == "held by ANA until Friday: credit (over the limit)"
    assert (event.on, event.days_late) == (date(2026, 6, 19), 0)
    assert "Next: held by ANA until Friday: credit (over the limit)." in told.words()
    assert told.as_json()["stopped"] == {
        "kind": "credit",
        "reason": "over the limit",
        "by": "ANA",
        "at": "2026-06-15T09:00:00.000000Z",
        "review_on": "2026-06-17",
        "until_on": "2026-06-19",
    }


@pytest.mark.parametrize(
    ("kind", "reason", "until", "said"),
    [
        ("credit", "credit", date(2026, 6, 19), "held by ANA until Friday: credit"),
        ("until", "wants it later", date(2026, 7, 1), "held by ANA until 2026-07-01: wants it later"),
        ("recall", "", None, "held by ANA until somebody ends it, to be looked at Wednesday: recall"),
        ("quality", "\x1b[2Jx", None, "held by ANA until somebody ends it, to be looked at Wednesday: quality (?[2Jx)"),
    ],
)
def test_a_hold_in_words(kind, reason, until, said):
    stop = Stop(kind, reason, "ANA", datetime(2026, 6, 15, 9, tzinfo=UTC), date(2026, 6, 17), until)
    assert stop.words(TODAY) == said


# --- History ----------------------------------------------------------------------------------------------


def test_what_was_tried_reads_like_a_history(small):
    small.order("SO-1", ("GOWN-L", 40))
    for number in range(2, 5):
        small.now += timedelta(minutes=1)
        small.order(f"SO-{number}", ("GOWN-L", 1))
    small.now += timedelta(minutes=1)
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 24)

    rows = why(small, "SO-1").words().splitlines()

    assert rows[rows.index("Tried 5 times while it was waiting:") :] == [
        "Tried 5 times while it was waiting:",
        "  4 times from today 09:00 to today 09:03, the last (run 4) after order entry: nothing of the item",
        "    was free.",
        "  today 09:04 (run 5) after a receipt: it got 24, 16 were missing; no more was free.",
    ]


# --- Days -------------------------------------------------------------------------------------------------


def test_days_have_names_within_a_week_and_no_name_means_two_days():
    names = [days.day(TODAY + timedelta(days=ahead), TODAY) for ahead in range(-1, 9)]
    assert names == [
        "2026-06-14",
        *("today", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "2026-06-22",
        "2026-06-23",
    ]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, "due today"),
        (3, "due Thursday"),
        (9, "due 2026-06-24"),
        (-1, "was due 2026-06-14, 1 day late"),
        (-30, "was due 2026-05-16, 30 days late"),
    ],
)
def test_due(ahead, said):
    assert days.due(TODAY + timedelta(days=ahead), TODAY) == said

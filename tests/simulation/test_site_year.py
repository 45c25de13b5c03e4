"""A site's own history as a year, on both engines: its orders as they stand, its cases, and exactly their supply."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import TODAY, SmallFloor, gtin, sscc

from warehouse import simulation, site_year
from warehouse.reply import InputError
from warehouse.simulation import Delivery, Order, OrderedLine, Policy

ON = TODAY + timedelta(days=20)


def silent(_phase, _done, _total):
    pass


def read(small: SmallFloor, days: int = 365):
    return site_year.read(small.site, small.now, days, silent)


@pytest.fixture
def any_history(monkeypatch):
    monkeypatch.setattr(site_year, "FEWEST_LINES", 1)
    monkeypatch.setattr(site_year, "FEWEST_DAYS", 1)


@pytest.fixture
def small(database_url, any_history):
    """OLD got 4 of 10 gowns that were there; five days later a delivery comes for SO-1, two days after it SO-2 is entered.

    Of the delivery one case of 24 gowns stands, one was taken back. SO-1 has had a line cancelled, GONE all of it.
    """
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100), ("GOWN-M", 40), expected_on=TODAY + timedelta(days=5))
    small.stock("GOWN-L", 10)
    small.order("OLD", ("GOWN-L", 4), promised=ON)
    leo = small.hand("1002", "PICK-1")
    leo.all("OLD", "A-01", "=GOWN-L", "!ENTER")
    assert small.line("OLD")["qty_picked"] == 4
    small.now += timedelta(days=5)
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-L", 9), ("GOWN-M", 5), priority=2, promised=ON)
    small.cancel("SO-1", 2)
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 24)
    ana.case(sscc(2), gtin(1), 30)
    ana.key("F4")
    assert small.line("SO-1")["qty_reserved"] == 20
    small.now += timedelta(days=2)
    small.order("SO-2", ("MASK", 3), promised=ON)
    small.order("GONE", ("MASK", 3), promised=ON)
    small.cancel("GONE")
    return small


def test_orders_stand_as_they_are_now_and_cases_as_they_were_counted(small):
    gown, medium, mask = (small.item(sku) for sku in ("GOWN-L", "GOWN-M", "MASK"))
    day = TODAY + timedelta(days=5)

    found = read(small)

    assert (found.first, found.last, found.days, found.seed) == (TODAY, TODAY + timedelta(days=7), 8, None)
    assert found.orders == (
        Order(TODAY, (OrderedLine(gown, 4, ON, 3),)),
        Order(day, (OrderedLine(gown, 20, ON, 2), OrderedLine(medium, 5, ON, 2))),
        Order(day + timedelta(days=2), (OrderedLine(mask, 3, ON, 3),)),
    )
    assert found.deliveries == (Delivery(TODAY, gown, 10), Delivery(day, gown, 24))


def test_two_lines_for_one_item_are_one(small):
    small.order("SO-3", ("MASK", 3), ("MASK", 4), priority=4, promised=ON)

    assert read(small).orders[-1].lines == (OrderedLine(small.item("MASK"), 7, ON, 4),)


def test_what_went_to_older_orders_counts_on_neither_side(small):
    gown = small.item("GOWN-L")
    day = TODAY + timedelta(days=5)

    found = read(small, days=4)

    assert (found.first, found.days, len(found.orders)) == (day, 3, 2)
    # 30 are there now; the case explains 24 of them, the rest was there at the start.
    assert found.deliveries == (Delivery(day, gown, 6), Delivery(day, gown, 24))


def test_where_cases_went_elsewhere_the_first_are_the_ones(small):
    gown = small.item("GOWN-L")
    small.adjust(sscc(1), -22)  # of the case, and with what was there at the start only 8 are left

    assert read(small, days=4).deliveries == (Delivery(TODAY + timedelta(days=5), gown, 8),)


def test_replayed_as_it_happened_it_comes_to_what_happened(small):
    told = simulation.run(read(small), Policy("partial"))

    assert (told.pieces_ordered, told.pieces_shipped, told.pieces_waiting, told.pieces_free) == (32, 24, 8, 10)
    assert (told.orders, told.incomplete, told.shipments) == (3, 2, 2)


def test_only_the_newest_orders_are_read(small, monkeypatch):
    monkeypatch.setattr(site_year, "MOST_ORDERS", 2)
    monkeypatch.setattr(site_year, "CHUNK", 1)

    found = read(small)

    assert [order.entered_on for order in found.orders] == [TODAY + timedelta(days=7)]
    assert found.first == TODAY + timedelta(days=7)


def test_rows_are_read_in_chunks(small, monkeypatch):
    whole = read(small)
    monkeypatch.setattr(site_year, "CHUNK", 1)

    assert read(small) == whole


def test_a_site_without_a_past_is_told_what_to_do(database_url):
    small = SmallFloor()
    small.order("SO-1", ("MASK", 3))

    with pytest.raises(InputError, match=r"1 order line over 1 day, .*200 lines over 28 days.*--generated"):
        read(small)

"""A company's purchase history, as it is, received case by case: every total comes out exactly."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from history import REAL, Line, Order, orders, vendors
from lengths import LONG
from small_floor import SITE, Hand, SmallFloor, gtin, sscc

from db import connection
from warehouse import verify
from warehouse.exchange.importing import import_paths
from warehouse.reply import Verdict

ODD_EVERY, PLAIN_EVERY = (1, 1) if LONG else (1, 8)  # orders with something odd about them, and all others


def chosen(engine: str) -> list[Order]:
    """All of them, or a part in which what differs from the order is well represented."""
    fewer = 1 if LONG or engine == "sqlite" else 4
    odd = [one for one in orders() if any(_odd(line) for line in one.lines)]
    plain = [one for one in orders() if not any(_odd(line) for line in one.lines)]
    both = [one for one in plain if twice(one)]
    return sorted({*odd[:: ODD_EVERY * fewer], *plain[:: PLAIN_EVERY * fewer], *both}, key=lambda one: one.order_id)


def _odd(line: Line) -> bool:
    return line.received != line.ordered or line.rejected > 0


def twice(order: Order) -> bool:
    """Whether a product is on several of its lines: only an advice says which of them a case belongs to."""
    return len({line.product_id for line in order.lines}) < len(order.lines)


def number_of(order: Order) -> str:
    """Its number with the letters that tell it from a badge, as each family of barcodes has its own."""
    return f"PO-{order.order_id}"


def written(folder: Path, name: str, header: str, rows: list[tuple[object, ...]]) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
    return path


def bought(folder: Path, some: list[Order], today: str) -> list[Path]:
    """The files that such a company would import: what it buys, of whom, and what is on order."""
    products = sorted({line.product_id for one in some for line in one.lines})
    lines = [(one, number, line) for one in some for number, line in enumerate(one.lines, 1)]
    return [
        written(
            folder,
            "items",
            "sku description gtin base_unit case_qty_mode lot_control expiry_control",
            [(f"P{one}", f"Product {one}", gtin(100_000 + one), "ea", "variable", "no", "no") for one in products],
        ),
        written(
            folder,
            "vendors",
            "code name over_percent over_action early_days early_action late_days late_action",
            [(one.code, one.name, 0, "NONE", 0, "NONE", 0, "NONE") for one in vendors().values()],
        ),
        written(
            folder,
            "purchase_orders",
            "po vendor line sku quantity expected_on",
            [
                (number_of(one), vendors()[one.vendor_id].code, number, f"P{line.product_id}", line.ordered, line.due)
                for one, number, line in lines
            ],
        ),
        written(
            folder,
            "asns",
            "asn vendor po po_line sku sscc quantity expected_on",
            [
                (
                    f"ASN-{one.order_id}",
                    vendors()[one.vendor_id].code,
                    number_of(one),
                    number,
                    f"P{line.product_id}",
                    sscc(line.line_id),
                    line.received,
                    today,
                )
                for one, number, line in lines
                if twice(one)
            ],
        ),
    ]


def receive(hand: Hand, line: Line, *, named: bool) -> None:
    """What went into stock is one case, what was rejected another, damaged; questions are answered as people do."""
    code = gtin(100_000 + line.product_id)
    stocked = line.received - line.rejected
    if stocked and (named or line.line_id % 2):
        counted(hand, f"]C100{sscc(line.line_id)}020{code}37{stocked}", stocked)
    elif stocked:
        hand.scan(f"]E0{code}")
        counted(hand, f"={stocked}", stocked)
    if line.rejected:
        hand.all("XKRSDG", "!ENTER")
        case = sscc(1_000_000 + line.line_id)
        counted(hand, f"]C100{case}020{code}37{line.rejected}", line.rejected)


def counted(hand: Hand, given: str, pieces: int) -> None:
    reply = hand.all(given)
    while reply.verdict is Verdict.CHECK:
        reply = hand.all("1003", f"={pieces}") if hand.step == "receiving.second_badge" else hand.key("ENTER")
    assert (reply.verdict, hand.step) == (Verdict.OK, "receiving.scan_case"), reply.message


def test_received_rejected_and_open_come_out_exactly(database_url, tmp_path):
    if database_url.startswith("sqlite"):
        connection.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
    some = chosen(connection.dialect())
    small = SmallFloor()
    small.now = datetime(2026, 6, 15, 8, tzinfo=UTC)
    import_paths(small.site, None, small.now, "purchases", bought(tmp_path, some, small.today))
    hand = small.hand("1001")
    for order in some:
        hand.scan(number_of(order))
        for line in order.lines:
            receive(hand, line, named=twice(order))
        hand.key("ESC")
        small.now += timedelta(seconds=1)
    expected = [
        (number_of(one), number, line.ordered, line.received, line.rejected, line.ordered - line.received)
        for one in some
        for number, line in enumerate(one.lines, 1)
    ]
    found = connection.rows(
        "SELECT p.po, l.line, l.qty_ordered, l.qty_received, COALESCE((SELECT SUM(c.qty) FROM capture c "
        "WHERE c.po_line_id = l.id AND c.status = 'QUARANTINE'), 0), l.qty_ordered - l.qty_received FROM po_line l "
        "JOIN purchase_order p ON p.id = l.po_id WHERE l.site = ?",
        SITE,
    )
    assert sorted(tuple(row) for row in found) == sorted(expected)
    assert verify.verify(small.site).violations == ()


@pytest.mark.skipif(not REAL, reason="DOCKBELL_PURCHASES does not say where the real history is")
def test_the_real_history_is_whole():
    """The company's own sums."""
    lines = [line for one in orders() for line in one.lines]
    sums = [sum(getattr(line, name) for line in lines) for name in ("ordered", "received", "rejected")]
    assert (len(orders()), len(lines), sums) == (4012, 8845, [2_348_637, 2_327_299, 72_700])


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_differs_is_well_represented(engine):
    lines = [line for one in chosen(engine) for line in one.lines]
    assert sum(line.rejected > 0 for line in lines) >= 3
    assert sum(line.received < line.ordered for line in lines) >= 2
    assert any(twice(one) for one in orders())

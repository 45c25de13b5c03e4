"""A company's purchase history: what was ordered, what came, what was turned away.

With DOCKBELL_PURCHASES the real one of AdventureWorks is read, Microsoft's sample company (MIT): the folder holds
PurchaseOrderDetail.csv, PurchaseOrderHeader.csv and Vendor.csv as they are published with it (github.com/microsoft/
sql-server-samples, samples/databases/adventure-works/oltp-install-script): 4,012 orders, 8,845 lines. Without, one of
its shape is made: few sizes of lines, four per cent of them short, six with rejected pieces, some rejected whole, a
product on two lines of an order. Quantities are pieces.
"""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

REAL = os.environ.get("DOCKBELL_PURCHASES", "")
MADE = 700  # orders
SIZES = (3, 3, 3, 550, 550, 550, 60, 60, 1250, 150)


@dataclass(frozen=True)
class Line:
    """A line of an order; `received` holds what was rejected too, so that received - rejected went into stock."""

    order_id: int
    line_id: int
    due: date
    product_id: int
    ordered: int
    received: int
    rejected: int


@dataclass(frozen=True)
class Order:
    """An order with its lines."""

    order_id: int
    vendor_id: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Vendor:
    """Who delivers."""

    vendor_id: int
    code: str
    name: str


@cache
def vendors() -> dict[int, Vendor]:
    """Every vendor, by its number."""
    if REAL:
        read = [Vendor(int(row[0]), row[1], row[2]) for row in _rows("Vendor.csv")]
    else:
        read = [Vendor(number, f"V{number:04d}", f"Vendor {number}") for number in range(1, 41)]
    return {vendor.vendor_id: vendor for vendor in read}


@cache
def orders() -> tuple[Order, ...]:
    """Every order with its lines, in the order of their numbers."""
    return tuple(_read() if REAL else _made(random.Random(4012)))


def _read() -> Iterator[Order]:
    lines: dict[int, list[Line]] = {}
    for row in _rows("PurchaseOrderDetail.csv"):
        line = Line(
            order_id=int(row[0]),
            line_id=int(row[1]),
            due=date.fromisoformat(row[2][:10]),
            product_id=int(row[4]),
            ordered=int(row[3]),
            received=_whole(row[7]),
            rejected=_whole(row[8]),
        )
        lines.setdefault(line.order_id, []).append(line)
    for row in _rows("PurchaseOrderHeader.csv"):
        yield Order(int(row[0]), int(row[4]), tuple(lines[int(row[0])]))


def _whole(text: str) -> int:
    found = Decimal(text)
    assert found == int(found), text
    return int(found)


def _rows(name: str) -> Iterator[list[str]]:
    with (Path(REAL) / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file, delimiter="\t")


def _made(rng: random.Random) -> Iterator[Order]:
    number = 0
    for order_id in range(1, MADE + 1):
        lines = []
        products = rng.sample(range(300, 560), rng.choice((1, 1, 2, 2, 3, 5)))
        if order_id % 350 == 0:
            products.append(products[0])
        due = date(2024, 1, 1) + timedelta(days=order_id)
        for product in products:
            number += 1
            ordered = rng.choice(SIZES)
            received = ordered * rng.choice((85, 95)) // 100 if rng.random() < 0.04 else ordered
            rejected = 0
            if rng.random() < 0.06:
                rejected = received * rng.choice((5, 10, 15, 100)) // 100
            lines.append(Line(order_id, number, due, product, ordered, received, rejected))
        yield Order(order_id, rng.choice(sorted(vendors())), tuple(lines))

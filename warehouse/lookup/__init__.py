"""What is this? Anything that can be scanned or typed, looked up in every table that may know it.

Looking reads a bounded number of rows by indexes, however large the floor is, and changes nothing. What must not be
told in blind receiving is not even read then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from db import connection
from warehouse import items, stock
from warehouse.lookup.carriers import AnnouncedSeen, CarrierSeen, announced_case, announced_pallet, carrier_seen
from warehouse.lookup.documents import (
    AsnSeen,
    OrderSeen,
    PurchaseSeen,
    ReceiptSeen,
    VendorSeen,
    asn_seen,
    order_seen,
    purchase_seen,
    receipt_seen,
    vendor_seen,
)
from warehouse.lookup.goods import ItemSeen, LotSeen, PlaceSeen, item_seen, lot_known, lot_seen, place_seen
from warehouse.lookup.people import CardSeen, PersonSeen, card_seen, person_seen
from warehouse.lookup.units import UnitSeen, unit_seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from warehouse.barcodes import Code

__all__ = [
    "KINDS",
    "AnnouncedSeen",
    "AsnSeen",
    "CardSeen",
    "CarrierSeen",
    "ItemSeen",
    "Looked",
    "LotSeen",
    "OrderSeen",
    "PersonSeen",
    "PlaceSeen",
    "PurchaseSeen",
    "ReceiptSeen",
    "Seen",
    "UnitSeen",
    "Unknown",
    "VendorSeen",
    "look_up",
]

KINDS: Final = (
    *("case", "pallet", "announced case", "item", "place", "purchase order", "order", "ASN", "receipt"),
    *("vendor", "badge", "lot"),
)
"""What a code may be, in the order in which it is tried."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What nobody knows. `item` is what its label says it holds, where that is known."""

    item: ItemSeen | None = None


Seen = (
    UnitSeen
    | CarrierSeen
    | AnnouncedSeen
    | ItemSeen
    | LotSeen
    | PlaceSeen
    | PurchaseSeen
    | OrderSeen
    | AsnSeen
    | ReceiptSeen
    | VendorSeen
    | PersonSeen
    | CardSeen
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a code is, and what else goes by the same text."""

    seen: Seen
    also: tuple[str, ...] = ()


def look_up(site: str, code: Code, *, blind: bool = False) -> Looked:
    """What a code is at this site. `blind`: as a receiver may be told who counts without knowing what is expected."""
    if code.kind == "card":
        return Looked(card_seen(code.text))
    found = list(_found(site, code, blind=blind))
    if not found:
        item = items.by_code(site, code) if code.item_codes else None
        return Looked(Unknown(item_seen(site, item[0].id, blind=blind) if item else None))
    (_, read), *others = found
    return Looked(read(), tuple(kind for kind, _ in others))


def _found(site: str, code: Code, *, blind: bool) -> Iterator[tuple[str, Callable[[], Seen]]]:
    """Everything that goes by this code: its kind, and how to read it."""
    own = code.identity or code.text
    unit = stock.known_unit(site, own)
    if unit is not None:
        yield "case", lambda: unit_seen(unit.id, blind=blind)
    carrier_id = connection.value(
        "SELECT id FROM carrier WHERE site = ? AND code = ? AND state <> 'BROKEN'", site, code.unit_code or code.text
    )
    if carrier_id is not None:
        yield "pallet", lambda: carrier_seen(carrier_id, blind=blind)
    if code.unit_code and not blind and unit is None:
        yield from _announced(site, code.unit_code, known=carrier_id is not None)
    if code.unit_code and code.item_codes:
        return  # the label of a case: its item is not what was asked for
    yield from _goods(site, code, blind=blind)
    if code.kind in ("text", "gtin", "sscc"):
        yield from _named(site, code.text, blind=blind)
    lot = code.lot if not code.item_codes else None
    text = code.text if code.kind == "text" else None
    for name in dict.fromkeys(filter(None, (lot, text))):
        if lot_known(site, name, None):
            yield "lot", partial(lot_seen, site, name, None)


def _announced(site: str, sscc: str, *, known: bool) -> Iterator[tuple[str, Callable[[], Seen]]]:
    case_id = connection.value("SELECT id FROM asn_unit WHERE site = ? AND sscc = ?", site, sscc)
    if case_id is not None:
        yield "announced case", lambda: announced_case(case_id)
    pallet = connection.row(
        "SELECT 1 FROM asn_unit WHERE site = ? AND parent_sscc = ? AND parent_sscc <> '' LIMIT 1", site, sscc
    )
    if pallet and not known:
        yield "announced pallet", lambda: announced_pallet(site, sscc)


def _goods(site: str, code: Code, *, blind: bool) -> Iterator[tuple[str, Callable[[], Seen]]]:
    """The item that a code names; where the label says its lot as well, that lot of it."""
    item = items.by_code(site, code)
    if item is None:
        return
    item_id, lot = item[0].id, code.lot
    if lot and lot_known(site, lot, item_id):
        yield "lot", lambda: lot_seen(site, lot, item_id)
        return
    yield "item", lambda: item_seen(site, item_id, blind=blind)


def _named(site: str, text: str, *, blind: bool) -> Iterator[tuple[str, Callable[[], Seen]]]:
    """What has a name of its own, each found by the unique index of its table."""
    tables: tuple[tuple[str, str, str, Callable[[int], Seen]], ...] = (
        ("place", "location", "code", lambda found: place_seen(site, found)),
        ("purchase order", "purchase_order", "po", lambda found: purchase_seen(found, blind=blind)),
        ("order", "order_header", "order_no", lambda found: order_seen(site, found)),
        ("ASN", "asn", "asn", lambda found: asn_seen(found, blind=blind)),
        ("receipt", "receipt", "code", receipt_seen),
        ("vendor", "vendor", "code", lambda found: vendor_seen(found, blind=blind)),
        ("badge", "operator", "badge", person_seen),
    )
    for kind, table, column, read in tables:
        found = connection.value(f"SELECT id FROM {table} WHERE site = ? AND {column} = ?", site, text)
        if found is not None:
            yield kind, partial(read, found)

"""A pallet or tote with what is on it; and what a vendor has announced and nobody has here yet."""

from __future__ import annotations

from dataclasses import dataclass

from db import connection
from warehouse.lookup.standing import CAP, ROWS, Counted, Standing, counted, standing


@dataclass(frozen=True, slots=True)
class CarrierSeen:
    """A pallet or tote: where it stands, what it stands on (or ''), what is on it, and who began it when.

    `announced` counts the cases that an ASN named for it, None where it has none or that must not be told.
    """

    id: int
    code: str
    kind: str
    state: str
    place: str
    parent: str
    opened_by: str
    opened_at: str
    content: Counted
    units: tuple[Standing, ...]
    carriers: tuple[str, ...]
    announced: int | None


def carrier_seen(carrier_id: int, *, blind: bool = False) -> CarrierSeen:
    """Everything about a carrier, which must exist."""
    found = connection.one(
        "SELECT c.id, c.code, c.kind, c.state, p.code, COALESCE(b.code, ''), o.name, c.opened_at, c.site FROM carrier c "
        "JOIN location p ON p.id = c.location_id JOIN operator o ON o.id = c.opened_by "
        "LEFT JOIN carrier b ON b.id = c.parent_id WHERE c.id = ?",
        carrier_id,
    )
    inner = connection.rows("SELECT code FROM carrier WHERE parent_id = ? ORDER BY id LIMIT ?", carrier_id, ROWS)
    named = 0 if blind else _announced_for(found[8], found[1])
    whole: connection.Row = (
        *found[:7],
        str(found[7]),
        counted("u.carrier_id = ?", carrier_id),
        standing("u.carrier_id = ?", carrier_id),
        tuple(row[0] for row in inner),
        named or None,
    )
    return CarrierSeen(*whole)


def _announced_for(site: str, code: str) -> int:
    return int(
        connection.value(
            "SELECT COUNT(*) FROM (SELECT id FROM asn_unit WHERE site = ? AND parent_sscc = ? AND parent_sscc <> '' "
            f"LIMIT {CAP}) AS first_ones",
            site,
            code,
        )
    )


@dataclass(frozen=True, slots=True)
class AnnouncedSeen:
    """A case or, with more than one of `cases`, a pallet that an ASN names; `came` of its cases are here.

    `item`, `lot` and `expiry` are '' on a pallet of several; `po` is '' where no order was named.
    """

    sscc: str
    asn: str
    vendor: str
    po: str
    item: str
    unit: str
    lot: str
    expiry: str
    parent: str
    expected_on: str
    pieces: int
    cases: int
    came: int
    pallet: bool


_ANNOUNCED = (
    "SELECT u.sscc, a.asn, v.name, COALESCE(p.po, ''), i.description, i.base_unit, u.lot, u.expiry, u.parent_sscc, "
    "u.expected_on, u.qty, EXISTS (SELECT 1 FROM handling_unit h WHERE h.site = u.site AND h.code = u.sscc "
    "AND h.status <> 'VOIDED') FROM asn_unit u JOIN asn a ON a.id = u.asn_id JOIN vendor v ON v.id = a.vendor_id "
    "JOIN item i ON i.id = u.item_id LEFT JOIN po_line l ON l.id = u.po_line_id "
    "LEFT JOIN purchase_order p ON p.id = l.po_id "
)


def announced_case(asn_unit_id: int) -> AnnouncedSeen:
    """A case that was announced."""
    row = connection.one(f"{_ANNOUNCED} WHERE u.id = ?", asn_unit_id)
    whole: connection.Row = (*row[:9], str(row[9]), row[10], 1, int(row[11]), False)
    return AnnouncedSeen(*whole)


def announced_pallet(site: str, parent_sscc: str) -> AnnouncedSeen:
    """A pallet of which announced cases are known, which must be so; counted up to `CAP` cases."""
    found = connection.rows(
        f"{_ANNOUNCED} WHERE u.site = ? AND u.parent_sscc = ? AND u.parent_sscc <> '' ORDER BY u.id LIMIT {CAP}",
        site,
        parent_sscc,
    )
    _, asn, vendor, po, *_ = found[0]
    same = [next(iter(values)) if len(values := {row[at] for row in found}) == 1 else "" for at in (4, 5, 6, 7)]
    item, unit, lot, expiry = same
    return AnnouncedSeen(
        parent_sscc, asn, vendor, po, item, unit, lot, expiry, parent="", expected_on=min(str(row[9]) for row in found),
        pieces=sum(row[10] for row in found), cases=len(found), came=sum(int(row[11]) for row in found), pallet=True,
    )  # fmt: skip

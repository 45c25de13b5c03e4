"""Advance ship notices: the cases that a vendor has announced, each with its SSCC. They came when a unit has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from db import connection

_CAME = "EXISTS (SELECT 1 FROM handling_unit h WHERE h.site = u.site AND h.code = u.sscc AND h.status <> 'VOIDED')"
_UNIT = (
    "SELECT u.id, u.asn_id, a.asn, u.po_line_id, l.po_id, u.item_id, u.sscc, u.parent_sscc, u.qty, u.lot, u.expiry, "
    f"u.expected_on, {_CAME} FROM asn_unit u JOIN asn a ON a.id = u.asn_id LEFT JOIN po_line l ON l.id = u.po_line_id "
)


@dataclass(frozen=True, slots=True)
class AsnUnit:
    """A case as it was announced (pieces); `po_id` and `po_line_id` are None where no order was named."""

    id: int
    asn_id: int
    asn: str
    po_line_id: int | None
    po_id: int | None
    item_id: int
    sscc: str
    parent_sscc: str
    quantity: int
    lot: str
    expiry: str
    expected_on: str
    came: int


def announced(site: str, sscc: str) -> AsnUnit | None:
    """The announced case with this SSCC, or None."""
    found = connection.row(f"{_UNIT} WHERE u.site = ? AND u.sscc = ?", site, sscc)
    return _read(found) if found else None


class Named(NamedTuple):
    """What a code on a case names already: its ids, and whether cases were announced on a pallet with this SSCC."""

    unit_id: int | None = None
    advice_id: int | None = None
    carrier_id: int | None = None
    pallet: bool = False


def named_by(site: str, code: str, sscc: str | None) -> Named:
    """The unit that ever carried this code, the live pallet or tote with it, and what was announced with this SSCC.

    One question to the tables: it is asked for each case.
    """
    found = connection.rows(
        "SELECT 'unit_id', id FROM handling_unit WHERE site = ? AND code = ? AND status <> 'VOIDED' "
        "UNION ALL SELECT 'carrier_id', id FROM carrier WHERE site = ? AND code = ? AND state <> 'BROKEN' "
        "UNION ALL SELECT 'advice_id', id FROM asn_unit WHERE site = ? AND sscc = ? "
        "UNION ALL SELECT 'pallet', 1 WHERE EXISTS (SELECT 1 FROM asn_unit WHERE site = ? AND parent_sscc = ? "
        "AND parent_sscc <> '')",
        *(site, code, site, code, site, sscc or "", site, sscc or ""),
    )
    return Named(**dict(reversed(found)))


def announced_on(site: str, parent_sscc: str, limit: int = 500) -> list[AsnUnit]:
    """The cases that were announced on a pallet with this SSCC, whether they came or not."""
    found = connection.rows(
        f"{_UNIT} WHERE u.site = ? AND u.parent_sscc = ? AND u.parent_sscc <> '' ORDER BY u.id LIMIT ?",
        site,
        parent_sscc,
        limit,
    )
    return [_read(row) for row in found]


def still_announced(asn_id: int, limit: int = 500) -> list[AsnUnit]:
    """What of an ASN has not come yet."""
    found = connection.rows(f"{_UNIT} WHERE u.asn_id = ? AND NOT {_CAME} ORDER BY u.id LIMIT ?", asn_id, limit)
    return [_read(row) for row in found]


def _read(row: connection.Row) -> AsnUnit:
    return AsnUnit(*row)


def asn_by_code(site: str, asn: str) -> tuple[int, int] | None:
    """Id and vendor of the ASN with this number, or None."""
    found = connection.row("SELECT id, vendor_id FROM asn WHERE site = ? AND asn = ?", site, asn)
    return (found[0], found[1]) if found else None


def asn_by_id(asn_id: int) -> str:
    """The number of this ASN, which must exist."""
    return str(connection.one("SELECT asn FROM asn WHERE id = ?", asn_id)[0])


def orders_of_asn(asn_id: int) -> tuple[int, ...]:
    """The purchase orders that an ASN names, in their order."""
    found = connection.rows(
        "SELECT DISTINCT l.po_id FROM asn_unit u JOIN po_line l ON l.id = u.po_line_id WHERE u.asn_id = ? ORDER BY l.po_id",
        asn_id,
    )
    return tuple(row[0] for row in found)


def announced_by_id(unit_id: int) -> AsnUnit:
    """The announced case with this id, which must exist."""
    return _read(connection.one(f"{_UNIT} WHERE u.id = ?", unit_id))

"""The receipts of a site as a list, newest first, and the head of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import connection
from db.connection import instant, iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Header:
    """A receipt without its cases: its orders and their vendors, who opened and closed it, what it counted."""

    id: int
    code: str
    mode: str
    state: str
    orders: tuple[str, ...]
    vendors: tuple[tuple[str, str], ...]
    opened_on: str
    opened_at: str
    opened_by: str
    closed_at: str | None
    closed_by: str | None
    cases: int
    pieces: int

    @property
    def vendor(self) -> str:
        """The vendor's name and code for people; several are counted."""
        if not self.vendors:
            return "unknown vendor"
        code, name = self.vendors[0]
        more = f" +{len(self.vendors) - 1}" if len(self.vendors) > 1 else ""
        return f"{name} ({code}){more}"

    def as_json(self) -> dict[str, Any]:
        """The receipt as the commands print it; `vendor` is null where there is none, or several."""
        return {
            "receipt": self.code,
            "mode": self.mode,
            "state": self.state,
            "orders": list(self.orders),
            "vendor": self.vendors[0][0] if len(self.vendors) == 1 else None,
            "vendors": [code for code, _ in self.vendors],
            "opened_on": self.opened_on,
            "opened_at": iso(instant(self.opened_at)),
            "opened_by": self.opened_by,
            "closed_at": iso(instant(self.closed_at)) if self.closed_at else None,
            "closed_by": self.closed_by,
            "cases": self.cases,
            "pieces": self.pieces,
        }


_HEAD = (
    "SELECT r.id, r.code, r.mode, r.state, r.opened_on, r.opened_at, o.name, r.closed_at, c.name, r.cases, r.pieces "
    "FROM receipt r JOIN operator o ON o.id = r.opened_by LEFT JOIN operator c ON c.id = r.closed_by "
)


def header(site: str, code: str) -> Header | None:
    """The head of the receipt with this number, or None."""
    found = connection.rows(f"{_HEAD} WHERE r.site = ? AND r.code = ?", site, code)
    return _with_orders(found)[0] if found else None


def receipts(site: str, *, since: date | None = None, only_open: bool = False) -> Iterator[Header]:
    """All receipts, newest first, a chunk at a time; `since` leaves out those that were opened before that day."""
    last = 2**62
    while True:
        found = connection.rows(
            f"{_HEAD} WHERE r.site = ? AND r.id < ? AND r.opened_on >= ?"
            f"{' AND r.state = ?' if only_open else ''} ORDER BY r.id DESC LIMIT {CHUNK}",
            site,
            last,
            since.isoformat() if since else "0001-01-01",
            *(["OPEN"] if only_open else []),
        )
        yield from _with_orders(found)
        if len(found) < CHUNK:
            return
        last = found[-1][0]


def _with_orders(found: list[connection.Row]) -> list[Header]:
    """Heads with their orders and vendors: those of the orders, else the vendor whose goods nobody ordered."""
    ids = [row[0] for row in found]
    orders: dict[int, list[str]] = {}
    vendors: dict[int, dict[str, str]] = {}
    for receipt_id, po, code, name in connection.rows(
        "SELECT o.receipt_id, p.po, v.code, v.name FROM receipt_order o JOIN purchase_order p ON p.id = o.po_id "
        f"JOIN vendor v ON v.id = p.vendor_id WHERE o.receipt_id IN ({connection.marks(ids)}) ORDER BY p.po",
        *ids,
    ):
        orders.setdefault(receipt_id, []).append(po)
        vendors.setdefault(receipt_id, {})[code] = name
    for receipt_id, code, name in connection.rows(
        "SELECT r.id, v.code, v.name FROM receipt r JOIN vendor v ON v.id = r.vendor_id "
        f"WHERE r.id IN ({connection.marks(ids)})",
        *ids,
    ):
        vendors.setdefault(receipt_id, {code: name})
    return [
        Header(
            id=row[0],
            code=row[1],
            mode=row[2],
            state=row[3],
            orders=tuple(orders.get(row[0], ())),
            vendors=tuple(vendors.get(row[0], {}).items()),
            opened_on=str(row[4]),
            opened_at=row[5],
            opened_by=row[6],
            closed_at=row[7],
            closed_by=row[8],
            cases=row[9],
            pieces=row[10],
        )
        for row in found
    ]

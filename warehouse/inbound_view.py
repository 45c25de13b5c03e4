"""What is on its way in: what is expected when, what is late, and how far vendors' notices and cases can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import iso
from db.snapshot import snapshot
from warehouse import vendor_figures
from warehouse.vendor_figures import fields_of

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.site import Site
    from warehouse.vendor_figures import Accuracy, PackVariance

DAYS: Final = 90
"""How many days the figures look back, and how long an ASN that did not come is still asked for."""


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A line of a purchase order of which something is still to come; `announced` are pieces on ASNs.

    `late` is how many days it is behind, 0 for none; `cases` were announced, `came` of them are here.
    """

    po: str
    line: int
    vendor: str
    sku: str
    item: str
    expected_on: str
    late: int
    ordered: int
    received: int
    open: int
    announced: int
    cases: int
    came: int

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return fields_of(self, without=("item",))


@dataclass(frozen=True, slots=True)
class ExpectedAsn:
    """An ASN of which cases did not come yet, with what it announces (pieces) and what of it is here."""

    asn: str
    vendor: str
    expected_on: str
    late: int
    cases: int
    came: int
    pieces: int
    pieces_came: int

    def as_json(self) -> dict[str, Any]:
        """The ASN as the command prints it."""
        return fields_of(self)


@dataclass(frozen=True, slots=True)
class Inbound:
    """Everything about what is on its way, as it was at one instant; the lists may be cut, their totals are not."""

    at: datetime
    since: date
    lines: tuple[ExpectedLine, ...]
    lines_total: int
    lines_late: int
    asns: tuple[ExpectedAsn, ...]
    accuracy: tuple[Accuracy, ...]
    variance: tuple[PackVariance, ...]

    def as_json(self) -> dict[str, Any]:
        """The view as the command prints it."""
        return {
            "at": iso(self.at),
            "window": {"days": DAYS, "since": self.since.isoformat()},
            "lines": [one.as_json() for one in self.lines],
            "asns": [one.as_json() for one in self.asns],
            "accuracy": [one.as_json() for one in self.accuracy],
            "pack_variance": [one.as_json() for one in self.variance],
        }


def read(site: Site, now: datetime, *, limit: int | None = None, newest: int | None = None) -> Inbound:
    """What is on its way to a site. `limit` cuts the lists, `newest` looks at no more than the last captures."""
    today = site.today(now)
    since = today - timedelta(days=DAYS)
    with snapshot():
        total, late = connection.one(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN expected_on < ? THEN 1 ELSE 0 END), 0) FROM po_line "
            f"WHERE site = ? AND {_EXPECTS}",
            today.isoformat(),
            site.code,
        )
        first = vendor_figures.first_capture(newest)
        return Inbound(
            now,
            since,
            _lines(site.code, today, limit),
            int(total),
            int(late),
            _asns(site.code, today, since, limit),
            vendor_figures.accuracy(site.code, since, first),
            vendor_figures.variance(site.code, since, first),
        )


# --- What is expected -----------------------------------------------------------------------------------

_EXPECTS = "qty_received < qty_ordered AND closed_at IS NULL"
_CAME = "EXISTS (SELECT 1 FROM handling_unit h WHERE h.site = u.site AND h.code = u.sscc AND h.status <> 'VOIDED')"


def _cut(limit: int | None) -> str:
    return f" LIMIT {limit}" if limit else ""


def _lines(site: str, today: date, limit: int | None) -> tuple[ExpectedLine, ...]:
    found = connection.rows(
        "SELECT l.id, p.po, l.line, v.name, i.sku, i.description, l.expected_on, l.qty_ordered, l.qty_received FROM "
        f"(SELECT * FROM po_line WHERE site = ? AND {_EXPECTS} ORDER BY expected_on, id{_cut(limit)}) AS l "
        "JOIN purchase_order p ON p.id = l.po_id JOIN vendor v ON v.id = p.vendor_id JOIN item i ON i.id = l.item_id "
        "ORDER BY l.expected_on, p.po, l.line",
        site,
    )
    announced = _announced([row[0] for row in found])
    return tuple(
        ExpectedLine(
            *(str(po), line, vendor, sku, item, str(day), _late(str(day), today)),
            *(ordered, received, ordered - received),
            *announced.get(line_id, (0, 0, 0)),
        )
        for line_id, po, line, vendor, sku, item, day, ordered, received in found
    )


def _announced(line_ids: list[int]) -> dict[int, tuple[int, int, int]]:
    """Pieces, cases, and cases that came, of what ASNs name for these lines."""
    told: dict[int, tuple[int, int, int]] = {}
    for start in range(0, len(line_ids), 500):
        some = line_ids[start : start + 500]
        found = connection.rows(
            f"SELECT u.po_line_id, SUM(u.qty), COUNT(*), SUM(CASE WHEN {_CAME} THEN 1 ELSE 0 END) FROM asn_unit u "
            f"WHERE u.po_line_id IN ({connection.marks(some)}) GROUP BY u.po_line_id",
            *some,
        )
        told |= {line_id: (int(pieces), int(cases), int(came)) for line_id, pieces, cases, came in found}
    return told


def _late(day: str, today: date) -> int:
    return max(0, (today - date.fromisoformat(day)).days)


def _asns(site: str, today: date, since: date, limit: int | None) -> tuple[ExpectedAsn, ...]:
    """By the first day on which something is still missing."""
    found = connection.rows(
        f"SELECT a.asn, v.name, MIN(CASE WHEN {_CAME} THEN NULL ELSE u.expected_on END), COUNT(*), "
        f"SUM(CASE WHEN {_CAME} THEN 1 ELSE 0 END), SUM(u.qty), SUM(CASE WHEN {_CAME} THEN u.qty ELSE 0 END) "
        "FROM asn a JOIN vendor v ON v.id = a.vendor_id JOIN asn_unit u ON u.asn_id = a.id WHERE a.id IN "
        "(SELECT n.asn_id FROM asn_unit n WHERE n.site = ? AND n.expected_on >= ?) GROUP BY a.id, a.asn, v.name "
        f"HAVING SUM(CASE WHEN {_CAME} THEN 1 ELSE 0 END) < COUNT(*) ORDER BY 3, a.asn{_cut(limit)}",
        site,
        since.isoformat(),
    )
    return tuple(
        ExpectedAsn(asn, vendor, str(day), _late(str(day), today), int(cases), int(came), int(pieces), int(here))
        for asn, vendor, day, cases, came, pieces, here in found
    )

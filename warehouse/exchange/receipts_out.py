"""Captured cases for the system that posts them: every capture once, in the order of its sequence, none left out.

The sequence is the capture's own number. It grows, it has gaps, and it never changes: a case that was taken back is a
further row with a negative quantity that names the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from db import connection
from db.connection import Row, instant, iso, marks
from warehouse.exchange.cells import in_thousandths
from warehouse.exchange.csv_files import csv_file
from warehouse.exchange.csv_out import Cell
from warehouse.exchange.settled import settled_id
from warehouse.reply import InputError
from warehouse.site import NO_EXPIRY, Site

PAGE: Final = 2_000  # sequences of a page: no more rows are in memory at a time

COLUMNS: Final = (
    *("sequence", "at", "receipt", "mode", "po", "po_line", "asn", "vendor", "sku", "quantity", "base_unit"),
    *("unit_code", "lot", "expiry", "weight", "weight_unit", "status", "reason", "source", "operator", "reverses"),
)

_ROWS = (
    "SELECT c.id, c.at, r.code, r.mode, p.po, l.line, a.asn, v.code, i.sku, c.qty, i.base_unit, u.code, u.lot, "
    # What was taken back weighed what it weighed.
    "u.expiry, CASE WHEN c.qty < 0 THEN -ABS(COALESCE(c.weight, t.weight)) ELSE c.weight END, i.weight_unit, c.status, "
    "c.source, o.badge, c.reverses, c.unit_id, c.scan_id "
    "FROM capture c JOIN receipt r ON r.id = c.receipt_id "
    "JOIN item i ON i.id = c.item_id JOIN handling_unit u ON u.id = c.unit_id JOIN operator o ON o.id = c.operator_id "
    "LEFT JOIN vendor v ON v.id = c.vendor_id LEFT JOIN po_line l ON l.id = c.po_line_id "
    "LEFT JOIN purchase_order p ON p.id = l.po_id LEFT JOIN asn_unit n ON n.id = c.asn_unit_id "
    "LEFT JOIN asn a ON a.id = n.asn_id LEFT JOIN capture t ON t.id = c.reverses "
    # A window of the key; an index that begins with the site would be read whole for every page.
    "WHERE c.id > ? AND c.id <= ? AND c.site || '' = ? AND c.at >= ? ORDER BY c.id"
)
_NAME = re.compile(r"receipts-([0-9]{1,18})-([0-9]{1,18})\.csv")
_BEGINNING = "0001-01-01T00:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: its rows, and the sequence of its last one. Without rows there is no file."""

    path: Path | None
    rows: int
    last: int


def export(
    site: Site, folder: Path, *, after: int = 0, since: date | None = None, progress: Callable[[int, int], None] | None
) -> Exported:
    """Write what was captured behind the sequence `after`, of the site's day `since` and later, into a new file.

    `progress(done, total)` is called for every page, in sequences. The file has its name only when it is whole.
    Raises InputError for an `after` that this database has not come to, and where a file in the folder holds some of
    the rows already; DatabaseError when others' work stays unfinished for too long; OSError for the folder.
    """
    last = settled_id("capture")
    if after > last:
        raise InputError(
            f"--after {after} is beyond the last sequence of this database, {last}: is it a restored backup, or "
            "another site's? Nothing was written."
        )
    pages = _pages(site, after, last, since)
    page = next(pages, None)
    if page is None:
        return Exported(None, 0, after)
    first, count = int(page[0][0] or 0), 0
    _refuse_again(folder, first, last)
    with csv_file(folder, COLUMNS) as file:
        while page is not None:
            for row in page:
                file.write(row)
            count, reached = count + len(page), int(page[-1][0] or 0)
            if progress:
                progress(reached - after, last - after)
            page = next(pages, None)
        path = file.keep(f"receipts-{first:09d}-{reached:09d}.csv")
    return Exported(path, count, reached)


def _refuse_again(folder: Path, first: int, last: int) -> None:
    """A folder that holds some of the rows already would make its reader post them twice."""
    held = [
        (int(found[2]), path)
        for path in folder.glob("receipts-*.csv")
        if (found := _NAME.fullmatch(path.name)) and int(found[1]) <= last and int(found[2]) >= first
    ]
    if held:
        end, path = max(held)
        raise InputError(
            f"{path} holds some of these rows already: go on with --after {end}, or name another folder; nothing was "
            "written."
        )


def _pages(site: Site, after: int, last: int, since: date | None) -> Iterator[list[tuple[Cell, ...]]]:
    """The rows a page at a time: by key, so that each page costs the same and nothing is held meanwhile."""
    begin = iso(site.midnight(since)) if since else _BEGINNING
    for start in range(after, last, PAGE):
        found = connection.rows(_ROWS, start, min(start + PAGE, last), site.code, begin)
        if found:
            reasons = _reasons(found)
            yield [_values(row, reasons) for row in found]


def _reasons(found: list[Row]) -> dict[tuple[int, str], list[str]]:
    """The reason codes that were written down with a capture, by unit and scan, in their order."""
    reasons: dict[tuple[int, str], list[str]] = {}
    for start in range(0, len(found), 500):
        units = {row[-2] for row in found[start : start + 500]}
        for unit_id, scan_id, code in connection.rows(
            f"SELECT unit_id, scan_id, code FROM discrepancy WHERE unit_id IN ({marks(units)}) ORDER BY id", *units
        ):
            codes = reasons.setdefault((unit_id, scan_id), [])
            if code not in codes:
                codes.append(code)
    return reasons


def _values(row: Row, reasons: dict[tuple[int, str], list[str]]) -> tuple[Cell, ...]:
    sequence, at, *middle, expiry, weight, weight_unit, status, source, badge, reverses, unit_id, scan_id = row
    return (
        sequence,
        iso(instant(at)),
        *middle,
        None if expiry == NO_EXPIRY else expiry,
        None if weight is None else Decimal(in_thousandths(weight)),
        None if weight is None else weight_unit,
        status,
        " ".join(reasons.get((unit_id, scan_id), ())),
        source,
        badge,
        reverses,
    )

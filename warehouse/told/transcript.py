"""What a run of release did, told like a story: what arrived, who was considered in order, who got what, who is next.

All of it is read from rows that are never changed, so that a run is told alike whenever somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db import connection
from db.connection import instant, iso
from db.snapshot import snapshot
from warehouse import explain_words
from warehouse.reply import InputError
from warehouse.site import Site
from warehouse.told import transcript_words
from warehouse.vendor_figures import fields_of


@dataclass(frozen=True, slots=True)
class By:
    """Who gave the input that the run belongs to, at which station; `command` is its name where it was no scan."""

    operator: str | None
    station: str
    source: str
    command: str | None

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return fields_of(self)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Pieces that the same input brought into a unit, or (below 0) took out of the stock again."""

    unit: str
    quantity: int
    location: str | None
    status: str
    kind: str

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return fields_of(self)


@dataclass(frozen=True, slots=True)
class Lost:
    """Pieces that the same input took back from a line before the run; below 0, gave back to it (undo)."""

    order: str
    line: int
    quantity: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return fields_of(self)


@dataclass(frozen=True, slots=True)
class Considered:
    """A line with what it got of which units (pieces), what it missed after that, and the rule that stopped the rest."""

    order: str
    line: int
    customer: str
    outcome: str
    got: int
    short: int
    reason: str | None
    units: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "order": self.order,
            "line": self.line,
            "customer": self.customer,
            "outcome": self.outcome,
            "got": self.got,
            "short": self.short,
            "reason": self.reason,
            "units": [{"unit": unit, "quantity": quantity} for unit, quantity in self.units],
        }


@dataclass(frozen=True, slots=True)
class Named:
    """An order line by its name."""

    order: str
    line: int

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return fields_of(self)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of release for one item; quantities are pieces.

    `considered` is in the order of service: each line that got something and the first ones that a rule stopped.
    `ran_out_at` is the first line that found nothing left. `lines_waiting` and `pieces_waiting` are of the whole queue
    after the run.
    """

    site: Site
    id: int
    at: datetime
    cause: str
    sku: str
    item: str
    unit: str
    receipt: str | None
    by: By | None
    arrived: tuple[Arrived, ...]
    lost: tuple[Lost, ...]
    free_before: int
    free_after: int
    considered: tuple[Considered, ...]
    ran_out_at: Named | None
    lines_waiting: int
    pieces_waiting: int

    @property
    def next(self) -> Named | None:
        """The first line in the order of service that still waits; None where nobody does, or no line was looked at."""
        first = next((one for one in self.considered if one.short), None)
        return Named(first.order, first.line) if first else self.ran_out_at

    @property
    def not_named(self) -> int:
        """Lines that still wait and are not among `considered`."""
        return self.lines_waiting - sum(one.short > 0 for one in self.considered)

    def as_json(self) -> dict[str, Any]:
        """The run as the command prints it."""
        return {
            "run": self.id,
            "at": iso(self.at),
            "cause": self.cause,
            "sku": self.sku,
            "item": self.item,
            "receipt": self.receipt,
            "by": self.by.as_json() if self.by else None,
            "arrived": [one.as_json() for one in self.arrived],
            "lost": [one.as_json() for one in self.lost],
            "free": {"before": self.free_before, "after": self.free_after},
            "considered": [one.as_json() for one in self.considered],
            "ran_out_at": self.ran_out_at.as_json() if self.ran_out_at else None,
            "next": self.next.as_json() if self.next else None,
            "waiting": {"lines": self.lines_waiting, "units": self.pieces_waiting, "not_named": self.not_named},
        }

    def words(self) -> str:
        """The same as a person would tell it: plain text, safe to print."""
        return "\n".join(transcript_words.run(self))


@dataclass(frozen=True, slots=True)
class ReceiptRuns:
    """The last runs that the cases of a receipt have caused, newest last; `runs_in_all` counts the earlier ones too."""

    receipt: str
    runs_in_all: int
    runs: tuple[Run, ...]

    def as_json(self) -> dict[str, Any]:
        """The runs as the command prints them."""
        return {"receipt": self.receipt, "runs_in_all": self.runs_in_all, "runs": [run.as_json() for run in self.runs]}

    def words(self) -> str:
        """The same as a person would tell it: plain text, safe to print."""
        return "\n".join(transcript_words.receipt(self))


def run(site: Site, run_id: int) -> Run:
    """Tell one run. Raises InputError for a number that no run of this site has."""
    with snapshot():
        found = _runs(site, "n.id = ?", run_id, limit=1)
    if not found:
        raise InputError(
            f"There is no run {run_id} at {site.code}: 'dockbell why ORDER/LINE --json' names the runs of a line."
        )
    return found[0]


def of_receipt(site: Site, code: str, limit: int) -> ReceiptRuns:
    """Tell the last `limit` runs of a receipt: its cases as they were counted, corrected, taken back or put on hold.

    Raises InputError for a receipt that this site does not have.
    """
    with snapshot():
        receipt_id = connection.value("SELECT id FROM receipt WHERE site = ? AND code = ?", site.code, code)
        if receipt_id is None:
            raise InputError(f"There is no receipt {explain_words.plain(code)}: 'dockbell receipts' lists them.")
        # By item first: an item's runs have an index, a receipt's have none.
        where = (
            "n.item_id IN (SELECT item_id FROM capture WHERE receipt_id = ?) AND (n.receipt_id = ? "
            "OR n.scan_id IN (SELECT scan_id FROM capture WHERE receipt_id = ?))"
        )
        ids = (receipt_id,) * 3
        count = connection.value(f"SELECT COUNT(*) FROM release_run n WHERE n.site = ? AND {where}", site.code, *ids)
        return ReceiptRuns(code, int(count), _runs(site, where, *ids, limit=limit))


# --- Reading --------------------------------------------------------------------------------------------


def _runs(site: Site, where: str, *params: object, limit: int) -> tuple[Run, ...]:
    found = connection.rows(
        "SELECT n.id, n.at, n.cause, i.sku, i.description, i.base_unit, c.code, n.supply_before, n.supply_after, "
        "n.lines_waiting, n.qty_waiting, n.scan_id, n.item_id, n.ran_out_at FROM release_run n "
        "JOIN item i ON i.id = n.item_id LEFT JOIN receipt c ON c.id = n.receipt_id "
        f"WHERE n.site = ? AND {where} ORDER BY n.id DESC LIMIT ?",
        site.code,
        *params,
        limit,
    )
    return tuple(_run(site, row) for row in reversed(found))


def _run(site: Site, row: connection.Row) -> Run:
    run_id, at, cause, sku, item, unit, receipt, before, after, lines, pieces, scan_id, item_id, ran_out_at = row
    return Run(
        site=site,
        id=run_id,
        at=instant(at),
        cause=cause,
        sku=sku,
        item=item,
        unit=unit,
        receipt=receipt,
        by=_by(scan_id),
        arrived=_arrived(scan_id, item_id),
        lost=_lost(scan_id, item_id),
        free_before=before,
        free_after=after,
        considered=_considered(run_id),
        ran_out_at=_named(ran_out_at) if ran_out_at is not None else None,
        lines_waiting=lines,
        pieces_waiting=pieces,
    )


def _by(scan_id: str) -> By | None:
    found = connection.row(
        "SELECT o.name, s.station, s.source, s.step FROM scan_log s LEFT JOIN operator o ON o.id = s.operator_id "
        "WHERE s.scan_id = ?",
        scan_id,
    )
    if found is None:
        return None
    name, station, source, step = found
    return By(name, station, source, step.removeprefix("command.") if source == "COMMAND" else None)


def _arrived(scan_id: str, item_id: int) -> tuple[Arrived, ...]:
    """What came into a unit from outside the stock or became free in it; what left the stock counts below 0."""
    found = connection.rows(
        "SELECT u.code, CASE WHEN m.to_account = 'UNIT' THEN m.qty ELSE -m.qty END, p.code, "
        "CASE WHEN m.to_account = 'UNIT' THEN m.to_status ELSE m.from_status END, m.kind FROM stock_move m "
        "JOIN handling_unit u ON u.id = COALESCE(m.to_unit_id, m.from_unit_id) "
        "LEFT JOIN location p ON p.id = COALESCE(m.to_location_id, m.from_location_id) "
        "WHERE m.scan_id = ? AND m.item_id = ? AND (m.from_account <> 'UNIT' OR m.to_account <> 'UNIT' "
        "OR m.kind = 'ACCEPT') ORDER BY m.id",
        scan_id,
        item_id,
    )
    return tuple(Arrived(*row) for row in found)


def _lost(scan_id: str, item_id: int) -> tuple[Lost, ...]:
    found = connection.rows(
        "SELECT h.order_no, l.line, v.qty, v.reason FROM reservation_void v "
        "JOIN reservation r ON r.id = v.reservation_id JOIN order_line l ON l.id = r.line_id "
        "JOIN order_header h ON h.id = l.order_id WHERE v.scan_id = ? AND r.item_id = ? ORDER BY v.id",
        scan_id,
        item_id,
    )
    return tuple(Lost(*row) for row in found)


def _considered(run_id: int) -> tuple[Considered, ...]:
    """In the order in which the run wrote them down, which is the order of service as it was then."""
    units: dict[int, list[tuple[str, int]]] = {}
    for line_id, code, quantity in connection.rows(
        "SELECT r.line_id, u.code, r.qty FROM reservation r JOIN handling_unit u ON u.id = r.unit_id "
        "WHERE r.run_id = ? ORDER BY r.id",
        run_id,
    ):
        units.setdefault(line_id, []).append((code, quantity))
    found = connection.rows(
        "SELECT h.order_no, l.line, c.name, v.outcome, v.qty, v.short, v.reason, l.id FROM release_verdict v "
        "JOIN order_line l ON l.id = v.line_id JOIN order_header h ON h.id = l.order_id "
        "JOIN customer c ON c.id = h.customer_id WHERE v.run_id = ? ORDER BY v.id",
        run_id,
    )
    return tuple(
        Considered(order, line, customer, outcome, got, short, reason or None, tuple(units.get(line_id, ())))
        for order, line, customer, outcome, got, short, reason, line_id in found
    )


def _named(line_id: int) -> Named:
    found = connection.one(
        "SELECT h.order_no, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE l.id = ?", line_id
    )
    return Named(*found)

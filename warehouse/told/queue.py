"""The waiting list of an item in the order of service: who is next, how much is ahead, and why each line waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db import connection
from db.connection import instant, iso
from db.snapshot import snapshot
from warehouse import explain_words, planning, policy, stock
from warehouse.planning import WaitingLine
from warehouse.release import Place
from warehouse.reply import InputError
from warehouse.site import Site
from warehouse.told import queue_words, stopping
from warehouse.told.stopping import Stop


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the queue; quantities are pieces.

    `running_sum` is what it and all lines ahead of it miss. `min_need` is None where no quantity would do yet. `reason`
    is the one rule that stopped it at the item's last run of release, None where no run has looked at it.
    """

    place: int
    order: str
    line: int
    customer: str
    customer_name: str
    promised_on: date
    open: int
    min_need: int | None
    policy: str
    waiting_since: datetime
    running_sum: int
    reason: str | None

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return {
            "place": self.place,
            "order": self.order,
            "line": self.line,
            "customer": self.customer,
            "customer_name": self.customer_name,
            "promised_on": self.promised_on.isoformat(),
            "open": self.open,
            "min_need": self.min_need,
            "policy": self.policy,
            "waiting_since": iso(self.waiting_since),
            "running_sum": self.running_sum,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Stopped:
    """A line that stands in no queue while it is stopped; `stop` is None where it is not on record who stopped it."""

    order: str
    line: int
    customer: str
    customer_name: str
    promised_on: date
    open: int
    policy: str
    waiting_since: datetime
    stop: Stop | None

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return {
            "order": self.order,
            "line": self.line,
            "customer": self.customer,
            "customer_name": self.customer_name,
            "promised_on": self.promised_on.isoformat(),
            "open": self.open,
            "policy": self.policy,
            "waiting_since": iso(self.waiting_since),
            "stopped": self.stop.as_json() if self.stop else None,
        }


@dataclass(frozen=True, slots=True)
class Queue:
    """The head of an item's waiting list, and the totals of all of it; `run` is the run that the reasons are from."""

    site: Site
    asked_at: datetime
    sku: str
    item: str
    unit: str
    lines: int
    pieces: int
    free: int
    stopped_lines: int
    stopped_pieces: int
    run: int | None
    waiting: tuple[Waiting, ...]
    stopped: tuple[Stopped, ...]

    def as_json(self) -> dict[str, Any]:
        """The queue as the command prints it."""
        return {
            "sku": self.sku,
            "item": self.item,
            "unit": self.unit,
            "totals": {
                "lines": self.lines,
                "pieces": self.pieces,
                "free": self.free,
                "stopped_lines": self.stopped_lines,
                "stopped_pieces": self.stopped_pieces,
            },
            "run": self.run,
            "waiting": [line.as_json() for line in self.waiting],
            "stopped": [line.as_json() for line in self.stopped],
        }

    def words(self) -> str:
        """The same for people: plain text, safe to print."""
        return "\n".join(queue_words.rows(self))


def queue(site: Site, sku: str, limit: int, now: datetime) -> Queue:
    """The first `limit` lines that wait for the item, and as many that are stopped; everything is read at one instant.

    Reads no more of the queue than it shows. Raises InputError for an item that this site does not have.
    """
    with snapshot():
        item = connection.row("SELECT id, description, base_unit FROM item WHERE site = ? AND sku = ?", site.code, sku)
        if item is None:
            raise InputError(f"There is no item {explain_words.plain(sku)} at {site.code}: check the SKU.")
        item_id = item[0]
        run = _last_run(site.code, item_id)
        totals = stock.totals(site.code, item_id)
        stopped_lines, stopped_pieces = _stopped_totals(site.code, item_id)
        return Queue(
            site,
            now,
            sku,
            item[1],
            item[2],
            totals.waiting_lines,
            totals.waiting_qty,
            _free(site, item_id, now),
            stopped_lines,
            stopped_pieces,
            run.id if run else None,
            _waiting(site.code, item_id, limit, run),
            _stopped(site.code, item_id, limit) if stopped_lines else (),
        )


def _free(site: Site, item_id: int, now: datetime) -> int:
    """Pieces that the next run could hand out; what has expired is not among them."""
    found = connection.value(
        "SELECT SUM(qty - qty_reserved) FROM handling_unit WHERE site = ? AND item_id = ? AND expiry >= ? "
        "AND qty > qty_reserved AND status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND owner = 'OWN' "
        "AND order_id IS NULL",
        site.code,
        item_id,
        site.today(now).isoformat(),
    )
    return int(found or 0)


# --- Why each waits -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """The item's last run that read its queue; `ran_out` is the place (rank, id) at which nothing was left, if it was."""

    id: int
    at: datetime
    supply_before: int
    ran_out: Place | None


def _last_run(site: str, item_id: int) -> _Run | None:
    found = connection.row(
        "SELECT id, at, supply_before, supply_after, ran_out_at, to_rank, to_id FROM release_run "
        "WHERE site = ? AND item_id = ? AND from_rank < ? ORDER BY id DESC LIMIT 1",
        site,
        item_id,
        policy.NEVER,
    )
    if found is None:
        return None
    run_id, at, before, after, ran_out_at, to_rank, to_id = found
    ran_out = to_id is not None and (ran_out_at is not None or after == 0)
    return _Run(run_id, instant(at), before, (to_rank, to_id) if ran_out else None)


def _waiting(site: str, item_id: int, limit: int, run: _Run | None) -> tuple[Waiting, ...]:
    found = connection.rows(
        "SELECT l.id, l.rank_on, h.order_no, l.line, c.code, c.name, l.promised_on, l.qty_open, l.min_need, l.policy, "
        "l.waiting_since, v.reason, CASE WHEN s.claiming = 0 AND s.n_unsat > 1 THEN 1 ELSE 0 END "
        "FROM (SELECT * FROM order_line WHERE site = ? AND item_id = ? AND state = 'W' "
        "ORDER BY rank_on, id LIMIT ?) l JOIN order_header h ON h.id = l.order_id "
        "JOIN customer c ON c.id = h.customer_id LEFT JOIN ship_set s ON s.id = l.set_id "
        "LEFT JOIN release_verdict v ON v.line_id = l.id AND v.run_id = ? ORDER BY l.rank_on, l.id",
        site,
        item_id,
        limit,
        run.id if run else 0,
    )
    lines, total = [], 0
    for place, found_line in enumerate(found, 1):
        line_id, rank_on, order, line, customer, name, promised, missing, need, rule, since, verdict, together = (
            found_line
        )
        total += missing
        tried = run is not None and instant(since) <= run.at
        reason = (
            (
                verdict
                or _reason(run, (rank_on, line_id), WaitingLine(line_id, missing, need, rule, together=bool(together)))
            )
            if tried
            else None
        )
        lines.append(
            Waiting(
                place,
                order,
                line,
                customer,
                name,
                date.fromisoformat(promised),
                missing,
                None if need == policy.NEVER else need,
                rule,
                instant(since),
                total,
                reason,
            )
        )
    return tuple(lines)


def _reason(run: _Run | None, place: Place, line: WaitingLine) -> str | None:
    if run is None:
        return None
    if run.supply_before == 0:
        return "NO_SUPPLY"
    if run.ran_out is not None and place >= run.ran_out:
        return "SUPPLY_EXHAUSTED"
    return planning.blocked_by(line)


# --- Who is stopped -------------------------------------------------------------------------------------

_STOPPED = "FROM order_line WHERE site = ? AND item_id = ? AND state = 'H'"


def _stopped_totals(site: str, item_id: int) -> tuple[int, int]:
    lines, pieces = connection.one(f"SELECT COUNT(*), COALESCE(SUM(qty_open), 0) {_STOPPED}", site, item_id)
    return int(lines), int(pieces)


def _stopped(site: str, item_id: int, limit: int) -> tuple[Stopped, ...]:
    found = connection.rows(
        "SELECT l.id, h.order_no, l.line, c.code, c.name, l.promised_on, l.qty_open, l.policy, l.waiting_since "
        f"FROM (SELECT * {_STOPPED} ORDER BY rank_on, id LIMIT ?) l JOIN order_header h ON h.id = l.order_id "
        "JOIN customer c ON c.id = h.customer_id ORDER BY l.rank_on, l.id",
        site,
        item_id,
        limit,
    )
    return tuple(
        Stopped(
            order,
            line,
            customer,
            name,
            date.fromisoformat(promised),
            missing,
            rule,
            instant(since),
            stopping.stopped_by(line_id),
        )
        for line_id, order, line, customer, name, promised, missing, rule, since in found
    )

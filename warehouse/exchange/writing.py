"""The write of an import: one transaction, everything prepared before it, each touched item released once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import peewee

from db import connection
from db.connection import Conflict, chunks, patience
from db.models.masters import ItemBarcode
from warehouse import command_log, order_changes, order_entry, release, stock
from warehouse.completing import releasing
from warehouse.exchange import approvals, on_record, writing_inbound
from warehouse.exchange.documents import too_much
from warehouse.exchange.draft import Plan, SalesLine
from warehouse.exchange.on_record import MODELS, Named, OnRecord
from warehouse.exchange.reading import ImportFaults, Progress, Ticker
from warehouse.exchange.result import ImportResult, result_of
from warehouse.exchange.tables import CUSTOMERS, ITEMS, LOCATIONS, MASTERS
from warehouse.order_entry import Joining, NewLine, NewOrder
from warehouse.promising import changes
from warehouse.promising.changes import Event
from warehouse.promising.supply import Calendar
from warehouse.reply import Released
from warehouse.stock import MAX_PIECES, Cause

LINES_AT_ONCE = 10_000  # order lines entered in one go: each time the totals of all their items are written

Ids = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be written: `seen` is what was on record, of the keys in `named`, when it was checked."""

    cause: Cause
    calendar: Calendar
    words: str
    plan: Plan
    named: Named
    seen: OnRecord
    files: tuple[str, ...]


class CheckAgainError(Exception):
    """The database has changed since the check: nothing was written, and the check must be made anew."""


@releasing
def write(job: Job, progress: Progress | None) -> ImportResult:
    """Write the plan and release what it touched; the progress may start over, for this may run again.

    Raises CheckAgainError when the plan no longer fits, and ImportFaults when stock has grown so much
    meanwhile that the opening balance does not fit on top of it.
    """
    if patience.attempt:
        raise CheckAgainError
    _lock(job)
    plan = job.plan
    rows = sum(map(len, plan.masters.values())) + len(plan.barcodes) + len(plan.approvals)
    rows += len(plan.openings) + len(plan.purchases) + len(plan.rescheduled) + len(plan.announced) + len(plan.sales)
    rows += len(plan.changed)
    ticker = Ticker(progress, "writing", rows)
    ids = _write_masters(job, ticker)
    _write_barcodes(job, ids, ticker)
    approvals.write(job.cause.site, plan.approvals, job.seen.approvals, ids, ticker)
    _open_stock(job, ids, ticker)
    promised = changes.supplies_of(job.calendar, (ids[ITEMS.name][sku] for sku in sorted(plan.moved)))
    writing_inbound.write(cause=job.cause, plan=plan, seen=job.seen, ids=ids, ticker=ticker)
    moved = changes.record(job.cause, job.calendar, promised, _new_days(job, ids))
    _enter_orders(job, ids, ticker)
    _change_orders(job, ticker)
    ticker.end()
    released = _release(job, ids, Ticker(progress, "releasing", len(plan.touched)))
    result = result_of(job.files, plan, released, moved)
    command_log.record(job.cause, "import", job.words, result.stored(), moves=len(plan.openings))
    return result


# --- Locks ------------------------------------------------------------------------------------------------


def _lock(job: Job) -> None:
    """Lock the items, then what else the check relied on, and compare: imports of one site come one by one."""
    site, items = job.cause.site, job.seen.masters[ITEMS.name]
    units = job.named.weight_units
    reweighed = {sku for sku, item in items.items() if item["weight_unit"] != units.get(sku, item["weight_unit"])}
    known = {items[sku]["id"]: sku for sku in job.plan.touched | job.plan.moved | reweighed if sku in items}
    usable = {known[row[0]]: row[1] for row in connection.locked(site, known)}
    if connection.dialect() == "postgresql":
        connection.rows("SELECT 1 FROM site WHERE site = ? FOR NO KEY UPDATE", site)
        # A unit that is put down there meanwhile refers to the place, and waits.
        for codes in chunks(sorted(job.named.kinds)):
            marks = connection.marks(codes)
            connection.rows(
                f"SELECT 1 FROM location WHERE site = ? AND code IN ({marks}) ORDER BY id FOR UPDATE", site, *codes
            )
    if on_record.read(site, job.named) != job.seen:
        raise Conflict
    _refuse_too_much(job, usable)


def _refuse_too_much(job: Job, usable: dict[str, int]) -> None:
    for opening in job.plan.openings:
        usable[opening.sku] = usable.get(opening.sku, 0) + opening.quantity
        if usable[opening.sku] > MAX_PIECES:
            raise ImportFaults((opening.row.fault("quantity", too_much(opening.sku)),))


# --- Masters ----------------------------------------------------------------------------------------------


def _write_masters(job: Job, ticker: Ticker) -> Ids:
    """Insert or update them, give each new item its row of stock, and answer the ids of all by key."""
    site = job.cause.site
    ids = {table: {key: row["id"] for key, row in found.items()} for table, found in job.seen.masters.items()}
    for table in MASTERS:
        model, key, rows = MODELS[table.name], table.key[0], job.plan.masters[table.name]
        for some in chunks(rows):
            values = [{"site": site} | row for row in some]
            others = [column.name for column in table.columns if column.name != key]
            _upsert(model, values, [model.site, getattr(model, key)], others)
            ticker.add(len(some))
        fresh = [row[key] for row in rows if row[key] not in ids[table.name]]
        made = {name: row["id"] for name, row in on_record.masters_by_key(site, table, fresh).items()}
        ids[table.name].update(made)
        if table is ITEMS:
            connection.many(
                "INSERT INTO item_stock (site, item_id) VALUES (?, ?)", [(site, item) for item in sorted(made.values())]
            )
    return ids


def _write_barcodes(job: Job, ids: Ids, ticker: Ticker) -> None:
    site, items = job.cause.site, ids[ITEMS.name]
    connection.many(
        "DELETE FROM item_barcode WHERE site = ? AND barcode = ? AND item_id = ? AND quantity IS NULL",
        [(site, barcode, items[sku]) for barcode, sku in job.plan.dropped],
    )
    for some in chunks(job.plan.barcodes):
        values = [
            {"site": site, "barcode": new.barcode, "item_id": items[new.sku], "quantity": new.quantity}
            | {"taught_by": None, "taught_at": None}
            for new in some
        ]
        others = ["item_id", "quantity", "taught_by", "taught_at"]
        _upsert(ItemBarcode, values, [ItemBarcode.site, ItemBarcode.barcode], others)
        ticker.add(len(some))


def _upsert(model: type[peewee.Model], rows: Sequence[Mapping[str, Any]], key: list[Any], others: list[str]) -> None:
    update = [getattr(model, name) for name in others]
    model.insert_many(rows).on_conflict(conflict_target=key, preserve=update).execute()


# --- Stock and orders -------------------------------------------------------------------------------------


def _open_stock(job: Job, ids: Ids, ticker: Ticker) -> None:
    for opening in ticker.over(job.plan.openings):
        try:
            stock.open_balance(
                job.cause,
                code=opening.unit_code or None,
                item_id=ids[ITEMS.name][opening.sku],
                location_id=ids[LOCATIONS.name][opening.location],
                qty=opening.quantity,
                lot=opening.lot,
                expiry=opening.expiry,
            )
        except peewee.IntegrityError as error:
            # A case with this code was received since the comparison; no lock of ours could hold that up.
            if opening.unit_code and "unique" in str(error).lower():
                raise Conflict from error
            raise


def _enter_orders(job: Job, ids: Ids, ticker: Ticker) -> None:
    """New orders as order entry does it; lines of orders that are on record join those."""
    known, today = job.seen.sales_orders, job.calendar.today
    joining: list[Joining] = []
    entered: list[NewOrder] = []
    waiting = 0
    for number, group in groupby(job.plan.sales, key=lambda line: line.order):
        rows = list(group)
        lines = tuple(_new_line(row, ids) for row in rows)
        if number in known:
            joining += [Joining(known[number].id, line, rows[0].patience_days) for line in lines]
        else:
            entered.append(NewOrder(number, ids[CUSTOMERS.name][rows[0].customer], lines, rows[0].patience_days))
            waiting += len(lines)
        if waiting >= LINES_AT_ONCE:
            order_entry.enter(job.cause, today, entered)
            entered, waiting = [], 0
        ticker.add(len(lines))
    order_entry.enter(job.cause, today, entered)
    order_entry.join(job.cause, today, joining)


def _new_line(line: SalesLine, ids: Ids) -> NewLine:
    return NewLine(
        line=line.line,
        item_id=ids[ITEMS.name][line.sku],
        qty=line.quantity,
        promised_on=date.fromisoformat(line.promised_on),
        priority=line.priority,
        policy=line.policy,
        fill_percent=line.fill_percent,
        full_cases=line.full_cases,
        ship_set=line.ship_set,
    )


def _change_orders(job: Job, ticker: Ticker) -> None:
    """What a file says differently of lines on record."""
    for changed in ticker.over(sorted(job.plan.changed, key=lambda line: (line.order, line.line))):
        line_id = connection.value(
            "SELECT l.id FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
            *(job.cause.site, changed.order, changed.line),
        )
        values = dict(changed.values)
        days = values.pop("patience_days", None)
        if values:
            order_changes.change(job.cause, line_id, values)
        if days is not None:
            order_changes.be_patient(job.cause, line_id, int(days))


def _new_days(job: Job, ids: Ids) -> list[Event]:
    return [
        changes.new_day(
            job.calendar,
            ids[ITEMS.name][line.sku],
            line.po,
            line.line,
            before=date.fromisoformat(line.before),
            after=date.fromisoformat(line.after),
        )
        for line in job.plan.rescheduled
    ]


# --- Release ----------------------------------------------------------------------------------------------


def _release(job: Job, ids: Ids, ticker: Ticker) -> list[Released]:
    """Once for each touched item, in the order of their locks."""
    ordered, changed = {line.sku for line in job.plan.sales}, {line.sku for line in job.plan.changed}
    released: list[Released] = []
    today = job.calendar.today.isoformat()
    for item_id, sku in ticker.over(sorted((ids[ITEMS.name][sku], sku) for sku in job.plan.touched)):
        trigger = release.Trigger("entry" if sku in ordered else "change" if sku in changed else "opening")
        released += release.release(job.cause, item_id, trigger, today)
    ticker.end()
    return released

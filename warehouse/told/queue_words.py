"""The waiting list of an item as a table for people, 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from warehouse.explain_words import cell, plain, wrapped

if TYPE_CHECKING:
    from warehouse.told.queue import Queue, Stopped, Waiting

WHY = {
    "NO_SUPPLY": "nothing free",
    "SUPPLY_EXHAUSTED": "no more was free",
    "COMPLETE_NOT_MET": "all at once only",
    "MIN_FILL_NOT_MET": "below minimum fill",
    "ORDER_COMPLETE_NOT_YET": "order not complete",
}


def rows(queue: Queue) -> Iterator[str]:
    """What there is in all, then a row for each line, then who is stopped."""
    waits = f"{_lines(queue.lines)} for {queue.pieces} {plain(queue.unit)}" if queue.lines else "nobody waits"
    yield from wrapped(f"{plain(queue.sku)} ({plain(queue.item)}): {waits}, {queue.free} free.")
    if queue.waiting:
        yield (
            f"{'PLACE':>5} {cell('ORDER/LINE', 16)} {cell('CUSTOMER', 14)} {cell('PROMISED', 10)} {'DAYS':>4} "
            f"{'MISSING':>7} {'NEED':>6} {'SUM':>8}  WHY"
        )
        yield from (_row(queue, line) for line in queue.waiting)
    more = queue.lines - len(queue.waiting)
    if more > 0:
        missing = queue.pieces - queue.waiting[-1].running_sum if queue.waiting else queue.pieces
        yield f"{more} more {'line waits' if more == 1 else 'lines wait'} behind them for {missing}: see --limit."
    if queue.stopped_lines:
        yield from _stopped(queue)


def _lines(count: int) -> str:
    return "1 line waits" if count == 1 else f"{count} lines wait"


def _named(line: Waiting | Stopped) -> str:
    """ORDER/LINE in its column; of a long order's number the end is cut, never the line."""
    number = f"/{line.line}"
    return cell(plain(line.order, 16 - len(number)) + number, 16)


def _row(queue: Queue, line: Waiting) -> str:
    need = "-" if line.min_need is None else str(line.min_need)
    if line.reason is None:
        why = "NOT TRIED YET: alarm"
    else:
        why = WHY.get(line.reason, plain(line.reason.lower().replace("_", " "), 21))
    days = (queue.site.today(queue.asked_at) - queue.site.today(line.waiting_since)).days
    return (
        f"{line.place:>5} {_named(line)} {cell(line.customer_name, 14)} "
        f"{line.promised_on.isoformat()} {days:>4} {line.open:>7} {need:>6} {line.running_sum:>8}  {why}"
    )


def _stopped(queue: Queue) -> Iterator[str]:
    verb = "1 line is" if queue.stopped_lines == 1 else f"{queue.stopped_lines} lines are"
    yield f"Besides, {verb} stopped, with {queue.stopped_pieces} missing; release passes over what is stopped:"
    yield from (_stopped_row(queue, line) for line in queue.stopped)
    more = queue.stopped_lines - len(queue.stopped)
    if more > 0:
        yield f"      and {more} more."


def _stopped_row(queue: Queue, line: Stopped) -> str:
    why = line.stop.words(queue.site.today(queue.asked_at)) if line.stop else "stopped, not on record by whom"
    return f"      {_named(line)} {cell(line.customer_name, 14)} {line.open:>7}  {why}"

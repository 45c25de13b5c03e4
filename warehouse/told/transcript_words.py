"""A run of release in words, as somebody would tell it who had stood beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from warehouse.explain_words import CAUSES, outcome, plain, wrapped

if TYPE_CHECKING:
    from warehouse.told.transcript import Arrived, Considered, Lost, Named, ReceiptRuns, Run

SHOWN = 40  # lines, and units, that are told one by one


def receipt(told: ReceiptRuns) -> Iterator[str]:
    """Every run, an empty line between them."""
    if not told.runs:
        yield f"No case of {plain(told.receipt)} has been counted yet, so that release has not run for it."
    earlier = told.runs_in_all - len(told.runs)
    if earlier > 0:
        yield f"{earlier} earlier {'run' if earlier == 1 else 'runs'} of {plain(told.receipt)}: see --limit."
        yield ""
    for number, one in enumerate(told.runs):
        if number:
            yield ""
        yield from run(one)


def run(told: Run) -> Iterator[str]:
    """The whole story, no line wider than 100 columns."""
    sentences = [_head(told), *_came(told), *_took_back(told), *_considered(told), *_end(told)]
    for sentence in sentences:
        yield from wrapped(sentence)


def _head(told: Run) -> str:
    at = told.site.local(told.at)
    return (
        f"Run {told.id}, {at:%A} {at:%Y-%m-%d %H:%M}: {plain(told.sku)} ({plain(told.item)}), "
        f"after {CAUSES.get(told.cause, plain(told.cause))}{_who(told)}."
    )


def _who(told: Run) -> str:
    by = told.by
    if by is None:
        return ""
    if by.command is None:
        return f" by {plain(by.operator or 'nobody')} at {plain(by.station)}"
    command = f"command '{plain(by.command)}'"
    return f" by {plain(by.operator)}, {command}" if by.operator else f" by the {command}"


def _came(told: Run) -> Iterator[str]:
    for one in told.arrived[:SHOWN]:
        yield _move(told, one)
    more = len(told.arrived) - SHOWN
    if more > 0:
        yield f"... and {more} more units."


def _move(told: Run, one: Arrived) -> str:
    pieces = f"{abs(one.quantity)} {plain(told.unit)}"
    where = f" at {plain(one.location)}" if one.location else ""
    if one.quantity < 0:
        return f"{pieces} left the stock again: {plain(one.unit)}{where}."
    verb = "became free" if one.kind == "ACCEPT" else "arrived"
    of_receipt = f", receipt {plain(told.receipt)}" if told.receipt else ""
    held = "" if one.status == "AVAILABLE" else f"; they are {plain(one.status)}, and nobody gets them"
    return f"{pieces} {verb} in {plain(one.unit)}{where}{of_receipt}{held}."


def _took_back(told: Run) -> Iterator[str]:
    for one in told.lost[:SHOWN]:
        yield _loss(one)
    more = len(told.lost) - SHOWN
    if more > 0:
        yield f"... and {more} more promises."


def _loss(one: Lost) -> str:
    if one.quantity < 0:
        return f"{_name(one)} has {-one.quantity} promised again."
    return f"{_name(one)} lost {one.quantity} that {'was' if one.quantity == 1 else 'were'} promised to it."


def _considered(told: Run) -> Iterator[str]:
    if not told.free_before:
        yield "Nothing was free, so that no line was looked at."
        return
    if not told.considered:
        yield f"{_were(told.free_before)} free; nobody waited for {'it' if told.free_before == 1 else 'them'}."
        return
    yield f"{_were(told.free_before)} free. In the order of service:"
    yield from (f"  {_line(one)}" for one in told.considered[:SHOWN])
    more = told.considered[SHOWN:]
    if more:
        yield f"  ... and {len(more)} more lines, which got {sum(one.got for one in more)}."


def _line(one: Considered) -> str:
    whose = f"{_name(one)} ({plain(one.customer)})"
    if not one.got:
        return f"{whose}: {outcome(0, one.short, one.reason)}"
    more = f"; {one.short} more {'is' if one.short == 1 else 'are'} missing." if one.short else ", all that it missed."
    return f"{whose} got {one.got}{more}"


def _end(told: Run) -> Iterator[str]:
    first = told.next
    if told.ran_out_at is not None:
        yield f"Then supply ran out: {_name(told.ran_out_at)} found nothing left."
    elif told.free_after:
        kept = f"{told.free_after} {'stays' if told.free_after == 1 else 'stay'} free"
        yield f"{kept}: no line that waits can take so few." if told.lines_waiting else f"{kept}."
    elif told.free_before:
        yield "Then supply ran out."
    if not told.lines_waiting:
        yield "Nobody waits any more." if told.considered else "Nobody waits."
        return
    waits = f"{told.lines_waiting} lines wait" if told.lines_waiting > 1 else "1 line waits"
    is_next = f" Next is {_name(first)}." if first else ""
    yield f"{waits} for {told.pieces_waiting} more.{is_next}"


def _were(quantity: int) -> str:
    return f"{quantity} {'was' if quantity == 1 else 'were'}"


def _name(line: Considered | Lost | Named) -> str:
    return f"{plain(line.order)}/{line.line}"

"""The story of an order line in words: what was ordered, what it has, what it waits for, what was tried."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from warehouse.barcodes.text import forbidden

if TYPE_CHECKING:
    from warehouse.attempts import Attempt
    from warehouse.explain import LineWhy, Promise

WIDTH = 100
NAME = 40  # columns that a name may take
UNITS_SHOWN = 6

_CAUSES = {
    "receipt": "a receipt",
    "entry": "order entry",
    "cancel": "a cancelled order",
    "short": "a short pick",
    "adjust": "a correction of stock",
    "undo": "an undo",
    "opening": "an opening balance",
    "hold": "a case that was put on hold",
    "block": "a stop of goods",
    "accept": "goods that were accepted",
    "correct": "a corrected count",
}


def line(why: LineWhy) -> str:
    """Several sentences, one paragraph a matter, no line wider than 100 columns."""
    paragraphs = [_ordered(why), *_has(why), *_waits(why), *_tried(why)]
    return "\n".join(row for words in paragraphs for row in _wrapped(words))


def status(state: str, *, waiting: int, reserved: int, picked: int, shipped: int, taken: bool, tried: bool) -> str:
    """The one word for a line in this state (see `LineWhy`): `taken` while somebody picks for it, `tried` once release
    has looked at it.
    """
    if state == "H":
        return "stopped"
    if waiting:
        return "tried and waiting" if tried else "not tried yet"
    if reserved:
        return "picking" if taken else "pickable"
    if picked:
        return "picked"
    return "shipped" if shipped else "cancelled"


def plain(text: str) -> str:
    """A name for one line of text: what nobody can see or what moves what others see becomes '?', the rest is cut."""
    shown = "".join("?" if forbidden(char) else char for char in text[: NAME + 1])
    while _columns(shown) > NAME:
        shown = shown.removesuffix("...")[:-1] + "..."
    return shown


# --- What was ordered ---------------------------------------------------------------------------------------


def _ordered(why: LineWhy) -> str:
    about = why.about
    words = (
        f"{plain(why.order)}/{why.line}: {why.ordered} {plain(about.unit)} of {plain(why.sku)} ({plain(about.item)}) "
        f"for {plain(about.customer)}, promised for {about.promised_on.isoformat()}."
    )
    if why.status == "cancelled":
        return f"{words} All of it is cancelled."
    if why.cancelled:
        words += f" {_of_it(why.cancelled)} cancelled."
    return words


def _of_it(quantity: int) -> str:
    return f"{quantity} of it {'is' if quantity == 1 else 'are'}"


# --- What it has --------------------------------------------------------------------------------------------


def _has(why: LineWhy) -> Iterator[str]:
    wanted = why.ordered - why.cancelled
    if why.shipped:
        yield "All of it is shipped." if why.shipped == wanted else f"{_of_it(why.shipped)} shipped."
    if why.picked:
        yield "All of it is picked." if why.picked == wanted else f"{_of_it(why.picked)} picked."
    if why.reserved:
        yield "All of it is reserved:" if why.reserved == wanted else f"{_of_it(why.reserved)} reserved:"
        yield from (f"  {_promise(promise)}" for promise in why.reservations[:UNITS_SHOWN])
        more = len(why.reservations) - UNITS_SHOWN
        if more > 0:
            yield f"  and more from {more} other units."
    if why.waiting and why.waiting == wanted:
        yield "It has nothing yet."


def _promise(promise: Promise) -> str:
    source = "the loose stock" if promise.unit_kind == "LOOSE" else plain(promise.unit)
    words = f"{promise.quantity} from {source} at {plain(promise.location)}, "
    if promise.task is None:
        return words + "not yet to be picked."
    return words + (f"{plain(promise.by)} is picking it." if promise.by else "to be picked, nobody has it in hand.")


# --- What it waits for --------------------------------------------------------------------------------------


def _waits(why: LineWhy) -> Iterator[str]:
    if not why.waiting:
        return
    if why.status == "stopped":
        yield f"{why.waiting} are missing. The line is stopped: release passes it over."
        return
    since = _clock(why, why.about.waiting_since)
    ahead = "Nobody is ahead of it."
    if why.lines_ahead:
        lines = "1 line is" if why.lines_ahead == 1 else f"{why.lines_ahead} lines are"
        ahead = f"{lines} ahead of it, waiting for {why.pieces_ahead}."
    verb = "waits" if why.waiting == 1 else "wait"
    yield f"{why.waiting} {verb}, entered {since}. {ahead}{_rule(why)}"
    for doubt in why.in_doubt:
        yield (
            f"There is stock at {plain(doubt.location)} in doubt, count open: "
            f"{doubt.quantity} that nobody gets before they are counted."
        )
    yield _next(why)
    yield _estimated(why)
    yield from _moved(why)


def _rule(why: LineWhy) -> str:
    """What its policy asks for, where that is more than any single piece."""
    if why.min_need is None:
        return f" {_several_lines(why)}"
    if why.policy == "partial":
        fill = f" It takes no fewer than {why.min_need} at first (minimum fill {why.about.fill_percent} %)."
        return fill if why.min_need > 1 else ""
    return f" It ships complete: it takes all {why.waiting} at once or nothing."


def _several_lines(why: LineWhy) -> str:
    return (
        f"The order ships complete and has {why.about.lines_in_order} lines: complete orders of several lines are "
        "not released by this version."
    )


def _next(why: LineWhy) -> str:
    supply = why.next_supply
    if supply is None:
        return f"No purchase order has any {plain(why.sku)} still to come."
    today = why.about.site.today(why.about.asked_at)
    late = " (late)" if supply.expected_on < today else ""
    return (
        f"Next: {plain(supply.po)} line {supply.line}, expected {supply.expected_on.isoformat()}{late}, "
        f"{supply.quantity} to come."
    )


def _estimated(why: LineWhy) -> str:
    """The day on which all that it misses can be there, and what it hangs on."""
    told = why.estimate
    if told is None or told.on is None or told.supply is None:
        return "No day is known for it: what is ordered does not reach as far."
    return f"Estimated for {told.on.isoformat()}: {told.supply.renamed(plain(told.supply.po)).cause}."


def _moved(why: LineWhy) -> Iterator[str]:
    """The last time that its day moved by somebody's doing, and how often before."""
    if not why.promise_changes:
        return
    last, times = why.promise_changes[-1], len(why.promise_changes)
    before = f", the last of {times} times" if times > 1 else ""
    yield f"Its day moved {_clock(why, last.at)}{before}: {last.days} ({last.reason}, {plain(last.cause)})."


# --- What was tried -----------------------------------------------------------------------------------------


def _tried(why: LineWhy) -> Iterator[str]:
    if not why.waiting or why.status == "stopped":
        return
    if not why.attempts:
        yield "Release has not looked at it yet."
        return
    last = why.attempts[-1]
    cause = _CAUSES.get(last.cause, last.cause)
    yield f"Last tried {_clock(why, last.at)} after {cause}: {_outcome(why, last)}"


def _outcome(why: LineWhy, last: Attempt) -> str:
    if last.got:
        left = f"{last.short} were missing" if last.short else "nothing was missing then"
        return f"it got {last.got}, {left}{'; no more was free' if last.short else ''}."
    match last.reason:
        case "NO_SUPPLY":
            return "nothing of the item was free."
        case "SUPPLY_EXHAUSTED":
            return "lines ahead of it took all that was free."
        case "COMPLETE_NOT_MET":
            return f"fewer were free than the {last.short} that it takes at once, since it ships complete."
        case "MIN_FILL_NOT_MET":
            return f"fewer were free than its minimum fill of {why.about.fill_percent} % asks for."
        case "ORDER_COMPLETE_NOT_YET":
            return "it was passed over, since its order ships complete and has several lines."
    return f"it got nothing ({plain(last.reason or last.outcome)})."


def _clock(why: LineWhy, moment: datetime) -> str:
    site = why.about.site
    local = site.local(moment)
    if local.date() == site.today(why.about.asked_at):
        return f"today {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


# --- Lines of text ------------------------------------------------------------------------------------------


def _wrapped(words: str) -> Iterator[str]:
    """The words in lines that fit; what continues a line is indented."""
    indent = " " * (len(words) - len(words.lstrip(" ")))
    row = ""
    for word in words.split():
        if row and _columns(f"{row} {word}") > WIDTH:
            yield row
            row, indent = "", "    "
        row = f"{row} {word}" if row else indent + word
    yield row


def _columns(text: str) -> int:
    """How many columns a terminal gives to a text."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )

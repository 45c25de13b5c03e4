"""The story of an order line in words: what was ordered, what it has, what it waits for, what was tried."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from warehouse.barcodes.text import forbidden

if TYPE_CHECKING:
    from warehouse.attempts import Attempt
    from warehouse.explain import LineWhy, Promise
    from warehouse.told.looks import Lacking

WIDTH = 100
NAME = 40  # columns that a name may take
UNITS_SHOWN = 6
OFFERS_SHOWN = 3
TURNS_SHOWN = 12  # of a line's history

CAUSES = {
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
    "order_hold": "an order that was put on hold",
    "unhold": "the end of a hold",
    "pin": "an order that was pinned",
    "priority": "a change of priority",
    "change": "a changed order",
    "patience": "the end of an order's patience",
    "complete": "a look at the whole order",
    "goes_on": "the earlier part of the queue",
    "sweep": "the sweep, which found it missed",
    "redistribute": "a redistribution by a lead",
    "lend": "a loan to another order",
}


def line(why: LineWhy) -> str:
    """Several sentences, one paragraph a matter, no line wider than 100 columns."""
    first = [_ordered(why), f"Status: {why.status}.", *_has(why), *_waits(why)]
    paragraphs = [*first, *_with_others(why), *_next(why), *_estimated(why), *_moved(why), *_tried(why)]
    return "\n".join(row for words in paragraphs for row in wrapped(words))


def status(
    state: str, *, waiting: int, reserved: int, picked: int, shipped: int, tasks: Collection[str | None], tried: bool
) -> str:
    """The one word for a line in this state (see `LineWhy`): `tasks` are the states of its open promises' picks,
    `tried` says that release has looked at it.
    """
    if state == "H":
        return "stopped"
    if waiting:
        return "tried and waiting" if tried else "not tried yet"
    if reserved:
        return "picking" if "taken" in tasks else "pickable" if "open" in tasks else "released"
    if picked:
        return "picked"
    return "shipped" if shipped else "cancelled"


def plain(text: str, width: int = NAME) -> str:
    """A name for one line of text: what nobody can see or what moves what others see becomes '?', the rest is cut."""
    shown = "".join("?" if forbidden(char) else char for char in text[: width + 1])
    while columns(shown) > width:
        shown = shown.removesuffix("...")[:-1] + "..."
    return shown


def cell(text: str, width: int) -> str:
    """A name in a column of a table: as `plain` shows it, and filled up to the width."""
    shown = plain(text, width)
    return shown + " " * (width - columns(shown))


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
    if promise.task == "waiting":
        return words + "kept for it; its pick waits."
    return words + (f"{plain(promise.by)} is picking it." if promise.by else "to be picked, nobody has it in hand.")


# --- What it waits for --------------------------------------------------------------------------------------


def _waits(why: LineWhy) -> Iterator[str]:
    if not why.waiting:
        return
    if why.status == "stopped":
        yield f"{why.waiting} {'is' if why.waiting == 1 else 'are'} missing. Release passes it over while it is stopped."
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
    yield from (f"Offered instead: {offer.words()}." for offer in why.offers[:OFFERS_SHOWN])


def _rule(why: LineWhy) -> str:
    """What its policy asks for, where that is more than any single piece."""
    if why.together is not None:
        return ""
    if why.policy == "partial":
        fill = f" It takes no fewer than {why.min_need} at first (minimum fill {why.about.fill_percent} %)."
        return fill if (why.min_need or 0) > 1 else ""
    return f" It ships complete: it takes all {why.waiting} at once or nothing."


def _with_others(why: LineWhy) -> Iterator[str]:
    if why.together is not None and (why.waiting or why.reserved):
        if why.together.lines == 1 and why.waiting and not why.together.claiming:
            yield f"It ships complete: it takes all {why.waiting} at once or nothing."
        yield from why.together.words(why.about.today, waits=why.waiting > 0)
    if why.owed:
        yield f"{why.owed} were lent to another order: they come back before anybody else is served."


# --- What comes next ----------------------------------------------------------------------------------------


def _next(why: LineWhy) -> Iterator[str]:
    event = why.next_event
    if event is None or event.kind == "not_tried":
        return
    yield f"Next: {event.name}."
    if event.kind == "inbound" and why.coming.spoken_for:
        yield f"All {why.coming.spoken_for} that come before that go to those ahead of it."


def _estimated(why: LineWhy) -> Iterator[str]:
    """The day on which all that it misses can be there, and what it hangs on."""
    told = why.estimate
    if told is None:
        return
    if told.on is None or told.supply is None:
        yield "No day is known for it: what is ordered does not reach as far."
        return
    yield f"Estimated for {told.on.isoformat()}: {told.supply.renamed(plain(told.supply.po)).cause}."


def _moved(why: LineWhy) -> Iterator[str]:
    """The last time that its day moved by somebody's doing, and how often before."""
    if not why.promise_changes:
        return
    last, times = why.promise_changes[-1], len(why.promise_changes)
    before = f", the last of {times} times" if times > 1 else ""
    yield f"Its day moved {_clock(why, last.at)}{before}: {last.days} ({last.reason}, {plain(last.cause)})."


# --- What was tried -----------------------------------------------------------------------------------------


def _tried(why: LineWhy) -> Iterator[str]:
    """The history: what is alike several times in a row is told once."""
    if not why.attempts:
        if why.status == "not tried yet":
            yield "ALARM: release has not looked at it yet, although order entry itself tries. Tell a lead."
        return
    tried = list(_told(why.attempts))
    told = [_alike(why, list(some)) for _, some in groupby(tried, key=_what)]
    count = len(tried)
    if count == 1:
        yield f"Tried once: {told[0]}"
        return
    yield f"Tried {'more than ' if why.earlier else ''}{count} times while it was waiting:"
    if len(told) > TURNS_SHOWN:
        yield "  ... --json has the earlier ones."
    yield from (f"  {one}" for one in told[-TURNS_SHOWN:])


def _told(tried: Sequence[Attempt]) -> Iterator[Attempt]:
    """The attempts without those that only passed the line over in the transactions around a look at its whole order."""
    looked = {one.at for one in tried if one.lacking}
    for one in tried:
        if one.lacking or one.reason != "ORDER_COMPLETE_NOT_YET" or one.at not in looked:
            yield one


def _what(one: Attempt) -> tuple[int | None, str | None, Lacking | None]:
    """What is alike in a row is told once."""
    return (one.run, None, None) if one.got else (None, one.reason, one.lacking)


def _alike(why: LineWhy, some: list[Attempt]) -> str:
    last = some[-1]
    when = _clock(why, last.at)
    if len(some) > 1:
        since = _clock(why, some[0].at)
        when = f"{len(some)} times {when if since == when else f'from {since} to {when}'}"
    if last.lacking:
        return f"{when}, looked at as a whole: {last.lacking.words()}."
    when = f"{when}, the last (run {last.run})" if len(some) > 1 else f"{when} (run {last.run})"
    said = outcome(last.got, last.short, last.reason, why.about.fill_percent)
    return f"{when} after {CAUSES.get(last.cause, plain(last.cause))}: {said}"


_WHY_NO_MORE = {
    "FULL_CASES_ONLY": "; no full case fitted the rest",
    "FAIR_SHARE": "; that was its share of too little",
    "DEBT_REPAID": "; that paid back what it had lent",
    "REDISTRIBUTED": "; a lead gave it so much",
}


def outcome(got: int, short: int, reason: str | None, fill_percent: int | None = None) -> str:
    """What a line got at a run of release (pieces), and the rule that stopped the rest, as the end of a sentence."""
    if got:
        left = f"{short} {'was' if short == 1 else 'were'} missing" if short else "nothing was missing then"
        return f"it got {got}, {left}{_WHY_NO_MORE.get(reason or '', '; no more was free') if short else ''}."
    match reason:
        case "NO_SUPPLY":
            return "nothing of the item was free."
        case "SUPPLY_EXHAUSTED":
            return "lines ahead of it took all that was free."
        case "COMPLETE_NOT_MET":
            return f"fewer were free than the {short} that it takes at once, since it ships complete."
        case "MIN_FILL_NOT_MET":
            fill = "" if fill_percent is None else f" of {fill_percent} %"
            return f"fewer were free than its minimum fill{fill} asks for."
        case "ORDER_COMPLETE_NOT_YET":
            return "it was passed over, since it leaves with other lines, and not all of that was there."
        case "FULL_CASES_ONLY":
            return "it takes full cases, and none fitted what it misses."
    return f"it got nothing ({plain(reason or 'no reason on record')})."


def _clock(why: LineWhy, moment: datetime) -> str:
    site = why.about.site
    local = site.local(moment)
    if local.date() == site.today(why.about.asked_at):
        return f"today {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


# --- Lines of text ------------------------------------------------------------------------------------------


def wrapped(words: str) -> Iterator[str]:
    """The words in lines that fit; what continues a line is indented."""
    indent = " " * (len(words) - len(words.lstrip(" ")))
    row = ""
    for word in words.split():
        if row and columns(f"{row} {word}") > WIDTH:
            yield row
            row, indent = "", "    "
        row = f"{row} {word}" if row else indent + word
    yield row


def columns(text: str) -> int:
    """How many columns a terminal gives to a text."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )

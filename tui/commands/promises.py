"""atp, promises: what can still be promised of an item, who can expect it when, and whose day moved."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from tui.commands.opening import clean, day_of, now, open_site, whole
from warehouse.reply import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.promising.available import Available


MOST = 10_000  # rows that a person or a program asks for at a time


def atp(options: argparse.Namespace) -> None:
    """The supplies of an item in time and its first waiting lines, as JSON or as text."""
    from warehouse.promising import available

    opened = open_site(options)
    limit = _limit(options.limit)
    seen = available.read(opened.site, clean(options.sku, "SKU"), now(), limit)
    if options.json:
        print(json.dumps(seen.as_json()))
        return
    print("\n".join(_words(seen)))


def promises(options: argparse.Namespace) -> None:
    """The promises that moved, newest first, as JSON or as text."""
    from warehouse.explain_words import plain
    from warehouse.promising import changes

    opened = open_site(options)
    limit = _limit(options.limit)
    found = changes.since(opened.site.code, day_of(options.since, "--since"), limit + 1)
    if options.json:
        print(json.dumps([one.as_json() for one in found[:limit]]))
        return
    for one in found[:limit]:
        print(f"{opened.site.local(one.at):%Y-%m-%d %H:%M}  {one.words(plain)}")
    if not found:
        print("No promise moved.")
    elif len(found) > limit:
        print("and earlier ones: --limit shows more")


def _limit(text: str) -> int:
    limit = whole(text, "--limit")
    if limit > MOST:
        raise InputError(f"--limit is at most {MOST:,}, not {limit:,}.")
    return limit


def _words(seen: Available) -> Iterator[str]:
    from warehouse.explain_words import plain

    yield f"{plain(seen.sku)} ({plain(seen.item)}) on {seen.today}, quantities in {plain(seen.unit)}"
    yield (
        f"Here: {seen.on_hand}, of it free to pick {seen.pickable}, free in a stage {seen.in_stage}. "
        f"On order: {seen.on_order} in {_count(seen.deliveries, 'delivery', 'deliveries')}."
    )
    yield f"Waiting: {seen.waiting} on {_count(seen.waiting_lines, 'order line', 'order lines')}."
    yield f"To promise to a new order: {seen.available_now} now, {seen.available} with all that is on order."
    yield ""
    yield from _supplies(seen)
    yield ""
    yield from _lines(seen)


def _supplies(seen: Available) -> Iterator[str]:
    from warehouse.promising.words import shown

    if not seen.buckets:
        yield "Nothing is free, and no purchase order has any still to come."
        return
    yield f"{'date':<10}  {'quantity':>9}  {'promised':>9}  {'available':>9}  {'together':>9}  source"
    for one in seen.buckets:
        of = one.supply
        numbers = f"{of.quantity:>9}  {one.promised:>9}  {one.available:>9}  {one.cumulative:>9}"
        yield f"{of.on}  {numbers}  {shown(of).cause}"
    more = seen.supplies - len(seen.buckets)
    if more:
        yield f"and {more} more, with which {seen.available} are available together: --limit shows them"


def _lines(seen: Available) -> Iterator[str]:
    from warehouse.explain_words import plain
    from warehouse.promising.words import estimated

    if not seen.lines:
        yield "No order line waits for it."
        return
    yield "Order lines in the order of service:"
    for one in seen.lines:
        late = f" ({_count(one.days_late, 'day', 'days')} late)" if one.days_late else ""
        yield (
            f"  {plain(one.order)}/{one.line}: {one.waiting} missing, promised for {one.promised_on}, "
            f"{estimated(one.estimate)}{late}"
        )
    more = seen.waiting_lines - len(seen.lines)
    if more:
        yield f"  and {_count(more, 'more line', 'more lines')}: --limit shows them"


def _count(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"

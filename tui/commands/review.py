"""review: what is decided for a line that waits, and when it is looked at again; without an outcome, what is overdue."""

from __future__ import annotations

import argparse
import json

from tui.commands.opening import clean, day_of, lead_with, now, open_site, order_and_line
from warehouse import reviews
from warehouse.barcodes.text import readable
from warehouse.orders import Command
from warehouse.reply import InputError
from warehouse.reviews import Decision, Review

MOST = 1000  # overdue lines that are listed


def review(options: argparse.Namespace) -> None:
    """Record a review of ORDER/LINE, or list the overdue ones."""
    opened = open_site(options)
    if options.order is None:
        _overdue(reviews.overdue(opened.site, now(), MOST), as_json=options.json)
        return
    if options.outcome is None or options.badge is None:
        raise InputError("A review needs --outcome and --as: say what is decided, and whose badge it is.")
    order, line = order_and_line(opened.site, options.order)
    if line is None:
        line = _only_line(order, opened.site.code)
    from tui.station import scan_id

    note = clean(options.note, "--note").strip()
    command = Command(opened.site, lead_with(opened.site, options.badge), now(), scan_id(), note)
    told = reviews.record(command, Decision(order, line, options.outcome, note, day_of(options.on, "--on")))
    print(json.dumps(told.as_json()) if options.json else readable(_words(told), 300))


def _only_line(order: str, site: str) -> int:
    found = reviews.lines_of(site, order)
    if len(found) != 1:
        known = f"its lines are {', '.join(map(str, found))}" if found else "there is no such order at this site"
        raise InputError(f"Name a line, ORDER/LINE, of {order}: {known}; nothing was recorded.")
    return found[0]


def _words(told: Review) -> str:
    return f"{told.order}/{told.line}: {told.outcome}. {told.owner} looks at it again on {told.review_on}."


def _overdue(found: tuple[Review, ...], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([one.as_json() for one in found]))
        return
    print(f"Overdue reviews: {len(found)}{'+' if len(found) == MOST else ''}")
    for one in found:
        last = f", last: {one.outcome}{' (' + one.note + ')' if one.note else ''}" if one.outcome else ""
        words = f"  {one.order}/{one.line}  {one.quantity} x {one.description}: {one.overdue} days, {one.owner}{last}"
        print(readable(words, 300))

"""hold, unhold, pin, priority, holds, sweep: a lead's hand in the order of service, and what keeps it going."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta

from tui.commands.office import print_change
from tui.commands.opening import Opened, day, lead, now, open_site, order_and_line
from warehouse import holds, open_holds, sweep_report, sweeping
from warehouse.barcodes.text import readable
from warehouse.holds import Terms, Which
from warehouse.policy import BONUS_DAYS
from warehouse.reply import InputError

WIDTH = 400  # characters of a line that names what people have written


def hold(options: argparse.Namespace) -> None:
    """Keep orders or lines from moving."""
    opened = open_site(options)
    command = lead(opened, options)
    named = _named(opened, options)
    terms = _terms(options, opened.site.today(command.now))
    ends = f"until {terms.until_on}" if terms.until_on else f"({terms.kind}), review on {terms.review_on}"
    print_change(holds.hold(command, named, terms), f"On hold {ends}: {_words(named)}.", options)


def unhold(options: argparse.Namespace) -> None:
    """End their holds."""
    opened = open_site(options)
    command = lead(opened, options)
    named = _named(opened, options)
    print_change(holds.unhold(command, named), f"Not on hold any more: {_words(named)}.", options)


def pin(options: argparse.Namespace) -> None:
    """Put them before all others, or back to their own place."""
    opened = open_site(options)
    command = lead(opened, options)
    named = _named(opened, options)
    words = "In its own place again" if options.off else "Before all others now"
    print_change(holds.pin(command, named, off=options.off), f"{words}: {_words(named)}.", options)


def priority(options: argparse.Namespace) -> None:
    """Give them another priority."""
    opened = open_site(options)
    command = lead(opened, options)
    named = _named(opened, options)
    if options.to not in {str(one) for one in BONUS_DAYS}:
        raise InputError(f"--to is a priority from 1 (first) to 5, not '{options.to}'; nothing was changed.")
    change = holds.prioritise(command, named, int(options.to))
    print_change(change, f"Priority {options.to} now: {_words(named)}.", options)


def _named(opened: Opened, options: argparse.Namespace) -> list[Which]:
    return list(dict.fromkeys(Which(*order_and_line(opened.site, text)) for text in options.orders))


def _words(named: list[Which]) -> str:
    return ", ".join(map(str, named))


def _terms(options: argparse.Namespace, today: date) -> Terms:
    """Of what kind, until when, and when somebody looks again; raises InputError for what does not go together."""
    kind = options.kind or ("until" if options.until is not None else "credit")
    if kind not in holds.KINDS:
        raise InputError(f"--kind is one of {', '.join(holds.KINDS)}, not '{kind}'; nothing was changed.")
    if kind == "until" and options.until is None:
        raise InputError("A hold of the kind until ends on a day: name it with --until; nothing was changed.")
    if kind != "until" and options.until is not None:
        raise InputError(
            f"A hold of the kind {kind} is ended by a person: leave out --until (--review names a day to look at it)."
        )
    until = None if options.until is None else day(options.until, "--until")
    if until is not None and until <= today:
        raise InputError(f"--until {until} is not after today ({today}): name a later day; nothing was changed.")
    if options.review is None:
        review = today + timedelta(days=holds.REVIEW_DAYS)
        review = review if until is None else min(review, until)
    else:
        review = day(options.review, "--review")
    if review < today:
        raise InputError(f"--review {review} is past: name today ({today}) or a later day; nothing was changed.")
    return Terms(kind, review, until, options.keep)


def list_holds(options: argparse.Namespace) -> None:
    """Open holds, overdue reviews first."""
    opened = open_site(options)
    found = open_holds.open_holds(opened.site, now())
    if options.json:
        print(json.dumps({"holds": [one.as_json() for one in found]}))
        return
    if not found:
        print("Nothing is on hold.")
    for one in found:
        print(readable(one.words(opened.site), WIDTH))
    if len(found) == open_holds.MOST:
        print(f"These are the first {open_holds.MOST} by the day of their review.")


def sweep(options: argparse.Namespace) -> None:
    """Do what is due, and look for what was missed."""
    opened = open_site(options)
    swept = sweeping.sweep(opened.site, now(), force=True)
    assert swept is not None, "a forced sweep always sweeps"  # noqa: S101 - says so to the type checker
    found = sweep_report.found(swept)
    if options.json:
        print(json.dumps({"due": swept.due, "missed": [one.as_json() for one in found]}))
        return
    print(f"Due and done: {swept.due}." if swept.due else "Nothing was due.")
    print(f"Missed before, and done now: {len(found)}." if found else "Nothing had been missed.")
    for one in found:
        print(readable(f"  {one.words()}", WIDTH))

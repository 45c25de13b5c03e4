"""redistribute, lend, hoarding: promised pieces that go to another line, and who holds what for the rest of an order."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from tui.commands.office import print_change
from tui.commands.opening import lead, open_site, order_and_line, whole
from warehouse import hoarding as hoarding_
from warehouse import redistribution
from warehouse.barcodes.text import readable
from warehouse.command_log import Change
from warehouse.holds import Which
from warehouse.orders import Command
from warehouse.promising.words import estimated
from warehouse.redistribution import Preview, Side


def redistribute(options: argparse.Namespace) -> None:
    """Take pieces from a line for one that stands before it."""
    _move(options, redistribution.redistribute, "Gave", lend=False)


def lend(options: argparse.Namespace) -> None:
    """Lend pieces of an order that waits for the rest."""
    _move(options, redistribution.lend, "Lent", lend=True)


def _move(
    options: argparse.Namespace, act: Callable[[Command, Which, Which, int], Change], verb: str, *, lend: bool
) -> None:
    opened = open_site(options)
    command = lead(opened, options)
    source = Which(*order_and_line(opened.site, options.source))
    target = Which(*order_and_line(opened.site, options.target))
    quantity = whole(options.quantity, "--quantity")
    if options.preview:
        _print_preview(redistribution.preview(opened.site, source, target, quantity, command.now, lend=lend), options)
        return
    change = act(command, source, target, quantity)
    print_change(change, f"{verb} {quantity} of {source} to {target}.", options)


def _print_preview(seen: Preview, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(seen.as_json()))
        return
    print(f"{seen.quantity} would move; nothing was changed.")
    for lead_in, side in (("loses", seen.loses), ("gains", seen.gains)):
        print(readable(f"  {_name(side)} {lead_in}: {_counts(side)}"))
        print(readable(f"    {_days(side)}"))
    for warning in seen.warnings:
        print(readable(f"  {warning}"))


def _name(side: Side) -> str:
    return f"{side.order}/{side.line} ({side.customer}, promised for {side.promised_on})"


def _counts(side: Side) -> str:
    return (
        f"{side.reserved_before} -> {side.reserved_after} promised, {side.open_before} -> {side.open_after} missing, "
        f"of {side.sku}"
    )


def _days(side: Side) -> str:
    """Whether its day moves, and to which; what it hangs on then."""
    before, after = side.estimate_before, side.estimate_after
    if before is None or after is None:
        return "on hold: no day can be told"
    if before.on == after.on:
        return f"{'still ' if after.on else ''}{estimated(after)}"
    return f"{before.on or 'no day known'} -> {estimated(after)}"


def hoarding(options: argparse.Namespace) -> None:
    """Who holds what, those that hold the most first."""
    opened = open_site(options)
    found = hoarding_.hoards(opened.site)
    if options.json:
        print(json.dumps({"hoards": [one.as_json() for one in found]}))
        return
    if not found:
        print("No order holds stock that it cannot ship.")
    for one in found:
        name = f"{one.order} set {one.ship_set}" if one.ship_set else one.order
        local = opened.site.local(one.since)
        print(
            readable(
                f"{name} ({one.customer}) holds {one.pieces} of {', '.join(one.items)} since {local:%Y-%m-%d %H:%M}, "
                f"promised for {one.promised_on}{f', lent out {one.lent}' if one.lent else ''}",
                400,
            )
        )
        for missing in one.waits_for:
            held = " (on hold)" if missing.held else ""
            print(readable(f"  waits for {missing.quantity} x {missing.sku} (line {missing.line}){held}"))

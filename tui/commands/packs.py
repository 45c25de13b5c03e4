"""packs: what vendors' cases held, and which counts are questioned."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from tui.commands.opening import clean, now, open_site
from warehouse.barcodes.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.pack_history import PackHistory
    from warehouse.packs import Limits

NONE = "No case counts for a pack history yet: the first ones come with the next receipts."


def packs(options: argparse.Namespace) -> None:
    """Every pack history with its limits, as JSON or as text."""
    from warehouse import pack_history, rules

    opened = open_site(options)
    found = pack_history.histories(
        opened.site,
        now(),
        rules.of_site(opened.site.code),
        vendor=clean(options.vendor or "", "--vendor"),
        sku=clean(options.item or "", "--item"),
    )
    if options.json:
        print(json.dumps([entry.as_json() for entry in found]))
        return
    for entry in found:
        for line in _words(entry):
            print(readable(line, 300))
    if not found:
        print(NONE)


def _words(entry: PackHistory) -> Iterator[str]:
    from warehouse.pack_counts import number
    from warehouse.packs import ENOUGH, limits

    of = entry.history
    whose = f"{entry.vendor}  {entry.item}" + (f"  {entry.packaging}" if entry.packaging else "")
    yield (
        f"{whose}: usual {of.usual}, median {number(of.median)}, mode {of.mode} ({float(of.mode_share):.0%}), "
        f"least {of.least}, most {of.most}"
    )
    receipts = "1 receipt" if entry.receipts == 1 else f"{entry.receipts} receipts"
    cases = "1 case" if of.cases == 1 else f"{of.cases} cases"
    yield f"  {cases} of {receipts}, {entry.first} to {entry.last}"
    yield "  " + "; ".join(_questioned(entry, limits(of), ENOUGH))


def _questioned(entry: PackHistory, bounds: Limits | None, enough: int) -> Iterator[str]:
    if bounds is None:
        yield f"counts are not held against it before {enough} cases"
    else:
        below = f"{bounds.far_low} or less, " if bounds.far_low else ""
        yield f"questioned outside {bounds.low}-{bounds.high}"
        yield f"needs another person at {below}{bounds.far_high} or more"
    low, high = entry.item_low or 1, entry.item_high
    if entry.item_low or high:
        yield f"needs another person outside the item's {f'{low}-{high}' if high else f'{low}+'}"

"""cancel, adjust: a lead's changes from the command line."""

from __future__ import annotations

import argparse
import json

from tui.commands.opening import clean, lead, open_site, order_and_line, whole
from warehouse import orders, site, stock
from warehouse.barcodes.text import readable
from warehouse.command_log import Change
from warehouse.reply import InputError


def cancel(options: argparse.Namespace) -> None:
    """Cancel what is not picked, and say who gets its stock."""
    opened = open_site(options)
    quantity = whole(options.quantity, "--quantity") if options.quantity is not None else None
    order, line = order_and_line(opened.site, options.order)
    change = orders.cancel(lead(opened, options), order, line, quantity)
    print_change(change, f"Cancelled {change.quantity} of {options.order}.", options)


def adjust(options: argparse.Namespace) -> None:
    """Correct a unit or the loose stock of a place."""
    opened = open_site(options)
    quantity = whole(options.quantity, "--quantity", signed=True)
    command = lead(opened, options)
    clean(options.target, "UNIT or LOCATION")
    if options.sku is not None:
        change = orders.adjust_place(command, options.target, clean(options.sku, "SKU"), quantity)
        what = f"{options.sku} at {options.target}"
    elif stock.live_unit(opened.site.code, options.target) is None and site.location(opened.site.code, options.target):
        raise InputError(f"{options.target} is a place: name the item too (dockbell adjust {options.target} SKU ...).")
    else:
        change = orders.adjust_unit(command, options.target, quantity)
        what = f"unit {options.target}"
    print_change(change, f"Adjusted {what} by {quantity:+d}.", options)


def print_change(change: Change, words: str, options: argparse.Namespace) -> None:
    """What a lead's change did: who lost pieces, who got some."""
    if options.json:
        print(json.dumps(as_json(change)))
        return
    print_words(change, words)


def print_words(change: Change, words: str) -> None:
    """The same in words alone."""
    print(readable(words))
    for lost in change.freed:
        print(readable(f"  {lost.order}/{lost.line} lost {lost.quantity} x {lost.sku}"))
    for got in change.released:
        print(readable(f"  {got.order}/{got.line} got {got.quantity} x {got.sku}"))


def as_json(change: Change) -> dict[str, object]:
    """What a change is in JSON."""
    return {
        "quantity": change.quantity,
        "freed": [
            {"order": one.order, "line": one.line, "sku": one.sku, "quantity": one.quantity} for one in change.freed
        ],
        "released": [
            {"order": one.order, "line": one.line, "sku": one.sku, "quantity": one.quantity, "kind": one.kind}
            for one in change.released
        ],
    }

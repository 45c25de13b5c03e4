"""substitutes, substitute: what may stand in for what a line waits for, and a lead who accepts it."""

from __future__ import annotations

import argparse
import json

from tui.commands.office import as_json, print_words
from tui.commands.opening import Opened, clean, lead, now, open_site, order_and_line, whole
from warehouse import substitutes as substitutes_
from warehouse import substituting
from warehouse.barcodes.text import readable
from warehouse.explain_words import plain
from warehouse.holds import Which
from warehouse.substitutes import Offer, Pair
from warehouse.substituting import Substitution


def substitutes(options: argparse.Namespace) -> None:
    """What could be had now; or what is approved, wanted or not."""
    opened = open_site(options)
    today = opened.site.today(now()).isoformat()
    order, line = (None, None) if options.order is None else order_and_line(opened.site, options.order)
    if options.approved:
        _pairs(opened, today, order, line, options)
        return
    found = substitutes_.offers(opened.site, today, order, line)
    if options.json:
        print(json.dumps(found.as_json()))
        return
    if not found.offers:
        print("Nothing is offered: no approved substitute of what waits is free ('--approved' lists what is approved).")
    for one in found.offers:
        print(_offer(one))
    if found.more:
        print("More are not shown: name an order.")


def _offer(one: Offer) -> str:
    less = "" if one.free == one.quantity else f" ({one.free} are free)"
    return (
        f"{plain(one.order)}/{one.line} ({plain(one.customer)}, promised for {one.promised_on}) waits for {one.waiting} x "
        f"{plain(one.sku)}: {one.quantity} x {plain(one.substitute)} can be had{less}"
    )


def _pairs(opened: Opened, today: str, order: str | None, line: int | None, options: argparse.Namespace) -> None:
    found = substitutes_.approved(opened.site, today, order, line)
    if options.json:
        print(json.dumps(found.as_json()))
        return
    if not found.pairs:
        print("No substitute is on record: approve pairs by substitutes.csv and 'dockbell import'.")
    for one in found.pairs:
        print(_pair(one))
    if found.more:
        print("More are not shown: name an order.")


def _pair(one: Pair) -> str:
    verb = "may stand in" if one.approved else "may not stand in"
    whom = "every customer" if one.customer is None else f"customer {plain(one.customer)}"
    return (
        f"{plain(one.substitute)} {verb} for {plain(one.sku)}, for {whom}: {one.free} free, "
        f"{one.waiting} x {plain(one.sku)} wait"
    )


def substitute(options: argparse.Namespace) -> None:
    """Accept an offer."""
    opened = open_site(options)
    quantity = whole(options.quantity, "--quantity") if options.quantity is not None else None
    command = lead(opened, options)
    which = Which(*order_and_line(opened.site, options.line))
    done = substituting.accept(command, which, clean(options.sku, "--with"), quantity)
    if options.json:
        print(json.dumps(done.as_json() | as_json(done.change)))
        return
    print_words(done.change, done.words())
    if not done.served:
        print(readable(f"  {_in_its_set(opened, done)}"))


def _in_its_set(opened: Opened, done: Substitution) -> str:
    """What became of a line that leaves with others, which had their turn right after it was entered."""
    name = f"{done.order}/{done.new_line}"
    if got := substituting.reserved(opened.site, done):
        return f"{name} got {got} x {done.substitute}, as all that leaves with it is there"
    return f"{name} waits for what leaves with it: 'dockbell why {done.order}' says what is missing"

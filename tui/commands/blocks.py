"""block, unblock, accept: goods are stopped, put on hold, made free stock again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from db.connection import instant
from tui.commands.opening import Opened, clean, lead, open_site
from warehouse import blocks
from warehouse.barcodes.text import readable
from warehouse.blocks import Target
from warehouse.orders import Command
from warehouse.reply import InputError

Told = dict[str, Any]


def block(options: argparse.Namespace) -> None:
    """Stop goods and list whose orders are hit."""
    _run(options, blocks.block, "Stopped")


def unblock(options: argparse.Namespace) -> None:
    """Put stopped goods on hold."""
    _run(options, blocks.unblock, "On hold now:")


def accept(options: argparse.Namespace) -> None:
    """Make goods on hold free stock and say who got them."""
    _run(options, blocks.accept, "Free stock now:")


def _run(options: argparse.Namespace, act: Callable[[Command, Target], Told], words: str) -> None:
    opened = open_site(options)
    target = _target(options)
    told = act(lead(opened, options), target)
    if options.json:
        print(json.dumps(told))
        return
    for line in _lines(opened, target, told, words):
        print(readable(line, 300))


def _target(options: argparse.Namespace) -> Target:
    """The one thing that is named; raises InputError where none or several are."""
    kinds = {"lot": "lot", "unit": "unit", "location": "place", "receipt": "receipt"}
    known = [name for name in kinds if hasattr(options, name)]
    named = [name for name in known if getattr(options, name) is not None]
    if len(named) != 1:
        flags = ", ".join(f"--{name}" for name in known)
        raise InputError(f"Name one of {flags} (a lot with its --sku); nothing was changed.")
    if (options.sku is None) == (named == ["lot"]):
        raise InputError("A lot is named with its item, --lot LOT --sku SKU, and nothing else is; nothing was changed.")
    code = clean(getattr(options, named[0]), f"--{named[0]}")
    return Target(kinds[named[0]], code, clean(options.sku or "", "--sku"))


def _lines(opened: Opened, target: Target, told: Told, words: str) -> list[str]:
    since = told["already"]
    if since is not None:
        at = f"{opened.site.local(instant(since['at'])):%Y-%m-%d %H:%M}"
        return [
            f"The {target} is stopped already, since {at} by {since['by']} ({since['reason']}); nothing was changed."
        ]
    units = "1 unit" if len(told["units"]) == 1 else f"{len(told['units'])} units"
    lines = [f"{words} {target}: {units}, {told['quantity']} pieces."]
    if told["lot_stopped"] is not None:
        lines.append(
            "  What of it arrives later is " + ("stopped as well." if told["lot_stopped"] else "let in again.")
        )
    hit = {(one["order"], one["line"]) for one in told["orders"]}
    for one in told["orders"]:
        picked = f" ({one['picked']} of them picked)" if one["picked"] else ""
        instead = f"got {one['got']} others" if one["got"] else "waits"
        lines.append(f"  {one['order']}/{one['line']} lost {one['quantity']} x {one['sku']}{picked}, {instead}")
    others = [one for one in told["released"] if (one["order"], one["line"]) not in hit]
    lines += [f"  {one['order']}/{one['line']} got {one['quantity']} x {one['sku']}" for one in others]
    lines += [f"  unit {one['unit']} stays as it is: {one['why']}" for one in told["kept"]]
    return lines

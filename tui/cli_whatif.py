"""The commands that ask what would be: the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli_parts import command, json_option

if TYPE_CHECKING:
    from tui.cli_parts import Commands


def declare(commands: Commands) -> None:
    """All of them."""
    made = command(
        commands,
        "simulate",
        "replay this site's orders and receipts under other shipping policies",
        "simulate.simulate",
        "dockbell simulate                           the last 365 days of this site\n"
        "dockbell simulate --generated               a made-up year; needs no database\n"
        "dockbell simulate --policy order --patience 14,30,never\n"
        "For each policy: pieces shipped, orders on time, how long orders waited, how\n"
        "many never shipped, pieces held for incomplete orders, shipments. Nothing is\n"
        "changed.\n"
        "docs/simulate.md tells what each figure means.",
    )
    made.add_argument(
        "--policy",
        metavar="NAME",
        action="append",
        help="partial, line, order, strict; a comma list, or more than once (default: all of them)",
    )
    made.add_argument(
        "--patience",
        metavar="N",
        action="append",
        help="days until an order that ships complete claims what it can get and holds it, or never; a comma list, or "
        "more than once (default: 0,20,30,never)",
    )
    made.add_argument("--days", metavar="N", default="365", help="how many days, up to today (default 365)")
    made.add_argument("--generated", action="store_true", help="a made-up year in place of this site's own history")
    made.add_argument("--seed", metavar="N", help="which made-up year (default 1); implies --generated")
    made.add_argument(
        "--supply",
        metavar="RATIO",
        help="pieces that vendors deliver for each that is ordered, in a made-up year (default 0.97); implies "
        "--generated",
    )
    json_option(made)

"""The commands about who gets what: stock that goes from one order to another, and who holds what for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli_parts import command, json_option, lead_options

if TYPE_CHECKING:
    from tui.cli_parts import Commands


def declare(commands: Commands) -> None:
    """All of them."""
    redistribute = command(
        commands,
        "redistribute",
        "take promised pieces from an order line for one that stands before it",
        "redistribution.redistribute",
        "Never from a pick that has begun. --preview says who loses and who gains, and\nchanges nothing.",
    )
    lend = command(
        commands,
        "lend",
        "lend pieces that a complete order holds; they are paid back first",
        "redistribution.lend",
        "An order that ships complete and waits for the rest holds what it has got. What\n"
        "it lends comes back from the next receipt, before anybody else is served.",
    )
    for made in (redistribute, lend):
        made.add_argument("--from", dest="source", metavar="ORDER/LINE", required=True, help="the line that loses")
        made.add_argument("--to", dest="target", metavar="ORDER/LINE", required=True, help="the line that gains")
        made.add_argument("--quantity", metavar="N", required=True, help="pieces")
        made.add_argument("--preview", action="store_true", help="say what would happen, and change nothing")
        lead_options(made)
        json_option(made)

    hoarding = command(
        commands,
        "hoarding",
        "which orders hold stock that nobody can pick, since when, and what they wait for",
        "redistribution.hoarding",
    )
    json_option(hoarding)

"""The commands about who gets what: stock that goes from one order to another, who holds what, what stands in for what."""

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

    offered = command(
        commands,
        "substitutes",
        "what could be had of approved substitutes for lines that wait",
        "substitutes.substitutes",
        "Pairs are approved by substitutes.csv (docs/import.md). What the substitute's\n"
        "own lines wait for is not offered; nothing moves before a lead accepts.",
    )
    offered.add_argument("order", metavar="ORDER[/LINE]", nargs="?", help="such as SO-11077/3; all without it")
    offered.add_argument("--approved", action="store_true", help="list the pairs on record instead of the offers")
    json_option(offered)

    substitute = command(
        commands,
        "substitute",
        "give an order line an approved substitute for what it waits for",
        "substitutes.substitute",
        "The pieces are cancelled of the line, and a new line of the order, on the same\n"
        "terms, gets as many of the other item. What is promised or picked stays.",
    )
    substitute.add_argument("line", metavar="ORDER/LINE", help="the line that waits, such as SO-11077/3")
    substitute.add_argument("--with", dest="sku", metavar="SKU", required=True, help="the item that stands in")
    substitute.add_argument("--quantity", metavar="N", help="pieces; as many as can be had without it")
    lead_options(substitute)
    json_option(substitute)

"""The commands about who gets what: the order of service, stock that goes to another order, substitutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli_parts import command, json_option, lead_options

if TYPE_CHECKING:
    from tui.cli_parts import Commands, Parser


def declare(commands: Commands) -> None:
    """All of them."""
    _holds(commands)
    _places(commands)
    _redistribution(commands)
    _substitutes(commands)
    swept = command(
        commands,
        "sweep",
        "do what is due, and look for what release ought to have done",
        "service.sweep",
        "Every terminal does it on start and each minute; this does it now. Due are holds\n"
        "and patience whose day has come. Missed is nothing in a healthy site.",
    )
    json_option(swept)


def _holds(commands: Commands) -> None:
    hold = command(
        commands,
        "hold",
        "keep orders or lines from moving",
        "service.hold",
        "What is promised to them goes back to the others, unless it is kept; a pick that\n"
        "has begun goes on. Only a hold with --until ends by itself, on its day.\n"
        "docs/order-of-service.md tells all.",
    )
    _orders(hold)
    hold.add_argument("--kind", metavar="KIND", help="until, credit, quality, recall (default: credit, or until)")
    hold.add_argument("--until", metavar="DATE", help="the day on which it ends by itself (2026-06-30)")
    hold.add_argument(
        "--review", metavar="DATE", help="the day on which somebody looks at it again (default: in 2 days)"
    )
    hold.add_argument("--keep", action="store_true", help="keep what is promised to them; their picks wait")
    unhold = command(commands, "unhold", "let orders or lines on hold move again", "service.unhold")
    _orders(unhold)
    json_option(command(commands, "holds", "list the orders on hold, overdue reviews first", "service.list_holds"))


def _places(commands: Commands) -> None:
    pin = command(
        commands,
        "pin",
        "put orders or lines before all others in the queue",
        "service.pin",
        "What is promised to others stays theirs; what comes next is for these first.",
    )
    _orders(pin)
    pin.add_argument("--off", action="store_true", help="back to their own place")
    priority = command(
        commands,
        "priority",
        "give orders or lines another priority",
        "service.priority",
        "1 to 5: worth 10, 6, 3, 1 or 0 days in the queue.",
    )
    _orders(priority)
    priority.add_argument("--to", metavar="N", required=True, help="1 (first) to 5")


def _orders(made: Parser) -> None:
    made.add_argument("orders", metavar="ORDER[/LINE]", nargs="+", help="such as SO-11077 or SO-11077/3")
    lead_options(made)
    json_option(made)


def _redistribution(commands: Commands) -> None:
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
        "which orders hold stock that nobody can pick, since when, and what for",
        "redistribution.hoarding",
    )
    json_option(hoarding)


def _substitutes(commands: Commands) -> None:
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

"""The commands about goods on their way in: receipts, pack history, what is expected, what is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli_parts import Parser, command, json_option, lead_options

if TYPE_CHECKING:
    from tui.cli_parts import Commands


def declare(commands: Commands) -> None:
    """All of them."""
    _receipts(commands)
    _packs(commands)
    _blocks(commands)
    _export(commands)
    _site(commands)
    _inbound(commands)


def _packs(commands: Commands) -> None:
    packs = command(
        commands,
        "packs",
        "what vendors' cases held so far, and which counts are questioned",
        "packs.packs",
        "One history for each vendor, item and packaging. docs/packs.md tells the rules.",
    )
    packs.add_argument("--vendor", metavar="CODE", help="those of one vendor")
    packs.add_argument("--item", metavar="SKU", help="those of one item")
    json_option(packs)


def _blocks(commands: Commands) -> None:
    block = command(
        commands,
        "block",
        "stop goods: nobody is promised, picks or ships them",
        "blocks.block",
        "dockbell block --lot L7 --sku SERUM ...    a lot, and what of it arrives later\n"
        "dockbell block --unit CODE ...             a unit or a pallet\n"
        "dockbell block --location A-01 ...         everything at a place\n"
        "What was promised or picked of them is taken back and released elsewhere; whose\n"
        "orders are hit is listed. docs/stop-goods.md tells all.",
    )
    unblock = command(
        commands,
        "unblock",
        "put stopped goods on hold; a lot may come in again",
        "blocks.unblock",
        "The way back to free stock is another step: 'dockbell accept'.",
    )
    accept = command(
        commands,
        "accept",
        "make goods on hold free stock, and say who gets them",
        "blocks.accept",
        "By a lead who neither received them nor put them on hold; not expired goods, and\nnot a lot that is stopped.",
    )
    for made in (block, unblock, accept):
        made.add_argument("--lot", metavar="LOT", help="a lot of the item named with --sku")
        made.add_argument("--sku", metavar="SKU", help="the item of the lot")
        made.add_argument("--unit", metavar="CODE", help="a unit, or a pallet with what is on it")
    for made in (block, unblock):
        made.add_argument("--location", metavar="CODE", help="everything at a place")
    accept.add_argument("--receipt", metavar="RC-...", help="what came on a receipt")
    for made in (block, unblock, accept):
        lead_options(made)
        json_option(made)


def _export(commands: Commands) -> None:
    words = "write what happened as CSV files, for the systems that post it"
    made = commands.add_parser("export", help=words, description=words[0].upper() + words[1:] + ".")
    actions = made.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    receipts = command(
        actions,
        "receipts",
        "every captured case, and every one that was taken back",
        "export.receipts",
        "One file for each call; none where nothing is new. The last line says where the\n"
        "next call goes on. docs/export.md shows every column.",
    )
    receipts.add_argument("--since", metavar="DATE", help="captures of this day of the site (2026-06-30) and later")
    receipts.add_argument("--after", metavar="N", help="the sequence of the last row taken; all rows without it")
    receipts.add_argument("--out", metavar="DIR", required=True, help="folder for the file; it is made if missing")


def _site(commands: Commands) -> None:
    shown = command(
        commands,
        "site",
        "show the site's rules, or set one with 'dockbell site set'",
        "site.show",
        "Each rule with its value, what it means, and who set it. docs/site.md tells all.",
    )
    json_option(shown)
    actions = shown.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser)
    put = command(
        actions,
        "set",
        "set a rule for all terminals of the site, from their next input on",
        "site.put",
        "dockbell site set over.percent 10 --as 1003 --reason 'agreed with ACME'\n"
        "dockbell site set over.percent default ...   the program's own value again",
    )
    put.add_argument("name", metavar="NAME", help="a rule, as 'dockbell site' shows it")
    put.add_argument("value", metavar="VALUE", help="its new value, or default")
    lead_options(put)


def _receipts(commands: Commands) -> None:
    every = command(commands, "receipts", "list the receipts, newest first", "receipts.receipts")
    every.add_argument("--open", action="store_true", help="only those that nobody has closed")
    every.add_argument("--since", metavar="DATE", help="only those opened on that day (YYYY-MM-DD) or later")
    json_option(every)
    one = command(
        commands,
        "receipt",
        "show a receipt: its lines, its cases, and what is not as it was expected",
        "receipts.receipt",
        "With --report it writes the report for the vendor: a PDF, a CSV of the cases and\n"
        "a CSV of the lines. docs/receipts.md tells every field.",
    )
    one.add_argument("receipt", metavar="RC-...", help="the receipt's number")
    one.add_argument("--report", metavar="DIR", help="write the vendor's report into this folder")
    json_option(one)


def _inbound(commands: Commands) -> None:
    shown = command(
        commands,
        "inbound",
        "print what is expected, what is late, and how far vendors can be trusted",
        "inbound.inbound",
        "Purchase order lines and ASNs of which something is still to come, then ASN\n"
        "accuracy and pack variance of each vendor, with n and window. docs/inbound.md\n"
        "tells every field.",
    )
    json_option(shown)

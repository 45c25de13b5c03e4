"""The commands that tell: why a line waits, who is ahead, what was promised, what moves now, whether it adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli_parts import command, json_option, limit_option

if TYPE_CHECKING:
    from tui.cli_parts import Commands


def declare(commands: Commands) -> None:
    """All of them."""
    _lines(commands)
    _runs(commands)
    _promises(commands)
    _now(commands)
    _reviews(commands)


def _lines(commands: Commands) -> None:
    why = command(
        commands,
        "why",
        "say why an order line waits, and what comes next for it",
        "reports.why",
        "Its status, its place in the queue, the delivery that reaches it, and each time\n"
        "that it was tried. docs/told.md tells every field.",
    )
    why.add_argument("order", metavar="ORDER[/LINE]", help="such as SO-11077 or SO-11077/3")
    json_option(why)
    queue = command(
        commands,
        "queue",
        "list who waits for an item, in the order of service",
        "told.queue",
        "SUM is what a line and all lines ahead of it miss: a supply of that many pieces\n"
        "serves down to that line. NEED is the least that a line takes now. docs/told.md\n"
        "tells every field.",
    )
    queue.add_argument("sku", metavar="SKU", help="the item")
    limit_option(queue, "how many lines are shown", 20)
    json_option(queue)


def _runs(commands: Commands) -> None:
    transcript = command(
        commands,
        "transcript",
        "tell what release did: what arrived, who got it in which order, who is next",
        "told.transcript",
        "dockbell transcript RC-0007    every run that the cases of a receipt have caused\n"
        "dockbell transcript 4711       one run, by its number ('dockbell why' has them)\n"
        "docs/told.md tells every field.",
    )
    transcript.add_argument("target", metavar="RECEIPT|RUN", help="a receipt, or the number of a run")
    limit_option(transcript, "the last N runs of a receipt", 20)
    json_option(transcript)
    verify = command(
        commands,
        "verify",
        "work out every counter anew from its rows; ends with 1 on any difference",
        "reports.verify",
    )
    json_option(verify)


def _promises(commands: Commands) -> None:
    atp = command(
        commands,
        "atp",
        "say what can still be promised of an item, and who gets what when",
        "promises.atp",
        "Supplies by day: free stock, goods in a stage, lines of purchase orders. Order\n"
        "lines that wait are counted in the order of service; what they leave can be\n"
        "promised to others. No day is ever in the past. docs/promises.md tells all.",
    )
    atp.add_argument("sku", metavar="SKU", help="an item")
    limit_option(atp, "how many supplies and order lines are shown", 20)
    json_option(atp)
    moved = command(
        commands,
        "promises",
        "list the promises that moved: old and new day, and why",
        "promises.promises",
        "Newest first. An import that gives a delivery another day moves them, or a line\n"
        "that is closed short; 'dockbell why' tells those of one order line.\n"
        "docs/promises.md tells every reason.",
    )
    moved.add_argument("--since", metavar="DATE", help="only those that moved on that day (YYYY-MM-DD) or later")
    limit_option(moved, "how many are shown", 100)
    json_option(moved)


def _now(commands: Commands) -> None:
    board = command(
        commands,
        "board",
        "print what is released, being received, and waiting",
        "reports.board",
        "With --json also what the board draws: how long things take, the backorder's\n"
        "course, case quantities, fairness. docs/board.md tells every field.",
    )
    json_option(board)
    report = command(
        commands,
        "report",
        "print the shift, or a day of the site: as text, or as PDF for a printer",
        "report.report",
        "Figures, what is released and not picked, the day's receipts, problems, ages.",
    )
    report.add_argument("--pdf", metavar="FILE", help="write a PDF; a file of that name with another content stays")
    report.add_argument("--day", metavar="DATE", help="that day of the site (2026-06-15); the last 8 hours without it")


def _reviews(commands: Commands) -> None:
    review = command(
        commands,
        "review",
        "record what is decided for a line that waits; alone, list the overdue reviews",
        "review.review",
        "dockbell review SO-11077/3 --outcome expedite --note 'vendor called' --as 1003\n"
        "The line is then that person's, and is looked at again after one working day\n"
        "(priority 1) or two, or on the day of --on. 'cancel' is a decision:\n"
        "'dockbell cancel' carries it out.",
    )
    review.add_argument("order", metavar="ORDER/LINE", nargs="?", help="such as SO-11077/3")
    review.add_argument("--outcome", metavar="X", help="keep, expedite, split, substitute, cancel or call")
    review.add_argument("--note", metavar="TEXT", default="", help="a few words why")
    review.add_argument("--as", dest="badge", metavar="BADGE", help="badge of the lead who decides")
    review.add_argument("--on", metavar="DATE", help="the next review, a later day (2026-06-15)")
    json_option(review)

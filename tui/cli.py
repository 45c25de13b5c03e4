"""The command line: what there is, what it takes, and how it ends.

Nothing heavy is imported here: each command loads what it needs, so that `--help` is instant. A command ends
with 0, or with 2 and one sentence on stderr (what, why, what next) for anything a user can cause, or with 70
and the traceback in the log for a fault of the program. `verify` ends with 1 when it finds a violation.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

VERSION = "0.1.0"
DEFAULT_DB = "sqlite:///site.db"
USER_ERROR = 2
FAULT = 70

_DESCRIPTION = """\
Receive a case, release the orders that waited for it, confirm their picks:
all by scan.

First steps:
  dockbell demo                                       a shift on sample data
  dockbell init --site MAIN --timezone Europe/Berlin  a site of your own
  dockbell import FOLDER                              items, people, orders, ...
  dockbell run --scanner /dev/ttyACM0                 a terminal at the dock
"""

_DB_HELP = "sqlite:///path/site.db or postgresql://user@host/name; also DOCKBELL_DB; else sqlite:///site.db"


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, like every other error of this program."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2 and one sentence."""
        from warehouse.barcodes.text import escaped

        self.exit(USER_ERROR, f"{self.prog}: {escaped(message, 1000)}; see '{self.prog} --help'.\n")


def parser() -> Parser:
    """All commands with their options."""
    top = Parser(prog="dockbell", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"dockbell {VERSION}")
    top.add_argument("--db", metavar="URL", default=os.environ.get("DOCKBELL_DB") or DEFAULT_DB, help=_DB_HELP)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    _setup(commands)
    _floor(commands)
    _office(commands)
    _reports(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    options = parser().parse_args(arguments)
    try:
        if options.db.startswith("sqlite:"):
            _without_postgres_driver()
        module = importlib.import_module(f"tui.commands.{options.module}")
        return int(getattr(module, options.function)(options) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from tui.commands.faults import explain

        sentence, code = explain(error, options)
        print(f"dockbell {options.command}: {sentence}", file=sys.stderr)
        return code


def _without_postgres_driver() -> None:
    """Load peewee without PostgreSQL's driver, which it would load wherever that is installed.

    A terminal on SQLite starts sooner and stays smaller; None in sys.modules is how Python says "not here".
    """
    if "psycopg" in sys.modules:
        return
    hidden: dict[str, object] = sys.modules  # type: ignore[assignment]
    hidden["psycopg"] = None
    try:
        importlib.import_module("peewee")
    finally:
        del hidden["psycopg"]


# --- What there is --------------------------------------------------------------------------------------


def _command(
    commands: argparse._SubParsersAction[Parser], name: str, words: str, target: str, details: str = ""
) -> Parser:
    module, _, function = target.partition(".")
    made = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + "." + (f"\n\n{details}" if details else ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(module=module, function=function)
    made.add_argument("--db", metavar="URL", default=argparse.SUPPRESS, help=_DB_HELP)
    return made


def _json(made: Parser) -> None:
    made.add_argument("--json", action="store_true", help="print JSON instead of text")


def _lead(made: Parser) -> None:
    made.add_argument("--as", dest="badge", metavar="BADGE", required=True, help="badge of the lead who orders it")
    made.add_argument("--reason", metavar="TEXT", required=True, help="why; it is kept with the move")


def _setup(commands: argparse._SubParsersAction[Parser]) -> None:
    init = _command(
        commands,
        "init",
        "make a site's database, or migrate it to this program's version",
        "setup.init",
        "An existing SQLite database is backed up beside itself before it is migrated.",
    )
    init.add_argument("--site", metavar="CODE", help="short code of the site, such as MAIN")
    init.add_argument("--timezone", metavar="ZONE", help="the site's time zone, such as Europe/Berlin")
    init.add_argument("--cutoff", metavar="HH:MM", help="what is promised for a day is due then (default 17:00)")
    init.add_argument("--practice", action="store_true", help="a practice database: virtual time is allowed on it")

    load = _command(
        commands,
        "import",
        "load CSV files or folders: all or nothing",
        "setup.load",
        "Files are known by their names: items.csv, barcodes.csv, vendors.csv,\n"
        "customers.csv, locations.csv, operators.csv, stock.csv, purchase_orders.csv,\n"
        "sales_orders.csv. docs/import.md shows every column. Every bad row is named\n"
        "with file, line, column and reason, and then nothing is loaded.",
    )
    load.add_argument("paths", metavar="PATH", nargs="+", help="a CSV file or a folder of them")
    load.add_argument("--as", dest="badge", metavar="BADGE", help="badge of the lead who loads them, for the log")

    save = _command(commands, "backup", "write a verified copy of the database while it is in use", "setup.backup")
    save.add_argument("file", metavar="FILE", help="a file that does not exist yet")
    back = _command(
        commands,
        "restore",
        "put a backup in the place of the database",
        "setup.restore",
        "The backup is opened and verified first; the present database is kept beside\nitself.",
    )
    back.add_argument("file", metavar="FILE", help="a file that 'dockbell backup' wrote")

    demo = _command(
        commands,
        "demo",
        "a shift on sample data, worked by a scripted scanner; take over at any time",
        "shift.demo",
        "Northwind's products, suppliers, customers and orders on an embedded database\n"
        "in a folder of its own. Type anything to take over; F10 lets the script go on.\n"
        "Badges: 1001 ANA, 1002 LEO, 1003 IDA (lead).",
    )
    demo.add_argument("--headless", action="store_true", help="no screen: print the shift, verify, end")
    demo.add_argument("--folder", metavar="DIR", help="where site.db lies (default: a new temporary folder)")
    demo.add_argument("--seed", metavar="N", type=int, default=1, help="another shift (default 1)")
    demo.add_argument("--speed", metavar="X", type=float, default=1.0, help="how fast the script works (default 1)")


def _floor(commands: argparse._SubParsersAction[Parser]) -> None:
    run = _command(commands, "run", "open the app at this terminal", "terminal.run")
    plain = _command(
        commands,
        "plain",
        "the same terminal in line mode: for dumb terminals, screen readers, scripts",
        "terminal.plain",
        "A line is typed text; !F4 is a key, !{1D} a byte. The first input is a badge.\ndocs/plain.md tells all.",
    )
    for made in (run, plain):
        made.add_argument(
            "--station",
            metavar="NAME",
            default=os.environ.get("DOCKBELL_STATION", ""),
            help="this terminal's name; the code of a dock makes it receive there (default: the host's name)",
        )
        made.add_argument(
            "--scanner",
            metavar="URL",
            action="append",
            default=[],
            help="a serial scanner: /dev/ttyACM0, socket://host:port, rfc2217://host:port; may be given more than once",
        )
        made.add_argument(
            "--feedback",
            metavar="NAME",
            default="generic",
            help="how the scanner speaks: generic (BEL), honeywell, datalogic, datalogic-cordless, zebra, none",
        )
    _json(plain)
    plain.add_argument("--timed", action="store_true", help="stdin is JSON lines with at_ms; on a practice database")


def _office(commands: argparse._SubParsersAction[Parser]) -> None:
    cancel = _command(
        commands, "cancel", "cancel an order, a line, or some of a line, as far as it is not picked", "office.cancel"
    )
    cancel.add_argument("order", metavar="ORDER[/LINE]", help="such as SO-11077 or SO-11077/3")
    cancel.add_argument("--quantity", metavar="N", help="pieces of one line; all that is left without it")
    _lead(cancel)
    _json(cancel)

    adjust = _command(
        commands,
        "adjust",
        "correct the pieces of a unit, or of the loose stock of an item at a place",
        "office.adjust",
        "dockbell adjust UNIT --quantity -2 ...\n"
        "dockbell adjust LOCATION SKU --quantity +10 ...\n"
        "A minus takes back what was promised of the missing pieces, and says whose it\nwas.",
    )
    adjust.add_argument("target", metavar="UNIT|LOCATION", help="a unit's code, or a place")
    adjust.add_argument("sku", metavar="SKU", nargs="?", help="the item, with a place")
    adjust.add_argument("--quantity", metavar="+N|-N", required=True, help="pieces more or fewer")
    _lead(adjust)
    _json(adjust)


def _reports(commands: argparse._SubParsersAction[Parser]) -> None:
    why = _command(commands, "why", "say why an order line waits, and what comes next for it", "reports.why")
    why.add_argument("order", metavar="ORDER[/LINE]", help="such as SO-11077 or SO-11077/3")
    _json(why)
    board = _command(commands, "board", "print what is released, being received, and waiting", "reports.board")
    _json(board)
    verify = _command(
        commands,
        "verify",
        "work out every counter anew from its rows; ends with 1 on any difference",
        "reports.verify",
    )
    _json(verify)


if __name__ == "__main__":
    sys.exit(main())

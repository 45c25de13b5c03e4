"""The command line: what there is, what it takes, and how it ends.

Nothing heavy is imported here: each command loads what it needs, so that `--help` is instant. A command ends
with 0, or with 2 and one sentence on stderr (what, why, what next) for anything a user can cause, or with 70
and the traceback in the log for a fault of the program. `verify` ends with 1 when it finds a violation.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui import cli_devices, cli_receiving, cli_release, cli_telling, cli_whatif
from tui.cli_parts import CONFIG_HELP, DB_HELP, Parser, command, json_option, lead_options, terminal_options

if TYPE_CHECKING:
    from tui.cli_parts import Commands

VERSION = "0.1.0"
FAULT = 70

# These work on nothing of a site: a wrong line in its settings is not their matter.
_WITHOUT_SETTINGS = ("scanner_decode", "shift")

_DESCRIPTION = """\
Receive a case, release the orders that waited for it, confirm their picks:
all by scan.

First steps:
  dockbell demo                                       a shift on sample data
  dockbell init --site MAIN --timezone Europe/Berlin  a site of your own
  dockbell import FOLDER                              items, people, orders, ...
  dockbell run --scanner /dev/ttyACM0                 a terminal at the dock
"""


def parser() -> Parser:
    """All commands with their options."""
    top = Parser(prog="dockbell", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"dockbell {VERSION}")
    top.add_argument("--db", metavar="URL", help=DB_HELP)
    top.add_argument("--config", metavar="FILE", help=CONFIG_HELP)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    _setup(commands)
    _floor(commands)
    _office(commands)
    cli_telling.declare(commands)
    cli_whatif.declare(commands)
    cli_receiving.declare(commands)
    cli_release.declare(commands)
    cli_devices.declare(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names have letters that not every terminal has
    try:
        _set(options)
        if options.db is None or options.db.startswith("sqlite:"):
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
        words = " ".join(filter(None, (options.command, getattr(options, "action", ""))))
        print(f"dockbell {words}: {sentence}", file=sys.stderr)
        return code


def _set(options: argparse.Namespace) -> None:
    """Give a command its settings, and the database that they name."""
    if options.module in _WITHOUT_SETTINGS:
        return
    from tui import settings

    options.settings = settings.load(options)
    options.db = options.settings.database


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


def _setup(commands: Commands) -> None:
    init = command(
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

    load = command(
        commands,
        "import",
        "load CSV files or folders: all or nothing",
        "setup.load",
        "Files are known by their names: items.csv, barcodes.csv, vendors.csv,\n"
        "customers.csv, locations.csv, operators.csv, substitutes.csv, stock.csv,\n"
        "purchase_orders.csv, asns.csv, sales_orders.csv. docs/import.md shows every\n"
        "column. Every bad row is named with file, line, column and reason, and then\n"
        "nothing is loaded.",
    )
    load.add_argument("paths", metavar="PATH", nargs="+", help="a CSV file or a folder of them")
    load.add_argument("--as", dest="badge", metavar="BADGE", help="badge of the lead who loads them, for the log")

    save = command(commands, "backup", "write a verified copy of the database while it is in use", "setup.backup")
    save.add_argument("file", metavar="FILE", help="a file that does not exist yet")
    back = command(
        commands,
        "restore",
        "put a backup in the place of the database",
        "setup.restore",
        "The backup is opened and verified first; the present database is kept beside\nitself.",
    )
    back.add_argument("file", metavar="FILE", help="a file that 'dockbell backup' wrote")

    demo = command(
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


def _floor(commands: Commands) -> None:
    run = command(commands, "run", "open the app at this terminal", "terminal.run")
    plain = command(
        commands,
        "plain",
        "the same terminal in line mode: for dumb terminals, screen readers, scripts",
        "terminal.plain",
        "A line is typed text; !F4 is a key, !{1D} a byte. The first input is a badge.\ndocs/plain.md tells all.",
    )
    for made in (run, plain):
        terminal_options(made)
    json_option(plain)
    plain.add_argument("--timed", action="store_true", help="stdin is JSON lines with at_ms; on a practice database")


def _office(commands: Commands) -> None:
    cancel = command(
        commands, "cancel", "cancel an order, a line, or some of a line, as far as it is not picked", "office.cancel"
    )
    cancel.add_argument("order", metavar="ORDER[/LINE]", help="such as SO-11077 or SO-11077/3")
    cancel.add_argument("--quantity", metavar="N", help="pieces of one line; all that is left without it")
    lead_options(cancel)
    json_option(cancel)

    adjust = command(
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
    lead_options(adjust)
    json_option(adjust)


if __name__ == "__main__":
    sys.exit(main())

"""What every command of the command line is made of: its parser, its help, the options that many share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]  # noqa: SLF001 - argparse has no other name for it

USER_ERROR = 2
DB_HELP = (
    "sqlite:///path/site.db or postgresql://user@host/name; also DOCKBELL_DB, or the settings file; "
    "else sqlite:///site.db"
)
CONFIG_HELP = (
    "settings file; also DOCKBELL_CONFIG; else dockbell.toml here, in ~/.config/dockbell or in /etc/dockbell, if any"
)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, like every other error of this program."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2 and one sentence."""
        from warehouse.barcodes.text import escaped

        self.exit(USER_ERROR, f"{self.prog}: {escaped(message, 1000)}; see '{self.prog} --help'.\n")


def command(commands: Commands, name: str, words: str, target: str, details: str = "") -> Parser:
    module, _, function = target.partition(".")
    made = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + "." + (f"\n\n{details}" if details else ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(module=module, function=function)
    made.add_argument("--db", metavar="URL", default=argparse.SUPPRESS, help=DB_HELP)
    made.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help=CONFIG_HELP)
    return made


def json_option(made: Parser) -> None:
    made.add_argument("--json", action="store_true", help="print JSON instead of text")


def limit_option(made: Parser, words: str, default: int) -> None:
    made.add_argument("--limit", metavar="N", default=str(default), help=f"{words} (default {default})")


def terminal_options(made: Parser) -> None:
    """What a terminal may be told in place of its settings."""
    made.add_argument(
        "--station",
        metavar="NAME",
        help="this terminal's name; the code of a dock makes it receive there (default: the host's name)",
    )
    made.add_argument(
        "--scanner",
        metavar="URL",
        action="append",
        help="a serial scanner: /dev/ttyACM0, socket://host:port, rfc2217://host:port; may be given more than once; "
        "takes the place of those of the settings file",
    )
    made.add_argument(
        "--scale",
        metavar="URL",
        help="the scale of this terminal: /dev/ttyUSB0, socket://host:port; its protocol and line stand in the settings "
        "file",
    )
    made.add_argument(
        "--feedback",
        metavar="NAME",
        help="how the scanners are told good from bad: generic (BEL), honeywell, datalogic, datalogic-cordless, zebra, "
        "none, or a profile of the settings file",
    )


def lead_options(made: Parser) -> None:
    made.add_argument("--as", dest="badge", metavar="BADGE", required=True, help="badge of the lead who orders it")
    made.add_argument("--reason", metavar="TEXT", required=True, help="why; it is kept with the move")

"""The commands about scanners, labels, settings, and the machine they run on: what they are called and take."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli_parts import Parser, command, json_option, terminal_options

if TYPE_CHECKING:
    from tui.cli_parts import Commands


def declare(commands: Commands) -> None:
    """Add them to the command line."""
    _scanner(_group(commands, "scanner", "find, set up and try scanners"))
    _labels(_group(commands, "labels", "print licence plates, place labels and command cards"))
    _config(_group(commands, "config", "the settings that are in force, and where each comes from"))
    doctor = command(
        commands,
        "doctor",
        "check what a terminal needs: database, scanner, scale, printer, clock, terminal",
        "doctor.doctor",
        "One line for each thing, with what to do about it. Ends with 1 when something is\nwrong.",
    )
    json_option(doctor)


def _group(commands: Commands, name: str, words: str) -> Commands:
    made = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    return made.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)


def _scanner(actions: Commands) -> None:
    listed = command(
        actions,
        "list",
        "ports with their identity, the profile that would fit, and who holds a busy one",
        "scanner_list.scanner_list",
    )
    json_option(listed)
    setup = command(
        actions,
        "setup",
        "find out a scanner's settings by scanning a test card, and write them down",
        "scanner_setup.scanner_setup",
        "Finds baud, parity, framing and suffix, and whether the scanner names its\n"
        "symbologies; writes the station's dockbell.toml.",
    )
    setup.add_argument(
        "--port", metavar="URL", help="the scanner's port; without it the ports are shown to choose from"
    )
    decode = command(
        actions,
        "decode",
        "bytes on stdin, one JSON object for each scan or refusal on stdout",
        "scanner_decode.decode",
        'With --timed, stdin is JSON lines {"at_ms": N, "hex": "..."}: a clock of its\n'
        "own, no waiting. docs/decode.md shows every field.",
    )
    decode.add_argument(
        "--framing",
        choices=("line", "tab", "stx-etx", "idle", "ssi"),
        default="line",
        help="how a scan ends: CR or LF (line), TAB, STX/ETX, silence (idle), or Zebra SSI packets",
    )
    decode.add_argument("--prefix", metavar="TEXT", default="", help="what the scanner sends before each scan")
    decode.add_argument("--gs", metavar="TEXT", default="", help="what the scanner sends for the GS1 separator")
    decode.add_argument("--timed", action="store_true", help="stdin is JSON lines with at_ms and hex")
    decode.add_argument(
        "--dedupe-ms", metavar="N", type=int, default=0, help="leave out the same scan again within N milliseconds"
    )


def _labels(actions: Commands) -> None:
    unit = command(actions, "unit", "the label of a case or pallet: licence plate and content", "labels.unit")
    unit.add_argument("code", metavar="CODE", help="the unit's code: an SSCC or a licence plate")
    locations = command(actions, "locations", "labels of places", "labels.locations")
    locations.add_argument("codes", metavar="CODE", nargs="*", help="places; all of them without any")
    cards = command(actions, "cards", "lanyard cards with the commands of a role, A6", "labels.cards")
    cards.add_argument("--role", metavar="ROLE", help="receiver, picker or lead; all of them without it")
    sheet = command(actions, "sheet", "the wall sheet of a station: digits and reasons, A4", "labels.sheet")
    for made in (unit, locations, cards, sheet):
        _where_to(made)


def _where_to(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--to", metavar="URL", help="printer (socket://host:9100, a serial port) or a FILE.zpl or FILE.pdf"
    )
    made.add_argument("--copies", metavar="N", type=int, default=1, help="how many of each (default 1)")


def _config(actions: Commands) -> None:
    show = command(actions, "show", "every setting, its value, and where it comes from", "config_show.show")
    terminal_options(show)
    json_option(show)

"""receipts, receipt: what came, case by case, and what was not as it was expected."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from tui.commands.opening import clean, day_of, open_site
from tui.commands.written import put_new
from warehouse.barcodes.text import readable
from warehouse.inbound import advising, listing
from warehouse.inbound.advice import Advice, Case, Difference, Line
from warehouse.reply import InputError

COLUMNS = 80


def receipts(options: argparse.Namespace) -> None:
    """The receipts of the site, newest first."""
    opened = open_site(options)
    found = listing.receipts(opened.site.code, since=day_of(options.since, "--since"), only_open=options.open)
    if options.json:
        print(json.dumps([head.as_json() for head in found]))
        return
    shown = 0
    for head in found:
        if not shown:
            _print(f"{'RECEIPT':<10}{'DAY':<11}{'STATE':<8}{'CASES':>6}{'PIECES':>9}  ORDERS, VENDOR")
        shown += 1
        named = _cut(f"{', '.join(head.orders) or head.mode.lower()}; {head.vendor}")
        _print(
            f"{_cut(head.code, 9):<10}{head.opened_on:<11}{head.state.lower():<8}{head.cases:>6}{head.pieces:>9}  {named}"
        )
    if not shown:
        print("No receipts.")


def receipt(options: argparse.Namespace) -> None:
    """One receipt: its lines, its cases, its differences; or its report for the vendor as files."""
    opened = open_site(options)
    found = advising.advice(opened.site.code, clean(options.receipt, "RECEIPT"))
    if found is None:
        raise InputError(f"There is no receipt {options.receipt}: 'dockbell receipts' lists them.")
    if options.report is not None:
        from tui.vendor_report import files

        names = _write(Path(options.report), files(found))
        print("\n".join(readable(f"Wrote {name}.", 1000) for name in names))
    elif options.json:
        print(json.dumps(found.as_json()))
    else:
        _tell(found)


# --- The report's files ---------------------------------------------------------------------------------


def _write(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write the files, each whole or not at all; nothing that is there already is lost.

    Raises InputError where a file of that name has another content.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            path = folder / name
            if path.exists() and path.read_bytes() != data:
                raise InputError(f"{path} is there with another content: name another folder, or move it away first.")
        for name, data in files.items():
            put_new(folder / name, data)
    except OSError as error:
        raise InputError(f"{folder} takes no report: {error.strerror or error}; name another folder.") from error
    return [str(folder / name) for name in files]


# --- As text --------------------------------------------------------------------------------------------


def _tell(found: Advice) -> None:
    head = found.header
    _print(_cut(f"{head.code}  {head.mode}  {head.state.lower()}  {head.vendor}"))
    _print(_cut(f"Orders: {', '.join(head.orders) or 'none'}"))
    closed = f", closed by {head.closed_by}" if head.closed_by else ""
    _print(_cut(f"Opened {head.opened_on} by {head.opened_by}{closed}. {head.cases} cases, {head.pieces} pieces."))
    _print("")
    _print(f"{'LINE':<16}{'SKU':<15}{'ORDERED':>8}{'HERE':>8}{'IN ALL':>8}{'OPEN':>8}  REMARK")
    for line in found.lines:
        _tell_line(line)
    _print("")
    _print(f"{'CASE':<20}{'SKU':<13}{'COUNT':>6}{'EXP.':>6}  {'LOT':<11}{'SOURCE':<10}NOTE")
    for case in found.cases:
        _tell_case(case)
    if found.differences:
        _print("")
        _print(f"{'CODE':<6}{'QTY':>7}  {'CASE OR LINE':<20}MEANING")
    for one in found.differences:
        _tell_difference(one)


_AGREES = {
    "EXACT": "",
    "SHORT_WITHIN": "little short",
    "SHORT": "short",
    "OVER_WITHIN": "little over",
    "OVER": "over",
    "NOT_ORDERED": "not ordered",
}


def _tell_line(line: Line) -> None:
    place = f"{line.po}/{line.line}" if line.po is not None else "-"
    remark = "closed short" if line.closed_short else _AGREES[line.tolerance]
    numbers = "".join(
        f"{'-' if value is None else value:>8}" for value in (line.ordered, line.counted, line.received, line.open)
    )
    _print(f"{_cut(place, 15):<16}{_cut(line.sku, 14):<15}{numbers}  {remark}")


def _tell_case(case: Case) -> None:
    expected = "-" if case.expected is None else case.expected
    words = []
    if case.corrected_to is not None:
        words.append(f"now {case.corrected_to}")
    elif not case.counts:
        words.append("undone")
    if case.doubt:
        words.append("questioned")
    if case.status not in ("AVAILABLE", "RECEIVED"):
        words.append(case.status)
    _print(
        f"{_cut(case.code, 19):<20}{_cut(case.sku, 12):<13}{case.counted:>6}{expected:>6}  "
        f"{_cut(case.lot or '-', 10):<11}{case.source:<10}{', '.join(words)}"
    )


def _tell_difference(one: Difference) -> None:
    place = one.case or (f"{one.po}/{one.line}" if one.po is not None else one.sku)
    told = "" if one.derived or one.disposition in ("OPEN", "CLOSED") else f", {one.disposition.lower()}"
    more = "; ".join(filter(None, (one.note, f"photo {one.photo}" if one.photo else "")))
    words = _cut(f"{one.meaning}{told}{': ' + more if more else ''}")
    _print(f"{one.code:<6}{one.qty:>7}  {_cut(place, 19):<20}{words}")


def _cut(text: str, width: int = COLUMNS) -> str:
    """Text from outside in a column: nothing that moves a terminal, cut to the width."""
    return readable(text, width)


def _print(line: str) -> None:
    """A line that fits the width of a terminal; what is longer ends in dots. Its cells are readable already."""
    print((line if len(line) <= COLUMNS else line[: COLUMNS - 3] + "...").rstrip())

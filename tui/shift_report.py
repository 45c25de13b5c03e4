"""The report of a shift or of a day: figures, what is released and not picked, receipts, problems, ages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from tui.board_words import figure_rows
from tui.report_pdf import Column, Report, Section
from warehouse import board
from warehouse.board import problems
from warehouse.board.window import day, window
from warehouse.inbound import listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from warehouse.board import Board
    from warehouse.board.problems import Problems
    from warehouse.board.window import Window
    from warehouse.inbound.listing import Header
    from warehouse.site import Site

RELEASED = 200  # lines that are printed; a page more says little to anybody


@dataclass(frozen=True, slots=True)
class Shift:
    """What was read for the report, within a moment."""

    site: Site
    at: datetime
    over: Window
    board: Board
    problems: Problems
    receipts: tuple[Header, ...]


def read(site: Site, at: datetime, on: date | None) -> Shift:
    """The shift that ends now, or a day of the site; what waits and what is released is told as it is now."""
    over = window(site, at) if on is None else day(site, on, at)
    first = site.today(over.since)
    last = site.today(at) if on is None else on
    # Newest first: those before the first day are not read, those after the last are passed over.
    found = takewhile(lambda one: one.opened_on >= first.isoformat(), listing.receipts(site.code, since=first))
    receipts = tuple(one for one in found if str(one.opened_on) <= last.isoformat())
    return Shift(
        site, at, over, board.read(site, at, limit=RELEASED, over=over), problems.problems(site, over), receipts
    )


def report(shift: Shift) -> Report:
    """The report as pages; its text has the same rows."""
    site, over = shift.site, shift.over
    until = site.local(over.until)
    head = (
        f"Shift report {site.code}, {site.local(over.since):%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}",
        f"Read {site.local(shift.at):%Y-%m-%d %H:%M}. Released, waiting and on hold is what is so then. "
        "In brackets: n below 20.",
        f"{shift.board.released_lines} lines released and not picked, {shift.board.lines} lines and "
        f"{shift.board.units} pieces wait.",
    )
    return Report(head, tuple(_sections(shift)))


def text(shift: Shift) -> Iterator[str]:
    """The report as lines of text; what is from outside is not escaped yet."""
    made = report(shift)
    yield from made.head
    for section in made.sections:
        yield ""
        yield section.name
        for row in section.rows:
            yield "  " + "  ".join(cell for cell in row if cell)


def _sections(shift: Shift) -> Iterator[Section]:
    yield Section("Figures", (Column("FIGURE", 3), Column("VALUE", 7)), tuple(figure_rows(shift.board.figures)))
    yield _released(shift)
    yield _receipts(shift)
    yield _look_at(shift)
    yield from _problems(shift)
    yield Section(
        "Backorders by age",
        (Column("AGE", 2), Column("LINES", 2, number=True), Column("PIECES", 2, number=True), Column("", 6)),
        tuple((age.bucket, age.shown, str(age.units), "") for age in shift.board.age),
    )


def _released(shift: Shift) -> Section:
    columns = (
        Column("ORDER/LINE", 10),
        Column("ITEM", 20),
        Column("QTY", 6, number=True),
        Column("BY", 9),
        Column("RELEASED", 11),
        Column("WHO", 10),
        Column("DUE", 11),
    )
    local = shift.site.local
    rows = tuple(
        (
            f"{one.order}/{one.line}",
            one.description,
            str(one.quantity),
            one.receipt or "stock",
            f"{local(one.released_at):%m-%d %H:%M}",
            "nobody" if one.by is None else one.by if one.taken else f"{one.by} next",
            f"{local(one.due_at):%m-%d %H:%M}" + (" late" if one.due_at <= shift.at else ""),
        )
        for one in shift.board.released
    )
    more = shift.board.released_lines - RELEASED
    return Section("Released, not picked" + (f" (the first {RELEASED})" if more > 0 else ""), columns, rows)


def _receipts(shift: Shift) -> Section:
    columns = (
        Column("RECEIPT", 9),
        Column("DAY", 8),
        Column("STATE", 7),
        Column("CASES", 6, number=True),
        Column("PIECES", 7, number=True),
        Column("VENDOR", 20),
        Column("ORDERS", 18),
    )
    rows = tuple(
        (
            one.code,
            str(one.opened_on),
            one.state.lower(),
            str(one.cases),
            str(one.pieces),
            one.vendor,
            ", ".join(one.orders) or "none",
        )
        for one in shift.receipts
    )
    return Section("Receipts", columns, rows)


def _look_at(shift: Shift) -> Section:
    rows = tuple((one.kind, one.what, one.words) for one in shift.board.attention)
    return Section("Look at", (Column("KIND", 6), Column("WHAT", 12), Column("WHY", 30)), rows)


def _problems(shift: Shift) -> Iterator[Section]:
    found = shift.problems
    hold = (f"{found.units_on_hold} units, {found.pieces_on_hold} pieces", "", "")
    columns = (Column("PROBLEM", 24), Column("N", 4, number=True), Column("LAST", 12))
    for name, kinds in (
        ("Differences of deliveries", found.differences),
        ("Short picks", found.shorts),
        ("Refused scans", found.refusals),
    ):
        rows = tuple((one.meaning, str(one.n), one.last) for one in kinds)
        yield Section(name, columns, rows or (("none", "", ""),))
    yield Section("On hold", columns, (hold,))

"""The board's lists: what goes wrong, overdue reviews first; and what a number of the board is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import board, reviews
from warehouse.board import detail
from warehouse.board import problems as problems_
from warehouse.board.figures import seconds, waited
from warehouse.board.window import window
from warehouse.flows.board_tables import SHOWN, attention_table, opened, released_table
from warehouse.flows.steps import Context, Fact, Table, View

if TYPE_CHECKING:
    from datetime import date

    from warehouse.board.problems import Kind
    from warehouse.flows.board_steps import MadeOf, Problems
    from warehouse.hoarding import Hoard
    from warehouse.open_holds import OpenHold
    from warehouse.reviews import Review

MISSING = 3  # items that a hoard waits for
_PROBLEM_KEYS = (
    *(("R", "Review"), ("H", "Hold"), ("W", "Window"), ("1", "Board")),
    *(("ENTER", "Open"), ("F1", "Help"), ("Esc", "Back")),
)
_NUMBERS = {
    "released": "RELEASED, NOT PICKED",
    "late": "LATE, OR WILL BE",
    "picks": "THE NEWEST PICKS",
    "fill": "GOT PIECES, STILL LACK SOME",
    "age": "WAITING LONGEST",
    "attention": "LOOK AT",
}


def problems(step: Problems, context: Context) -> View:
    """Overdue reviews, then what stands still, then how often what went wrong."""
    over = window(context.site, context.now, step.window)
    seen = problems_.problems(context.site, over)
    found = [one for one in board.read(context.site, context.now, limit=SHOWN).attention if one.kind != "review"]
    late = tuple(one for one in seen.holds if one.overdue)
    more = "+" if problems_.SHOWN in (len(seen.overdue), len(late)) else ""
    return opened(
        step,
        title=("PROBLEMS", over.words(context.site)),
        prompt=f"OVERDUE REVIEWS   {len(late) + len(seen.overdue)}{more}",
        progress=(over.words(context.site),),
        facts=(
            Fact("ON HOLD", f"{seen.units_on_hold} units, {seen.pieces_on_hold} pieces"),
            Fact("SHORT", _top(seen.shorts)),
            Fact("REFUSED", _top(seen.refusals)),
        ),
        tables=(
            _reviews(late, seen.overdue, context.today),
            attention_table(tuple(found)),
            _held(tuple(one for one in seen.holds if not one.overdue)),
            _hoards(seen.hoards, context),
            _kinds("DIFFERENCES", seen.differences),
            _kinds("SHORT PICKS", seen.shorts),
            _kinds("REFUSED SCANS", seen.refusals),
        ),
        keys=_PROBLEM_KEYS,
    )


def _top(kinds: tuple[Kind, ...]) -> str:
    """How many, and of what most."""
    return f"{sum(one.n for one in kinds)}, most: {kinds[0].meaning}" if kinds else "none"


def _kinds(head: str, kinds: tuple[Kind, ...]) -> Table:
    rows = tuple((one.meaning, str(one.n), one.last or "-") for one in kinds)
    return Table((head, "N", "LAST"), rows, narrow=(0, 1), numbers=(1,), opens=tuple(one.last for one in kinds))


def _reviews(late: tuple[OpenHold, ...], found: tuple[Review, ...], today: date) -> Table:
    """Holds that somebody was to look at again, then waiting lines."""
    holds = tuple(
        (
            one.name,
            f"{one.kind} hold",
            str(one.waiting + one.kept),
            one.by,
            f"{(today - one.review_on).days} d",
            one.reason,
        )
        for one in late
    )
    rows = holds + tuple(
        (
            f"{one.order}/{one.line}",
            one.description,
            str(one.quantity),
            one.owner,
            f"{one.overdue} d",
            one.outcome or "-",
        )
        for one in found
    )
    return Table(
        ("REVIEW", "ITEM", "WAIT", "OWNER", "OVERDUE", "LAST"),
        rows,
        narrow=(0, 2, 3, 4),
        numbers=(2, 4),
        opens=tuple(row[0] for row in rows),
    )


def _held(found: tuple[OpenHold, ...]) -> Table:
    """Orders and lines that are held, and not yet to be looked at again."""
    rows = tuple(
        (one.name, one.ends, str(one.waiting + one.kept), one.by, f"{one.review_on:%d %b}", one.reason) for one in found
    )
    return Table(
        ("HELD", "KIND", "PIECES", "BY", "REVIEW", "WHY"),
        rows,
        narrow=(0, 1, 2, 4),
        numbers=(2,),
        opens=tuple(row[0] for row in rows),
    )


def _hoards(found: tuple[Hoard, ...], context: Context) -> Table:
    """Orders that keep pieces which nobody can pick, until the rest of them is here."""
    rows = tuple(
        (
            one.order,
            str(one.pieces),
            waited(context.now, one.since),
            ", ".join(
                f"{miss.quantity} of {miss.sku}{' (held)' if miss.held else ''}" for miss in one.waits_for[:MISSING]
            ),
        )
        for one in found
    )
    return Table(
        ("HOARDS", "PIECES", "SINCE", "WAITS FOR"),
        rows,
        narrow=(0, 1, 3),
        numbers=(1,),
        opens=tuple(one.order for one in found),
    )


# --- What a number is made of ---------------------------------------------------------------------------


def made_of(step: MadeOf, context: Context) -> View:
    """The rows behind a number, at most twenty."""
    table = _rows(step.number, context)
    return opened(
        step,
        title=("MADE OF", step.number),
        prompt=_NUMBERS.get(step.number, "BOARD"),
        progress=(f"{len(table.rows)} shown",),
        tables=(table,),
    )


def _rows(number: str, context: Context) -> Table:
    site, now = context.site, context.now
    if number == "age":
        return _longest(context)
    if number == "picks":
        return _picks(context)
    if number == "fill":
        return _lacking(context)
    seen = board.read(site, now, limit=SHOWN)
    if number == "attention":
        return attention_table(seen.attention)
    usual = seen.figures.pick.p90
    some = seen.released if number == "released" else tuple(one for one in seen.released if one.late(now, usual))
    return released_table(some, site, now, usual)


def _longest(context: Context) -> Table:
    found = reviews.longest(context.site, context.now, SHOWN)
    rows = tuple(
        (
            f"{one.order}/{one.line}",
            one.description,
            str(one.quantity),
            waited(context.now, one.waiting_since),
            one.owner,
        )
        for one in found
    )
    return Table(
        ("WAITS", "ITEM", "QTY", "SINCE", "OWNER"),
        rows,
        narrow=(0, 2, 3),
        numbers=(2,),
        opens=tuple(r[0] for r in rows),
    )


def _picks(context: Context) -> Table:
    found = detail.newest_picks(context.site, window(context.site, context.now), SHOWN)
    rows = tuple(
        (one.key, one.item, str(one.quantity), one.by or "nobody", seconds(one.took), one.state) for one in found
    )
    return Table(
        ("PICK", "ITEM", "QTY", "WHO", "TOOK", "STATE"),
        rows,
        narrow=(0, 2, 4, 5),
        numbers=(2, 4),
        opens=tuple(row[0] for row in rows),
    )


def _lacking(context: Context) -> Table:
    found = detail.lacking(context.site, window(context.site, context.now), SHOWN)
    rows = tuple((one.key, one.item, str(one.got), str(one.lacks)) for one in found)
    return Table(
        ("LINE", "ITEM", "GOT", "LACKS"), rows, narrow=(0, 2, 3), numbers=(2, 3), opens=tuple(row[0] for row in rows)
    )

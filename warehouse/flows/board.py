"""The lead: the live board. It waits for no scan; looking changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import board
from warehouse.flows.steps import Context, Fact, Input, Key, Scan, Step, Table, View
from warehouse.messages import refuse, reply

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from warehouse.reply import Reply
    from warehouse.site import Site

SHOWN = 20


@dataclass(frozen=True)
class Board(Step):
    """Looking at the board."""

    name = "board.live"
    next = "Esc goes home."


def answer(step: Step, given: Input, context: Context) -> Reply:
    """Nothing on the board takes a scan yet; it says so rather than swallowing it."""
    if not context.who.may("lead"):
        refuse("no_right", person=context.who.name)
    match given:
        case Scan():
            refuse("key_not_here", key="A scan", next="Esc goes home, then scan.")
        case Key(name):
            refuse("key_not_here", key=name, next="Esc goes home.")
    return reply(step, "help", next="")


def view(_step: Step, context: Context) -> View:
    """The board in the order of action: released and not picked first, then receiving, then age."""
    seen = board.read(context.site, context.now, limit=SHOWN)
    return View(
        title=("BOARD", "backorder release"),
        prompt=f"RELEASED, NOT PICKED   {seen.released_lines}",
        progress=(f"{seen.lines} lines wait", f"{seen.units} pieces wait"),
        progress_short=f"{seen.lines} wait",
        facts=(Fact("AGE", _ages(seen.age[:3])), Fact("", _ages(seen.age[3:]))),
        tables=(_released_table(seen, context.site, context.now), _receiving_table(seen)),
        status=f"live {context.site.local(context.now):%H:%M:%S}",
        accepts=("nothing: the board only shows",),
        keys=(("F1", "Help"), ("F12", "Sign off"), ("Esc", "Home")),
    )


def _ages(ages: tuple[board.Age, ...]) -> str:
    return " ".join(f"{age.bucket} {age.lines}" for age in ages)


def _released_table(seen: board.Board, site: Site, now: datetime) -> Table:
    rows = []
    for line in seen.released:
        late = "!" if line.due_at <= now else ""
        rows.append(
            (
                f"{late}{line.order}",
                line.description,
                str(line.quantity),
                line.receipt or "-",
                site.clock(line.released_at),
                line.by or "nobody",
                _since(now - line.released_at),
                _due(site, line.due_at, now),
            )
        )
    return Table(
        ("ORDER", "ITEM", "QTY", "BY", "AT", "WHO", "SINCE", "DUE"),
        tuple(rows),
        narrow=(0, 1, 2, 5, 6),
        numbers=(2, 6),
    )


def _since(waited: timedelta) -> str:
    minutes = int(waited.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def _due(site: Site, due_at: datetime, now: datetime) -> str:
    """The clock for something due today, else the day."""
    local = site.local(due_at)
    return f"{local:%H:%M}" if local.date() == site.today(now) else f"{local:%d %b}"


def _receiving_table(seen: board.Board) -> Table:
    return Table(
        ("RECEIVING", "ORDER", "VENDOR", "CASES", "PIECES"),
        tuple(
            (entry.receipt, entry.po, entry.vendor, str(entry.cases), str(entry.units)) for entry in seen.receiving[:6]
        ),
        narrow=(0, 1, 3, 4),
        numbers=(3, 4),
    )

"""What several screens of the board have in common: their lists, and the frame of those that the board opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from warehouse.board.figures import waited
from warehouse.flows.steps import Table, View

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.board import Attention, ReleasedLine
    from warehouse.flows.board_steps import Looking
    from warehouse.flows.steps import Fact
    from warehouse.site import Site

SHOWN: Final = 20
KEYS: Final = (("1", "Board"), ("ENTER", "Open"), ("F1", "Help"), ("F6", "List"), ("Esc", "Back"))


def released_table(lines: tuple[ReleasedLine, ...], site: Site, now: datetime, usual: float | None) -> Table:
    """Released lines with who has them; a mark before those that are late, or will be by what picks usually take."""
    rows = [
        (
            f"{'!' if line.late(now, usual) else ''}{line.order}",
            line.description,
            str(line.quantity),
            line.receipt or "-",
            site.clock(line.released_at),
            who(line.by, taken=line.taken),
            waited(now, line.released_at),
            due(site, line.due_at, now),
        )
        for line in lines
    ]
    return Table(
        ("ORDER", "ITEM", "QTY", "BY", "AT", "WHO", "SINCE", "DUE"),
        tuple(rows),
        narrow=(0, 1, 2, 5, 6),
        numbers=(2, 6),
        opens=tuple(f"{line.order}/{line.line}" for line in lines),
    )


def who(name: str | None, *, taken: bool) -> str:
    """Whose a pick is: in somebody's hands, theirs next, or nobody's."""
    return "nobody" if name is None else name if taken else f"{name} next"


def due(site: Site, due_at: datetime, now: datetime) -> str:
    """The clock for something due today, else the day."""
    local = site.local(due_at)
    return f"{local:%H:%M}" if local.date() == site.today(now) else f"{local:%d %b}"


def attention_table(found: tuple[Attention, ...]) -> Table:
    """What a lead has to look at."""
    some = found[:SHOWN]
    return Table(
        ("LOOK AT", "WHY"),
        tuple((one.what, one.words) for one in some),
        narrow=(0, 1),
        opens=tuple(one.opens for one in some),
    )


def opened(
    step: Looking,
    *,
    title: tuple[str, ...],
    prompt: str,
    tables: tuple[Table, ...],
    hint: str = "scan an order, or ENTER on a row",
    keys: tuple[tuple[str, str], ...] = KEYS,
    progress: tuple[str, ...] = (),
    facts: tuple[Fact, ...] = (),
) -> View:
    """A screen that the board opens: it shows, and its rows can be marked and opened."""
    return View(
        title=title,
        prompt=prompt,
        hint=hint,
        progress=progress,
        facts=facts,
        tables=tables,
        status="Nothing is changed.",
        accepts=step.accepts,
        keys=keys,
        menu=step.menu,
        letters=step.letters,
    )

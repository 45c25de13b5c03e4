"""What the board shows: the live board here, its other screens beside it."""

from __future__ import annotations

from warehouse import board
from warehouse.board.figures import DEFINITIONS, Figures, spread, waited_for
from warehouse.flows import board_act_view, board_flow_view, board_lists_view, board_plots_view
from warehouse.flows.board_steps import Board, Flow, MadeOf, OnLine, Plots, Problems
from warehouse.flows.board_tables import SHOWN, attention_table, released_table
from warehouse.flows.steps import Context, Fact, Step, Table, View

SWEEP = "sweep: when it last ran; missed: found undone, 0 if all is well"
KEYS = (
    *(("2", "Flow"), ("4", "Problems"), ("A", "Assign"), ("R", "Review"), ("P", "Prio"), ("H", "Hold")),
    *(("F1", "Help"), ("Esc", "Home")),
)


def view(step: Step, context: Context) -> View:
    """The screen of the board that a lead looks at."""
    match step:
        case Flow():
            return board_flow_view.view(step, context)
        case Plots():
            return board_plots_view.view(step, context)
        case Problems():
            return board_lists_view.problems(step, context)
        case MadeOf():
            return board_lists_view.made_of(step, context)
        case OnLine():
            return board_act_view.view(step, context)
    assert isinstance(step, Board)
    return _live(step, context)


def _live(step: Board, context: Context) -> View:
    """The board in the order of action: released and not picked first, then receiving, then age."""
    site, now = context.site, context.now
    seen = board.read(site, now, limit=SHOWN)
    figures = seen.figures
    first = f", {seen.attention[0].what} {seen.attention[0].words}" if seen.attention else ""
    return View(
        title=("BOARD", "backorder release"),
        prompt=f"RELEASED, NOT PICKED   {seen.released_lines}",
        hint=f"LOOK AT {len(seen.attention)}{first}",
        progress=(f"{seen.lines} lines wait", f"{seen.units} pieces wait"),
        progress_short=f"{seen.lines} wait",
        facts=(
            Fact("LATE", _late(figures), opens="late"),
            Fact("PICKED", spread(figures.pick), opens="picks"),
            Fact("AGE", _ages(seen.age[:3]), opens="age"),
            Fact("", _ages(seen.age[3:]), opens="age"),
            Fact("FILL", f"{figures.line_fill.words}, verdict {spread(figures.verdict)}", opens="fill"),
        ),
        tables=(
            released_table(seen.released, site, now, figures.pick.p90),
            _receiving_table(seen),
            attention_table(seen.attention),
        ),
        status=f"live {site.local(now):%H:%M:%S}  {seen.sweep.words(site)}  {figures.window.words(site)}",
        accepts=(*step.accepts, SWEEP, *(f"{name}: {words}" for name, words in DEFINITIONS)),
        keys=KEYS,
        menu=step.menu,
        letters=step.letters,
    )


def _ages(ages: tuple[board.Age, ...]) -> str:
    return " ".join(f"{age.bucket} {age.shown}" for age in ages)


def _late(figures: Figures) -> str:
    oldest = "" if figures.oldest is None else f", oldest {waited_for(figures.oldest)}"
    return f"{figures.late_risk}/{figures.released}{oldest}"


def _receiving_table(seen: board.Board) -> Table:
    rows = []
    for entry in seen.receiving[:6]:
        waiting = entry.waiting_on
        rows.append(
            (
                entry.receipt,
                entry.vendor,
                entry.by,
                f"{entry.cases}/{entry.announced}" if entry.announced else str(entry.cases),
                str(entry.units),
                str(entry.releases),
                f"{waiting[0]} x{waiting[1]} {waiting[2]}" if waiting else "-",
            )
        )
    return Table(
        ("RECEIVING", "VENDOR", "BY", "CASES", "PIECES", "RELEASES", "WAITING ON"),
        tuple(rows),
        narrow=(0, 3, 4, 5),
        numbers=(3, 4, 5),
        opens=tuple(entry.receipt for entry in seen.receiving[:6]),
    )

"""What is drawn, as numbers with their ticks: how long things take, the backorder's course, ages, cases, fairness."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from warehouse import board
from warehouse.board.figures import seconds, spread
from warehouse.board.window import window
from warehouse.flows.steps import Context, Fact, Plot, Series, Table, View

if TYPE_CHECKING:
    from warehouse.board.cases import CaseQuantities
    from warehouse.board.course import DayWaiting, OpenUnits
    from warehouse.board.ecdf import Ecdf
    from warehouse.board.fairness import Fairness
    from warehouse.board.window import Window
    from warehouse.flows.board_steps import Plots
    from warehouse.site import Site

LEAST: Final = 0.001  # seconds: the left end of a logarithmic scale
_NAMES: Final = {
    "scan_to_verdict": "SCAN -> VERDICT",
    "received_to_pickable": "RECEIVED -> PICKABLE",
    "released_to_picked": "RELEASED -> PICKED",
}
_TIMES: Final = (
    *((0.001, "1ms"), (0.01, "10ms"), (0.1, ".1s"), (1.0, "1s"), (10.0, "10s"), (60.0, "1m"), (600.0, "10m")),
    *((3600.0, "1h"), (28800.0, "8h"), (86400.0, "1d"), (604800.0, "7d")),
)
_SHARES: Final = ((0.0, "0"), (50.0, "50"), (90.0, "90"), (100.0, "%"))
_KEYS = (("1", "Board"), ("4", "Problems"), ("W", "Window"), ("F1", "Help"), ("F6", "List"), ("Esc", "Back"))


def view(step: Plots, context: Context) -> View:
    """All plots of the window, in the order of use; how many of them are seen is the screen's business."""
    over = window(context.site, context.now, step.window)
    seen = board.plots(context.site, context.now, over)
    picked = next(one for one in seen.ecdf if one.name == "released_to_picked")
    items = seen.case_quantities
    return View(
        title=("PLOTS", over.words(context.site)),
        prompt=f"PLOTS   {over.words(context.site)}",
        hint="Down: more. W: window. In [..]: few",
        progress=(f"{picked.n} releases", f"{sum(one.n for one in items)} cases"),
        facts=(Fact("PICKED", spread(picked)),),
        tables=(_queue_jumps(seen.fairness),),
        status=f"live {context.site.local(context.now):%H:%M:%S}   {over.words(context.site)}",
        accepts=step.accepts,
        keys=_KEYS,
        menu=step.menu,
        letters=step.letters,
        plots=(
            _ecdf(seen.ecdf[2]),
            _open_units(seen.open_units, over, context.site),
            _age(seen.by_day),
            _cases(items[0] if items else None),
            _ecdf(seen.ecdf[0]),
            _fairness(seen.fairness),
            _ecdf(seen.ecdf[1]),
        ),
    )


def _queue_jumps(found: Fairness) -> Table:
    rows = tuple(
        (f"{one.order}/{one.line}", f"{one.over_order}/{one.over_line}", one.reason) for one in found.ahead[:20]
    )
    return Table(("WENT", "AHEAD OF", "REASON"), rows, narrow=(0, 1, 2), opens=tuple(row[0] for row in rows))


def _titled(words: str, n: int, *, few: bool) -> str:
    return f"{words} [n={n}]" if few else f"{words} n={n}"


def _ecdf(curve: Ecdf) -> Plot:
    """The share done within a time, on a logarithmic scale; what is open stands as marks on the curve's foot."""
    title = _titled(_NAMES[curve.name], curve.n, few=curve.few)
    if not curve.n:
        return Plot(title, (), note="nothing in this window")
    xs, ys = _staircase(curve)
    series = [Series("done", xs, ys)]
    if curve.marks:
        series.append(Series("open", tuple(_log(age) for age in curve.marks), (0.0,) * len(curve.marks), "points"))
    ticks, span = _scale([x for one in series for x in one.xs])
    note = f"p50 {seconds(curve.p50)}  p90 {seconds(curve.p90)}  open {curve.open}"
    return Plot(title, tuple(series), ticks, span, across=_SHARES, few=curve.few, note=note)


def _scale(xs: list[float]) -> tuple[tuple[tuple[float, str], ...], tuple[float, float]]:
    """The ticks of a time scale that has room for all of these, and where it begins and ends."""
    places = [_log(at) for at, _ in _TIMES]
    first = max((place for place, at in enumerate(places) if at <= min(xs)), default=0)
    last = min((place for place, at in enumerate(places) if at >= max(xs)), default=len(places) - 1)
    last = max(last, first + 1)
    span = (min(places[first], *xs), max(places[last], *xs))
    return tuple((places[at], _TIMES[at][1]) for at in range(first, last + 1)), span


def _staircase(curve: Ecdf) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A share holds until the next step."""
    xs: list[float] = []
    ys: list[float] = []
    before = 0.0
    for at, share in curve.points:
        xs += (_log(at), _log(at))
        ys += (before, 100 * share)
        before = 100 * share
    if curve.marks and xs:
        xs.append(max(xs[-1], _log(curve.marks[-1])))
        ys.append(before)
    return tuple(xs), tuple(ys)


def _log(value: float) -> float:
    return math.log10(max(value, LEAST))


def _open_units(course: OpenUnits, over: Window, site: Site) -> Plot:
    """Pieces that wait over the window, with a mark at each receipt that let some go."""
    title = f"BACKORDER, PIECES   n={course.n}"
    if not any(units for _, units in course.points):
        return Plot(title, (), note="nothing waited")
    start = over.since
    xs: list[float] = []
    ys: list[float] = []
    for at, units in course.points:
        if ys:
            xs.append((at - start).total_seconds() / 3600)
            ys.append(ys[-1])
        xs.append((at - start).total_seconds() / 3600)
        ys.append(float(units))
    series = [Series("pieces", tuple(xs), tuple(ys))]
    ticks_at = tuple((at - start).total_seconds() / 3600 for at, _, _ in course.receipts)
    if ticks_at:
        series.append(Series("receipt", ticks_at, (0.0,) * len(ticks_at), "points"))
    hours = (over.until - start).total_seconds() / 3600
    step = max(1, round(hours / 8))
    ticks = []
    for place in range(0, int(hours) + 1, step):
        local = site.local(start.fromtimestamp(start.timestamp() + place * 3600, tz=start.tzinfo))
        ticks.append((float(place), f"{local:%H:%M}" if hours <= 24 else f"{local:%d.%m}"))
    note = "v: a receipt let some go" + ("" if course.whole else "; only the newest runs")
    return Plot(title, tuple(series), tuple(ticks), few=False, note=note)


def _age(days: tuple[DayWaiting, ...]) -> Plot:
    """What waits now by the day since when, so that the oldest stand at the left."""
    n = sum(one.lines for one in days)
    title = f"WAITING LINES BY DAY   n={n}"
    if not n:
        return Plot(title, (), note="nothing waits")
    xs = tuple(float(place) for place in range(len(days)))
    ticks = tuple((float(place), "older" if one.older else f"{one.day:%d.%m}") for place, one in enumerate(days))
    units = sum(one.units for one in days)
    some = tuple(tick for place, tick in enumerate(ticks) if place % 5 == 0)
    series = (Series("lines", xs, tuple(float(one.lines) for one in days), "bars"),)
    return Plot(title, series, some, note=f"{units} pieces; older than 20 days at the left")


def _cases(item: CaseQuantities | None) -> Plot:
    """What the cases of the item that came most held, the questioned ones apart."""
    if item is None:
        return Plot("CASE QUANTITY", (), note="no case in this window")
    title = _titled(f"CASE QUANTITY {item.item}", item.n, few=item.few)
    xs = tuple(float(place) for place in range(len(item.counts)))
    series = [Series("cases", xs, tuple(float(cases) for _, cases, _ in item.counts), "bars")]
    if any(odd for _, _, odd in item.counts):
        marks = tuple(place for place, (_, _, odd) in zip(xs, item.counts, strict=True) if odd)
        series.append(Series("questioned", marks, (0.0,) * len(marks), "points"))
    ticks = tuple((float(place), str(qty)) for place, (qty, _, _) in enumerate(item.counts))
    span = (-1.0, float(len(item.counts)))
    return Plot(title, tuple(series), ticks, span, few=item.few, note=f"usual {item.usual}  {item.vendor}")


def _fairness(found: Fairness) -> Plot:
    """Rank by promise across, rank by release up: off the diagonal somebody went ahead."""
    title = _titled("PROMISED FIRST, SERVED FIRST?", found.n, few=found.few)
    if not found.points:
        return Plot(title, (), note="nothing was released")
    most = float(max(max(point) for point in found.points))
    series = (
        Series("same", (1.0, most), (1.0, most)),
        Series("lines", tuple(float(x) for x, _ in found.points), tuple(float(y) for _, y in found.points), "points"),
    )
    unexplained = sum(one.reason == "none" for one in found.ahead)
    ticks = tuple((at, f"{at:.0f}") for at in sorted({1.0, float(most // 2 or 1), most}))
    return Plot(
        title, series, ticks, few=found.few, note=f"{len(found.ahead)} went ahead, {unexplained} without a reason"
    )

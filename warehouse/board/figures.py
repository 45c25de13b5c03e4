"""The board's figures, each with its n; what each means stands in `DEFINITIONS`, which F1 prints.

No figure tells what the program does not record: there is none of shipping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import iso
from warehouse.board.window import FEW, NEWEST

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.board.ecdf import Ecdf
    from warehouse.board.latency import Pick
    from warehouse.board.now import ReleasedLine
    from warehouse.board.window import Window
    from warehouse.site import Site

DEFINITIONS: Final = (
    ("scan->verdict", "from an input to just before the commit of its verdict"),
    ("receipt->release", "one commit: what a case releases is released with its verdict"),
    ("release->pick", "from release to the confirmed pick; open picks count by their age"),
    ("late risk", "released lines with less time left than 9 of 10 picks take"),
    ("line fill", "lines that got pieces in the window and lack none now / lines that got pieces"),
    ("backorders", "lines and pieces that wait; released and not picked is not among them"),
    ("age", "days since a line waits, by the site's calendar"),
    ("short", "picks that were shorted / picks that ended"),
    ("outliers", "cases whose count was questioned / cases received"),
    ("refusals", "refused inputs of 100 inputs, without keys"),
    ("review", "due: class 1 daily, others each 2nd working day, or as recorded"),
    ("n<20", "too few to say much: the figure is in brackets"),
)


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n`."""

    part: int
    n: int

    @property
    def percent(self) -> float | None:
        """The share in percent; None of nothing."""
        return round(100 * self.part / self.n, 1) if self.n else None

    @property
    def words(self) -> str:
        """For a screen: the percentage with both counts; in brackets where n is small."""
        if not self.n:
            return "-"
        text = f"{self.percent:g}% ({self.part}/{self.n})"
        return f"[{text}]" if self.n < FEW else text

    def as_json(self) -> dict[str, Any]:
        """The share as the command prints it."""
        return {"n": self.n, "part": self.part, "percent": self.percent}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the head of the board shows; times in seconds."""

    window: Window
    verdict: Ecdf
    pick: Ecdf
    oldest: float | None
    late_risk: int
    released: int
    line_fill: Share
    short: Share
    outliers: Share
    refusals: Share

    def as_json(self) -> dict[str, Any]:
        """The figures as the command prints them."""
        return {
            "window": self.window.as_json(),
            "scan_to_verdict": _quantiles(self.verdict),
            "release_to_pick": _quantiles(self.pick),
            "oldest_released_s": self.oldest,
            "late_risk": {"n": self.released, "part": self.late_risk},
            "line_fill": self.line_fill.as_json(),
            "short_picks": self.short.as_json(),
            "case_outliers": self.outliers.as_json(),
            "refused_inputs": self.refusals.as_json(),
        }


def _quantiles(curve: Ecdf) -> dict[str, Any]:
    return {"n": curve.n, "open": curve.open, "p50_s": curve.p50, "p90_s": curve.p90, "max_s": curve.longest}


def figures(
    site: Site,
    window: Window,
    picks: tuple[Pick, ...],
    curves: tuple[Ecdf, ...],
    released: tuple[ReleasedLine, ...],
) -> Figures:
    """All of them, from what was read of picks and of what is released, and a few bounded counts."""
    verdict, _, pick = curves
    now = window.until
    return Figures(
        window,
        verdict,
        pick,
        oldest=max(((now - line.released_at).total_seconds() for line in released), default=None),
        late_risk=len({(one.order, one.line) for one in released if one.late(now, pick.p90)}),
        released=len({(one.order, one.line) for one in released}),
        line_fill=_line_fill(picks),
        short=_short(site, window, picks),
        outliers=_outliers(site, window),
        refusals=_refusals(site, window),
    )


def _line_fill(picks: tuple[Pick, ...]) -> Share:
    lines = sorted({pick.line_id for pick in picks if pick.state != "CANCELLED"})
    full = 0
    for start in range(0, len(lines), 500):
        some = lines[start : start + 500]
        full += int(
            connection.value(
                f"SELECT COUNT(*) FROM order_line WHERE id IN ({connection.marks(some)}) AND qty_open = 0", *some
            )
        )
    return Share(full, len(lines))


def _short(site: Site, window: Window, picks: tuple[Pick, ...]) -> Share:
    """A shorted pick leaves a run of release with that cause."""
    shorted = connection.value(
        f"SELECT COUNT(*) FROM (SELECT * FROM release_run WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS n "
        "WHERE n.cause = 'short' AND n.at >= ? AND n.at < ?",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    picked = sum(pick.picked for pick in picks)
    return Share(int(shorted), picked + int(shorted))


def _outliers(site: Site, window: Window) -> Share:
    cases, flagged = connection.one(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN c.doubt > 0 THEN 1 ELSE 0 END), 0) FROM "
        f"(SELECT * FROM capture WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS c "
        "WHERE c.at >= ? AND c.at < ? AND c.qty > 0 AND NOT EXISTS (SELECT 1 FROM capture v WHERE v.reverses = c.id)",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    return Share(int(flagged), int(cases))


def _refusals(site: Site, window: Window) -> Share:
    """Refused and answered inputs that are no keys; of what terminals with a clock answered."""
    params = (site.code, iso(window.since), iso(window.until))
    refused = connection.value(
        f"SELECT COUNT(*) FROM (SELECT * FROM refusal WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS f "
        "WHERE f.at >= ? AND f.at < ? AND f.source <> 'KEY'",
        *params,
    )
    answered = connection.value(
        "SELECT COUNT(*) FROM (SELECT source FROM scan_log WHERE site = ? AND at >= ? AND at < ? "
        f"AND answer_ms IS NOT NULL ORDER BY at DESC LIMIT {NEWEST}) AS a WHERE a.source <> 'KEY'",
        *params,
    )
    return Share(int(refused), int(refused) + int(answered)) if answered else Share(0, 0)


def seconds(value: float | None) -> str:
    """A time as people say it: 80 ms, 4 s, 6:10 min, 3 h, 2 d; '-' where it is not known."""
    if value is None:
        return "-"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.0f} s"
    if value < 3600:
        return f"{value // 60:.0f}:{value % 60:02.0f}"
    return f"{value / 3600:.1f} h" if value < 48 * 3600 else f"{value / 86400:.0f} d"


def spread(curve: Ecdf) -> str:
    """Median and ninth decile for a screen, in brackets where n is small."""
    text = f"p50 {seconds(curve.p50)} p90 {seconds(curve.p90)}"
    return "-" if not curve.n else f"[{text} n={curve.n}]" if curve.few else f"{text} n={curve.n}"


def waited(now: datetime, since: datetime) -> str:
    """How long ago something was: minutes, hours or days."""
    return waited_for((now - since).total_seconds())


def waited_for(value: float) -> str:
    """A longer time in one word: minutes, hours or days."""
    minutes = int(value // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"

"""The board as lines of text: for `dockbell board` and, with more of it, the shift's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.board.figures import seconds, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.board import Board, ReleasedLine
    from warehouse.board.figures import Figures
    from warehouse.site import Site


def words(seen: Board, site: Site) -> Iterator[str]:
    """The whole board in the order of action; text from outside is not escaped yet."""
    yield f"Released, not picked: {seen.released_lines} lines"
    for one in seen.released:
        yield f"  {released_words(one, site)}"
    yield f"Receiving now: {len(seen.receiving)}"
    for entry in seen.receiving:
        waiting = entry.waiting_on
        on = f", {waiting[0]} waits for {waiting[1]} {waiting[2]}" if waiting else ""
        yield (
            f"  {entry.receipt}  {entry.po}  {entry.vendor}: {entry.cases} cases, {entry.units} pieces, "
            f"{entry.releases} lines released{on}"
        )
    yield f"Open backorders: {seen.lines} lines, {seen.units} pieces"
    yield "  " + "   ".join(f"{age.bucket} {age.shown}" for age in seen.age)
    yield f"Figures, {seen.figures.window.words(site)}"
    for name, value in figure_rows(seen.figures):
        yield f"  {name}: {value}"
    yield f"Attention: {len(seen.attention)}"
    for found in seen.attention:
        yield f"  {found.what}: {found.words}"
    yield seen.sweep.words(site).capitalize()


def released_words(one: ReleasedLine, site: Site) -> str:
    """A released line as a sentence."""
    who = (one.by or "nobody") + (" next" if one.by and not one.taken else "")
    return (
        f"{one.order}/{one.line}  {one.quantity} x {one.description}  by {one.receipt or 'stock'} "
        f"at {site.clock(one.released_at)}, {who}, due {site.local(one.due_at):%Y-%m-%d %H:%M}"
    )


def figure_rows(found: Figures) -> Iterator[tuple[str, str]]:
    """The figures by name; in brackets where n is below twenty."""
    yield "Scan to verdict", spread(found.verdict)
    yield "Release to pick", f"{spread(found.pick)}, {found.pick.open} open or taken back"
    yield "Oldest released, not picked", seconds(found.oldest)
    yield "Late risk", f"{found.late_risk} of {found.released} lines"
    yield "Line fill", found.line_fill.words
    yield "Short picks", found.short.words
    yield "Case outliers", found.outliers.words
    yield "Refused inputs", found.refusals.words

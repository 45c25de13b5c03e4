"""From a View to lines of text that fit: pure functions of the view and the width in cells."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from rich.cells import cell_len
from textual.content import Content

from tui.widgets.mini import MINI
from tui.widgets.safe_text import clean, fit, safe_text
from warehouse.flows.steps import Fact, Table, View
from warehouse.messages import LINES

NARROW = 60  # below, a screen keeps to the narrow tier
LABEL = 8
GAP, MINI_GAP = 2, 1
ENDLESS = 1000  # rows of a list that is shown page by page
LEAST = 4  # cells of a column, however narrow the screen
CODE = 10  # cells of the first column that are never cut: it says what the row is about


def title(view: View, right: str, width: int) -> Content:
    """Where am I, and who: the first line of every screen. A part that does not fit whole is left out."""
    right = clean(right)
    room = width - cell_len(right) - 3
    first, *others = [clean(part) for part in view.title if part]
    gap = "  " if width >= NARROW else " "
    left = first
    for part in others:
        if cell_len(left + gap + part) <= room:
            left += gap + part
    return Content(f" {fit(left, room)} {right} ")


def prompt(view: View, width: int) -> Content:
    """What to do now, with how far the job is at the right end where there is room."""
    progress = "   ".join(view.progress) if width >= NARROW else view.progress_short
    room = width - cell_len(clean(progress)) - 2
    if cell_len(clean(view.prompt)) + 2 > room:
        progress, room = "", width - 2
    return Content(" " + fit(view.prompt, room) + clean(progress) + " ")


def hint(view: View, width: int) -> Content:
    """What may be scanned, dim."""
    return safe_text(" " + fit(view.hint, width - 2), "dim")


def facts(entries: tuple[Fact, ...], width: int) -> Content:
    """The few facts needed to obey the prompt, one a line."""
    lines = [_fact(fact, width) for fact in entries]
    return Content("\n").join(lines)


def _fact(fact: Fact, width: int) -> Content:
    mark = "  [done]" if fact.done else ""
    label = fit(fact.label, LABEL)
    value = fit(fact.value, width - LABEL - 2 - len(mark)).rstrip()
    return Content.assemble(" ", (label, "dim"), " ", (value, "bold"), (mark, "$success"))


def choices(words: tuple[str, ...], width: int) -> Content:
    """Numbered choices in two columns, down first."""
    if not words:
        return Content("")
    half = (len(words) + 1) // 2
    numbered = [f"{digit} {text}" for digit, text in enumerate(words, 1)]
    column = (width - 2) // 2
    lines = [
        Content(" " + fit(left, column) + fit(right or "", column))
        for left, right in zip_longest(numbered[:half], numbered[half:])
    ]
    return Content("\n").join(lines)


def tables(entries: tuple[Table, ...], width: int, height: int, marked: str = "") -> Content:
    """The lists below the banner, as many rows as fit: each keeps its head and at least one row.

    The row that opens what is `marked` is reversed; rows that stand above it give way until it is seen.
    """
    lines: list[Content] = []
    shown = [entry for entry in entries if entry.rows][: max(1, height // 4)]
    for place, entry in enumerate(shown):
        rest = len(shown) - place - 1
        room = height - len(lines) - 3 * rest
        lines += _table(entry, width, room, marked)
        if rest and height - len(lines) > 2:
            lines.append(Content(""))
    return Content("\n").join(lines[:height])


def _table(table: Table, width: int, room: int, marked: str = "") -> list[Content]:
    mini = width < MINI
    room_across = width - (1 if mini else 2)
    narrow = width < NARROW and table.narrow
    columns = table.narrow if narrow else tuple(range(len(table.columns)))
    if mini:
        columns = _fewest(table, columns, room_across)
    numbers = {place for place, at in enumerate(columns) if at in table.numbers}
    heads = [table.columns[at] for at in columns]
    at_mark = table.opens.index(marked) if marked and marked in table.opens else -1
    fits = max(1, room - 1)
    first = max(0, at_mark - fits + 1)
    rows = [[clean(row[at]) for at in columns] for row in table.rows[first : first + fits]]
    gap = MINI_GAP if mini else GAP
    least = {place: _longest(rows, place) for place in numbers} if mini else {}
    if mini and _longest(rows, 0) <= CODE:
        least[0] = _longest(rows, 0)
    widths = _widths(heads, rows, room_across - gap * (len(columns) - 1), least)
    head = _line([head or "" for head in heads], widths, numbers, gap)
    body = [
        Content.styled(" " + _line(row, widths, numbers, gap), "reverse" if first + place == at_mark else "")
        for place, row in enumerate(rows)
    ]
    return [safe_text(" " + head, "dim"), *body] if room > 1 else body[:room]


def _fewest(table: Table, columns: tuple[int, ...], room: int) -> tuple[int, ...]:
    """Columns that fit without cutting a number or the code that a row begins with: texts go first, from the right."""
    longest = {at: max((cell_len(clean(row[at])) for row in table.rows), default=0) for at in columns}
    least = {at: longest[at] if at in table.numbers else LEAST for at in columns}
    least[columns[0]] = min(CODE, longest[columns[0]])
    while sum(least[at] + MINI_GAP for at in columns) - MINI_GAP > room and len(columns) > 1:
        texts = [at for at in columns[1:] if at not in table.numbers]
        out = texts[-1] if texts else columns[-1]
        columns = tuple(at for at in columns if at != out)
    return columns


def _longest(rows: list[list[str]], place: int) -> int:
    return max((cell_len(row[place]) for row in rows), default=0)


def _widths(heads: list[str], rows: list[list[str]], room: int, least: Mapping[int, int]) -> list[int]:
    """Natural widths, shrinking the widest column until all fit; those in `least` are as narrow as they may be."""
    widths = [
        least[place] if place in least else max(cell_len(head), _longest(rows, place))
        for place, head in enumerate(heads)
    ]
    while sum(widths) > room:
        wide = [place for place, width in enumerate(widths) if place not in least and width > LEAST]
        if not wide:
            break
        widths[max(wide, key=lambda place: widths[place])] -= 1
    return widths


def _line(cells: list[str], widths: list[int], numbers: set[int], gap: int) -> str:
    return (" " * gap).join(
        fit(cell, width, right=place in numbers) for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def keys(entries: tuple[tuple[str, str], ...], width: int) -> Content:
    """The key line: keys bold, words plain; wrapped to two lines where one is too short."""
    lines: list[Content] = [Content("")]
    for key, words in entries:
        text = Content.assemble((clean(key), "bold"), f" {clean(words)}")
        if lines[-1].cell_length + text.cell_length + 2 > width:
            lines.append(Content(""))
        lines[-1] = Content.assemble(lines[-1], " " if len(lines[-1]) == 0 else "  ", text)
    return Content("\n").join(lines[:2])


def rows(entries: tuple[tuple[str, ...], ...], width: int) -> list[Content]:
    """A list without heads: cells that stand in columns are aligned, a row of one cell is a sentence."""
    columns = max((len(row) for row in entries), default=0)
    widths = [
        max((cell_len(clean(row[place])) for row in entries if len(row) == columns), default=0)
        for place in range(columns)
    ]
    return [
        safe_text(
            " " + fit((" " * GAP).join(fit(cell, wide) for cell, wide in zip(row, widths, strict=True)), width - 2)
        )
        if len(row) == columns > 1
        else safe_text(" " + fit((" " * GAP).join(row), width - 2))
        for row in entries
    ]


def page(lines: list[Content], number: int, height: int) -> tuple[Content, str]:
    """One page of a list that may be longer than its room, and which of how many it is ("" for the only one)."""
    height = max(1, height)
    pages = max(1, -(-len(lines) // height))
    at = number % pages
    return Content("\n").join(lines[at * height : (at + 1) * height]), f"{at + 1}/{pages}" if pages > 1 else ""


def banner(word: str, message: tuple[str, ...], room: int) -> Content:
    """The banner; on a wide screen the verdict's word stands before the message, else in the border."""
    lines = []
    for place, text in enumerate(message[:LINES]):
        style = "bold white on magenta" if text.startswith(">>") else ""
        if room >= NARROW:
            lines.append(
                Content.assemble((fit("" if place else word, 7), "bold"), (fit(text, room - 7).rstrip(), style))
            )
        else:
            lines.append(Content.assemble((fit(text, room).rstrip(), style)))
    return Content("\n").join(lines)

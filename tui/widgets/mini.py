"""From a View to a screen of 20 to 39 columns: prompt, target, verdict and three keys; lists only where asked for.

Nothing that must be obeyed is cut: prompts and verdicts wrap on words.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.widgets.safe_text import clean, fit, safe_text
from warehouse.flows.steps import Fact, View

MINI = 40  # below, a screen keeps to this tier
PROMPT_ROWS = 3
BANNER_ROWS = 7
KEYS = 3
NOW_ROWS = 6  # of prompt, facts and box: what title, verdict, status and keys leave of sixteen

# What keys mean everywhere; these are left out first.
_KNOWN = (("Esc", "Back"), ("Esc", "Home"), ("F1", "Help"), ("F12", "Sign off"))
_SHORT = {"List": "Lst"}


def wrap(text: str, width: int) -> list[str]:
    """The text in rows of at most `width` cells, broken between words; a word that is longer is broken itself."""
    rows: list[str] = []
    for word in clean(text).split():
        if rows and cell_len(f"{rows[-1]} {word}") <= width:
            rows[-1] += f" {word}"
        else:
            rows += _broken(word, width)
    return rows or [""]


def _broken(text: str, width: int) -> list[str]:
    """Rows that are full, wherever that breaks the text."""
    rows = []
    while cell_len(text) > width:
        row = set_cell_size(text, width)
        # A wide character that does not fit any more has become a blank.
        row = row if text.startswith(row) else row[:-1] or text[0]
        rows.append(row)
        text = text[len(row) :]
    return [*rows, text] if text else rows


def brief(text: str, width: int) -> str:
    """As many whole words as one row takes."""
    return wrap(text, width)[0]


def title(view: View, right: str, width: int) -> Content:
    """Where am I, and when; what fits beside that: the order, how far the job is."""
    right = clean(right)
    room = max(1, width - cell_len(right) - 1)
    left, *others = [clean(part) for part in (*view.title, view.progress_short) if part]
    for part in others:
        if cell_len(f"{left} {part}") <= room:
            left = f"{left} {part}"
    return Content(f"{fit(left, room)} {right}")


def prompt(view: View, width: int) -> Content:
    """What to do now, whole."""
    rows = wrap(view.prompt, width)[:PROMPT_ROWS]
    return Content("\n".join(fit(row, width) for row in rows))


def above_box(view: View, width: int) -> tuple[Fact, ...]:
    """As many facts as leave room for the box below them: the first ones."""
    return view.facts[: max(1, NOW_ROWS - 1 - len(wrap(view.prompt, width)[:PROMPT_ROWS]))]


def facts(entries: tuple[Fact, ...], width: int) -> Content:
    """The few facts needed to obey the prompt; where both do not fit, the value goes before its label."""
    return Content("\n").join([_fact(fact, width) for fact in entries])


def _fact(fact: Fact, width: int) -> Content:
    mark = " [ok]" if fact.done else ""
    room = width - len(mark)
    label, value = clean(fact.label), clean(fact.value)
    if label and cell_len(f"{label} {value}") <= room:
        padding = " " * (room - cell_len(f"{label} {value}"))
        return Content.assemble((label, "dim"), " ", (value, "bold"), padding, (mark, "$success"))
    return Content.assemble((fit(value, room), "bold"), (mark, "$success"))


def choices(words: tuple[str, ...], width: int) -> Content:
    """Numbered choices, one a row."""
    return Content("\n".join(fit(f"{digit} {text}", width) for digit, text in enumerate(words, 1)))


def banner(word: str, message: tuple[str, ...], width: int) -> Content:
    """The verdict's word and its message: each line on rows of its own where there is room, else run on.

    Where even that is too long, words are broken: nothing of a verdict is left out.
    """
    rows = [
        (row, line.startswith(">>"))
        for place, line in enumerate(message)
        for row in wrap(line if place else f"{word} {line}", width)
    ]
    if len(rows) > BANNER_ROWS:
        whole = " ".join((word, *message))
        run_on = wrap(whole, width)
        if len(run_on) > BANNER_ROWS:
            run_on = _broken(clean(whole), width)
        rows = [(row, False) for row in run_on]
    parts = [Content.styled(row, "bold white on magenta" if accent else "") for row, accent in rows[:BANNER_ROWS]]
    return Content("\n").join(parts)


def keys(view: View, width: int) -> Content:
    """The three keys of this step that are needed most, each with one word; those that are known everywhere last."""
    offered = list(view.keys)
    if view.tables and not any(key == "F6" for key, _ in offered):
        offered.append(("F6", "List"))
    offered.sort(key=lambda entry: entry in _KNOWN and 1 + _KNOWN.index(entry))
    parts: list[Content] = []
    room = width
    for key, words in offered:
        word = clean(words).split(" ")[0]
        part = Content.assemble((clean(key), "bold"), _SHORT.get(word, word))
        if part.cell_length <= room and len(parts) < KEYS:
            parts.append(part)
            room -= part.cell_length + 1
    return Content(" ").join(parts)


def help_rows(entries: tuple[tuple[str, ...], ...], width: int) -> list[Content]:
    """Help: sentences, then keys with the card of each."""
    rows: list[Content] = []
    for entry in entries:
        text = " ".join(cell.removeprefix("card ") for cell in entry if cell)
        first, *others = wrap(text, width)
        rows += [safe_text(first), *(safe_text(f" {row}") for row in wrap(" ".join(others), width - 1) if row)]
    return rows

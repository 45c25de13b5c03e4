"""CSV that we write: read alike by programs and by people's spreadsheets, whatever text is in it.

A spreadsheet takes a cell that begins with = + - @ for a formula and runs it, so text of that kind gets an apostrophe
before it, as the Open Worldwide Application Security Project advises (CSV Injection). Text that begins with an
apostrophe gets one more: whoever takes one off has the text as it was. Numbers are written as numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from warehouse.barcodes.text import escaped, forbidden

Cell = str | int | Decimal | None
# The wide forms are read like the plain ones by some spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'")
LINE_END = "\r\n"


def cell(value: Cell) -> str:
    r"""A value as it is written: nothing for None; of text no character that nobody can see, and no formula."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = value if forbidden(value) is None else "".join(escaped(char) if forbidden(char) else char for char in value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def written(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A whole file: the names of the columns, then the rows; lines end as RFC 4180 has it."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator=LINE_END)
    lines.writerow(columns)
    lines.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()

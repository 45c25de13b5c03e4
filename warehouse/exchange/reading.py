"""Files -> rows: which files there are, their bytes as CSV, each cell as a value, and all that is wrong with them.

Nothing here raises for what a file holds: whatever is wrong becomes a Fault with its line, and reading goes on,
so that one call reports everything there is to correct.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from warehouse.barcodes.text import escaped, forbidden
from warehouse.exchange import cells
from warehouse.exchange.cells import Cell, CellError, quoted
from warehouse.exchange.tables import BY_FILE, KNOWN_FILES, TABLES, Column, Table

T = TypeVar("T")
Progress = Callable[[str, int, int], None]

STRIDE = 500  # rows between two reports of progress


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a file that cannot be imported. What concerns the whole file has line 1 and no column."""

    file: str
    line: int
    column: str
    reason: str


class ImportFaults(Exception):  # noqa: N818 - the faults are what is raised
    """The files cannot be imported as they are; nothing was changed."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults, the first: {faults[0]}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `cells` holds the columns that the file has and that could be read."""

    table: Table
    file: str
    line: int
    cells: Mapping[str, Cell]
    sound: bool

    def __getitem__(self, column: str) -> Any:
        """The value in a column, what an empty cell means where the file lacks it."""
        if column in self.cells:
            return self.cells[column]
        return next(known.empty for known in self.table.columns if known.name == column)

    @property
    def key(self) -> tuple[Cell, ...] | None:
        """What makes it this row and no other; None when that could not be read."""
        columns = self.table.key
        if columns == ("unit_code",) and not self["unit_code"]:
            columns = ("location", "sku", "lot", "expiry")
        values = tuple(self[column] for column in columns)
        return values if all(value is not None for value in values) else None

    def fault(self, column: str, reason: str) -> Fault:
        """What is wrong with this row."""
        return Fault(self.file, self.line, column, reason)


@dataclass(slots=True)
class Files:
    """Everything that was read, and what was wrong with it; `broken` names tables of which rows may lack."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def of(self, table: Table) -> list[Row]:
        """The rows of a table, in the order of its files."""
        return self.rows.get(table.name, [])

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.rows.values()))


class Ticker:
    """Reports a phase's progress: every 500 rows, and at its end."""

    def __init__(self, progress: Progress | None, phase: str, total: int) -> None:
        self._progress, self._phase, self._total, self._done = progress, phase, total, 0

    def add(self, rows: int = 1) -> None:
        """So many more are done."""
        before, self._done = self._done, self._done + rows
        if self._progress and self._done // STRIDE > before // STRIDE:
            self._progress(self._phase, min(self._done, self._total), self._total)

    def over(self, rows: Iterable[T]) -> Iterator[T]:
        """The rows, counted as they pass."""
        for row in rows:
            yield row
            self.add()

    def end(self) -> None:
        """All of it is done."""
        if self._progress:
            self._progress(self._phase, self._total, self._total)


def read(paths: Sequence[Path], progress: Progress | None) -> Files:
    """Read every file that the paths name, in the order of the tables."""
    files = Files()
    found = _known_files(paths, files)
    content = {path: data for path in found if (data := _bytes(path, files)) is not None}
    ticker = Ticker(progress, "reading", sum(data.count(b"\n") for data in content.values()))
    for table in TABLES:
        for path, data in content.items():
            if BY_FILE[path.name] is table:
                files.rows.setdefault(table.name, []).extend(ticker.over(_rows(table, shown(path), data, files)))
    ticker.end()
    return files


def shown(path: Path) -> str:
    """A path for a message: a file's name may be as hostile as its content."""
    text = str(path)
    return escaped(text) if forbidden(text) else text


# --- Which files ----------------------------------------------------------------------------------------


def _known_files(paths: Sequence[Path], files: Files) -> list[Path]:
    """The files to read, each once; what cannot be taken is a fault."""
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            candidates = [(candidate.resolve(), candidate) for candidate in _candidates(path)]
        except OSError as error:
            files.faults.append(Fault(shown(path), 1, "", _why(error)))
            continue
        except RuntimeError:
            files.faults.append(Fault(shown(path), 1, "", "is a link that leads back to itself"))
            continue
        for whole, candidate in candidates:
            if candidate.name in BY_FILE:
                found.setdefault(whole, candidate)
            else:
                files.faults.append(Fault(shown(candidate), 1, "", f"is not known here; known are {KNOWN_FILES}"))
    return list(found.values())


def _candidates(path: Path) -> list[Path]:
    """The path itself, or the CSV files of the folder; hidden files are the file manager's own."""
    if not path.is_dir():
        if not path.exists() and path.name not in BY_FILE:
            raise OSError("does not exist")
        return [path]
    inside = [entry for entry in path.iterdir() if entry.suffix.lower() == ".csv" and not entry.name.startswith(".")]
    if not inside:
        raise OSError(f"holds no CSV file; known are {KNOWN_FILES}")
    return sorted(inside)


def _bytes(path: Path, files: Files) -> bytes | None:
    try:
        if not path.is_file():
            raise OSError("is no file" if path.exists() else "does not exist")  # noqa: TRY301 - one place to tell it
        return path.read_bytes()
    except OSError as error:
        _break(files, BY_FILE[path.name], Fault(shown(path), 1, "", _why(error)))
        return None


def _why(error: OSError) -> str:
    return f"cannot be read: {error.strerror}" if error.strerror else str(error)


def _break(files: Files, table: Table, fault: Fault) -> None:
    files.faults.append(fault)
    files.broken.add(table.name)


# --- What is in them ------------------------------------------------------------------------------------


def _rows(table: Table, file: str, data: bytes, files: Files) -> Iterator[Row]:
    """The rows of one file; stops at the first line after which rows could not be told apart."""
    text = _text(table, file, data, files)
    if text is None:
        return
    records = _records(table, file, text, files)
    line, header = next(records, (1, []))
    if not header:
        if table.name not in files.broken:
            _break(files, table, Fault(file, 1, "", f"is empty: it needs a header row with {_names(table)}"))
        return
    columns = _columns(table, file, line, header, files)
    if columns is None:
        return
    for line, record in records:
        if len(record) == len(columns):
            yield _row(table, file, line, zip(columns, record, strict=True), files)
        else:
            reason = f"the row has {len(record)} cells, the header {len(columns)}"
            files.faults.append(Fault(file, line, "", reason))


def _text(table: Table, file: str, data: bytes, files: Files) -> str | None:
    """The bytes as text; every line that is no UTF-8 is a fault."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _break(files, table, Fault(file, 1, "", "is UTF-16: save it as CSV UTF-8"))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        for number, line in enumerate(data.split(b"\n"), 1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                reason = f"is not UTF-8 (byte {error.object[error.start]:02X}): save the file as CSV UTF-8"
                _break(files, table, Fault(file, number, "", reason))
        return None


def _records(table: Table, file: str, text: str, files: Files) -> Iterator[tuple[int, list[str]]]:
    """The records with the line on which each begins; empty lines are nothing."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"is no CSV from here on: {error}; check the quotes"
            _break(files, table, Fault(file, line, "", reason))
            return
        if record:
            yield line, record


def _columns(table: Table, file: str, line: int, header: list[str], files: Files) -> list[Column] | None:
    """The columns in the order of the file, or None when the header is wrong."""
    known = {column.name: column for column in table.columns}
    wrong = _wrong_columns(table, header)
    for name, reason in wrong:
        _break(files, table, Fault(file, line, quoted(name)[1:-1], reason))
    return None if wrong else [known[name] for name in header]


def _wrong_columns(table: Table, header: list[str]) -> list[tuple[str, str]]:
    """Columns of a header that are unknown, twice there or missing, each with the reason."""
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        return [(header[0], "columns must be separated by commas")]
    known = [column.name for column in table.columns]
    needed = [column.name for column in table.columns if column.required]
    return [
        *(
            (name, f"{quoted(name)} is no column of {table.file}; its columns are {_names(table)}")
            for name in header
            if name not in known
        ),
        *((name, "is there twice") for name in known if header.count(name) > 1),
        *((name, "is missing: the file needs this column") for name in needed if name not in header),
    ]


def _row(table: Table, file: str, line: int, record: Iterable[tuple[Column, str]], files: Files) -> Row:
    values: dict[str, Cell] = {}
    sound = True
    for column, text in record:
        try:
            values[column.name] = _cell(column, text)
        except CellError as error:
            files.faults.append(Fault(file, line, column.name, str(error)))
            sound = False
    return Row(table, file, line, values, sound)


def _cell(column: Column, text: str) -> Cell:
    cells.check_unseen(text)
    if text:
        return column.read(text)
    if column.required:
        raise CellError("is empty")
    return column.empty


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)

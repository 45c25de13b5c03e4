"""CSV files that are too long for the memory: whole or not there at all, never in the place of another file."""

from __future__ import annotations

import contextlib
import csv
import errno
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from warehouse.exchange.csv_out import LINE_END, Cell, cell


class CsvFile:
    """A CSV file in the making: its rows go into a hidden file beside it, and `keep` gives that its name."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self._folder = folder
        self._path = folder / f".{uuid.uuid4().hex}.part"
        self._file: IO[str] = self._path.open("x", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator=LINE_END)
        self._writer.writerow(columns)

    def write(self, values: Sequence[Cell]) -> None:
        """Add a row."""
        self._writer.writerow([cell(value) for value in values])

    def keep(self, name: str) -> Path:
        """Give the file its name once it is on the disk; raises FileExistsError where there is one of that name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        target = self._folder / name
        try:
            os.link(self._path, target)  # unlike a rename, it never takes the place of a file
        except OSError as error:
            if target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
            self._path.rename(target)  # a file system without links
        _sync(self._folder)
        return target

    def drop(self) -> None:
        """Remove what is left of it beside its name: all of it, unless it was kept."""
        with contextlib.suppress(OSError):  # a full disk may not take the last rows
            self._file.close()
        self._path.unlink(missing_ok=True)


@contextlib.contextmanager
def csv_file(folder: Path, columns: Sequence[str]) -> Iterator[CsvFile]:
    """A file in this folder, which is made if it is missing; unless it is kept in the block, nothing of it remains."""
    folder.mkdir(parents=True, exist_ok=True)
    made = CsvFile(folder, columns)
    try:
        yield made
    except OSError as error:
        error.filename = error.filename or str(folder)  # a full disk does not say where it is full
        raise
    finally:
        made.drop()


def _sync(folder: Path) -> None:
    """A name is durable once its folder is; some network folders cannot be asked for it."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

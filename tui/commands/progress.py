"""A progress line on stderr for what takes longer than a second; it never mixes with output."""

from __future__ import annotations

import time
from types import TracebackType
from typing import IO, Self


class Progress:
    """Says 'import: sales orders 4,000 of 10,000' once a second has passed, on one line of a terminal.

    Where stderr is no terminal, it stays silent: a log file has no use for it.
    """

    def __init__(self, name: str, out: IO[str]) -> None:
        self._name = name
        self._out = out
        self._started = time.monotonic()
        self._last = self._started
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def step(self, phase: str, done: int, total: int) -> None:
        """What is being done, and how far it is."""
        now = time.monotonic()
        if not self._out.isatty() or now - self._started < 1.0 or now - self._last < 0.1:
            return
        self._last = now
        self._shown = True
        share = f" {done:,} of {total:,}" if total else ""
        self._out.write(f"\r\x1b[K{self._name}: {phase}{share}")
        self._out.flush()

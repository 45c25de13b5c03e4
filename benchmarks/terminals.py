"""Processes on pseudo-terminals, as a person's terminal emulator would run them, and what they draw."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
_NO_PYC = "PYTHONDONTWRITEBYTECODE"  # where it is set, every start would compile every file of ours
_ESCAPES = re.compile(rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[\[?][0-9;?>=$ ]*[A-Za-z]|\x1b.")


class Terminal:
    """A program of Python's on a terminal of its own; a thread takes what it draws, so that it never waits for us."""

    def __init__(self, words: Sequence[str], *, columns: int = 120, lines: int = 40) -> None:
        self._drawn = bytearray()
        self._more = threading.Condition()
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=_environment(),
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._take, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._reader.join(2)
        os.close(self._master)

    def wait_for(self, text: str, seconds: float = 20.0) -> float:
        """Seconds from the start until this text was drawn. Raises RuntimeError when it never is."""
        wanted = text.encode()
        with self._more:
            while wanted not in _ESCAPES.sub(b"", self._drawn):
                if self.process.poll() is not None or time.monotonic() - self.started > seconds:
                    shown = _ESCAPES.sub(b"", self._drawn)[-2000:].decode(errors="replace")
                    raise RuntimeError(f"'{text}' was never drawn: {shown}")
                self._more.wait(0.5)
            return time.monotonic() - self.started

    def drawn(self) -> int:
        """How many bytes it has drawn so far."""
        return len(self._drawn)

    def peak_mb(self) -> float:
        """The most memory that it ever held, in MB (VmHWM)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("no VmHWM")

    def _take(self) -> None:
        while True:
            try:
                some = os.read(self._master, 65536)
            except OSError:  # the program has ended
                some = b""
            with self._more:
                self._drawn += some
                self._more.notify_all()
            if not some:
                return


def _environment() -> Mapping[str, str]:
    unwanted = ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_DRIVER", "DOCKBELL_DB", "DOCKBELL_STATION", _NO_PYC)
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"}

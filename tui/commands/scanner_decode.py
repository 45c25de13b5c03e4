"""scanner decode: bytes on stdin, one JSON object for each scan or refusal on stdout.

The same framing, meaning and rule for repeated scans as at a station, without a database: to try a scanner's
settings on captured bytes, and to let other programs use what Dockbell reads.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import select
import sys
import time
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from devices.framing import BadFrame, Frame, Framer, framer_for
from devices.setup import ScannerSetup
from tui.scanners import text_of
from tui.settings.kinds import Mark
from tui.settings.wrong import WrongValueError
from warehouse.barcodes import read
from warehouse.barcodes.as_json import told
from warehouse.messages import say
from warehouse.reply import InputError

CHUNK = 65536
WAKE_S = 0.02  # how often silence is looked at while nothing comes
MAX_MS = 10**12


class Piece(NamedTuple):
    """Bytes and the second at which they came; none at all when only time has passed."""

    data: bytes
    at: float


def decode(options: argparse.Namespace) -> int:
    """Print what each scan says; ends at the end of stdin."""
    if options.dedupe_ms < 0:
        raise InputError(f"--dedupe-ms is a number of milliseconds from 0 on, not {options.dedupe_ms}.")
    prefix, gs = _mark(options.prefix, "--prefix"), _mark(options.gs, "--gs", separator=True)
    if sys.stdin is None:
        raise InputError("stdin is closed: send it the bytes of a scanner.")
    setup = ScannerSetup("stdin", framing=options.framing, prefix=prefix, gs=gs)
    pieces = _timed(sys.stdin.buffer) if options.timed else _live(sys.stdin.fileno())
    window = options.dedupe_ms / 1000
    before, read_at = b"", -math.inf
    for frame in frames(framer_for(setup), pieces):
        if isinstance(frame, BadFrame):
            _print({"error": frame.reason, "message": " ".join(say(frame.reason).lines)})
            continue
        again = frame.data == before and round(frame.at - read_at, 6) < window
        before, read_at = frame.data, frame.at
        if not again:
            _print(told(read(text_of(frame, setup))))
    return 0


def _mark(text: str, option: str, *, separator: bool = False) -> str:
    """What stands beside the codes, with escapes as in the settings file."""
    try:
        return Mark(separator).read(text)
    except WrongValueError as error:
        raise InputError(f"{option} {error}.") from error


def frames(framer: Framer, pieces: Iterator[Piece]) -> Iterator[Frame | BadFrame]:
    """The scans in a stream of bytes; what the end leaves half is told as such."""
    for data, at in pieces:
        yield from framer.feed(data, at) if data else framer.poll(at)
    yield from framer.poll(math.inf)


def _print(entry: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(entry, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _live(descriptor: int) -> Iterator[Piece]:
    """Bytes as they come, with the clock of this machine, which ends a scan that has no terminator."""
    while True:
        ready, _, _ = select.select([descriptor], [], [], WAKE_S)
        data = os.read(descriptor, CHUNK) if ready else b""
        if ready and not data:
            return
        yield Piece(data, time.monotonic())


def _timed(stream: IO[bytes]) -> Iterator[Piece]:
    """Lines of {"at_ms": N, "hex": "..."}; raises InputError with the number of a line that is none."""
    last = 0
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            at_ms, data = entry["at_ms"], bytes.fromhex(entry["hex"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise InputError(
                f'Line {number} of stdin is not {{"at_ms": N, "hex": "..."}}: correct it; what came before it is above.'
            ) from None
        if not isinstance(at_ms, int) or isinstance(at_ms, bool) or not last <= at_ms <= MAX_MS:
            raise InputError(
                f"Line {number} of stdin: at_ms is a whole number of milliseconds that never goes back ({last} was "
                "before it); what came before it is above."
            )
        last = at_ms
        yield Piece(data, at_ms / 1000)

"""export receipts: what was captured at the dock, as a CSV file for the system that posts it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from tui.commands.opening import clean, open_site
from tui.commands.progress import Progress
from warehouse.barcodes.text import digits_only, escaped
from warehouse.exchange import cells
from warehouse.reply import InputError

MAX_SEQUENCE = 18  # digits


def receipts(options: argparse.Namespace) -> None:
    """Write a file, and say where the next call goes on."""
    from warehouse.exchange import receipts_out

    opened = open_site(options)
    after = _after(options.after)
    since = _since(options.since)
    folder = Path(clean(options.out, "--out"))
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder: name another with --out; nothing was written.")
    with Progress("export", sys.stderr) as progress:
        done = receipts_out.export(
            opened.site,
            folder,
            after=after,
            since=since,
            progress=lambda rows, total: progress.step("receipts", rows, total),
        )
    end = f"last sequence {done.last}: next time --after {done.last}"
    if done.path is None:
        print(f"Nothing new, no file was written; {end}")
        return
    print(escaped(f"Wrote {done.path}: {done.rows} {'row' if done.rows == 1 else 'rows'}."))
    print(end)


def _after(text: str | None) -> int:
    if text is None:
        return 0
    if not digits_only(text) or len(text) > MAX_SEQUENCE:
        raise InputError(f"--after is the last sequence that was taken, such as 420, not '{text}'.")
    return int(text)


def _since(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(cells.day(text))
    except cells.CellError as error:
        raise InputError(f"--since {error}.") from error

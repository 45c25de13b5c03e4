"""why, board, verify: what is asked of the database, changing nothing."""

from __future__ import annotations

import argparse
import json
import sys

from tui.commands.opening import now, open_site, order_and_line
from tui.commands.progress import Progress
from warehouse.barcodes.text import readable


def why(options: argparse.Namespace) -> None:
    """The whole story of an order line, or of every line of an order."""
    from warehouse import explain

    opened = open_site(options)
    order, line = order_and_line(opened.site, options.order)
    story = explain.why(opened.site, order, line, now())
    print(json.dumps(story.as_json()) if options.json else story.words())


def board(options: argparse.Namespace) -> None:
    """The board once, as JSON with all that is drawn of it, or as text."""
    from warehouse import board as board_

    opened = open_site(options)
    at = now()
    seen = board_.read(opened.site, at)
    if options.json:
        print(json.dumps(seen.as_json() | board_.plots(opened.site, at).as_json()))
        return
    from tui.board_words import words

    for line in words(seen, opened.site):
        print(readable(line, 300))


def verify(options: argparse.Namespace) -> int:
    """Every invariant, with what breaks it."""
    from warehouse import verify as verify_

    opened = open_site(options)
    with Progress("verify", sys.stderr) as progress:
        found = verify_.verify(opened.site, progress.step)
    if options.json:
        print(json.dumps(found.as_json()))
    else:
        for line in words_of(found):
            print(line)
    return 0 if found.ok else 1


def words_of(found: object) -> list[str]:
    """A verification as lines of text."""
    from warehouse.verify import Verification

    assert isinstance(found, Verification)  # noqa: S101
    rows = sum(entry.rows for entry in found.checked)
    lines = [
        readable(f"{broken.invariant}: {broken.key} is {broken.found}, should be {broken.expected}", 300)
        for broken in found.violations
    ]
    end = f"{len(found.checked)} invariants, {rows} rows: " + ("all hold." if found.ok else f"{len(lines)} broken.")
    return [*lines, end]

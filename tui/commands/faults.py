"""From an exception to the sentence and the exit code that end a command."""

from __future__ import annotations

import argparse
import logging

from db.connection import DatabaseError
from tui.cli import FAULT, USER_ERROR
from warehouse.barcodes.text import escaped
from warehouse.reply import InputError

MAX_SENTENCE = 2000


def explain(error: Exception, options: argparse.Namespace) -> tuple[str, int]:
    """One sentence for the person who typed the command, and the exit code; a fault leaves its traceback in the log."""
    if isinstance(error, InputError | DatabaseError):
        return "\n".join(escaped(line, MAX_SENTENCE) for line in str(error).splitlines()), USER_ERROR
    if isinstance(error, OSError) and error.filename:
        return f"{escaped(str(error.filename))}: {error.strerror}; nothing was changed.", USER_ERROR
    from tui import logs

    path = logs.current() or logs.write_to(logs.folder_for(options.db), "command")
    logging.getLogger("dockbell").error("%s failed", options.command, exc_info=error)
    kind = type(error).__name__
    return f"a fault in the program ({kind}); nothing was saved; the details are in {path}.", FAULT

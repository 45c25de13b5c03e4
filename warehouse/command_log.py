"""Changes from the command line leave the same kind of row as a scan: who, when, what, applied once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from db import connection
from warehouse.barcodes.text import escaped

if TYPE_CHECKING:
    from warehouse.orders import Command
    from warehouse.stock import Cause


def write(command: Command, name: str, words: str, *, moves: int) -> None:
    """Log a command in its own transaction; its id is unique, so a repetition after a lost commit is refused."""
    record(command.cause, name, words, {"reason": command.reason}, moves=moves)


def record(cause: Cause, name: str, words: str, outcome: dict[str, Any], *, moves: int) -> None:
    """The same for a change that nobody signed for: the first import comes before there are people."""
    connection.insert_row(
        "scan_log",
        scan_id=cause.scan_id,
        site=cause.site,
        at=cause.at,
        station="command",
        operator_id=cause.operator_id,
        source="COMMAND",
        step=f"command.{name}",
        raw=escaped(words, 300),
        payload_hash=hashlib.sha256(words.encode()).hexdigest()[:32],
        verdict="OK",
        outcome=json.dumps(outcome),
        moves=moves,
    )


def outcome_of(command_id: str) -> dict[str, Any] | None:
    """What a command with this id left when it was applied, or None when it was not."""
    found = connection.value("SELECT outcome FROM scan_log WHERE scan_id = ?", command_id)
    return None if found is None else dict(json.loads(found))

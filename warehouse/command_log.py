"""Changes from the command line leave the same kind of row as a scan: who, when, what, applied once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from db import connection
from warehouse.barcodes.text import escaped
from warehouse.reply import Freed, Released

if TYPE_CHECKING:
    from warehouse.orders import Command
    from warehouse.stock import Cause


@dataclass(frozen=True, slots=True)
class Change:
    """What a command did: pieces changed, who lost pieces, who got some."""

    quantity: int
    freed: tuple[Freed, ...]
    released: tuple[Released, ...]


def write(command: Command, name: str, words: str, change: Change, *, moves: int) -> None:
    """Log a command with what it did, in the command's own transaction."""
    record(command.cause, name, words, {"reason": command.reason, "change": asdict(change)}, moves=moves)


def applied(command: Command) -> Change | None:
    """What this very command did, where it is run again after a commit whose fate was unknown; else None."""
    stored = outcome_of(command.command_id) if connection.patience.attempt else None
    if stored is None:
        return None
    change = stored["change"]
    return Change(
        change["quantity"],
        tuple(Freed(**entry) for entry in change["freed"]),
        tuple(Released(**entry) for entry in change["released"]),
    )


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

"""Changes from the command line leave the same kind of row as a scan: who, when, what, applied once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from db import connection
from warehouse.barcodes.text import escaped

if TYPE_CHECKING:
    from warehouse.orders import Command


def write(command: Command, name: str, words: str, *, moves: int) -> None:
    """Log a command in its own transaction; its id is unique, so a repetition after a lost commit is refused."""
    connection.insert_row(
        "scan_log",
        scan_id=command.command_id,
        site=command.site.code,
        at=command.cause.at,
        station="command",
        operator_id=command.person.id,
        source="COMMAND",
        step=f"command.{name}",
        raw=escaped(words, 300),
        payload_hash=hashlib.sha256(words.encode()).hexdigest()[:32],
        verdict="OK",
        outcome=json.dumps({"reason": command.reason}),
        moves=moves,
    )

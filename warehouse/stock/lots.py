"""Lots that are stopped: what comes of one is blocked, whichever way it comes in."""

from __future__ import annotations

from db import connection


def lot_stopped(site: str, item_id: int, lot: str) -> str | None:
    """Why this lot of an item is stopped, or None while it is not; goods without a lot never are."""
    if not lot:
        return None
    found = connection.value(
        "SELECT reason FROM lot_block WHERE site = ? AND item_id = ? AND lot = ? AND ended_at IS NULL",
        site,
        item_id,
        lot,
    )
    return None if found is None else str(found)

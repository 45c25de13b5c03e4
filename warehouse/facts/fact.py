"""A fact: a query with a key, asked of the rows that are nobody's counter."""

from __future__ import annotations

from dataclasses import dataclass

LIVE = "status NOT IN ('VOIDED','CONSUMED','ISSUED')"
POOL = "c.status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND c.order_id IS NULL AND u.owner = 'OWN'"


@dataclass(frozen=True, slots=True)
class Fact:
    """A query by name; `key` is the column (or two) that says whose fact a row is. Its parameters are the site."""

    name: str
    key: str
    sql: str

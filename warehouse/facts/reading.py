"""All facts in the order in which one is made of others, and how they are read."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from typing import Any

from db import connection
from db.connection import Row
from warehouse.facts import ledger, promises, receiving
from warehouse.facts.fact import Fact

FACTS = (
    ledger.CONTENT,
    ledger.ITEM_FLOW,
    ledger.SCAN_MOVES,
    receiving.RECEIPT_CAPTURE,
    receiving.PO_CAPTURE,
    receiving.RECEIVED,
    receiving.CAPTURED,
    receiving.CARRIED,
    receiving.NESTED,
    receiving.STOPPED,
    promises.PICKS,
    promises.VOIDS,
    promises.PROMISE,
    promises.UNIT_PROMISE,
    promises.LINE_PROMISE,
    promises.RUN_PROMISE,
    promises.VERDICT_PROMISE,
    promises.LIVE_TASKS,
    promises.LINE_NOW,
    promises.ITEM_CONTENT,
    promises.ITEM_QUEUE,
)


@contextlib.contextmanager
def at_hand(site: str) -> Iterator[None]:
    """The facts can be asked for with `rows` while this lasts; inside a snapshot."""
    if connection.dialect() == "postgresql":
        yield
        return
    try:
        for fact in FACTS:
            connection.execute(f"CREATE TEMP TABLE {fact.name} AS {fact.sql}", *[site] * fact.sql.count("?"))
            connection.execute(f"CREATE INDEX temp.{fact.name}_key ON {fact.name} ({fact.key})")
        yield
    finally:
        for fact in FACTS:
            connection.execute(f"DROP TABLE IF EXISTS temp.{fact.name}")


def rows(site: str, text: str, *params: Any) -> list[Row]:
    """Every row of a statement that reads facts as tables; the parameters after `params` are all the site."""
    sites = [site] * (text.count("?") - len(params))
    if connection.dialect() == "sqlite":
        return connection.rows(text, *params, *sites)
    clauses = _clauses(text)
    return connection.rows(f"{clauses}{text}", *[site] * clauses.count("?"), *params, *sites)


@functools.cache
def _clauses(text: str) -> str:
    """WITH the facts that the statement reads, and those that they read, in their order."""
    needed: list[Fact] = []
    for fact in reversed(FACTS):
        if re.search(rf"\b(FROM|JOIN) {fact.name}\b", " ".join([text, *(other.sql for other in needed)])):
            needed.insert(0, fact)
    return "WITH " + ", ".join(f"{fact.name} AS ({fact.sql})" for fact in needed) + " " if needed else ""

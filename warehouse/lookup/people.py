"""A person's badge, and a command card."""

from __future__ import annotations

import json
from dataclasses import dataclass

from db import connection
from warehouse.barcodes import CARDS


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """A person: what they may do, where they are signed on ('' nowhere), at which step and since when."""

    name: str
    badge: str
    roles: str
    station: str
    step: str
    at: str


def person_seen(operator_id: int) -> PersonSeen:
    """Everything about a person, who must exist."""
    name, badge, roles, station, step, at = connection.one(
        "SELECT o.name, o.badge, o.roles, COALESCE(s.station, ''), s.step, s.at FROM operator o "
        "LEFT JOIN operator_step s ON s.operator_id = o.id WHERE o.id = ?",
        operator_id,
    )
    return PersonSeen(name, badge, roles, station, json.loads(step)["step"] if step else "", str(at or ""))


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A command card: what is printed on it and the key that it presses; both '' for the keyboard's test sheet."""

    code: str
    label: str
    key: str


def card_seen(code: str) -> CardSeen:
    """What a card with this code does."""
    found = next((card for card in CARDS if card.code == code), None)
    return CardSeen(code, found.label, found.key) if found else CardSeen(code, "", "")

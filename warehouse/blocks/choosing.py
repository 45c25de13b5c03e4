"""Which units of a target an act is for, which stay as they are and why, and whose orders it hits. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db import connection
from warehouse import stock
from warehouse.blocks.targets import CannotError, Target, item_of
from warehouse.messages import tail
from warehouse.stock import Unit

Act = Literal["block", "unblock", "accept"]
# What an act makes of what it finds, and the words for a unit that it is for.
FROM = {
    "block": frozenset({"RECEIVED", "IN_STAGE", "QUARANTINE", "REWORK", "AVAILABLE"}),
    "unblock": frozenset({"BLOCKED"}),
    "accept": frozenset({"QUARANTINE"}),
}
_ANOTHER = "another lead has to accept it"
STANDS = {"block": "in use or on hold", "unblock": "stopped", "accept": "on hold"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A unit that stays as it is, and why; `short` says it to the person at the terminal."""

    unit: str
    why: str
    short: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An order line that loses pieces: how many, how many of them were picked, how many others it got instead."""

    order: str
    line: int
    sku: str
    quantity: int
    picked: int = 0
    got: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The units that an act changes, and those of the target that it leaves alone."""

    units: tuple[Unit, ...]
    kept: tuple[Kept, ...] = ()

    @property
    def pieces(self) -> int:
        """What they hold together."""
        return sum(unit.qty for unit in self.units)


def choose(at: str, act: Act, found: list[Unit], *, lot_too: bool, person_id: int | None, today: str) -> Chosen:
    """Of the units that were found, those that the act is for. `lot_too`: the stop of their lot ends with it."""
    units, kept = [], []
    for unit in found:
        if unit.status not in FROM[act]:
            continue
        if act != "block" and not lot_too:
            stopped = stock.lot_stopped(at, unit.item_id, unit.lot)
            if stopped is not None:
                kept.append(
                    Kept(unit.code, f"its lot {unit.lot} is stopped ({stopped})", "its lot is stopped: free that")
                )
                continue
        held = _why_not_free(unit, person_id, today) if act == "accept" else None
        if held is not None:
            kept.append(held)
        else:
            units.append(unit)
    return Chosen(tuple(units), tuple(kept))


def _why_not_free(unit: Unit, person_id: int | None, today: str) -> Kept | None:
    """What keeps a unit on hold: it has expired, or this person had a hand in it (another one has to judge)."""
    if unit.expiry < today:
        return Kept(unit.code, f"it expired on {unit.expiry}", f"it expired on {unit.expiry}.")
    origins = (
        "WITH RECURSIVE origin (id) AS (SELECT CAST(? AS BIGINT) UNION SELECT u.origin_id FROM origin o "
        "JOIN handling_unit u ON u.id = o.id WHERE u.origin_id IS NOT NULL) "
    )
    received = connection.value(
        f"{origins} SELECT p.name FROM origin o JOIN stock_move m ON m.to_unit_id = o.id AND m.kind = 'RECEIPT' "
        "JOIN operator p ON p.id = m.operator_id WHERE m.operator_id = ? LIMIT 1",
        unit.id,
        person_id,
    )
    if received:
        return Kept(unit.code, f"{received} received it, {_ANOTHER}", "you received it: another lead must")
    held = connection.value(
        f"{origins} SELECT p.name FROM origin o JOIN stock_move m ON m.to_unit_id = o.id "
        "JOIN operator p ON p.id = m.operator_id WHERE m.to_status = 'QUARANTINE' AND m.from_status <> 'QUARANTINE' "
        "AND m.operator_id = ? "
        "AND m.id > COALESCE((SELECT MAX(a.id) FROM origin b JOIN stock_move a ON a.from_unit_id = b.id "
        "AND a.kind = 'ACCEPT'), 0) LIMIT 1",
        unit.id,
        person_id,
    )
    return Kept(unit.code, f"{held} put it on hold, {_ANOTHER}", "you held it: another lead must") if held else None


def nothing(act: Act, target: Target, found: list[Unit], chosen: Chosen) -> CannotError:
    """Why the act changes nothing of the target."""
    if chosen.kept:
        first = chosen.kept[0]
        more = f" (and {len(chosen.kept) - 1} more)" if len(chosen.kept) > 1 else ""
        return CannotError(
            f"Unit {first.unit}{more} stays as it is: {first.why}; nothing was changed.",
            "stays_held",
            code=tail(first.unit),
            why=first.short,
        )
    states = sorted({unit.status for unit in found})
    is_now = f"it is {', '.join(states)}" if states else "nothing is left of it"
    return CannotError(
        f"Nothing of {target} is {STANDS[act]}: {is_now}; nothing was changed.",
        "nothing_to_change",
        thing=str(target),
        status=", ".join(states) or "used up",
    )


def stop_of(at: str, target: Target) -> tuple[str, str, str] | None:
    """When, by whom and why a lot was stopped; None while it is not."""
    if target.kind != "lot":
        return None
    found = connection.row(
        "SELECT b.at, o.name, b.reason FROM lot_block b JOIN operator o ON o.id = b.operator_id "
        "WHERE b.site = ? AND b.item_id = ? AND b.lot = ? AND b.ended_at IS NULL",
        at,
        item_of(at, target.sku),
        target.code,
    )
    return None if found is None else (found[0], found[1], found[2])


def hit_by(units: tuple[Unit, ...]) -> tuple[Hit, ...]:
    """Whose pieces these units hold, promised and picked: the lines that would lose them, in the order of service."""
    lost: dict[tuple[int, str, int, str], list[int]] = {}
    for unit in units:
        for rank, order, line, sku, promised, picked in _held_for(unit):
            entry = lost.setdefault((rank, order, line, sku), [0, 0])
            entry[0] += promised + picked
            entry[1] += picked
    return tuple(
        Hit(order, line, sku, quantity, picked) for (_, order, line, sku), (quantity, picked) in sorted(lost.items())
    )


def _held_for(unit: Unit) -> list[tuple[int, str, int, str, int, int]]:
    if unit.order_id is None:
        amounts = [(one.line_id, one.open, 0) for one in stock.reservations_on(unit.id)] if unit.qty_reserved else []
    else:
        amounts = [
            (stock.reservation_by_id(reservation_id).line_id, 0, qty)
            for reservation_id, qty in stock.picked_into(unit.id)
        ]
    return [(*connection.one(_LINE, line_id), promised, picked) for line_id, promised, picked in amounts]


_LINE = (
    "SELECT l.rank_on, h.order_no, l.line, i.sku FROM order_line l JOIN order_header h ON h.id = l.order_id "
    "JOIN item i ON i.id = l.item_id WHERE l.id = ?"
)

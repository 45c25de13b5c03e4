"""Stopping goods, and the way back: in the caller's transaction, with what each act did and whose orders it hit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from db import connection
from warehouse import release, stock
from warehouse.blocks.choosing import Act, Chosen, Hit, Kept, choose, hit_by, nothing, stop_of
from warehouse.blocks.targets import Target, item_of, locked_units, units_of
from warehouse.reply import Freed, Released
from warehouse.stock import Cause, Unit


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did.

    `units` as they were before. `hits` are the order lines that lost pieces, with what they got instead; `released`
    is everybody who got some. `already` says since when, by whom and why nothing was left to stop.
    """

    act: str
    target: Target
    units: tuple[Unit, ...]
    moves: int = 0
    lot_changed: bool = False
    freed: tuple[Freed, ...] = ()
    hits: tuple[Hit, ...] = ()
    released: tuple[Released, ...] = ()
    kept: tuple[Kept, ...] = ()
    already: tuple[str, str, str] | None = None

    @property
    def pieces(self) -> int:
        """Pieces whose status changed."""
        return sum(unit.qty for unit in self.units)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an act would do now: the units that it is for, those that it leaves, and the order lines that it hits.

    `already` as in `Done`.
    """

    chosen: Chosen
    hits: tuple[Hit, ...] = ()
    already: tuple[str, str, str] | None = None


def look(at: str, act: Act, target: Target, person_id: int | None, today: str) -> Seen:
    """What an act would do now, for the eyes of the person who is about to confirm it; locks and writes nothing.

    Raises CannotError for what nobody knows, and for what the act would not change.
    """
    found = units_of(at, target)
    chosen = _chosen(at, act, target, found, person_id, today)
    if not chosen.units and not _changes_lot(at, act, target):
        already = _stopped(at, act, target, found)
        if already is None:
            raise nothing(act, target, found, chosen)
        return Seen(chosen, already=already)
    return Seen(chosen, hit_by(chosen.units) if act == "block" else ())


def do(cause: Cause, act: Act, target: Target, today: str) -> Done:
    """Block, unblock or accept: every unit of the target that the act is for, then release of what that frees.

    Reservations on stopped units are void and picked pieces are taken out of their orders first; a lot is stopped
    with all that still comes of it. Stopping what is stopped changes nothing and says so. `cause` names the lead who
    orders it, with the reason. Raises CannotError as `look` does; nothing was changed then.
    """
    found = locked_units(cause.site, target)
    chosen = _chosen(cause.site, act, target, found, cause.operator_id, today)
    lot_changed = _changes_lot(cause.site, act, target)
    if not chosen.units and not lot_changed:
        already = _stopped(cause.site, act, target, found)
        if already is None:
            raise nothing(act, target, found, chosen)
        return Done(act, target, (), already=already)
    hits = hit_by(chosen.units) if act == "block" else ()
    if lot_changed:
        _change_lot(cause, act, target)
    freed: list[Freed] = []
    for unit in chosen.units:
        freed += _apply(cause, act, unit)
    moves = connection.value("SELECT COUNT(*) FROM stock_move WHERE scan_id = ?", cause.scan_id)
    released = _release(cause, act, chosen.units, today)
    return Done(
        act,
        target,
        chosen.units,
        int(moves),
        lot_changed,
        tuple(freed),
        _with_got(hits, released),
        released,
        chosen.kept,
    )


def _chosen(at: str, act: Act, target: Target, found: list[Unit], person_id: int | None, today: str) -> Chosen:
    return choose(at, act, found, lot_too=act == "unblock" and target.kind == "lot", person_id=person_id, today=today)


def _apply(cause: Cause, act: Act, unit: Unit) -> list[Freed]:
    if act == "block":
        return stock.block(cause, unit)
    if act == "unblock":
        stock.change_status(cause, "UNBLOCK", unit, "QUARANTINE")
        return []
    stock.change_status(cause, "ACCEPT", unit, "AVAILABLE")
    # Whoever accepts a unit that was in doubt has settled what it holds.
    connection.execute("UPDATE count_task SET state = 'DONE' WHERE unit_id = ? AND state = 'OPEN'", unit.id)
    return []


def _release(cause: Cause, act: Act, units: tuple[Unit, ...], today: str) -> tuple[Released, ...]:
    """Stopping lets lines wait again, accepting brings supply; goods on hold do neither."""
    if act == "unblock":
        return ()
    only = units[0].id if len(units) == 1 else None
    released: list[Released] = []
    for item_id in sorted({unit.item_id for unit in units}):
        released += release.release(cause, item_id, release.Trigger(act, only), today)
    return tuple(released)


def _with_got(hits: Iterable[Hit], released: Iterable[Released]) -> tuple[Hit, ...]:
    got: dict[tuple[str, int], int] = {}
    for given in released:
        got[given.order, given.line] = got.get((given.order, given.line), 0) + given.quantity
    return tuple(replace(hit, got=got.get((hit.order, hit.line), 0)) for hit in hits)


# --- The lot itself -------------------------------------------------------------------------------------


def _changes_lot(at: str, act: Act, target: Target) -> bool:
    """Whether the stop of the lot begins or ends with this act."""
    return target.kind == "lot" and act != "accept" and (stop_of(at, target) is None) == (act == "block")


def _change_lot(cause: Cause, act: Act, target: Target) -> None:
    item_id = item_of(cause.site, target.sku)
    if act == "unblock":
        connection.execute(
            "UPDATE lot_block SET ended_at = ? WHERE site = ? AND item_id = ? AND lot = ? AND ended_at IS NULL",
            cause.at,
            cause.site,
            item_id,
            target.code,
        )
        return
    connection.insert_row(
        "lot_block",
        unless="(site, item_id, lot) WHERE ended_at IS NULL",
        site=cause.site,
        item_id=item_id,
        lot=target.code,
        reason=cause.reason,
        operator_id=cause.operator_id,
        at=cause.at,
    )


def _stopped(at: str, act: Act, target: Target, found: list[Unit]) -> tuple[str, str, str] | None:
    """When, by whom and why everything of the target was stopped already; None where that is not so."""
    if act != "block":
        return None
    stop = stop_of(at, target)
    if stop is not None or not any(unit.status == "BLOCKED" for unit in found):
        return stop
    last = connection.row(
        "SELECT m.at, COALESCE(o.name, ''), m.reason FROM stock_move m LEFT JOIN operator o ON o.id = m.operator_id "
        f"WHERE m.to_unit_id IN ({connection.marks(found)}) AND m.to_status = 'BLOCKED' ORDER BY m.id DESC LIMIT 1",
        *(unit.id for unit in found),
    )
    return None if last is None else (last[0], last[1], last[2])


# --- As a record ----------------------------------------------------------------------------------------


def as_json(done: Done) -> dict[str, Any]:
    """What an act did, as the command prints it."""
    return {
        "act": done.act,
        "kind": done.target.kind,
        "code": done.target.code,
        "sku": done.target.sku or None,
        "already": None if done.already is None else dict(zip(("at", "by", "reason"), done.already, strict=True)),
        "lot_stopped": (done.act == "block") if done.target.kind == "lot" and done.act != "accept" else None,
        "units": [
            {"unit": unit.code, "lot": unit.lot or None, "quantity": unit.qty, "was": unit.status}
            for unit in done.units
        ],
        "quantity": done.pieces,
        "orders": [_fields(hit) for hit in done.hits],
        "freed": [_fields(lost) for lost in done.freed],
        "released": [_fields(given) for given in done.released],
        "kept": [{"unit": kept.unit, "why": kept.why} for kept in done.kept],
    }


def _fields(entry: Hit | Freed | Released) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__slots__}

"""Put-away: which place takes which goods, and where to take what stands at the dock.

A place takes goods that its kind and its storage classes allow, and never those of two owners. What is on hold,
stopped or expired goes to quarantine and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import messages
from warehouse.messages import clip, tail
from warehouse.site import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.flows.steps import Context
    from warehouse.reply import Message
    from warehouse.stock import Unit

# What a stock status is called where a place refuses it; what is not named here is free, or on its way to be.
HELD = {
    "QUARANTINE": "goods on hold",
    "REWORK": "goods on hold",
    "BLOCKED": "blocked goods",
    "RETURN_TO_VENDOR": "blocked goods",
    "SCRAP": "blocked goods",
}
# What the kinds of places refuse, of goods that are free.
_NOT_FOR_FREE = {"quarantine": "free goods", "ship": "unpicked goods", "stage": "unstaged goods"}
_LIVE = "u.status NOT IN ('VOIDED','CONSUMED','ISSUED')"
_LOOKS_AT = 300
_THERE = f"SELECT 1 FROM handling_unit u WHERE u.site = p.site AND u.location_id = p.id AND {_LIVE}"
_NOTHING = f"AND NOT EXISTS ({_THERE})"


@dataclass(frozen=True, slots=True)
class Goods:
    """What a place is asked to take: `status` and `expiry` as they stand, or as they will."""

    item_id: int
    lot: str
    expiry: str
    status: str
    owner: str = "OWN"

    @staticmethod
    def of(units: Sequence[Unit]) -> tuple[Goods, ...]:
        """The kinds of goods among these units, each once."""
        kinds = (Goods(unit.item_id, unit.lot, unit.expiry, unit.status, unit.owner) for unit in units)
        return tuple(dict.fromkeys(kinds))

    def held(self, today: str) -> str:
        """What they are called if they may stand in quarantine alone, "" if they are free."""
        return HELD.get(self.status) or ("expired goods" if self.expiry < today else "")


# --- May they stand there? ----------------------------------------------------------------------------------


def refused(context: Context, place: Location, goods: Goods, next_step: str) -> Message | None:
    """Why the place does not take these goods, as a STOP that ends with `next_step`; None when it does."""
    held = goods.held(context.today.isoformat())
    if held and place.kind != "quarantine":
        return _no(place, held, next_step)
    if not held and place.kind in _NOT_FOR_FREE:
        return _no(place, _NOT_FOR_FREE[place.kind], next_step)
    allowed, wanted, stranger = connection.one(
        "SELECT p.storage_classes, i.storage_class, EXISTS (SELECT 1 FROM handling_unit u WHERE u.site = p.site AND "
        f"u.location_id = p.id AND {_LIVE} AND u.owner <> ?) FROM location p JOIN item i ON i.id = ? WHERE p.id = ?",
        goods.owner,
        goods.item_id,
        place.id,
    )
    if allowed and wanted and wanted not in allowed.split():
        return _no(place, f"{wanted} goods", next_step)
    if stranger:
        return messages.say("place_owner", place=place.code, next=next_step)
    return None


def _no(place: Location, words: str, next_step: str) -> Message:
    return messages.say("place_refuses", place=place.code, other=words, next=next_step)


def other_lot(context: Context, place: Location, goods: Goods) -> str | None:
    """A lot of the same item that stands there and is another one; None when none does."""
    if place.kind != "storage":
        return None
    found = connection.row(
        f"SELECT u.lot FROM handling_unit u WHERE u.site = ? AND u.location_id = ? AND u.item_id = ? AND {_LIVE} "
        "AND u.order_id IS NULL AND u.lot <> ? ORDER BY u.lot LIMIT 1",
        context.site.code,
        place.id,
        goods.item_id,
        goods.lot,
    )
    return str(found[0]) if found else None


# --- Where to? ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place, and why this one."""

    place: str
    why: str


def suggest(context: Context, goods: Sequence[Goods], here: int) -> Suggestion | None:
    """Where to take these goods, all of one kind of holding; None when no place is known to take them.

    First a place where the same item and lot stands, then an empty one that names their storage classes, then any
    empty one; each the first by its code, and never `here`.
    """
    held = any(kind.held(context.today.isoformat()) for kind in goods)
    kind = "quarantine" if held else "storage"
    if len({(one.item_id, one.lot, one.owner) for one in goods}) == 1:
        found = _beside(context, goods[0], kind, here)
        if found:
            return Suggestion(found, "The same item and lot is there." if goods[0].lot else "The same item is there.")
    classes = _classes(goods)
    for named in (True, False) if classes else (False,):
        found = _first(context, kind, here, classes, _NOTHING, named=named)
        if found:
            return Suggestion(found, "Nothing stands there.")
    if held:  # there, much stands together
        mine = f"AND NOT EXISTS ({_THERE} AND u.owner NOT IN ({connection.marks(goods)}))"
        found = _first(context, kind, here, classes, mine, *(one.owner for one in goods))
    return Suggestion(found, "For goods on hold.") if found else None


def _beside(context: Context, goods: Goods, kind: str, here: int) -> str | None:
    """The first place with the same item and lot, and no other lot of it, where nothing is anybody else's.

    Of goods that stand at very many places, the first few hundred are looked at.
    """
    classes = _classes([goods])
    others = f"{_THERE} AND (u.owner <> ? OR (u.item_id = ? AND u.lot <> ?))"
    return connection.value(  # type: ignore[no-any-return]
        f"SELECT p.code FROM (SELECT DISTINCT u.location_id FROM handling_unit u WHERE u.site = ? AND u.item_id = ? "
        f"AND u.lot = ? AND {_LIVE} AND u.order_id IS NULL AND u.owner = ? LIMIT {_LOOKS_AT}) s "
        f"JOIN location p ON p.id = s.location_id WHERE p.kind = ? AND p.id <> ? {_takes(classes)} "
        f"AND NOT EXISTS ({others}) ORDER BY p.code LIMIT 1",
        context.site.code,
        goods.item_id,
        goods.lot,
        goods.owner,
        kind,
        here,
        *classes,
        goods.owner,
        goods.item_id,
        goods.lot,
    )


def _first(
    context: Context, kind: str, here: int, classes: Sequence[str], holds: str, *params: str, named: bool = False
) -> str | None:
    """The first place, walking along their codes; `named`: one that names the classes and not one that names none."""
    return connection.value(  # type: ignore[no-any-return]
        f"SELECT p.code FROM location p WHERE p.site = ? AND p.kind = ? AND p.id <> ? {_takes(classes, named)} {holds} "
        "ORDER BY p.code LIMIT 1",
        context.site.code,
        kind,
        here,
        *classes,
        *params,
    )


def _classes(goods: Sequence[Goods]) -> list[str]:
    """The storage classes of these items, as they are looked for in those of a place."""
    ids = sorted({one.item_id for one in goods})
    found = connection.rows(
        f"SELECT DISTINCT storage_class FROM item WHERE id IN ({connection.marks(ids)}) AND storage_class <> ''", *ids
    )
    return [f" {row[0]} " for row in found]


def _takes(classes: Sequence[str], named: bool = False) -> str:
    """The condition that a place takes all these classes, which are its parameters."""
    has = "instr" if connection.dialect() == "sqlite" else "strpos"
    one = f"{has}(' ' || p.storage_classes || ' ', ?) > 0"
    return " ".join(f"AND {one}" if named else f"AND (p.storage_classes = '' OR {one})" for _ in classes)


# --- May they be moved at all? ------------------------------------------------------------------------------


def check_free(units: Sequence[Unit]) -> None:
    """Refuse what is used up, picked, or in somebody's hands for a pick: person and order are named."""
    for unit in units:
        if not unit.qty:
            messages.refuse("unit_used_up", code=tail(unit.code))
        if unit.order_id is not None:
            order = connection.value("SELECT order_no FROM order_header WHERE id = ?", unit.order_id)
            messages.refuse("unit_picked", code=tail(unit.code), order=order)
    reserved = [unit.id for unit in units if unit.qty_reserved]
    if not reserved:
        return
    taken = connection.row(
        "SELECT o.name, u.code, h.order_no FROM reservation r JOIN pick_task t ON t.reservation_id = r.id "
        "JOIN operator o ON o.id = t.operator_id JOIN handling_unit u ON u.id = r.unit_id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
        f"WHERE r.unit_id IN ({connection.marks(reserved)}) AND r.state = 'OPEN' AND t.state = 'TAKEN' "
        "ORDER BY u.id LIMIT 1",
        *reserved,
    )
    if taken:
        person, code, order = taken
        messages.refuse("unit_in_hand", person=clip(person, 8), code=tail(code), order=order)


def one_holding(context: Context, goods: Sequence[Goods], code: str) -> None:
    """Refuse a pallet on which free goods stand beside such as may stand in quarantine alone: no place takes both."""
    if len({bool(one.held(context.today.isoformat())) for one in goods}) > 1:
        messages.refuse("mixed_load", code=tail(code))

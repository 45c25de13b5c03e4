"""What is stopped, held or let go: a unit, a pallet, everything at a place, a lot of an item, what came on a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from db import connection
from warehouse import carriers, items, site, stock
from warehouse.flows.steps import part
from warehouse.reply import InputError
from warehouse.stock import Unit
from warehouse.stock.units import LIVE, UNIT


class CannotError(InputError):
    """It cannot be done. The text is the sentence of a command; `template` with `fields` says it on the floor."""

    def __init__(self, sentence: str, template: str, **fields: object) -> None:
        super().__init__(sentence)
        self.template = template
        self.fields = fields


@part
@dataclass(frozen=True)
class Target:
    """Goods by what names them all: `kind` is unit (also a pallet), place, lot (with its `sku`) or receipt."""

    kind: str
    code: str
    sku: str = ""

    def __str__(self) -> str:
        return f"lot {self.code} of {self.sku}" if self.kind == "lot" else f"{self.kind} {self.code}"


def locked_units(at: str, target: Target) -> list[Unit]:
    """The live units of the target, by id, after the rows of all their items were locked in one statement.

    Raises CannotError for what nobody knows.
    """
    wanted = {unit.item_id for unit in units_of(at, target)}
    if target.kind == "lot":
        wanted.add(item_of(at, target.sku))  # what of it arrives meanwhile waits for this lock
    connection.locked(at, wanted)
    found = units_of(at, target)
    if not {unit.item_id for unit in found} <= wanted:
        raise connection.Conflict(f"{target} holds another item by now")
    return found


def units_of(at: str, target: Target) -> list[Unit]:
    """The live units of the target, by id. Raises CannotError for what nobody knows."""
    return {"unit": _unit, "place": _place, "lot": _lot, "receipt": _receipt}[target.kind](at, target)


def _unit(at: str, target: Target) -> list[Unit]:
    for code in (target.code, target.code.removeprefix("00")):
        if stock.known_unit(at, code) is not None:
            return _units(at, "code = ?", code)
        carrier = carriers.by_code(at, code)
        if carrier is not None:
            return carriers.units_on(carrier.id)
    raise CannotError(
        f"There is no unit {target.code} at this site; nothing was changed.", "unknown_code", got=target.code
    )


def _place(at: str, target: Target) -> list[Unit]:
    where = site.location(at, target.code)
    if where is None:
        raise CannotError(
            f"There is no place {target.code} at this site; nothing was changed.", "unknown_code", got=target.code
        )
    return _units(at, "location_id = ?", where.id)


def _lot(at: str, target: Target) -> list[Unit]:
    item_id = item_of(at, target.sku)
    if not target.code or not _known_lot(at, item_id, target.code):
        raise CannotError(
            f"Nobody has seen or announced lot {target.code or '(none)'} of {target.sku}: check the lot as it is "
            "written on the case; nothing was changed.",
            "unknown_lot",
            got=target.code,
            item=target.sku,
        )
    return _units(at, "item_id = ? AND lot = ? AND lot <> ''", item_id, target.code)


def _known_lot(at: str, item_id: int, lot: str) -> bool:
    which = "site = ? AND item_id = ? AND lot = ? AND lot <> '' LIMIT 1"
    return any(
        connection.row(f"SELECT 1 FROM {table} WHERE {which}", at, item_id, lot)
        for table in ("handling_unit", "asn_unit", "lot_block")
    )


def item_of(at: str, sku: str) -> int:
    """The item with this SKU or barcode. Raises CannotError where there is none."""
    found = items.by_barcode(at, sku)
    if found is None:
        raise CannotError(f"There is no item {sku} at this site; nothing was changed.", "unknown_code", got=sku)
    return found[0].id


def _receipt(at: str, target: Target) -> list[Unit]:
    receipt_id = connection.value("SELECT id FROM receipt WHERE site = ? AND code = ?", at, target.code)
    if receipt_id is None:
        raise CannotError(
            f"There is no receipt {target.code} at this site; nothing was changed.", "unknown_code", got=target.code
        )
    return _units(at, "receipt_id = ?", receipt_id)


def _units(at: str, where: str, *params: object) -> list[Unit]:
    found = connection.rows(f"{UNIT} WHERE site = ? AND {where} AND {LIVE} ORDER BY id", at, *params)
    return [Unit(*row) for row in found]

"""What must be true after a race, from the rows alone, without asking the program's own `verify`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from race_account import Account

from db import connection


def oversold() -> list[str]:
    """Pieces promised twice, from the rows alone: more promised than a unit holds, more picked than was ordered."""
    found = connection.rows(
        "SELECT u.code, u.qty, SUM(r.qty - r.qty_picked - r.qty_voided) FROM reservation r "
        "JOIN handling_unit u ON u.id = r.unit_id WHERE r.state = 'OPEN' GROUP BY u.code, u.qty, u.id, u.status "
        "HAVING SUM(r.qty - r.qty_picked - r.qty_voided) > u.qty OR u.status <> 'AVAILABLE'"
    )
    wrong = [f"unit {code} holds {qty}, {promised} are promised" for code, qty, promised in found]
    found = connection.rows(
        "SELECT l.id, l.qty_ordered - l.qty_cancelled, SUM(r.qty - r.qty_voided) FROM order_line l "
        "JOIN reservation r ON r.line_id = l.id GROUP BY l.id, l.qty_ordered, l.qty_cancelled "
        "HAVING SUM(r.qty - r.qty_voided) > l.qty_ordered - l.qty_cancelled"
    )
    return wrong + [f"line {line} wants {wanted}, has {given}" for line, wanted, given in found]


def left_waiting() -> list[str]:
    """Lines that wait although what they need is free: the wake-up that was lost. Counters are not believed."""
    wrong = []
    for (item_id,) in connection.rows("SELECT id FROM item ORDER BY id"):
        free = connection.value(
            "SELECT COALESCE(SUM(u.qty), 0) - COALESCE((SELECT SUM(r.qty - r.qty_picked - r.qty_voided) "
            "FROM reservation r WHERE r.item_id = ? AND r.state = 'OPEN'), 0) FROM handling_unit u "
            "WHERE u.item_id = ? AND u.status = 'AVAILABLE' AND u.order_id IS NULL",
            item_id,
            item_id,
        )
        wrong += [
            f"line {line.id} waits for {line.open}, {free} of item {item_id} are free"
            for line in _waiting_lines(item_id)
            if line.need <= free
        ]
    return wrong


def sets_left_waiting() -> list[str]:
    """Orders that leave together and could have all that they miss, or claim and could have some; stuck picks."""
    free = dict(_free_by_item())
    missing: dict[int, dict[int, int]] = {}
    for set_id, item_id, wanted, secured in connection.rows(
        "SELECT l.set_id, l.item_id, l.qty_ordered - l.qty_cancelled, (SELECT COALESCE(SUM(r.qty - r.qty_voided), 0) "
        "FROM reservation r WHERE r.line_id = l.id) FROM order_line l WHERE l.set_id IS NOT NULL"
    ):
        if wanted > secured:
            some = missing.setdefault(set_id, {})
            some[item_id] = some.get(item_id, 0) + wanted - int(secured)
    claiming = {row[0] for row in connection.rows("SELECT id FROM ship_set WHERE claiming = 1")}
    held = {
        row[0]
        for row in connection.rows(
            "SELECT l.set_id FROM order_line l JOIN order_hold o ON o.order_id = l.order_id WHERE o.ended_at IS NULL"
        )
    }
    wrong = []
    for set_id, items in sorted(missing.items()):
        if set_id in held:
            continue
        if all(free.get(item, 0) >= qty for item, qty in items.items()):
            wrong.append(f"set {set_id} waits for {items}, all of it is free")
        elif set_id in claiming and any(free.get(item, 0) for item in items):
            wrong.append(f"set {set_id} claims {items}, some of it is free")
    waits = connection.rows(
        "SELECT l.set_id FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
        "JOIN order_line l ON l.id = r.line_id WHERE t.state = 'WAITING' AND l.held = 0"
    )
    wrong += [f"a pick of set {set_id} waits, nothing is missing" for (set_id,) in waits if set_id not in missing]
    return wrong


def _free_by_item() -> list[tuple[int, int]]:
    found = connection.rows(
        "SELECT u.item_id, SUM(u.qty - (SELECT COALESCE(SUM(r.qty - r.qty_picked - r.qty_voided), 0) FROM reservation r "
        "WHERE r.unit_id = u.id AND r.state = 'OPEN')) FROM handling_unit u "
        "WHERE u.status = 'AVAILABLE' AND u.order_id IS NULL GROUP BY u.item_id"
    )
    return [(item, int(qty)) for item, qty in found]


@dataclass(frozen=True)
class _Waiting:
    id: int
    open: int
    need: int


def _waiting_lines(item_id: int) -> list[_Waiting]:
    """Lines with something missing, worked out from their reservations, and the least that would serve each."""
    found = connection.rows(
        "SELECT l.id, l.policy, l.min_fill_percent, l.qty_ordered - l.qty_cancelled, (SELECT COALESCE(SUM(r.qty - r.qty_voided), 0) "
        "FROM reservation r WHERE r.line_id = l.id) FROM order_line l WHERE l.item_id = ? AND l.set_id IS NULL "
        "AND l.held = 0 AND l.full_cases = 0 ORDER BY l.id",
        item_id,
    )
    waiting = []
    for line_id, policy, fill, wanted, secured in found:
        missing = wanted - secured
        if missing <= 0:
            continue
        least = -(-fill * wanted // 100) - secured
        need = max(1, min(missing, least)) if policy == "partial" else missing
        waiting.append(_Waiting(line_id, missing, need))
    return waiting


@dataclass(frozen=True)
class Written:
    """What the ledger holds of one scan: rows, and pieces by kind (ADJUST signed)."""

    moves: int
    pieces: dict[str, int]


def ledger() -> dict[str, Written]:
    """The ledger by scan; opening balances left out, nobody was told about those."""
    found = connection.rows(
        "SELECT scan_id, kind, qty, from_account, id FROM stock_move WHERE kind <> 'OPENING' ORDER BY id"
    )
    written: dict[str, Written] = {}
    for scan_id, kind, qty, came_from, _ in found:
        entry = written.get(scan_id, Written(0, {}))
        signed = -qty if kind == "ADJUST" and came_from == "UNIT" else qty
        pieces = {**entry.pieces, kind: entry.pieces.get(kind, 0) + signed}
        written[scan_id] = Written(entry.moves + 1, pieces)
    return written


KINDS = {
    "saved": "RECEIPT",
    "picked": "PICK",
    "short_bad": "PICK",
    "short_doubt": "PICK",
    "adjust": "ADJUST",
    "undone_receipt": "UNDO",
    "undone_pick": "UNDO",
}


def heard_but_not_written(accounts: Sequence[Account]) -> list[str]:
    """Where the ledger and what people were told differ, in either direction."""
    written = ledger()
    wrong = []
    for said in (said for account in accounts for said in account.said):
        entry = written.pop(said.scan_id, Written(0, {}))
        kind = KINDS.get(said.template, "")
        pieces = entry.pieces.get(kind, 0) if kind else said.pieces
        if entry.moves != said.moves or pieces != said.pieces:
            wrong.append(f"heard {said}, the ledger has {entry}")
    return wrong + [f"nobody was told of {scan_id}: {entry}" for scan_id, entry in written.items()]

"""Floors with a person at every step of a flow, for the tests that let each step meet every input."""

from __future__ import annotations

from small_floor import FrozenFloor, Hand, SmallFloor, gtin, sscc

from db import connection

GOWN, MEDIUM, MASK, SERUM = gtin(1), gtin(2), gtin(3), gtin(4)
SERUM_CASE = f"]C100{sscc(4)}020{SERUM}3710"
PART, OTHER, WHOLE, ALONE = sscc(1), sscc(2), sscc(3), sscc(4)


def receiving_floor(small: SmallFloor) -> dict[str, Hand]:
    """Ana at each step of receiving in turn; Kim has saved one case of 10 before (so 90 of 100 are open)."""
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    small.purchase_order("PO-2", ("GOWN-M", 10))
    small.order("SO-1", ("GOWN-L", 20))
    small.hand("1004", "DOCK-2").all("PO-1", f"]C100{sscc(90)}020{GOWN}3710")
    return _stand(
        small,
        "1001",
        {
            "choose_order": ["!1"],
            "scan_case": ["PO-1"],
            "scan_item": ["PO-1", f"]C100{sscc(1)}"],
            "key_lot": ["PO-1", SERUM_CASE],
            "key_expiry": ["PO-1", SERUM_CASE, "=L7"],
            "how_many": ["PO-1", f"]E0{GOWN}"],
            "confirm": ["PO-1", f"]E0{GOWN}", "=130"],
        },
    )


def picking_floor(small: SmallFloor) -> dict[str, Hand]:
    """Ida at each step of a pick of 20 from a case of 24; others hold and wait for other picks.

    SO-1: 20 of the case PART at A-01, where OTHER (same item) stands too. SO-2: all of WHOLE at A-02.
    SO-3: loose masks at A-02. SO-4: 5 of ALONE, the only case of its item at A-01. SO-5 is Kim's. SO-6 waits.
    A lead picks as a picker does.
    """
    small.stock("GOWN-L", 24, "A-01", code=PART)
    small.order("SO-1", ("GOWN-L", 20))
    small.stock("GOWN-L", 30, "A-01", code=OTHER)
    small.stock("GOWN-M", 10, "A-02", code=WHOLE)
    small.order("SO-2", ("GOWN-M", 10))
    small.stock("MASK", 40, "A-02")
    small.order("SO-3", ("MASK", 15))
    small.stock("SERUM", 9, "A-01", code=ALONE, lot="L7", expiry="2027-01-01")
    small.order("SO-4", ("SERUM", 5))
    small.order("SO-5", ("MASK", 5))
    small.order("SO-6", ("GOWN-M", 3))
    small.hand("1004", "KIM").scan("SO-5")
    return _stand(
        small,
        "1003",
        {
            "get_work": ["!2"],
            "go_to": ["SO-1"],
            "take_unit": ["SO-1", "A-01"],
            "take_whole": ["SO-2", "A-02"],
            "take_loose": ["SO-3", "A-02"],
            "take_alone": ["SO-4", "A-01"],
            "take_pieces": ["SO-1", "A-01", PART],
            "how_short": ["SO-1", "A-01", "!F5"],
            "short_on_the_way": ["SO-1", "!F5"],
            "why_short": ["SO-1", "A-01", PART, "=14"],
        },
    )


def front_floor(small: SmallFloor) -> dict[str, Hand]:
    """A terminal that nobody is signed on at, Ida's home, the board, and the scanner test."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.stock("GOWN-M", 10, "A-01", code=WHOLE)
    small.order("SO-1", ("GOWN-M", 4))
    return _stand(small, "1003", {"badge": ["!F12"], "menu": [], "live": ["!3"], "try": ["XKTEST"]})


def _stand(small: SmallFloor, badge: str, ways: dict[str, list[str]]) -> dict[str, Hand]:
    hands = {}
    for step, inputs in ways.items():
        small.go_home(badge)
        hands[step] = small.hand(badge, step)
        if inputs:
            hands[step].all(*inputs)
    return hands


def at_step(frozen: FrozenFloor, step: str) -> Hand:
    """The person at that step, on a fresh copy of the floor, with the task of the step in hand."""
    _, hands = frozen.thaw()
    hand = hands[step]
    if hand.session.operator is not None:
        person = hand.session.operator.id
        where = (hand.session.terminal, hand.session.station, person)
        connection.execute("UPDATE operator_step SET terminal = ?, station = ? WHERE operator_id = ?", *where)
        connection.execute("UPDATE pick_task SET state = 'OPEN', operator_id = NULL WHERE operator_id = ?", person)
        task = getattr(hand.session.step, "task_id", None)
        connection.execute("UPDATE pick_task SET state = 'TAKEN', operator_id = ? WHERE id = ?", person, task)
    return hand

"""Floors with a person at every step of a flow, for the tests that let each step meet every input."""

from __future__ import annotations

from datetime import date

from small_floor import FrozenFloor, Hand, SmallFloor, gtin, sscc

from db import connection
from warehouse import blocks, holds
from warehouse.blocks import Target
from warehouse.holds import Terms, Which
from warehouse.serials import plate

GOWN, MEDIUM, MASK, SERUM = gtin(1), gtin(2), gtin(3), gtin(4)
SERUM_CASE = f"]C100{sscc(4)}020{SERUM}3710"
PART, OTHER, WHOLE, ALONE = sscc(1), sscc(2), sscc(3), sscc(4)
PALLET, NEW_PLATE = plate(900), plate(901)


def receiving_floor(small: SmallFloor) -> dict[str, Hand]:
    """Ana at each step of receiving in turn; Kim has saved one case of 10 before (so 90 of 100 are open)."""
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    small.purchase_order("PO-2", ("GOWN-M", 10))
    small.another_item(5, "PUMP", "Pump", serial_control=1)
    small.another_item(6, "HAM", "Ham", case_qty_mode="catch_weight", weight_unit="kg")
    small.purchase_order("PO-4", ("MASK", 20))
    small.purchase_order("PO-5", ("GOWN-M", 10), expected_on=date(2026, 9, 1))
    small.purchase_order("PO-6", ("PUMP", 10), ("HAM", 60))
    small.purchase_order("PO-7", ("GOWN-M", 100))
    small.purchase_order("PO-8", ("MASK", 100))
    # Gown L asks above the order, the rest is refused there; PO-5 may not come so early.
    connection.execute("UPDATE item SET over_percent = 0, over_action = 'WARN' WHERE sku = 'GOWN-L'")
    connection.execute("UPDATE po_line SET early_days = 1, early_action = 'REJECT' WHERE expected_on = '2026-09-01'")
    # Of PO-7 so little will be missing that it may be closed short, of PO-8 so much that a lead decides.
    connection.execute(
        "UPDATE po_line SET under_percent = 0, under_action = 'REJECT' WHERE id = (SELECT MAX(id) FROM po_line)"
    )
    small.order("SO-1", ("GOWN-L", 20))
    kim = small.hand("1004", "DOCK-2")
    for number, (po, item, count) in enumerate((("PO-1", GOWN, 10), ("PO-7", MEDIUM, 99), ("PO-8", MASK, 50)), 90):
        kim.all(po, f"]C100{sscc(number)}020{item}37{count}", "!ESC")
    kim.all("PO-1", f"]C100{sscc(95)}020{SERUM}172712313710{chr(29)}10L3", "!ESC")
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
            "choose_vendor": ["!1", "!F5"],
            "add_order": ["PO-1", "PO-2"],
            "second_badge": ["PO-1", f"]E0{GOWN}", "=501"],
            "second_count": ["PO-1", f"]E0{GOWN}", "=501", "1004"],
            "over_limit": ["PO-4", f"]E0{MASK}", "=30"],
            "needs_lead": ["PO-5", f"]E0{MEDIUM}", "=10"],
            "scan_serials": ["PO-6", f"]E0{gtin(5)}", "=2"],
            "key_weight": ["PO-6", f"]E0{gtin(6)}", "=4"],
            "check": ["PO-1", "!F8"],
            "check_case": ["PO-1", "!F8", f"]C100{sscc(90)}"],
            "close_short": ["PO-7", "!F8", "!F8"],
            "close_lead": ["PO-8", "!F8", "!F8"],
            **_problems(),
        },
    )


def _problems() -> dict[str, list[str]]:
    """The steps of F5; the serum that Kim received has a lot and a day that may be wrong."""
    correct, teach = ["PO-1", "!F5", "=7"], ["PO-1", "!F5", "=8"]
    unknown = f"]E0{gtin(77)}"
    return {
        "problem": ["PO-1", "!F5"],
        "problem_reason": ["PO-1", "!F5", "=5"],
        "problem_note": ["PO-1", "!F5", "=1"],
        "problem_case": ["PO-1", "!F5", "=1", "!ENTER"],
        "correct_scan": correct,
        "correct_count": [*correct, sscc(90)],
        "correct_none": [*correct, sscc(90), "=0"],
        "correct_lot": [*correct, sscc(95), "!ENTER"],
        "correct_expiry": [*correct, sscc(95), "!ENTER", "!ENTER"],
        "teach_code": teach,
        "teach_item": [*teach, unknown],
        "teach_quantity": [*teach, unknown, f"]E0{MASK}"],
        "teach_sure": [*teach, unknown, f"]E0{GOWN}"],
    }


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
    """A terminal that nobody is signed on at, Ida's home, what is on its way, a look at PO-1, the scanner test."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.stock("GOWN-M", 10, "A-01", code=WHOLE)
    small.order("SO-1", ("GOWN-M", 4))
    ways = {"badge": ["!F12"], "menu": [], "list": ["!6"], "look": ["!F2", "PO-1"], "try": ["XKTEST"]}
    return _stand(small, "1003", ways)


def board_floor(small: SmallFloor) -> dict[str, Hand]:
    """Ida at each screen of the board: SO-1 has an open pick, SO-2 waits, SO-3 is held, RC-0001 came in an hour ago."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.stock("GOWN-M", 10, "A-01", code=WHOLE)
    small.order("SO-1", ("GOWN-M", 4))
    small.order("SO-2", ("SERUM", 4))
    small.order("SO-3", ("SERUM", 2))
    holds.hold(small.command(), [Which("SO-3", 1)], Terms("credit", small.site.today(small.now)))
    small.hand("1001", "ANA").all("PO-1", f"]C100{sscc(1)}020{GOWN}3724")
    return _stand(
        small,
        "1003",
        {
            "live": ["!3"],
            "flow": ["!3", "SO-1"],
            "plots": ["!3", "!3"],
            "problems": ["!3", "!4"],
            "made_of": ["!3", "!OPEN:age"],
            "review": ["!3", "SO-2", "!R"],
            "review_note": ["!3", "SO-2", "!R", "!2"],
            "assign": ["!3", "SO-1", "!A"],
            "priority": ["!3", "SO-2", "!P"],
            "hold": ["!3", "SO-2", "!H"],
            "hold_until": ["!3", "SO-2", "!H", "!1"],
            "hold_why": ["!3", "SO-2", "!H", "!2"],
            "let_go": ["!3", "SO-3", "!H"],
        },
    )


def stop_floor(small: SmallFloor) -> dict[str, Hand]:
    """Ida at each step of stopping a lot of serum: SO-1 has 5 of the case ALONE, a case of gowns is stopped already."""
    small.stock("SERUM", 9, "A-01", code=ALONE, lot="L7", expiry="2027-01-01")
    small.stock("GOWN-L", 24, "A-02", code=PART)
    small.order("SO-1", ("SERUM", 5))
    small.purchase_order("PO-1", ("GOWN-L", 100))
    blocks.block(small.command(), Target("unit", PART))
    return _stand(
        small,
        "1003",
        {
            "scan_what": ["!4"],
            "key_lot": ["!4", f"]E0{SERUM}"],
            "say_why": ["!4", ALONE],
            "confirm": ["!4", ALONE, "XKRSDG"],
        },
    )


def put_away_floor(small: SmallFloor) -> dict[str, Hand]:
    """Ana at each step of put-away: PART in hand, PALLET with WHOLE on it at the dock, ALONE on hold, OTHER at A-02."""
    small.stock("GOWN-L", 24, "DOCK-1", code=PART)
    small.stock("GOWN-M", 10, "DOCK-1", code=WHOLE)
    small.stock("SERUM", 9, "DOCK-1", code=ALONE, lot="L7", expiry="2026-01-31")
    small.stock("MASK", 30, "A-02", code=OTHER)
    small.order("SO-1", ("MASK", 5))
    small.purchase_order("PO-1", ("GOWN-L", 100))
    kim = small.hand("1004", "KIM")
    kim.all("!3", "!F5", "!5", "DOCK-1")
    pallet = connection.value("SELECT code FROM carrier")
    connection.execute("UPDATE carrier SET code = ?", PALLET)
    assert pallet
    kim.all(WHOLE, PALLET)
    return _stand(
        small,
        "1001",
        {
            "scan_unit": ["!2"],
            "scan_place": ["!2", PART],
            "scan_pallet": ["!2", "!F5", "!1", PART],
            "choose_job": ["!2", "!F5"],
            "scan_for_job": ["!2", "!F5", "!3"],
        },
    )


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

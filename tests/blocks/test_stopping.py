"""Stopped goods leave every promise and every pick at once, and their orders get what else is free."""

from __future__ import annotations

import threading

import pytest
from small_floor import said
from stop_desk import EXPIRY, L7, L8, StopFloor, place, unit

from db import connection
from warehouse import blocks, stock
from warehouse.blocks import CannotError, Target
from warehouse.reply import Verdict


def orders_of(told: dict) -> list[tuple]:
    return [(one["order"], one["quantity"], one["picked"], one["got"]) for one in told["orders"]]


def kinds(scan: str = "%") -> list[tuple]:
    """The moves of stopping and letting go, with what was promised elsewhere."""
    return connection.rows(
        "SELECT m.kind, m.qty, m.from_status, m.to_status, m.reason, o.badge FROM stock_move m "
        "JOIN operator o ON o.id = m.operator_id WHERE m.kind IN ('BLOCK','UNBLOCK','ACCEPT','UNPICK') ORDER BY m.id"
    )


# --- Stopping -------------------------------------------------------------------------------------------


def test_a_stopped_lot_leaves_its_orders_which_get_the_other_lot(stop_floor):
    told = stop_floor.block(L7)

    # 30 pieces were promised, 20 others are free: the order of service decides, as everywhere.
    assert orders_of(told) == [("SO-1", 15, 0, 15), ("SO-2", 12, 0, 5), ("SO-3", 3, 0, 0)]
    assert told["quantity"] == 30
    assert told["already"] is None
    assert told["lot_stopped"] is True
    assert [(one["unit"], one["was"]) for one in told["units"]] == [("CASE-A", "AVAILABLE"), ("CASE-B", "AVAILABLE")]
    assert stop_floor.state("CASE-A") == ("BLOCKED", 20, 0)
    assert stop_floor.state("CASE-C") == ("AVAILABLE", 30, 30)
    assert [row[:4] for row in kinds()] == [
        ("BLOCK", 20, "AVAILABLE", "BLOCKED"),
        ("BLOCK", 10, "AVAILABLE", "BLOCKED"),
    ]
    assert {row[4:] for row in kinds()} == {("RECALL", "1003")}
    runs = connection.rows("SELECT cause, supply_before, supply_after FROM release_run ORDER BY id DESC LIMIT 1")
    assert runs == [("block", 20, 0)]
    open_tasks = connection.rows(
        "SELECT COUNT(*) FROM pick_task t JOIN reservation r ON r.id = t.reservation_id JOIN handling_unit u "
        "ON u.id = r.unit_id WHERE t.state IN ('OPEN','TAKEN') AND u.lot = 'L7'"
    )
    assert open_tasks == [(0,)]


def test_a_unit_alone_is_stopped_without_its_lot(stop_floor):
    told = stop_floor.block(unit("CASE-B"))

    assert {one["order"] for one in told["orders"]} == {"SO-2", "SO-3"}
    assert told["lot_stopped"] is None
    assert stop_floor.state("CASE-B") == ("BLOCKED", 10, 0)
    assert stop_floor.state("CASE-A") == ("AVAILABLE", 20, 20)
    assert blocks.stopped_lot("T1", stop_floor.item("SERUM"), "L7") is None


def test_a_place_is_stopped_with_everything_on_it_loose_stock_too(stop_floor):
    stop_floor.stock("MASK", 40, "A-02")
    stop_floor.order("SO-9", ("MASK", 25))

    told = stop_floor.block(place("A-02"))

    assert sorted((one["lot"], one["quantity"]) for one in told["units"] if one["lot"]) == [("L7", 10), ("L8", 30)]
    assert ("SO-9", 25, 0, 0) in orders_of(told)
    loose = connection.rows("SELECT status, qty FROM handling_unit WHERE kind = 'LOOSE' ORDER BY id")
    assert loose == [("CONSUMED", 0), ("BLOCKED", 40)]
    assert {row[0] for row in connection.rows("SELECT DISTINCT item_id FROM release_run WHERE cause = 'block'")} == {
        stop_floor.item("SERUM"),
        stop_floor.item("MASK"),
    }
    # More of it arrives at the place and is stopped into the same row.
    stop_floor.stock("MASK", 2, "A-02")
    stop_floor.block(place("A-02"))
    assert connection.rows("SELECT qty FROM handling_unit WHERE kind = 'LOOSE' AND status = 'BLOCKED'") == [(42,)]


def test_a_pallet_is_stopped_with_what_is_on_it(stop_floor):
    person = connection.value("SELECT id FROM operator WHERE badge = '1001'")
    at = {"site": "T1", "kind": "PALLET", "opened_by": person, "opened_at": stop_floor.cause().at}
    low = connection.insert("carrier", code="P-1", location_id=stop_floor.place("A-02"), **at)
    top = connection.insert("carrier", code="P-2", location_id=stop_floor.place("A-02"), parent_id=low, **at)
    for code, carrier in (("CASE-B", low), ("CASE-C", top)):
        connection.execute("UPDATE handling_unit SET carrier_id = ? WHERE code = ?", carrier, code)
        connection.insert_row(
            "carrier_move",
            site="T1",
            at=stop_floor.cause().at,
            unit_id=stop_floor.unit(code)["id"],
            to_carrier_id=carrier,
            scan_id="raw",
            operator_id=person,
        )
    connection.insert_row(
        "carrier_move",
        site="T1",
        at=stop_floor.cause().at,
        carrier_id=top,
        to_carrier_id=low,
        scan_id="raw",
        operator_id=person,
    )

    told = stop_floor.block(unit("P-1"))

    assert [one["unit"] for one in told["units"]] == ["CASE-B", "CASE-C"]
    assert stop_floor.state("CASE-A")[0] == "AVAILABLE"


def test_goods_on_hold_are_stopped_too(stop_floor):
    leo = stop_floor.hand("1002")
    leo.all("SO-1", "A-01", "!F5", "=0", "=1")  # not here: the rest of CASE-A is in doubt
    assert stop_floor.state("CASE-A")[0] == "QUARANTINE"

    told = stop_floor.block(L7)

    assert ("CASE-A", "QUARANTINE") in [(one["unit"], one["was"]) for one in told["units"]]
    assert stop_floor.state("CASE-A") == ("BLOCKED", 20, 0)
    assert leo.key("F4").verdict is Verdict.STOP


def test_stopping_what_is_stopped_changes_nothing_and_says_so(stop_floor):
    stop_floor.block(L7)
    before = connection.value("SELECT COUNT(*) FROM scan_log")

    again = stop_floor.block(L7, "1005")

    assert again["already"] == {"at": again["already"]["at"], "by": "IDA", "reason": "RECALL"}
    assert (again["units"], again["quantity"], again["orders"]) == ([], 0, [])
    assert stop_floor.block(unit("CASE-A"))["already"]["by"] == "IDA"
    assert stop_floor.block(place("A-01"))["already"]["by"] == "IDA"
    assert connection.value("SELECT COUNT(*) FROM scan_log") == before
    assert connection.value("SELECT COUNT(*) FROM lot_block") == 1


def test_what_arrives_of_a_stopped_lot_later_is_known_to_be_stopped(lite_floor):
    serum = lite_floor.item("SERUM")
    assert blocks.stopped_lot("T1", serum, "L7") is None

    lite_floor.block(L7)

    assert blocks.stopped_lot("T1", serum, "L7") == "RECALL"
    assert blocks.stopped_lot("T1", serum, "L8") is None
    assert blocks.stopped_lot("T1", lite_floor.item("MASK"), "L7") is None
    assert blocks.stopped_lot("T1", serum, "") is None
    # Also stock that is imported.
    lite_floor.stock("SERUM", 4, "A-01", code="CASE-D", lot="L7", expiry=EXPIRY)
    assert lite_floor.state("CASE-D") == ("BLOCKED", 4, 0)

    lite_floor.unblock(L7)

    assert blocks.stopped_lot("T1", serum, "L7") is None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (unit("NO-CASE"), "There is no unit NO-CASE"),
        (place("A-99"), "There is no place A-99"),
        (place("QUAR-1"), "Nothing of place QUAR-1 is in use or on hold: nothing is left of it"),
        (Target("lot", "L9", "SERUM"), "Nobody has seen or announced lot L9 of SERUM"),
        (Target("lot", "", "SERUM"), "Nobody has seen or announced lot (none)"),
        (Target("lot", "L7", "NONE"), "There is no item NONE"),
    ],
    ids=str,
)
def test_what_nobody_knows_is_not_stopped(lite_floor, target, words):
    with pytest.raises(CannotError) as refused:
        lite_floor.block(target)

    assert words in str(refused.value)
    assert connection.value("SELECT COUNT(*) FROM lot_block") == 0


# --- In the middle of a pick ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scans", [["SO-1"], ["SO-1", "A-01"], ["SO-1", "A-01", "CASE-A"], ["SO-1", "!F5"]], ids="-".join
)
def test_an_open_pick_stops_at_the_next_scan_and_says_why(lite_floor, scans):
    leo = lite_floor.hand("1002")
    leo.all(*scans)

    lite_floor.block(unit("CASE-A"))
    stopped = leo.scan("A-01")

    assert stopped.verdict is Verdict.STOP
    assert said(stopped).startswith("CASE-A was stopped. Leave it here. RECALL")
    assert lite_floor.state("CASE-A") == ("BLOCKED", 20, 0)
    assert leo.key("ESC").step.name == "picking.go_to"  # the next pick, of what the order got instead


def test_a_pick_that_was_taken_back_otherwise_says_that(lite_floor):
    leo = lite_floor.hand("1002")
    leo.scan("SO-1")

    lite_floor.cancel("SO-1")

    assert said(leo.scan("A-01")).startswith("This pick was taken back.")


# --- What is picked already -----------------------------------------------------------------------------


def test_picked_pieces_are_taken_out_of_their_order_and_released_anew(stop_floor):
    leo = stop_floor.hand("1002")
    leo.all("SO-1", "A-01", "CASE-A", "!ENTER")
    leo.key("ESC")
    assert stop_floor.line("SO-1")["qty_picked"] == 15

    told = stop_floor.block(L7)

    assert orders_of(told)[0] == ("SO-1", 15, 15, 15)
    line = stop_floor.line("SO-1")
    assert (line["qty_picked"], line["qty_reserved"], line["qty_open"]) == (0, 15, 0)
    (moved,) = [row for row in kinds() if row[0] == "UNPICK"]
    assert moved == ("UNPICK", 15, "AVAILABLE", "BLOCKED", "RECALL", "1003")
    taken_out = connection.one(
        "SELECT u.kind, u.status, u.order_id, u.qty, p.code FROM handling_unit u JOIN location p ON p.id = u.location_id "
        "WHERE u.qty = 15 AND u.lot = 'L7'"
    )
    assert taken_out == ("CASE", "BLOCKED", None, 15, "SHIP-1")
    assert leo.key("F4").verdict is Verdict.STOP


def test_a_case_picked_whole_is_taken_out_too(stop_floor):
    stop_floor.order("SO-7", ("GOWN-M", 8))
    stop_floor.stock("GOWN-M", 8, "A-01", code="CASE-M")
    stop_floor.hand("1002").all("SO-7", "A-01", "CASE-M")
    assert stop_floor.line("SO-7")["qty_picked"] == 8

    told = stop_floor.block(unit("CASE-M"))

    assert orders_of(told) == [("SO-7", 8, 8, 0)]
    line = stop_floor.line("SO-7")
    assert (line["qty_picked"], line["qty_open"], line["state"]) == (0, 8, "W")
    assert connection.rows("SELECT state, qty_picked, qty_voided FROM reservation ORDER BY id DESC LIMIT 1") == [
        ("VOIDED", 0, 8)
    ]


def test_several_reservations_in_one_picked_unit_each_get_theirs_back(stop_floor):
    """Two lines of one order, and two units of one lot, poured into the unit at the shipping place; a case beside it."""
    stop_floor.cancel("SO-1")
    stop_floor.cancel("SO-2")
    stop_floor.cancel("SO-3")
    stop_floor.order("SO-5", ("SERUM", 6), ("SERUM", 18))
    leo = stop_floor.hand("1002")
    leo.scan("SO-5")
    while leo.step == "picking.go_to":
        task = leo.session.step.task_id
        code, where = connection.one(
            "SELECT u.code, p.code FROM pick_task t JOIN reservation r ON r.id = t.reservation_id JOIN handling_unit u "
            "ON u.id = r.unit_id JOIN location p ON p.id = u.location_id WHERE t.id = ?",
            task,
        )
        leo.all(where, code, "!ENTER")
    leo.key("ESC")
    picks = connection.value("SELECT COUNT(*) FROM stock_move WHERE kind = 'PICK'")
    assert picks == 3
    collected = "SELECT code, qty FROM handling_unit WHERE kind = 'PICKED'"
    ((out, pieces),) = connection.rows(collected)
    assert pieces == 10

    told = stop_floor.block(L7)

    assert sorted(orders_of(told)) == [("SO-5", 6, 6, 6), ("SO-5", 18, 18, 18)]
    unpicked = connection.rows("SELECT qty FROM stock_move WHERE kind = 'UNPICK' ORDER BY qty")
    assert [row[0] for row in unpicked] == [4, 6, 14]
    assert connection.rows(collected) == []
    # The whole way back: it is a unit like any other then, and may be picked for the same order again.
    stop_floor.unblock(L7)
    assert stop_floor.accept(unit(out))["quantity"] == 10
    stop_floor.sound()
    assert leo.key("F4").verdict is Verdict.STOP


def test_a_pick_that_was_stopped_is_not_undone_when_its_goods_are_picked_anew(stop_floor):
    stop_floor.stock("GOWN-M", 8, "A-01", code="CASE-M")
    stop_floor.order("SO-7", ("GOWN-M", 8))
    leo = stop_floor.hand("1002")
    leo.all("SO-7", "A-01", "CASE-M")
    stop_floor.block(unit("CASE-M"))
    stop_floor.unblock(unit("CASE-M"))
    stop_floor.accept(unit("CASE-M"))
    kim = stop_floor.hand("1004", "PICK-2")
    kim.all("SO-7", "SHIP-1", "CASE-M")
    assert stop_floor.line("SO-7")["qty_picked"] == 8

    assert leo.key("F4").verdict is Verdict.STOP

    assert stop_floor.line("SO-7")["qty_picked"] == 8
    assert kim.key("F4").verdict is Verdict.OK


# --- Back by way of hold --------------------------------------------------------------------------------


def test_the_way_back_is_hold_and_then_another_lead(stop_floor):
    stop_floor.block(L7)

    told = stop_floor.unblock(L7)

    assert told["lot_stopped"] is False
    assert stop_floor.state("CASE-A") == ("QUARANTINE", 20, 0)
    assert told["released"] == []
    with pytest.raises(CannotError, match="IDA put it on hold, another lead has to accept it"):
        stop_floor.accept(L7, "1003")

    told = stop_floor.accept(L7)

    assert (told["quantity"], told["lot_stopped"]) == (30, None)
    assert {(one["order"], one["quantity"]) for one in told["released"]} == {("SO-2", 7), ("SO-3", 3)}
    assert connection.rows("SELECT cause FROM release_run ORDER BY id DESC LIMIT 1") == [("accept",)]
    assert [row[0] for row in kinds()] == ["BLOCK", "BLOCK", "UNBLOCK", "UNBLOCK", "ACCEPT", "ACCEPT"]


def test_loose_stock_goes_the_same_way(stop_floor):
    stop_floor.stock("MASK", 40, "A-02")
    code = connection.value("SELECT code FROM handling_unit WHERE kind = 'LOOSE'")
    stop_floor.block(unit(code))
    stopped = connection.value("SELECT code FROM handling_unit WHERE kind = 'LOOSE' AND status = 'BLOCKED'")
    stop_floor.stock("MASK", 5, "A-02")

    stop_floor.unblock(unit(stopped))
    held = connection.value("SELECT code FROM handling_unit WHERE kind = 'LOOSE' AND status = 'QUARANTINE'")
    stop_floor.accept(unit(held))

    assert connection.rows("SELECT status, qty FROM handling_unit WHERE kind = 'LOOSE' AND qty > 0") == [
        ("AVAILABLE", 45)
    ]


def test_a_unit_of_a_stopped_lot_is_let_go_with_its_lot_only(stop_floor):
    stop_floor.block(L7)

    for act in (stop_floor.unblock, stop_floor.accept):
        with pytest.raises(CannotError):
            act(unit("CASE-A"))
    with pytest.raises(CannotError, match=r"Unit CASE-B stays as it is: its lot L7 is stopped \(RECALL\)"):
        stop_floor.unblock(place("A-02"))


def test_what_is_neither_stopped_nor_held_is_not_let_go(lite_floor):
    with pytest.raises(CannotError, match="Nothing of unit CASE-A is stopped: it is AVAILABLE"):
        lite_floor.unblock(unit("CASE-A"))
    with pytest.raises(CannotError, match="Nothing of unit CASE-A is on hold: it is AVAILABLE"):
        lite_floor.accept(unit("CASE-A"))
    with pytest.raises(CannotError, match="Nothing of lot L8 of SERUM is stopped"):
        lite_floor.unblock(L8)


def test_expired_goods_stay_on_hold(lite_floor):
    lite_floor.stock("SERUM", 3, "A-01", code="OLD", lot="L6", expiry="2026-06-14")
    lite_floor.block(unit("OLD"))
    lite_floor.unblock(unit("OLD"))

    with pytest.raises(CannotError, match="Unit OLD stays as it is: it expired on 2026-06-14"):
        lite_floor.accept(unit("OLD"))


def test_accepting_settles_a_doubt(stop_floor):
    leo = stop_floor.hand("1002")
    leo.all("SO-1", "A-01", "!F5", "=0", "=1")
    assert connection.rows("SELECT state FROM count_task") == [("OPEN",)]

    stop_floor.accept(unit("CASE-A"), "1003")

    assert connection.rows("SELECT state FROM count_task") == [("DONE",)]
    assert stop_floor.state("CASE-A")[0] == "AVAILABLE"


# --- Once, and together with others ---------------------------------------------------------------------


def test_a_command_that_is_run_again_after_a_lost_commit_is_done_once(lite_floor, monkeypatch):
    command = lite_floor.lead()
    first = blocks.block(command, L7)
    run = blocks.commands._apply.__wrapped__  # what the retry loop runs once more
    monkeypatch.setattr(connection.patience, "attempt", 1)

    again = run(command, "block", L7)

    assert again == first


def test_a_receiver_and_a_stop_at_once_leave_nothing_of_the_lot_free(database_url):
    """Whoever is first: the other waits for the item's row and sees what it did."""
    floor = StopFloor()
    serum = floor.item("SERUM")
    inside, may_go = threading.Event(), threading.Event()
    done: list[str] = []

    @connection.transaction
    def receive() -> None:
        connection.locked("T1", [serum])
        inside.set()
        may_go.wait(10)
        status = "BLOCKED" if blocks.stopped_lot("T1", serum, "L7") else "AVAILABLE"
        unit_id = stock.open_balance(
            floor.cause(),
            code="LATE",
            item_id=serum,
            location_id=floor.place("A-01"),
            qty=9,
            lot="L7",
            expiry=EXPIRY,
        )
        done.append(f"{status} {stock.unit_by_id(unit_id).status}")

    def work() -> None:
        receive()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(10)
    threading.Timer(0.1, may_go.set).start()
    floor.block(L7)
    thread.join(10)

    assert done == ["AVAILABLE AVAILABLE"]
    assert floor.state("LATE") == ("BLOCKED", 9, 0)
    floor.sound()

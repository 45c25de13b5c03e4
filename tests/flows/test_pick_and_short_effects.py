"""What a pick and a short leave in the tables, on both engines, for the line itself and for everybody else."""

import pytest
from small_floor import SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse import release
from warehouse.reply import Verdict
from warehouse.verify import verify

GOWN, MASK = gtin(1), gtin(3)
CASE = sscc(1)
OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO


@pytest.fixture
def small(database_url):
    return SmallFloor()


@pytest.fixture
def shared(small):
    """One case of 30 at A-01, all promised: 20 to SO-1, which Leo has in hand, 10 to SO-2."""
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 10))
    small.stock("GOWN-L", 30, "A-01", code=CASE)
    return small


def usable(small, sku="GOWN-L"):
    return connection.one("SELECT usable, reserved FROM item_stock WHERE item_id = ?", small.item(sku))


def healthy(small):
    found = verify(small.site)
    assert found.violations == ()
    return True


# --- A pick ---------------------------------------------------------------------------------------------


def test_a_full_case_goes_as_it_is_with_its_order(small):
    """Its own scan confirms; the case keeps its number and stands at the shipping place, for its order."""
    small.order("SO-1", ("GOWN-L", 24))
    small.stock("GOWN-L", 24, "A-01", code=CASE)
    leo = small.hand("1002", "P1")
    reply = leo.all("SO-1", "A-01", CASE)
    assert (reply.verdict, reply.unit, reply.moves) == (OK, CASE, 1)
    unit = small.unit(CASE)
    order_id = connection.value("SELECT id FROM order_header WHERE order_no = 'SO-1'")
    assert (unit["qty"], unit["qty_reserved"], unit["status"]) == (24, 0, "AVAILABLE")
    assert (unit["location_id"], unit["order_id"]) == (small.place("SHIP-1"), order_id)
    line = small.line("SO-1")
    assert (line["qty_picked"], line["qty_reserved"], line["qty_open"], line["state"]) == (24, 0, 0, "R")
    assert usable(small) == (0, 0)
    assert connection.rows("SELECT t.state, o.name FROM pick_task t JOIN operator o ON o.id = t.operator_id") == [
        ("DONE", "LEO")
    ]
    assert healthy(small)


def test_pieces_are_split_off_into_the_units_of_their_order(small):
    """Two picks of one item and lot share a unit; another lot, or another order, has one of its own."""
    small.order("SO-1", ("GOWN-L", 40), ("SERUM", 5))
    small.order("SO-2", ("GOWN-L", 6))
    small.stock("GOWN-L", 24, "A-01")
    small.stock("GOWN-L", 30, "A-02", code=CASE)
    small.stock("SERUM", 3, "A-01", code=sscc(2), lot="L1", expiry="2027-01-01")
    small.stock("SERUM", 9, "A-02", code=sscc(3), lot="L2", expiry="2027-01-01")
    leo = small.hand("1002", "P1")
    for order in ("SO-1", "SO-2"):
        leo.scan(order)
        while leo.step == "picking.go_to":
            place, code, kind, item = connection.one(
                "SELECT p.code, u.code, u.kind, i.sku FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
                "JOIN handling_unit u ON u.id = r.unit_id JOIN location p ON p.id = u.location_id "
                "JOIN item i ON i.id = u.item_id WHERE t.id = ?",
                leo.session.step.task_id,
            )
            leo.all(place, f"={item}" if kind == "LOOSE" else code)
            if leo.step == "picking.take_pieces":
                assert leo.key("ENTER").verdict is OK
    at_ship = connection.rows(
        "SELECT h.order_no, i.sku, u.lot, u.kind, u.qty FROM handling_unit u JOIN order_header h ON h.id = u.order_id "
        "JOIN item i ON i.id = u.item_id WHERE u.status = 'AVAILABLE' ORDER BY 1, 2, 3"
    )
    assert at_ship == [
        ("SO-1", "GOWN-L", "", "PICKED", 40),
        ("SO-1", "SERUM", "L1", "CASE", 3),
        ("SO-1", "SERUM", "L2", "PICKED", 2),
        ("SO-2", "GOWN-L", "", "PICKED", 6),
    ]
    assert usable(small) == (8, 0)
    assert healthy(small)


def test_a_pick_takes_only_its_own_pieces(shared):
    """I23: the other promise on the same case stands as it stood."""
    leo = shared.hand("1002", "P1")
    assert leo.all("SO-1", "A-01", CASE, "!ENTER").verdict is OK
    assert (shared.unit(CASE)["qty"], shared.unit(CASE)["qty_reserved"]) == (10, 10)
    assert shared.reserved("SO-2") == 10
    assert leo.all("SO-2", "A-01", CASE).verdict is OK  # what is left is a full unit now
    assert usable(shared) == (0, 0)
    assert healthy(shared)


def test_more_than_the_line_needs_is_refused(shared):
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE)
    before = contents()
    reply = leo.type("21")
    assert (reply.verdict, changed(before, contents())) == (STOP, [])
    assert "21 is 1 too many. This line needs 20." in said(reply)


def test_two_pickers_never_get_the_same_pick(shared):
    leo, kim = shared.hand("1002", "P1"), shared.hand("1004", "P2")
    leo.all("!1", "!ENTER")
    kim.all("!2", "!ENTER")
    assert leo.session.step.task_id != kim.session.step.task_id
    assert shared.hand("1003", "P3").all("!2", "!ENTER").template == "no_work"


def test_an_order_in_anothers_hands_is_refused_by_name(shared):
    shared.hand("1002", "P1").scan("SO-1")
    reply = shared.hand("1004", "P2").scan("SO-1")
    assert (reply.verdict, "LEO has its pick." in said(reply)) == (CHECK, True)


def test_scanning_an_order_gives_back_what_was_in_hand(shared):
    """Leo is shown another order by the office: his first pick is anybody's again."""
    leo = shared.hand("1002", "P1")
    leo.scan("SO-1")
    first = leo.session.step.task_id
    leo.key("ESC")
    leo.scan("SO-2")
    assert connection.value("SELECT state FROM pick_task WHERE id = ?", first) == "OPEN"


@pytest.mark.parametrize("inputs", [[], ["A-01"], ["A-01", CASE], ["A-01", "!F5"], ["A-01", CASE, "=14"]])
def test_a_pick_whose_order_was_cancelled_stops_at_any_step(shared, inputs):
    """The picker is told to leave the goods, and ENTER leads on (Esc where ENTER means "taken"); nothing is moved."""
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", *inputs)
    shared.cancel("SO-1")
    before, stood = contents(), leo.session.step
    reply = leo.scan("A-01")
    assert (reply.verdict, reply.template, leo.session.step) == (STOP, "task_gone", stood)
    assert changed(before, contents()) == []
    on = "ESC" if leo.step == "picking.take_pieces" else "ENTER"
    assert on in said(reply).upper()
    assert leo.key(on).template == "no_work"


def test_stock_that_expired_meanwhile_is_not_picked(small):
    """Yesterday it could be promised; today it stops at the scan, and F5 with reason 5 sets it apart."""
    small.order("SO-1", ("SERUM", 5))
    small.stock("SERUM", 5, "A-01", code=CASE, lot="L1", expiry="2026-06-15")
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "A-01")
    small.now = small.now.replace(day=16)
    before = contents()
    reply = leo.scan(CASE)
    assert (reply.verdict, changed(before, contents())) == (STOP, [])
    assert "expired on 2026-06-15" in said(reply)
    assert leo.all("!F5", "=0", "=5").template == "short_bad"
    assert small.unit(CASE)["status"] == "QUARANTINE"
    assert small.line("SO-1")["qty_open"] == 5
    assert healthy(small)


def test_a_site_without_a_shipping_place_picks_nothing(shared):
    connection.execute("UPDATE location SET kind = 'storage' WHERE kind = 'ship'")
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE)
    before = contents()
    assert (leo.key("ENTER").template, changed(before, contents())) == ("no_ship", [])


# --- A short: the pieces are known to be bad ----------------------------------------------------------------


@pytest.mark.parametrize("reason", ["DG", "EP", "BR"])
def test_known_bad_pieces_of_this_task_alone_are_set_apart(shared, reason):
    """14 taken, 6 bad: those 6 are a unit in QUARANTINE at the same place; the case and SO-2 are left alone."""
    leo = shared.hand("1002", "P1")
    reply = leo.all("SO-1", "A-01", CASE, "=14", f"XKRS{reason}")
    assert (reply.template, reply.moves) == ("short_bad", 2)
    assert [(one.order, one.quantity) for one in reply.freed] == [("SO-1", 6)]
    assert reply.released == ()
    case = shared.unit(CASE)
    assert (case["qty"], case["qty_reserved"], case["status"]) == (10, 10, "AVAILABLE")
    apart = connection.rows(
        "SELECT qty, qty_reserved, location_id, kind, order_id, origin_id FROM handling_unit WHERE status = 'QUARANTINE'"
    )
    assert apart == [(6, 0, shared.place("A-01"), "CASE", None, case["id"])]
    line = shared.line("SO-1")
    assert (line["qty_picked"], line["qty_open"], line["qty_reserved"], line["state"]) == (14, 6, 0, "W")
    assert shared.reserved("SO-2") == 10
    assert connection.value("SELECT COUNT(*) FROM count_task") == 0
    assert connection.rows("SELECT qty, reason FROM reservation_void") == [(6, reason)]
    assert usable(shared) == (10, 10)
    assert healthy(shared)


def test_the_good_rest_of_the_case_serves_the_line_at_once(small):
    """24 in the case, 20 promised: 6 of them are bad, the 4 that nobody was promised go to the same line."""
    small.stock("GOWN-L", 24, "A-01", code=CASE)
    small.order("SO-1", ("GOWN-L", 20))
    leo = small.hand("1002", "P1")
    reply = leo.all("SO-1", "A-01", CASE, "=14", "XKRSDG")
    assert [(one.order, one.quantity) for one in reply.released] == [("SO-1", 4)]
    assert (small.line("SO-1")["qty_picked"], small.reserved("SO-1"), small.line("SO-1")["qty_open"]) == (14, 4, 2)
    assert leo.step == "picking.go_to"
    assert healthy(small)


def test_a_case_that_is_all_bad_keeps_its_number(small):
    small.order("SO-1", ("GOWN-L", 24))
    small.stock("GOWN-L", 24, "A-01", code=CASE)
    reply = small.hand("1002", "P1").all("SO-1", "A-01", "!F5", "=0", "=3")
    assert (reply.template, reply.moves) == ("short_bad", 1)
    assert (small.unit(CASE)["qty"], small.unit(CASE)["status"]) == (24, "QUARANTINE")
    assert usable(small) == (0, 0)
    assert healthy(small)


def test_bad_loose_pieces_get_a_unit_of_their_own(small):
    """The rest of the loose stock stays loose and free for others."""
    code = small.stock("MASK", 40, "A-02")
    small.order("SO-1", ("MASK", 15))
    small.hand("1002", "P1").all("SO-1", "A-02", "=MASK", "=10", "=3")
    assert small.unit(code)["qty"] == 25
    assert connection.rows("SELECT kind, qty FROM handling_unit WHERE status = 'QUARANTINE'") == [("CASE", 5)]
    assert small.reserved("SO-1") == 5
    assert healthy(small)


# --- A short: presence is in doubt ---------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["NF", "CT", "OT", "NR", "LB"])
def test_a_doubt_stops_the_whole_rest_of_the_unit_for_everybody(shared, reason):
    """14 taken; the other 16 go to QUARANTINE where they stand, SO-2 loses its 10, a count is asked for."""
    leo = shared.hand("1002", "P1")
    reply = leo.all("SO-1", "A-01", CASE, "=14", f"XKRS{reason}")
    assert (reply.template, reply.moves) == ("short_doubt", 2)
    assert sorted((one.order, one.quantity) for one in reply.freed) == [("SO-1", 6), ("SO-2", 10)]
    assert reply.released == ()
    case = shared.unit(CASE)
    assert (case["qty"], case["qty_reserved"], case["status"]) == (16, 0, "QUARANTINE")
    assert case["location_id"] == shared.place("A-01")
    assert (shared.line("SO-1")["qty_open"], shared.line("SO-2")["qty_open"]) == (6, 10)
    assert connection.rows("SELECT unit_id, location_id, reason, state FROM count_task") == [
        (case["id"], shared.place("A-01"), reason, "OPEN")
    ]
    assert connection.rows("SELECT state FROM pick_task ORDER BY id") == [("DONE",), ("CANCELLED",)]
    assert sorted(connection.rows("SELECT qty, reason FROM reservation_void")) == [(6, reason), (10, reason)]
    assert usable(shared) == (0, 0)
    assert leo.step == "picking.get_work"  # with one unit in doubt and nothing else, no new task
    assert healthy(shared)


def test_what_stands_elsewhere_is_given_out_by_rank(shared):
    """8 at another place: SO-1, first in the queue, is made whole; SO-2 gets what is left."""
    shared.stock("GOWN-L", 8, "A-02", code=sscc(2))
    reply = shared.hand("1002", "P1").all("SO-1", "A-01", CASE, "=14", "XKRSNF")
    assert [(one.order, one.quantity) for one in reply.released] == [("SO-1", 6), ("SO-2", 2)]
    assert (shared.line("SO-1")["qty_open"], shared.line("SO-2")["qty_open"]) == (0, 8)
    runs = connection.rows("SELECT cause, supply_before, supply_after FROM release_run ORDER BY id DESC LIMIT 1")
    assert runs == [("short", 8, 0)]
    assert healthy(shared)


def test_nothing_here_at_all(shared):
    """0 taken: no pick is booked, the task is gone, the whole case is in doubt."""
    reply = shared.hand("1002", "P1").all("SO-1", "!F5", "=0", "=1")
    assert (reply.moves, shared.unit(CASE)["qty"], shared.unit(CASE)["status"]) == (1, 30, "QUARANTINE")
    assert connection.rows("SELECT DISTINCT state FROM pick_task") == [("CANCELLED",)]
    assert connection.rows("SELECT kind, qty FROM stock_move WHERE kind <> 'OPENING'") == [("QUARANTINE", 30)]
    assert healthy(shared)


def test_loose_stock_in_doubt_is_poured_into_a_quarantined_row(small):
    """New loose stock at the place is not mixed with the doubtful."""
    small.stock("MASK", 40, "A-02")
    small.order("SO-1", ("MASK", 15))
    small.hand("1002", "P1").all("SO-1", "A-02", "=MASK", "=10", "=1")
    small.stock("MASK", 7, "A-02")
    live = connection.rows(
        "SELECT kind, status, qty FROM handling_unit WHERE qty > 0 AND order_id IS NULL ORDER BY qty"
    )
    assert live == [("LOOSE", "AVAILABLE", 7), ("LOOSE", "QUARANTINE", 30)]
    assert small.reserved("SO-1") == 5
    assert healthy(small)


def test_another_picker_on_the_same_unit_is_told_to_leave_it(shared):
    kim = shared.hand("1004", "P2")
    kim.all("SO-2", "A-01")
    shared.hand("1002", "P1").all("SO-1", "!F5", "=0", "=1")
    reply = kim.scan(CASE)
    assert (reply.verdict, reply.template) == (STOP, "task_gone")
    assert kim.key("ENTER").template == "no_work"


def test_a_short_is_all_or_nothing(shared, monkeypatch):
    """A fault in the release at its end takes back the pick, the quarantine and the voids before it."""
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE, "=14")
    before, stood = contents(frozenset({"serial_block"})), leo.session.step

    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(release, "release", broken)
    with pytest.raises(ZeroDivisionError):
        leo.scan("XKRSNF")
    assert changed(before, contents(frozenset({"serial_block"}))) == []
    assert leo.session.step == stood


# --- What is wrong today ----------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["10", "14"])
def test_a_short_of_a_line_that_shrank_meanwhile_is_answered(shared, taken):
    """20 are promised, Leo keyed what he can take; the office cancels 10; then he names the reason."""
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE, f"={taken}")
    shared.cancel("SO-1", 1, 10)
    assert leo.type("1").verdict in (OK, CHECK, STOP)
    assert healthy(shared)


def test_enter_does_not_book_another_number_than_the_prompt_said(shared):
    """TAKE 20, the office cancels 10, ENTER: 20 are in the picker's hands, 10 are booked without a word."""
    leo = shared.hand("1002", "P1")
    assert "TAKE 20" in said(leo.all("SO-1", "A-01", CASE))
    shared.cancel("SO-1", 1, 10)
    assert leo.key("ENTER").verdict is not OK

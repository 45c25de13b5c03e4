"""F4 in every case, allowed and refused, on both engines: opposite moves, never an edit, never twice."""

from datetime import timedelta

import pytest
from small_floor import SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse.reply import Verdict
from warehouse.verify import verify

GOWN, SERUM = gtin(1), gtin(4)
CASE = sscc(1)
OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO


@pytest.fixture
def small(database_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 1000), ("SERUM", 50))
    return small


@pytest.fixture
def ana(small):
    hand = small.hand("1001")
    hand.scan("PO-1")
    return hand


@pytest.fixture
def shared(small):
    """One case of 30 at A-01, all promised: 20 to SO-1 and 10 to SO-2."""
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 10))
    small.stock("GOWN-L", 30, "A-01", code=CASE)
    return small


def healthy(small):
    found = verify(small.site)
    assert found.violations == ()
    return True


def pieces():
    """Where every piece is, and what every line has: equal before a scan and after its undo."""
    return (
        connection.rows(
            "SELECT code, qty, qty_reserved, status, location_id, order_id FROM handling_unit WHERE qty > 0 ORDER BY code"
        ),
        connection.rows(
            "SELECT item_id, usable, reserved, waiting_lines, waiting_qty FROM item_stock ORDER BY item_id"
        ),
        connection.rows("SELECT id, qty_reserved, qty_picked, qty_open, min_need, state FROM order_line ORDER BY id"),
        connection.rows("SELECT id, qty_received FROM po_line ORDER BY id"),
        connection.rows("SELECT cases, pieces FROM receipt WHERE cases > 0"),
        connection.rows(
            "SELECT r.line_id, r.unit_id, SUM(r.qty - r.qty_picked - r.qty_voided) FROM reservation r "
            "WHERE r.state = 'OPEN' GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        connection.rows("SELECT COUNT(*) FROM pick_task WHERE state IN ('OPEN', 'TAKEN')"),
        connection.rows("SELECT unit_id FROM count_task WHERE state = 'OPEN'"),
    )


# --- A receipt ------------------------------------------------------------------------------------------


def test_a_receipt_is_taken_back_with_all_it_did(small, ana):
    """The promise, its task, the order line's count, the unit: as before; the ledger holds both rows."""
    small.order("SO-1", ("GOWN-L", 20))
    before = pieces()
    ana.scan(f"]C100{CASE}020{GOWN}3724", "scan-1")
    undone = ana.key("F4")
    assert (undone.verdict, undone.unit, undone.undoes) == (OK, CASE, "scan-1")
    assert [(one.order, one.quantity) for one in undone.freed] == [("SO-1", 20)]
    assert "SO-1 x20 wait again" in said(undone)
    assert pieces() == before
    assert small.unit(CASE)["status"] == "VOIDED"
    first, second = connection.rows(
        "SELECT id, kind, qty, from_account, to_account, reverses FROM stock_move ORDER BY id"
    )
    assert first[1:] == ("RECEIPT", 24, "VENDOR", "UNIT", None)
    assert second[1:] == ("UNDO", 24, "UNIT", "VENDOR", first[0])
    assert ana.step == "receiving.scan_case"
    assert healthy(small)


def test_the_same_case_can_be_captured_again(small, ana):
    ana.case(CASE, GOWN, 24)
    ana.key("F4")
    assert ana.case(CASE, GOWN, 25).verdict is OK
    assert ana.scan(f"]C100{CASE}").verdict is CHECK
    assert connection.rows("SELECT qty, status FROM handling_unit ORDER BY id") == [(0, "VOIDED"), (25, "AVAILABLE")]
    assert healthy(small)


def test_who_lost_his_pieces_gets_what_else_is_free(small, ana):
    """Two cases, one line: undoing the first, which it was promised, gives it the second."""
    small.order("SO-1", ("GOWN-L", 20))
    ana.case(CASE, GOWN, 24)
    small.hand("1004", "DOCK-2").all("PO-1", f"]C100{sscc(2)}020{GOWN}3724")
    undone = ana.key("F4")
    assert [(one.order, one.quantity) for one in undone.released] == [("SO-1", 20)]
    assert small.unit(sscc(2))["qty_reserved"] == 20
    assert healthy(small)


def test_an_undo_frees_the_last_in_rank_with_the_others(small, ana):
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 4))
    ana.case(CASE, GOWN, 24)
    assert sorted((one.order, one.quantity) for one in ana.key("F4").freed) == [("SO-1", 20), ("SO-2", 4)]


def test_twice_in_a_row_takes_the_one_before(small, ana):
    for number in (1, 2, 3):
        ana.case(sscc(number), GOWN, 24)
    assert [ana.key("F4").unit for _ in range(3)] == [sscc(3), sscc(2), sscc(1)]
    assert ana.key("F4").template == "nothing_to_undo"
    ana.case(sscc(4), GOWN, 24)
    assert ana.scan("XKUNDO").unit == sscc(4)


def test_an_undo_is_not_undone(small, ana):
    """The undo is the last scan that wrote moves, and F4 does not take it back."""
    ana.case(CASE, GOWN, 24)
    ana.key("F4")
    before = contents()
    refused = ana.key("F4")
    assert (refused.verdict, refused.template, changed(before, contents())) == (STOP, "nothing_to_undo", [])
    assert connection.value("SELECT COUNT(*) FROM scan_log WHERE undoes IS NOT NULL") == 1


def test_at_most_ten_scans_back(small, ana):
    for number in range(12):
        ana.case(sscc(number), GOWN, 1)
    assert [ana.key("F4").unit for _ in range(10)] == [sscc(number) for number in range(11, 1, -1)]
    assert ana.key("F4").template == "nothing_to_undo"
    assert healthy(small)


@pytest.mark.parametrize(("later", "verdict"), [(timedelta(hours=12), OK), (timedelta(hours=12, seconds=1), STOP)])
def test_at_most_twelve_hours_back(small, ana, later, verdict):
    saved_at = small.now
    ana.case(CASE, GOWN, 24)
    small.now = saved_at + later
    assert ana.key("F4").verdict is verdict


def test_a_scan_that_only_moved_the_prompt_is_not_what_f4_takes_back(small, ana):
    """With a case in hand F4 undoes the last saved one and leaves the question open; Esc drops the case."""
    ana.case(CASE, GOWN, 24)
    ana.all(f"]C100{sscc(2)}", f"]E0{GOWN}")
    assert ana.key("F4").unit == CASE
    assert ana.step == "receiving.how_many"
    assert ana.type("23").unit == sscc(2)


def test_each_takes_back_his_own_and_a_lead_cannot_override(small, ana):
    """Ana's case is picked: she may not undo it, and Ida, a lead, has nothing of her own to undo."""
    small.order("SO-1", ("GOWN-L", 24))
    ana.case(CASE, GOWN, 24)
    small.hand("1002", "P1").all("SO-1", "DOCK-1", CASE)
    ida = small.hand("1003", "LEAD")
    before = contents()
    assert ana.key("F4").template == "undo_used"
    assert ida.key("F4").template == "nothing_to_undo"
    assert changed(before, contents()) == []


def test_a_command_of_the_office_is_no_scan(small, ana):
    small.stock("GOWN-L", 10, "A-01", code=CASE)
    small.adjust(CASE, 5)
    assert small.hand("1003", "LEAD").key("F4").template == "nothing_to_undo"


def test_a_retried_undo_is_applied_once(small, ana):
    ana.case(CASE, GOWN, 24)
    ana.case(sscc(2), GOWN, 24)
    first = ana.scan("XKUNDO", "undo-1")
    again = ana.repeat("XKUNDO", "undo-1")
    assert (again.message, again.unit, again.freed) == (first.message, first.unit, first.freed)
    assert small.unit(CASE)["qty"] == 24


def used(small, ana, spoil):
    """Ana saves a case for SO-1 and SO-2; `spoil` does something with it; what F4 then says."""
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 4))
    ana.case(CASE, GOWN, 24)
    spoil(small)
    before, stood = contents(), ana.session.step
    refused = ana.key("F4")
    assert (refused.verdict, refused.template, ana.session.step) == (STOP, "undo_used", stood)
    assert changed(before, contents()) == []
    assert CASE[-4:] in said(refused)
    return said(refused)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda small: small.hand("1002", "P1").all("SO-1", "DOCK-1", CASE, "!ENTER"), ("LEO", "picked", "SO-1")),
        (lambda small: small.hand("1002", "P1").all("SO-2", "DOCK-1", CASE, "!ENTER"), ("LEO", "picked", "SO-2")),
        (lambda small: small.hand("1002", "P1").scan("SO-2"), ("LEO", "is picking it", "SO-2")),
        (lambda small: small.adjust(CASE, -1), ("IDA", "adjusted")),
        (lambda small: small.adjust(CASE, 1), ("IDA", "adjusted")),
        (lambda small: small.hand("1002", "P1").all("SO-1", "!F5", "=0", "=1"), ("LEO", "reported short")),
        (lambda small: small.hand("1002", "P1").all("SO-1", "DOCK-1", CASE, "=14", "=3"), ("LEO",)),
    ],
    ids=["picked", "picked for the other", "in hand", "adjusted down", "adjusted up", "in doubt", "split"],
)
def test_a_case_that_somebody_built_on_stays(small, ana, spoil, words):
    """STOP, naming person and order; nothing is undone."""
    message = used(small, ana, spoil)
    assert all(word in message for word in words), message


@pytest.mark.parametrize("reason", ["1", "3"])
def test_a_case_that_was_reported_short_names_the_order_too(small, ana, reason):
    assert "SO-1" in used(small, ana, lambda floor: floor.hand("1002", "P1").all("SO-1", "!F5", "=0", f"={reason}"))


def test_a_pick_that_was_taken_back_is_no_hindrance(small, ana):
    small.order("SO-1", ("GOWN-L", 20))
    ana.case(CASE, GOWN, 24)
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "DOCK-1", CASE, "!ENTER", "!F4")
    assert ana.key("F4").verdict is OK
    assert healthy(small)


def test_after_the_undo_of_its_only_case_an_old_receipt_counts_nothing(small, ana):
    ana.case(CASE, GOWN, 24)
    ana.key("F4")
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(0, 0)]


def test_an_expired_case_in_quarantine_is_taken_back_too(small, ana):
    before = pieces()
    ana.all(f"]C100{CASE}020{SERUM}3710\x1d10L1\x1d17260101", "!ENTER")
    assert ana.key("F4").verdict is OK
    assert pieces() == before
    assert healthy(small)


# --- A pick ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["SO-1", "SO-2"])
def test_a_pick_goes_back_into_the_same_unit_and_the_same_promise(shared, order):
    """A part of the case: pieces, reservation and task as before; nobody else gained or lost."""
    leo = shared.hand("1002", "P1")
    before = pieces()
    leo.all(order, "A-01", CASE, "!ENTER")
    undone = leo.key("F4")
    assert (undone.template, undone.unit, undone.freed, undone.released) == ("undone_pick", CASE, (), ())
    assert "Put back into ...0014 at A-01." in said(undone)
    assert pieces() == before
    assert connection.value("SELECT COUNT(*) FROM reservation") == 2
    assert leo.all(order, "A-01", CASE, "!ENTER").verdict is OK
    assert healthy(shared)


def test_a_full_case_comes_back_from_the_shipping_place(small):
    small.order("SO-1", ("GOWN-L", 24))
    small.stock("GOWN-L", 24, "A-01", code=CASE)
    before = pieces()
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE)
    leo.key("F4")
    assert pieces() == before
    assert healthy(small)


def test_loose_pieces_come_back_to_their_row(small):
    """All of the loose stock was picked; its own row takes it back rather than a twin."""
    code = small.stock("MASK", 15, "A-02")
    small.order("SO-1", ("MASK", 15))
    before = pieces()
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "A-02", "=MASK", "!ENTER")
    assert small.unit(code)["status"] == "CONSUMED"
    leo.key("F4")
    assert pieces() == before
    assert healthy(small)


def test_loose_stock_that_came_meanwhile_takes_the_pieces_in(small):
    """New loose stock at the place uses the emptied row again: the undo adds to it."""
    small.stock("MASK", 15, "A-02")
    small.order("SO-1", ("MASK", 15))
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "A-02", "=MASK", "!ENTER")
    small.stock("MASK", 7, "A-02")
    assert leo.key("F4").verdict is OK
    assert connection.rows("SELECT qty, qty_reserved FROM handling_unit WHERE qty > 0") == [(22, 15)]
    assert healthy(small)


def test_picks_are_taken_back_one_by_one(shared):
    leo = shared.hand("1002", "P1")
    before = pieces()
    leo.all("SO-1", "A-01", CASE, "!ENTER", "SO-2", "A-01", CASE)
    assert ("SO-2" in str(leo.key("F4")), leo.key("F4").template) == (False, "undone_pick")
    assert pieces() == before
    assert healthy(shared)


def test_a_pick_cannot_go_back_into_a_unit_in_doubt(shared):
    """Kim reported the rest of the case short meanwhile: Leo's pieces stay where they are."""
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE, "!ENTER")
    shared.hand("1004", "P2").all("SO-2", "!F5", "=0", "=1")
    before = contents()
    refused = leo.key("F4")
    assert (refused.template, changed(before, contents())) == ("undo_used", [])
    assert "KIM reported short for SO-2." in said(refused)


def test_an_undone_pick_is_anybodys(shared):
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "A-01", CASE, "!ENTER", "!F4")
    assert shared.hand("1004", "P2").scan("SO-1").verdict is OK


# --- A short --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["0", "14"])
@pytest.mark.parametrize("reason", ["1", "3"])
def test_a_short_is_taken_back_whole(shared, taken, reason):
    """Pieces, promises (also the others'), tasks and the count: as before the short, by one F4."""
    leo = shared.hand("1002", "P1")
    before = pieces()
    leo.all("SO-1", "A-01", CASE, f"={taken}", f"={reason}")
    assert pieces() != before
    undone = leo.key("F4")
    assert (undone.verdict, undone.template) == (OK, "undone_short")
    assert pieces() == before
    assert connection.rows("SELECT state FROM count_task") == ([("CANCELLED",)] if reason == "1" else [])
    assert leo.all("SO-1", "A-01", CASE, "!ENTER").verdict is OK
    assert healthy(shared)


@pytest.mark.parametrize("reason", ["1", "3"])
def test_a_short_of_loose_stock_is_taken_back(small, reason):
    small.stock("MASK", 15, "A-02")
    small.order("SO-1", ("MASK", 15))
    before = pieces()
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "A-02", "=MASK", "=10", f"={reason}")
    assert leo.key("F4").verdict is OK
    assert pieces() == before
    assert healthy(small)


def test_a_short_stays_when_other_stock_was_given_for_it(shared):
    shared.stock("GOWN-L", 8, "A-02", code=sscc(2))
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    before = contents()
    refused = leo.key("F4")
    assert (refused.template, changed(before, contents())) == ("undo_used", [])
    assert "SO-1 got other stock." in said(refused)


def test_a_short_stays_when_its_line_was_served_since(shared):
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    shared.stock("GOWN-L", 8, "A-02", code=sscc(2))
    before = contents()
    refused = leo.key("F4")
    assert (refused.template, changed(before, contents())) == ("undo_used", [])
    assert "SO-1 was changed since." in said(refused)


def test_a_short_stays_once_the_count_was_made(shared):
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    connection.execute("UPDATE count_task SET state = 'DONE'")
    before = contents()
    refused = leo.key("F4")
    assert (refused.template, changed(before, contents())) == ("undo_used", [])
    assert "it was counted since." in said(refused)


def test_a_short_stays_when_pieces_were_taken_off_the_unit_in_doubt(shared):
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    shared.adjust(CASE, -2)
    assert leo.key("F4").template == "undo_used"


# --- What is wrong today ----------------------------------------------------------------------------------


def test_a_unit_that_grew_in_doubt_is_not_miscounted(shared):
    """Short of 30, the lead finds 5 more (+5), then the short is undone: refused, or 35 usable; not 30."""
    leo = shared.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    shared.adjust(CASE, 5)
    leo.key("F4")
    assert healthy(shared)


def test_two_promises_of_one_line_that_shrank_since(small):
    """A line held twice on one unit, both voided by the short; then half of it is cancelled."""
    code = small.stock("GOWN-L", 20, "A-01", code=CASE)
    small.order("SO-1", ("GOWN-L", 40))
    small.adjust(code, 10)
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    small.cancel("SO-1", 1, 20)
    assert leo.key("F4").verdict is STOP


def test_a_pick_goes_back_into_a_case_that_was_emptied_since(small, ana):
    """10 of 24 picked, the rest adjusted away: the number still names this case, so it takes its pieces back."""
    small.order("SO-1", ("GOWN-L", 10))
    ana.case(CASE, GOWN, 24)
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "DOCK-1", CASE, "!ENTER")
    small.adjust(CASE, -14)
    assert ana.case(CASE, GOWN, 24).verdict is CHECK
    assert leo.key("F4").verdict is OK
    assert (small.unit(CASE)["qty"], small.unit(CASE)["qty_reserved"]) == (10, 10)
    assert healthy(small)


def test_a_clock_that_was_set_back_does_not_change_which_scan_was_the_last(small, ana):
    ana.case(CASE, GOWN, 24)
    small.now -= timedelta(hours=2)
    ana.case(sscc(2), GOWN, 10)
    assert ana.key("F4").unit == sscc(2)
    assert ana.key("F4").unit == CASE

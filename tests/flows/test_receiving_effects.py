"""What a captured case leaves in the tables, on both engines: unit, ledger, order line, receipt, release."""

from datetime import timedelta

import pytest
from small_floor import SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse import serials
from warehouse.reply import Verdict

GOWN, SERUM = gtin(1), gtin(4)
OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO


@pytest.fixture
def small(database_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    return small


@pytest.fixture
def ana(small):
    hand = small.hand("1001")
    hand.scan("PO-1")
    return hand


def received(po, line=1):
    return connection.value(
        "SELECT l.qty_received FROM po_line l JOIN purchase_order p ON p.id = l.po_id WHERE p.po = ? AND l.line = ?",
        po,
        line,
    )


def test_a_complete_label_is_one_unit_one_move_one_count(small, ana):
    """Unit, ledger row, order line and receipt, all by one scan; quantity and code are the label's."""
    reply = ana.scan(f"]C100{sscc(1)}020{GOWN}3724", "scan-1")
    assert (reply.verdict, reply.unit, reply.moves) == (OK, sscc(1), 1)
    unit = small.unit(sscc(1))
    assert (unit["kind"], unit["qty"], unit["qty_reserved"], unit["status"]) == ("CASE", 24, 0, "AVAILABLE")
    assert (unit["lot"], unit["expiry"], unit["location_id"]) == ("", "9999-12-31", small.place("DOCK-1"))
    move = connection.rows(
        "SELECT kind, qty, from_account, to_account, to_unit_id, o.name FROM stock_move m "
        "JOIN operator o ON o.id = m.operator_id WHERE scan_id = 'scan-1'"
    )
    assert move == [("RECEIPT", 24, "VENDOR", "UNIT", unit["id"], "ANA")]
    assert received("PO-1") == 24
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(1, 24)]
    assert connection.value("SELECT qty_source FROM handling_unit") == "LABEL"
    assert connection.rows("SELECT cause, supply_before, supply_after FROM release_run") == [("receipt", 24, 24)]


def test_an_sscc_alone_asks_for_the_item_and_then_for_the_count(small, ana):
    assert ana.scan(f"]C100{sscc(1)}").verdict is INFO
    assert ana.scan(f"]E0{GOWN}").verdict is INFO
    assert ana.type("23").unit == sscc(1)
    assert small.unit(sscc(1))["qty"] == 23
    assert connection.value("SELECT qty_source FROM handling_unit") == "KEYED"


def test_a_case_without_a_number_gets_a_plate_of_ours_shown_in_the_verdict(small, ana):
    """Two cases of one GTIN are two units: a type code is not an identity."""
    first = ana.all(f"]E0{GOWN}", "=24")
    second = ana.all(f"]E0{GOWN}", "=24")
    assert serials.is_plate(first.unit)
    assert first.unit != second.unit
    assert first.unit[-4:] in said(first)
    assert received("PO-1") == 48


def test_our_own_plate_is_an_identity(small, ana):
    plate = serials.plate(4711)
    assert ana.all(plate, f"]E0{GOWN}", "=24").unit == plate
    assert ana.scan(plate).verdict is CHECK


def test_a_plate_with_a_wrong_check_digit_is_nobodys(small, ana):
    good = serials.plate(4711)
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert not serials.is_plate(bad)
    assert ana.scan(bad).verdict is STOP


def test_what_was_counted_is_the_quantity_and_no_factor_is_applied(small, ana):
    """A packaging barcode speaks for the case only where all cases are alike: nominal counts never do."""
    connection.insert_row("item_barcode", site="T1", barcode="0" + gtin(31), item_id=small.item("GOWN-L"), quantity=12)
    asked = ana.scan(f"]E0{gtin(31)}")
    assert asked.template == "how_many"
    assert small.unit(ana.type("5").unit)["qty"] == 5
    fixed = ana.scan(f"]E0{gtin(30)}")
    assert fixed.verdict is OK
    assert small.unit(fixed.unit)["qty"] == 50
    assert connection.value("SELECT qty_source FROM handling_unit WHERE code = ?", fixed.unit) == "PACKAGING"


def test_the_label_goes_before_the_packaging(small, ana):
    """(02)+(37) with the packaging's GTIN: 48 were counted, whatever that packaging usually holds."""
    reply = ana.scan(f"]C100{sscc(1)}020{gtin(30)}3748")
    assert small.unit(reply.unit)["qty"] == 48


def warn_above(percent: int) -> None:
    connection.execute("UPDATE item SET over_percent = ?, over_action = 'WARN' WHERE sku = 'GOWN-L'", percent)


def test_over_what_is_accepted_nothing_is_saved_until_enter(small, ana):
    warn_above(0)
    before = contents()
    check = ana.case(sscc(1), GOWN, 101)
    assert (check.verdict, said(check)) == (
        CHECK,
        "101 is 1 over the order (100 were open). ENTER saves, Esc drops the case.",
    )
    assert changed(before, contents()) == []
    assert ana.key("ENTER").verdict is OK
    assert received("PO-1") == 101
    assert ana.case(sscc(2), GOWN, 1).template == "over"


def test_esc_drops_an_over_receipt(small, ana):
    warn_above(0)
    before = contents()
    ana.case(sscc(1), GOWN, 101)
    ana.key("ESC")
    assert changed(before, contents()) == []
    assert ana.case(sscc(1), GOWN, 100).verdict is OK


def test_the_same_case_again_adds_nothing_and_says_when_who_how_many(small, ana):
    """However it comes: alone, with its content, typed, at another terminal, by another purchase order."""
    small.purchase_order("PO-9", ("GOWN-L", 100))
    ana.case(sscc(1), GOWN, 24)
    small.now += timedelta(hours=2)
    kim = small.hand("1004", "DOCK-2")
    kim.scan("PO-9")
    before = contents()
    for hand in (ana, kim):
        for again in (f"]C100{sscc(1)}", f"]C100{sscc(1)}020{GOWN}3724", f"]C100{sscc(1)}020{GOWN}3725", sscc(1)):
            reply = hand.scan(again)
            assert (reply.verdict, hand.step) == (CHECK, "receiving.scan_case")
            assert "24 ea, 09:00, ANA." in said(reply)
    assert changed(before, contents()) == []


def test_a_case_that_another_terminal_saves_meanwhile_is_not_added_twice(small, ana):
    """Both hold the case; the first count wins, the second is told whose it was."""
    kim = small.hand("1004", "DOCK-2")
    kim.all("PO-1", f"]C100{sscc(1)}", f"]E0{GOWN}")
    ana.case(sscc(1), GOWN, 24)
    reply = kim.type("25")
    assert (reply.verdict, kim.step) == (CHECK, "receiving.scan_case")
    assert "24 ea" in said(reply)
    assert "ANA" in said(reply)
    assert received("PO-1") == 24


def test_a_case_that_was_picked_adds_nothing_either(small, ana):
    """It also says for which order it left."""
    small.order("SO-1", ("GOWN-L", 24))
    ana.case(sscc(1), GOWN, 24)
    small.hand("1002", "PICK").all("SO-1", "DOCK-1", sscc(1))
    before = contents()
    reply = ana.case(sscc(1), GOWN, 24)
    assert (reply.verdict, changed(before, contents())) == (CHECK, [])
    assert all(word in said(reply) for word in ("SO-1", "24 ea", "09:00", "ANA"))


def test_a_case_that_was_used_up_adds_nothing_either(small, ana):
    """A code names one unit for ever: an empty case is not received again."""
    ana.case(sscc(1), GOWN, 24)
    small.adjust(sscc(1), -24)
    before = contents()
    reply = ana.case(sscc(1), GOWN, 24)
    assert (reply.verdict, changed(before, contents())) == (CHECK, [])
    assert all(word in said(reply) for word in ("24 ea", "09:00", "ANA"))


def test_a_retried_scan_is_applied_once(small, ana):
    """The same id again, after a lost answer: the stored reply, and not one row more."""
    first = ana.scan(f"]C100{sscc(1)}020{GOWN}3724", "scan-1")
    before = contents(frozenset())
    again = ana.repeat(f"]C100{sscc(1)}020{GOWN}3724", "scan-1")
    assert again == first
    assert changed(before, contents(frozenset())) == []
    assert ana.repeat(f"]C100{sscc(1)}020{GOWN}3725", "scan-1").template == "id_used"
    assert changed(before, contents(frozenset({"refusal"}))) in ([], ["refusal"])


def test_lot_and_expiry_are_asked_for_and_kept(small, ana):
    ana.all(f"]C100{sscc(1)}020{SERUM}3710", "L7", "=2027-12-31")
    unit = small.unit(sscc(1))
    assert (unit["lot"], unit["expiry"], unit["qty"]) == ("L7", "2027-12-31", 10)


def test_an_expired_case_goes_to_quarantine_and_releases_nobody(small, ana):
    """CHECK first; ENTER saves it set apart: its pieces are in the building and in nobody's reach."""
    small.order("SO-1", ("SERUM", 10))
    before = contents()
    check = ana.scan(f"]C100{sscc(1)}020{SERUM}3710\x1d10L7\x1d17260614")
    assert check.template == "past_expiry"
    assert changed(before, contents()) == []
    reply = ana.key("ENTER")
    assert (reply.verdict, reply.template, reply.released) == (OK, "saved_quarantine", ())
    assert small.unit(sscc(1))["status"] == "QUARANTINE"
    assert small.reserved("SO-1") == 0
    assert connection.value("SELECT usable FROM item_stock WHERE item_id = ?", small.item("SERUM")) == 0
    assert received("PO-1", 3) == 10


def test_a_case_that_expires_today_still_serves(small, ana):
    small.order("SO-1", ("SERUM", 10))
    reply = ana.scan(f"]C100{sscc(1)}020{SERUM}3710\x1d10L7\x1d17260615")
    assert [(one.order, one.quantity, one.kind) for one in reply.released] == [("SO-1", 10, "HARD")]


def test_one_receipt_for_an_order_and_a_day(small, ana):
    ana.case(sscc(1), GOWN, 24)
    ana.case(sscc(2), GOWN, 24)
    small.now += timedelta(days=1)
    ana.case(sscc(3), GOWN, 24)
    found = connection.rows("SELECT code, opened_on, cases, pieces FROM receipt ORDER BY id")
    assert [row[1:] for row in found] == [("2026-06-15", 2, 48), ("2026-06-16", 1, 24)]
    assert found[0][0] != found[1][0]


def test_a_case_counts_for_the_first_line_that_is_open(small):
    """Two lines of one item: the first until it is full, then the second; over it all, the last."""
    small.purchase_order("PO-2", ("GOWN-L", 24), ("GOWN-L", 24))
    warn_above(0)
    ana = small.hand("1001")
    ana.scan("PO-2")
    for number in (1, 2):
        assert ana.case(sscc(number), GOWN, 24).verdict is OK
    assert (received("PO-2", 1), received("PO-2", 2)) == (24, 24)
    assert ana.all(f"]C100{sscc(3)}020{GOWN}3724", "!ENTER").verdict is OK
    assert (received("PO-2", 1), received("PO-2", 2)) == (24, 48)


def test_what_is_open_counts_over_all_lines_of_the_item(small):
    small.purchase_order("PO-2", ("GOWN-L", 24), ("GOWN-L", 24))
    ana = small.hand("1001")
    ana.scan("PO-2")
    assert ana.case(sscc(1), GOWN, 30).verdict is OK


def test_another_purchase_order_joins_the_truck(small, ana):
    """Asked first; then its cases are received beside those of the first order, on the same receipt."""
    small.purchase_order("PO-2", ("GOWN-M", 10))
    assert ana.scan("PO-2").template == "po_joins"
    assert ana.key("ENTER").template == "po_joined"
    assert ana.case(sscc(1), gtin(2), 10).verdict is OK
    assert ana.case(sscc(2), GOWN, 24).verdict is OK
    assert (received("PO-2"), received("PO-1")) == (10, 24)
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(2, 34)]


def test_another_purchase_order_does_not_join_by_accident(small, ana):
    small.purchase_order("PO-2", ("GOWN-M", 10))
    ana.all("PO-2", "!ESC")
    assert ana.case(sscc(1), gtin(2), 10).template == "not_on_order"


def test_an_order_with_nothing_open_asks_first(small, ana):
    ana.case(sscc(1), GOWN, 100)
    ana.case(sscc(2), gtin(3), 200)
    ana.scan(f"]C100{sscc(3)}020{SERUM}3750\x1d10L7\x1d17271231")
    ana.all("!ESC")
    assert ana.scan("PO-1").template == "po_done"


def test_a_site_without_a_dock_refuses_before_the_first_case(small):
    hand = small.hand("1001")
    hand.session = hand.session.__class__(
        **{**{n: getattr(hand.session, n) for n in hand.session.__slots__}, "dock": None}
    )
    assert (hand.scan("PO-1").template, hand.step) == ("no_dock", "home.menu")


def test_a_refused_scan_is_on_record_with_what_was_wanted(small, ana):
    """Prompt, expected and got: the raw material of label quality. A scan cannot forge a line of it."""
    ana.scan("]C1\x1b]0;x\nFORGED")
    got, step, template = connection.one("SELECT got, step, template FROM refusal ORDER BY id DESC LIMIT 1")
    assert (step, template) == ("receiving.scan_case", "hostile")
    assert "\n" not in got
    assert "\x1b" not in got
    assert "\\x1b" in got

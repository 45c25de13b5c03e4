"""Every step of picking meets every kind of input: the right scan, the wrong one, typed, by card, Esc."""

import pytest
from flow_steps import GOWN, MASK, MEDIUM, OTHER, PART, WHOLE, at_step, picking_floor
from small_floor import FrozenFloor, SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
HERE = "same"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("picking"), picking_floor)


@pytest.fixture
def ida_at(frozen):
    """Ida at a step, as its name says, on a fresh copy of the floor, with the task of that step in her hands."""
    yield lambda step: at_step(frozen, step)
    connection.close()


# step, how, what, verdict, where it leads, words that must be read
TABLE = [
    # --- which pick?
    ("get_work", "key", "ENTER", OK, "go_to", "Go to A-01, scan it."),
    ("get_work", "scan", "XKDONE", OK, "go_to", "Go to A-01, scan it."),
    ("get_work", "scan", "SO-2", OK, "go_to", "Pick for SO-2. Go to A-02"),
    ("get_work", "type", "SO-2", OK, "go_to", "Pick for SO-2. Go to A-02"),
    ("get_work", "scan", "SO-5", CHECK, "get_work", "SO-5: nothing to pick. KIM has its pick."),
    ("get_work", "scan", "SO-6", CHECK, "get_work", "SO-6: nothing to pick. 3 pieces wait"),
    ("get_work", "scan", "SO-77", STOP, HERE, "SO-77"),
    ("get_work", "scan", "A-01", STOP, HERE, "A-01"),
    ("get_work", "scan", PART, STOP, HERE, "That is case ...0014. Scan an order, or ENTER."),
    ("get_work", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("get_work", "key", "F5", STOP, HERE, "F5"),
    ("get_work", "type", "7", STOP, HERE, "7"),
    ("get_work", "key", "ESC", INFO, "home.menu", "Home"),
    # --- go to the place
    ("go_to", "scan", "A-01", OK, "take_unit", "A-01 is right. Scan ...0014 Gown L."),
    ("go_to", "type", "A-01", OK, "take_unit", "A-01 is right."),
    (
        "go_to",
        "scan",
        "A-02",
        STOP,
        HERE,
        "That is place A-02. This pick needs A-01. Go there, scan it. Nothing picked.",
    ),
    ("go_to", "scan", f"]E0{MEDIUM}", STOP, HERE, "That is Gown M. This pick needs A-01."),
    ("go_to", "scan", f"]C100{PART}", STOP, HERE, "That is ...0014. First the place: scan A-01. Nothing was picked."),
    ("go_to", "scan", "SO-2", STOP, HERE, "That is order SO-2. This pick needs A-01."),
    ("go_to", "scan", "JUNK", STOP, HERE, "That is JUNK. This pick needs A-01."),
    ("go_to", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("go_to", "key", "ENTER", STOP, HERE, "ENTER does nothing here."),
    ("go_to", "type", "5", STOP, HERE, "That is 5. This pick needs A-01."),
    ("go_to", "scan", "XKRSDG", STOP, HERE, "does nothing here."),
    ("go_to", "key", "F5", INFO, "how_short", "How many can you take of 20?"),
    ("go_to", "scan", "XKEXCP", INFO, "how_short", "How many can you take of 20?"),
    # --- scan the unit
    ("take_unit", "scan", f"]C100{PART}", INFO, "take_pieces", "TAKE 20 ea Gown L ENTER or DONE = 20, or key"),
    ("take_unit", "type", PART, INFO, "take_pieces", "TAKE 20 ea Gown L"),
    ("take_unit", "scan", f"]C100{PART}020{GOWN}3724", INFO, "take_pieces", "TAKE 20 ea Gown L"),
    ("take_unit", "scan", f"]C100{OTHER}", STOP, HERE, "That is ...0021 Gown L. This pick needs ...0014."),
    ("take_unit", "scan", f"]C100{WHOLE}", STOP, HERE, "That is ...0038 Gown M. This pick needs ...0014."),
    ("take_unit", "scan", f"]E0{GOWN}", CHECK, HERE, "2 of Gown L at A-01: scan the one you take, ...0014."),
    ("take_unit", "scan", f"]E0{MEDIUM}", STOP, HERE, "That is Gown M. This pick needs Gown L. Scan ...0014."),
    ("take_unit", "scan", "A-01", OK, "take_unit", "A-01 is right."),
    ("take_unit", "scan", "A-02", STOP, HERE, "That is place A-02. This pick needs A-01."),
    ("take_unit", "scan", "JUNK", STOP, HERE, "Nobody knows JUNK."),
    ("take_unit", "scan", "SO-2", STOP, HERE, "SO-2"),
    ("take_unit", "scan", f"]C100{sscc(77)}", STOP, HERE, "Nobody knows"),
    ("take_unit", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("take_unit", "key", "ENTER", STOP, HERE, "ENTER does nothing here."),
    ("take_unit", "key", "F8", STOP, HERE, "F8 does nothing here."),
    ("take_unit", "key", "F5", INFO, "how_short", "How many can you take of 20?"),
    ("take_unit", "key", "ESC", INFO, "go_to", "Back. Nothing was saved."),
    ("take_unit", "scan", "XKPREV", INFO, "go_to", "Back. Nothing was saved."),
    # a full unit: its own scan confirms
    ("take_whole", "scan", f"]C100{WHOLE}", OK, "get_work", "10 ea picked for SO-2. Put it on SHIP-1."),
    ("take_whole", "type", WHOLE, OK, "get_work", "10 ea picked for SO-2."),
    ("take_whole", "scan", f"]E0{MEDIUM}", INFO, "take_pieces", "TAKE 10 ea Gown M"),
    ("take_whole", "scan", f"]C100{PART}", STOP, HERE, "That is ...0014 Gown L. This pick needs ...0038."),
    # loose stock: the item is the unit's name
    ("take_loose", "scan", f"]E0{MASK}", INFO, "take_pieces", "TAKE 15 ea Mask"),
    ("take_loose", "type", "MASK", INFO, "take_pieces", "TAKE 15 ea Mask"),
    ("take_loose", "scan", f"]E0{gtin(30)}", INFO, "take_pieces", "TAKE 15 ea Mask"),
    ("take_loose", "scan", f"]E0{GOWN}", STOP, HERE, "That is Gown L. This pick needs Mask. Scan item."),
    # one case of the item stands there: the item is enough
    ("take_alone", "scan", f"]E0{gtin(4)}", INFO, "take_pieces", "TAKE 5 ea Serum"),
    # --- how many were taken
    ("take_pieces", "key", "ENTER", OK, "get_work", "20 ea picked for SO-1. Put it on SHIP-1."),
    ("take_pieces", "scan", "XKDONE", OK, "get_work", "20 ea picked for SO-1."),
    ("take_pieces", "type", "20", OK, "get_work", "20 ea picked for SO-1."),
    ("take_pieces", "type", "14", INFO, "why_short", "14 of 20: why short?"),
    ("take_pieces", "type", "0", INFO, "why_short", "0 of 20: why short?"),
    ("take_pieces", "type", "21", STOP, HERE, "21 is 1 too many. This line needs 20. Key 20, or Esc."),
    ("take_pieces", "type", "99999", STOP, HERE, "99999 is 99979 too many."),
    ("take_pieces", "type", "x", STOP, HERE, "x is no count."),
    ("take_pieces", "type", "123456", STOP, HERE, "That is a barcode, not a count."),
    ("take_pieces", "scan", "14", STOP, HERE, "That is a barcode, not a count."),
    ("take_pieces", "scan", f"]C100{PART}", STOP, HERE, "That is a barcode, not a count."),
    ("take_pieces", "scan", f"]E0{GOWN}", STOP, HERE, "That is a barcode, not a count."),
    ("take_pieces", "burst", "20", STOP, HERE, "That is a barcode, not a count."),
    ("take_pieces", "scan", "XKNRC", INFO, "take_pieces", "1 ENTER or DONE accepts."),
    ("take_pieces", "key", "F9", STOP, HERE, "F9 does nothing here."),
    ("take_pieces", "key", "F5", INFO, "how_short", "How many can you take of 20?"),
    ("take_pieces", "key", "ESC", INFO, "take_unit", "Back. Nothing was saved."),
    # --- short: how many can be taken
    ("how_short", "type", "14", INFO, "why_short", "14 of 20: why short?"),
    ("how_short", "type", "0", INFO, "why_short", "0 of 20: why short?"),
    ("how_short", "type", "20", STOP, HERE, "20 is all of it: no short. Key fewer than 20, or Esc."),
    ("how_short", "type", "21", STOP, HERE, "Key fewer than 20, or Esc."),
    ("how_short", "scan", f"]C100{PART}", STOP, HERE, "That is a barcode, not a count."),
    ("how_short", "scan", "14", STOP, HERE, "That is a barcode, not a count."),
    ("how_short", "type", "-1", STOP, HERE, "-1 is no count."),
    ("how_short", "key", "ENTER", STOP, HERE, "ENTER does nothing here."),
    ("how_short", "key", "F5", STOP, HERE, "F5 does nothing here."),
    ("how_short", "key", "ESC", INFO, "take_unit", "Back. Nothing was saved."),
    # --- short: why (what is missing comes from OTHER at once, so there is a next place)
    ("why_short", "type", "1", OK, "go_to", "14 taken; ...0014 is in doubt: QUARANTINE, count task made."),
    ("why_short", "scan", "XKNRD", OK, "go_to", "14 taken; ...0014 is in doubt"),
    ("why_short", "scan", "XKRSNF", OK, "go_to", "14 taken; ...0014 is in doubt"),
    ("why_short", "type", "3", OK, "go_to", "14 taken, 6 to QUARANTINE. Damaged. SO-1 gets others."),
    ("why_short", "scan", "XKRSDG", OK, "go_to", "14 taken, 6 to QUARANTINE. Damaged."),
    ("why_short", "scan", "XKRSEP", OK, "go_to", "14 taken, 6 to QUARANTINE. Expired."),
    ("why_short", "scan", "XKRSBR", OK, "go_to", "14 taken, 6 to QUARANTINE. Bag/seal broken."),
    ("why_short", "type", "9", STOP, HERE, "9 is no reason. Key a digit 1-8 or scan a reason."),
    ("why_short", "type", "0", STOP, HERE, "0 is no reason."),
    ("why_short", "type", "11", STOP, HERE, "11 is no reason."),
    ("why_short", "scan", f"]C100{PART}", STOP, HERE, "is no reason."),
    ("why_short", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("why_short", "key", "ENTER", STOP, HERE, "ENTER is no reason."),
]


@pytest.mark.parametrize(("step", "how", "what", "verdict", "leads_to", "words"), TABLE)
def test_the_picker_is_answered(ida_at, step, how, what, verdict, leads_to, words):
    """One verdict, the right next step, the words that tell the picker; only an OK that takes goods moves any."""
    ida = ida_at(step)
    before, stood = contents(), ida.session.step

    reply = ida.do(how, what)

    assert (reply.verdict, words in said(reply)) == (verdict, True), said(reply)
    if leads_to == HERE:
        assert ida.session.step == stood
    else:
        assert ida.step in (leads_to, f"picking.{leads_to}")
    if not reply.moves:
        assert changed(before, contents()) in ([], ["pick_task"] if step == "get_work" and verdict is OK else [])


@pytest.mark.parametrize("step", ["get_work", "go_to", "take_unit", "take_pieces", "how_short", "why_short"])
def test_help_and_a_list_lie_over_the_step(ida_at, step):
    """F1 and F6 write nothing; Esc puts what they show away and leaves the step where it is."""
    for key in ("F1", "F6"):
        ida = ida_at(step)
        before, stood = contents(), ida.session.step
        shown = ida.key(key)
        assert shown.verdict is INFO
        if shown.rows:
            assert ida.key("ESC").template == "closed"
        assert ida.session.step == stood
        assert changed(before, contents()) == []
        connection.close()


def test_esc_on_the_way_hands_the_pick_back(ida_at):
    """Another may take it at once; nothing else changes."""
    ida = ida_at("go_to")
    before = contents()
    assert (ida.key("ESC").template, ida.step) == ("handed_back", "picking.get_work")
    assert changed(before, contents()) == ["pick_task"]
    assert connection.value("SELECT COUNT(*) FROM pick_task WHERE operator_id = 3") == 0


def test_a_skipped_pick_comes_last(ida_at):
    """F9 at the first place: the next pick instead, and the skipped one when all others are gone."""
    ida = ida_at("get_work")
    ida.key("ENTER")
    first = ida.session.step.task_id
    seen = []
    for _ in range(4):
        assert ida.key("F9").verdict is INFO
        seen.append(ida.session.step.task_id)
    assert first not in seen[:3]
    assert len(set(seen[:3])) == 3
    assert seen[3] == first


@pytest.mark.parametrize("reason", "12345678")
def test_every_reason_of_the_list_is_heard(ida_at, reason):
    assert ida_at("why_short").type(reason).verdict is OK


def test_after_a_pick_the_next_one_of_the_order_is_named(ida_at):
    ida = ida_at("get_work")
    ida.key("ENTER")
    while ida.step == "picking.go_to" and ida.session.step.task_id:
        task = ida.session.step.task_id
        place, code, loose = connection.one(
            "SELECT p.code, u.code, u.kind FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
            "JOIN handling_unit u ON u.id = r.unit_id JOIN location p ON p.id = u.location_id WHERE t.id = ?",
            task,
        )
        ida.scan(place)
        reply = ida.scan(f"]E0{MASK}" if loose == "LOOSE" else code)
        if ida.step == "picking.take_pieces":
            reply = ida.key("ENTER")
        assert reply.verdict is OK
        assert "scan it" in said(reply) or "No more picks." in said(reply)
    assert connection.value("SELECT COUNT(*) FROM pick_task WHERE state = 'DONE'") == 4


# --- Wrong scans name both sides --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "what", "scanned", "needed"),
    [
        ("go_to", "A-02", "A-02", "A-01"),
        ("go_to", f"]E0{MEDIUM}", "Gown M", "A-01"),
        ("go_to", "JUNK", "JUNK", "A-01"),
        ("go_to", f"]C100{WHOLE}", "...0038", "A-01"),
        ("take_unit", f"]C100{OTHER}", "...0021", "...0014"),
        ("take_unit", f"]E0{MEDIUM}", "Gown M", "...0014"),
        ("take_unit", "A-02", "A-02", "A-01"),
        ("take_unit", "JUNK", "JUNK", "...0014"),
        ("take_unit", f"]C100{sscc(77)}", sscc(77)[-4:], "...0014"),
    ],
)
def test_a_wrong_scan_names_what_was_scanned_and_what_is_needed(ida_at, step, what, scanned, needed):
    message = said(ida_at(step).scan(what))
    assert scanned in message
    assert needed in message


# --- What is wrong today ----------------------------------------------------------------------------------


def test_esc_leaves_the_question_why(ida_at):
    """Back one step, nothing written, as everywhere else."""
    ida = ida_at("why_short")
    assert ida.key("ESC").verdict is INFO
    assert ida.step != "picking.why_short"


def test_esc_from_a_short_leads_back_to_where_it_began(ida_at):
    """F5 and Esc must not stand for the scan of the place."""
    ida = ida_at("short_on_the_way")
    ida.key("ESC")
    assert ida.step == "picking.go_to"


def test_after_a_refused_number_the_cards_start_anew(ida_at):
    """25 by cards is 5 too many; the picker cards 2 and 0, as the message says, and has picked 20."""
    ida = ida_at("take_pieces")
    assert ida.all("XKNRD", "XKNRG", "XKDONE").template == "over_pick"
    assert ida.all("XKNRD", "XKNRB", "XKDONE").verdict is OK


def test_an_aim_prefix_gives_a_barcode_away(ida_at):
    assert ida_at("take_pieces").type("]A020").verdict is STOP


def test_a_refused_key_says_what_to_do_next(ida_at):
    assert not ida_at("how_short").key("ENTER").message[-1].endswith("?.")


def test_two_plates_that_end_alike_are_told_apart_by_their_beginning(sqlite_url):
    small = SmallFloor()
    small.stock("GOWN-L", 24, "A-01", code="LP900000018")
    small.order("SO-1", ("GOWN-L", 20))
    small.stock("GOWN-L", 24, "A-01", code="LP000000018")
    leo = small.hand("1002")
    assert said(leo.all("SO-1", "A-01", "LP000000018")).startswith("That is LP00... Gown L. This pick needs LP90....")

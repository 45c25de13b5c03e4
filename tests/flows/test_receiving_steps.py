"""Every step of receiving meets every kind of input: the right scan, the wrong one, typed, by card, Esc."""

import pytest
from flow_steps import GOWN, MASK, MEDIUM, SERUM, at_step, receiving_floor
from small_floor import FrozenFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse import serials
from warehouse.reply import Verdict

PLATE = serials.plate(77)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("receiving"), receiving_floor)


@pytest.fixture
def ana_at(frozen):
    """Ana at a step, as its name says, on a fresh copy of the floor."""
    yield lambda step: at_step(frozen, step)
    connection.close()


HERE = "same"  # the step does not move
OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO

# step, how, what, verdict, where it leads, words that must be read
TABLE = [
    # --- which purchase order?
    ("choose_order", "scan", "PO-1", OK, "scan_case", "PO-1"),
    ("choose_order", "type", "PO-1", OK, "scan_case", "PO-1"),
    ("choose_order", "type", "1", OK, "scan_case", "PO-1"),
    ("choose_order", "scan", "XKNRC", OK, "scan_case", "PO-1"),
    ("choose_order", "type", "9", STOP, HERE, "9"),
    ("choose_order", "type", "0", STOP, HERE, "0"),
    ("choose_order", "scan", "PO-77", STOP, HERE, "PO-77"),
    ("choose_order", "scan", "A-01", STOP, HERE, "A-01"),
    ("choose_order", "scan", "SO-1", STOP, HERE, "SO-1"),
    ("choose_order", "scan", f"]E0{GOWN}", OK, "scan_case", "PO-1"),
    ("choose_order", "scan", f"]E0{MASK}", CHECK, "choose_order", "orders expect Mask."),
    ("choose_order", "scan", f"]E0{gtin(77)}", STOP, HERE, gtin(77)),
    ("choose_order", "key", "F9", INFO, "choose_order", "Blind"),
    ("choose_order", "key", "F5", INFO, "choose_vendor", "go to HOLD"),
    ("choose_order", "scan", f"]C100{sscc(5)}", STOP, HERE, "Nobody knows ..." + sscc(5)[-4:]),
    ("choose_order", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("choose_order", "key", "ENTER", STOP, HERE, "ENTER"),
    ("choose_order", "scan", "XKDONE", STOP, HERE, "DONE"),
    ("choose_order", "key", "ESC", INFO, "home.menu", "Home"),
    ("choose_order", "scan", "XKPREV", INFO, "home.menu", "Home"),
    # --- the loop
    ("scan_case", "scan", f"]C100{sscc(1)}020{GOWN}3724", OK, "scan_case", "24 ea Gown L"),
    ("scan_case", "type", f"(00){sscc(1)}(02)0{GOWN}(37)24", OK, "scan_case", "24 ea Gown L"),
    ("scan_case", "burst", f"]C100{sscc(1)}020{GOWN}3724", OK, "scan_case", "24 ea Gown L"),
    ("scan_case", "scan", f"]C1020{GOWN}3724", OK, "scan_case", "24 ea Gown L"),
    ("scan_case", "scan", f"]C101{'0' + GOWN}3012", OK, "scan_case", "12 ea Gown L"),
    ("scan_case", "scan", f"]E0{gtin(30)}", OK, "scan_case", "50 ea Mask"),
    ("scan_case", "scan", f"]C100{sscc(1)}", INFO, "scan_item", "which item"),
    ("scan_case", "type", sscc(1), INFO, "scan_item", "which item"),
    ("scan_case", "type", f"00{sscc(1)}", INFO, "scan_item", "which item"),
    ("scan_case", "scan", PLATE, INFO, "scan_item", "which item"),
    ("scan_case", "type", PLATE, INFO, "scan_item", "which item"),
    ("scan_case", "scan", f"]E0{GOWN}", INFO, "how_many", "How many ea"),
    ("scan_case", "type", GOWN, INFO, "how_many", "How many ea"),
    ("scan_case", "type", "GOWN-L", INFO, "how_many", "How many ea"),
    ("scan_case", "scan", f"]E0{MASK}", INFO, "how_many", "How many ea"),
    ("scan_case", "scan", f"]C101{'0' + SERUM}", INFO, "key_lot", "lot"),
    ("scan_case", "scan", f"]C101{'0' + SERUM}10L7", INFO, "key_expiry", "expiry"),
    ("scan_case", "scan", f"]C101{'0' + SERUM}17271231", INFO, "key_lot", "lot"),
    ("scan_case", "scan", f"]C101{'0' + SERUM}1727123110L7", INFO, "how_many", "How many"),
    ("scan_case", "scan", f"]C101{'0' + SERUM}1727123110L7\x1d3012", OK, "scan_case", "LOT L7"),
    ("scan_case", "scan", "PO-2", CHECK, "add_order", "PO-2"),
    ("scan_case", "scan", "PO-1", INFO, HERE, "PO-1 is on this truck already."),
    ("scan_case", "scan", "SHIP-1", STOP, HERE, "SHIP-1 takes no new cases."),
    ("scan_case", "scan", "XKFULL", STOP, HERE, "No pallet is open"),
    ("scan_case", "scan", "XKOPEN", OK, "scan_case", "is open. Cases go on it."),
    (
        "scan_case",
        "scan",
        f"]C100{sscc(90)}",
        CHECK,
        HERE,
        "Case ...0908 is in already: 10 ea, 09:00, KIM. Nothing added.",
    ),
    ("scan_case", "type", sscc(90), CHECK, HERE, "10 ea, 09:00, KIM"),
    ("scan_case", "scan", f"]C100{sscc(90)}020{GOWN}3711", CHECK, HERE, "10 ea, 09:00, KIM"),
    ("scan_case", "scan", f"]E0{MEDIUM}", STOP, HERE, "Gown M is not on PO-1."),
    ("scan_case", "scan", f"]C100{sscc(1)}020{MEDIUM}3724", STOP, HERE, "Gown M is not on PO-1."),
    ("scan_case", "scan", f"]E0{gtin(77)}", STOP, HERE, gtin(77)),
    ("scan_case", "scan", "A-01", OK, "scan_case", "Cases go to A-01 now."),
    ("scan_case", "scan", "SO-1", STOP, HERE, "SO-1"),
    ("scan_case", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("scan_case", "scan", f"]C100{sscc(1)[:-1]}{(int(sscc(1)[-1]) + 1) % 10}", STOP, HERE, "Check digit wrong."),
    ("scan_case", "scan", f"]C100{sscc(1)}020{GOWN}370", STOP, HERE, "0 pieces"),
    ("scan_case", "scan", "\x1b]0;x\x07", STOP, HERE, "forbidden characters"),
    ("scan_case", "scan", "XKZZZ", STOP, HERE, "card is not known"),
    ("scan_case", "key", "ENTER", STOP, HERE, "ENTER"),
    ("scan_case", "type", "7", STOP, HERE, "7"),
    ("scan_case", "key", "ESC", INFO, "choose_order", "Left PO-1."),
    ("scan_case", "scan", "XKDONE", CHECK, "check", "RC-0001"),
    ("scan_case", "key", "F8", CHECK, "check", "RC-0001"),
    # --- one more order on the truck?
    ("add_order", "key", "ENTER", OK, "scan_case", "PO-2 added: 2 orders here."),
    ("add_order", "scan", "XKDONE", OK, "scan_case", "PO-2 added"),
    ("add_order", "key", "ESC", INFO, "scan_case", "Nothing was saved"),
    ("add_order", "scan", f"]C100{sscc(1)}020{GOWN}3724", OK, "scan_case", "24 ea Gown L"),
    ("add_order", "key", "F8", STOP, HERE, "F8"),
    # --- goods that nobody ordered
    ("choose_vendor", "scan", "ACME", OK, "scan_case", "ACME Medical"),
    ("choose_vendor", "type", "ACME", OK, "scan_case", "ACME Medical"),
    ("choose_vendor", "key", "ENTER", OK, "scan_case", "vendor not known"),
    ("choose_vendor", "scan", "XKDONE", OK, "scan_case", "vendor not known"),
    ("choose_vendor", "scan", "PO-1", STOP, HERE, "That is purchase order PO-1."),
    ("choose_vendor", "type", "NOBODY", STOP, HERE, "Nobody knows NOBODY."),
    ("choose_vendor", "key", "ESC", INFO, "choose_order", "Nothing was saved"),
    # --- which item?
    ("scan_item", "scan", f"]E0{GOWN}", INFO, "how_many", "How many ea"),
    ("scan_item", "type", GOWN, INFO, "how_many", "How many ea"),
    ("scan_item", "type", "GOWN-L", INFO, "how_many", "How many ea"),
    ("scan_item", "scan", f"]C1020{GOWN}3724", OK, "scan_case", "24 ea Gown L"),
    ("scan_item", "scan", f"]C100{sscc(1)}020{GOWN}3724", OK, "scan_case", "24 ea Gown L"),
    ("scan_item", "scan", f"]E0{gtin(30)}", OK, "scan_case", "50 ea Mask"),
    ("scan_item", "scan", f"]C101{'0' + SERUM}", INFO, "key_lot", "lot"),
    ("scan_item", "scan", f"]C100{sscc(2)}", STOP, HERE, "That is case ...0021. Scan the item's barcode."),
    ("scan_item", "scan", f"]C100{sscc(2)}020{GOWN}3724", STOP, HERE, "That is case ...0021."),
    ("scan_item", "scan", f"]C100{sscc(1)}", INFO, "scan_item", "a pallet: scan its plate again."),
    ("scan_item", "scan", f"]E0{MEDIUM}", STOP, HERE, "Gown M is not on PO-1."),
    ("scan_item", "scan", "A-01", STOP, HERE, "That is place A-01. Scan the item's barcode."),
    ("scan_item", "scan", "PO-2", STOP, HERE, "That is purchase order PO-2. Scan the item's barcode."),
    ("scan_item", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("scan_item", "key", "ENTER", STOP, HERE, "ENTER"),
    ("scan_item", "scan", "XKDONE", STOP, HERE, "DONE"),
    ("scan_item", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- which lot?
    ("key_lot", "scan", "]C110L7", INFO, "key_expiry", "expiry"),
    ("key_lot", "type", "(10)L7", INFO, "key_expiry", "expiry"),
    ("key_lot", "type", "L7", INFO, "key_expiry", "expiry"),
    ("key_lot", "scan", "L7", INFO, "key_expiry", "expiry"),
    ("key_lot", "type", "123456789012", INFO, "key_expiry", "expiry"),
    ("key_lot", "type", "L" * 21, STOP, HERE, "is no lot. Scan or key up to 20 characters."),
    ("key_lot", "scan", f"]E0{SERUM}", STOP, HERE, "That is Serum. Scan the lot"),
    ("key_lot", "scan", f"]C100{sscc(2)}", STOP, HERE, "That label is of case ...0021. Scan a label of Serum."),
    ("key_lot", "scan", "]C117271231", STOP, HERE, "is no lot"),
    ("key_lot", "key", "ENTER", STOP, HERE, "ENTER"),
    ("key_lot", "scan", "XKSKIP", STOP, HERE, "F9"),
    ("key_lot", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- which expiry?
    ("key_expiry", "scan", "]C117271231", OK, "scan_case", "10 ea Serum"),
    ("key_expiry", "type", "(17)271231", OK, "scan_case", "10 ea Serum"),
    ("key_expiry", "type", "2027-12-31", OK, "scan_case", "10 ea Serum"),
    ("key_expiry", "type", "271231", OK, "scan_case", "10 ea Serum"),
    ("key_expiry", "type", "260615", OK, "scan_case", "10 ea Serum"),  # the day itself still counts
    ("key_expiry", "type", "2026-06-14", CHECK, "confirm", "EXP 2026-06-14 is past."),
    ("key_expiry", "type", "2027-13-01", STOP, HERE, "2027-13-01 is no date. Key YYYY-MM-DD or YYMMDD."),
    ("key_expiry", "type", "270229", STOP, HERE, "270229 is no date."),
    ("key_expiry", "type", "soon", STOP, HERE, "soon is no date."),
    ("key_expiry", "scan", f"]E0{SERUM}", STOP, HERE, "is no date"),
    ("key_expiry", "scan", "]C110L7", STOP, HERE, "is no date"),
    ("key_expiry", "key", "ENTER", STOP, HERE, "ENTER"),
    ("key_expiry", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- how many? a barcode is never a number here
    ("how_many", "type", "24", OK, "scan_case", "24 ea Gown L"),
    ("how_many", "type", "024", OK, "scan_case", "24 ea Gown L"),
    ("how_many", "type", "101", CHECK, "confirm", "101 is 11 over the order"),
    ("how_many", "type", "501", CHECK, "second_badge", "501 is far from 1-500."),
    ("how_many", "type", "3x24", OK, "scan_case", "24 ea Gown L x 3"),
    ("how_many", "type", "11x24", STOP, HERE, "11 at once? 10 is the most."),
    ("how_many", "type", "0x24", STOP, HERE, "0x24 is no count."),
    ("how_many", "scan", "24", STOP, HERE, "That is a barcode, not a count. Key the count"),
    ("how_many", "burst", "24", STOP, HERE, "That is a barcode, not a count."),
    ("how_many", "scan", f"]E0{GOWN}", STOP, HERE, "That is a barcode, not a count."),
    ("how_many", "type", GOWN, STOP, HERE, "That is a barcode, not a count."),
    ("how_many", "type", "123456", STOP, HERE, "That is a barcode, not a count."),
    ("how_many", "scan", f"]C100{sscc(2)}", STOP, HERE, "That is a barcode, not a count."),
    ("how_many", "type", "0", STOP, HERE, "0 is no count."),
    ("how_many", "type", "-3", STOP, HERE, "-3 is no count."),
    ("how_many", "type", "2.5", STOP, HERE, "2.5 is no count."),
    ("how_many", "type", "+24", STOP, HERE, "+24 is no count."),
    ("how_many", "type", "\u0661\u0662", STOP, HERE, "is no count."),
    ("how_many", "scan", "XKNRD", INFO, "how_many", "2 ENTER or DONE accepts."),
    ("how_many", "scan", "XKNRX", INFO, "how_many", "Cleared."),
    ("how_many", "key", "ENTER", STOP, HERE, "ENTER"),
    ("how_many", "scan", "XKDONE", STOP, HERE, "DONE"),
    ("how_many", "key", "F9", STOP, HERE, "No Gown L counted yet."),
    ("how_many", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- over the order: 90 are open, 130 were keyed
    ("confirm", "key", "ENTER", OK, "scan_case", "130 ea Gown L"),
    ("confirm", "scan", "XKDONE", OK, "scan_case", "130 ea Gown L"),
    ("confirm", "type", "24", OK, "scan_case", "24 ea Gown L"),
    ("confirm", "type", "140", CHECK, "confirm", "140 is 50 over the order (90 were open)."),
    ("confirm", "scan", "24", STOP, HERE, "That is a barcode, not a count."),
    ("confirm", "scan", f"]E0{GOWN}", STOP, HERE, "That is a barcode, not a count."),
    ("confirm", "scan", "XKNRD", INFO, "confirm", "2 ENTER or DONE accepts."),
    ("confirm", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- so odd that another person counts: 501, and a case holds 500 at most
    ("second_badge", "scan", "1004", INFO, "second_count", "KIM: count this case."),
    ("second_badge", "type", "1004", INFO, "second_count", "KIM: count this case."),
    ("second_badge", "scan", "1003", INFO, "second_count", "IDA: count this case."),
    ("second_badge", "scan", "1001", STOP, HERE, "Your own badge is no second one."),
    ("second_badge", "scan", "9999", STOP, HERE, "9999 is nobody's badge."),
    ("second_badge", "type", "24", OK, "scan_case", "24 ea Gown L"),
    ("second_badge", "type", "502", CHECK, "second_badge", "502 is far from"),
    ("second_badge", "key", "ENTER", STOP, HERE, "ENTER"),
    ("second_badge", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    ("second_count", "type", "501", CHECK, "confirm", "501 is 411 over the order"),
    ("second_count", "type", "24", CHECK, "how_many", "24 and 501: counts differ."),
    ("second_count", "scan", f"]E0{GOWN}", STOP, HERE, "That is a barcode, not a count."),
    ("second_count", "key", "ENTER", STOP, HERE, "ENTER"),
    ("second_count", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- above the limit: 20 are ordered, 21 may come, 30 were keyed
    ("over_limit", "key", "F5", OK, "scan_case", "9 extra: HOLD"),
    ("over_limit", "scan", "XKEXCP", OK, "scan_case", "9 extra: HOLD"),
    ("over_limit", "scan", "1003", OK, "scan_case", "30 ea Mask"),
    ("over_limit", "scan", "1004", STOP, HERE, "KIM is no lead."),
    ("over_limit", "scan", "1001", STOP, HERE, "Your own badge is no second one."),
    ("over_limit", "type", "21", OK, "scan_case", "1 over the order"),
    ("over_limit", "type", "40", CHECK, "over_limit", "40 is 19 over the limit."),
    ("over_limit", "key", "ENTER", STOP, HERE, "ENTER"),
    ("over_limit", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- much too early, and the order line says that a lead decides
    ("needs_lead", "scan", "1003", OK, "scan_case", "10 ea Gown M"),
    ("needs_lead", "scan", "1004", STOP, HERE, "KIM is no lead."),
    ("needs_lead", "scan", "PO-1", STOP, HERE, "PO-1 is nobody's badge."),
    ("needs_lead", "key", "ENTER", STOP, HERE, "ENTER"),
    ("needs_lead", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- a number on each piece
    ("scan_serials", "scan", "SN-1", INFO, "scan_serials", "Pump: 1 of 2"),
    ("scan_serials", "scan", f"]C101{'0' + gtin(5)}21SN-1", INFO, "scan_serials", "Pump: 1 of 2"),
    ("scan_serials", "scan", f"]C100{sscc(2)}", STOP, HERE, "is no serial no."),
    ("scan_serials", "type", "S" * 21, STOP, HERE, "is no serial no."),
    ("scan_serials", "key", "ENTER", STOP, HERE, "ENTER"),
    ("scan_serials", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
    # --- a case that is sold by weight
    ("key_weight", "type", "12.345", OK, "scan_case", "4 ea Ham"),
    ("key_weight", "type", "12,345 kg", OK, "scan_case", "4 ea Ham"),
    ("key_weight", "scan", f"]C101{'0' + gtin(6)}3103012345", OK, "scan_case", "4 ea Ham"),
    ("key_weight", "type", "heavy", STOP, HERE, "heavy is no weight."),
    ("key_weight", "type", "-1", STOP, HERE, "-1 is no weight."),
    ("key_weight", "scan", "12345", STOP, HERE, "That is a barcode, not a weight."),
    ("key_weight", "key", "ESC", INFO, "scan_case", "Case dropped, nothing saved."),
]


@pytest.mark.parametrize(("step", "how", "what", "verdict", "leads_to", "words"), TABLE)
def test_the_receiver_is_answered(ana_at, step, how, what, verdict, leads_to, words):
    """One verdict, the right next step, and the words that tell the receiver; only OK changes the floor."""
    ana = ana_at(step)
    before, stood = contents(), ana.session.step

    reply = ana.do(how, what)

    assert (reply.verdict, words in said(reply)) == (verdict, True), said(reply)
    if leads_to == HERE:
        assert ana.session.step == stood
    else:
        assert ana.step in (leads_to, f"receiving.{leads_to}")
    if verdict is not OK:
        assert changed(before, contents()) == []


@pytest.mark.parametrize(
    "step", ["choose_order", "scan_case", "scan_item", "key_lot", "key_expiry", "how_many", "confirm"]
)
def test_help_and_a_list_lie_over_the_step(ana_at, step):
    """F1 and F6 show something and write nothing; Esc puts it away and does not drop the case."""
    for key in ("F1", "F6"):
        ana = ana_at(step)
        before, stood = contents(), ana.session.step
        shown = ana.key(key)
        assert shown.verdict is INFO
        assert shown.rows
        assert ana.session.overlay
        assert ana.key("ESC").template == "closed"
        assert ana.session.step == stood
        assert not ana.session.overlay
        assert changed(before, contents()) == []
        connection.close()


def test_a_scan_goes_through_an_open_help(ana_at):
    """Help is no dialog that must be closed first: the next scan counts."""
    ana = ana_at("scan_case")
    ana.scan("XKHELP")
    assert ana.case(sscc(1), GOWN, 24).verdict is OK
    assert not ana.session.overlay


def test_digit_cards_fill_the_box_and_done_accepts_it(ana_at):
    ana = ana_at("how_many")
    assert said(ana.all("XKNRD", "XKNRF")) == "24 ENTER or DONE accepts."
    reply = ana.scan("XKDONE")
    assert (reply.verdict, ana.step) == (OK, "receiving.scan_case")
    assert connection.value("SELECT qty FROM handling_unit WHERE code = ?", reply.unit) == 24


def test_the_clear_card_empties_the_box(ana_at):
    ana = ana_at("how_many")
    ana.all("XKNRD", "XKNRF", "XKNRX", "XKNRC")
    ana.scan("XKNRG")
    assert connection.value("SELECT qty FROM handling_unit WHERE code = ?", ana.scan("XKDONE").unit) == 15


@pytest.mark.parametrize("prefix", ["]A0", "]C0", "]Q0"])
def test_an_aim_prefix_gives_a_barcode_away(ana_at, prefix):
    """A slow wedge types its symbology identifier: that is a barcode, whoever sent it."""
    ana = ana_at("how_many")
    assert ana.type(f"{prefix}24").verdict is STOP


def test_the_label_of_another_item_gives_no_lot(ana_at):
    """The case in hand is Serum; a label that says Gown L and a lot names the wrong thing."""
    ana = ana_at("key_lot")
    assert ana.scan(f"]C101{'0' + GOWN}10L7").verdict is STOP


@pytest.mark.parametrize("what", ["1002", "A-01", "PO-2", "SO-1"])
def test_what_is_known_to_be_something_else_is_no_lot(ana_at, what):
    """A badge, a place, an order: a wrong scan must not end up in the lot of a case."""
    ana = ana_at("key_lot")
    assert ana.scan(what).verdict is STOP


def test_the_label_of_another_item_gives_no_expiry(ana_at):
    ana = ana_at("key_expiry")
    assert ana.scan(f"]C101{'0' + GOWN}17271231").verdict is STOP


def test_a_label_with_lot_and_expiry_answers_both(ana_at):
    """One more prompt for what is missing: a label that says both leaves nothing to ask."""
    ana = ana_at("key_lot")
    assert ana.scan("]C11727123110L7").verdict is OK


def test_each_count_is_doubted_for_itself(ana_at):
    """600 is far off and counted twice; then 60000 is keyed: that is far off too, and was never asked about."""
    ana = ana_at("how_many")
    assert ana.type("600").template == "far_count"
    ana.scan("1004")
    assert ana.type("600").template == "over"
    assert ana.type("60000").template == "far_count"


@pytest.mark.parametrize("step", ["how_many", "key_lot", "key_expiry"])
def test_a_refused_key_says_what_to_do_next(ana_at, step):
    """The last line is the next step, in the imperative: 'How many in this case?.' is not."""
    assert not ana_at(step).key("F9").message[-1].endswith("?.")


def test_a_card_that_means_nothing_is_called_by_its_name(ana_at):
    assert "REASON:" not in said(ana_at("scan_case").scan("XKRSNF"))

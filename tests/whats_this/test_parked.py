"""The job behind a look: it waits as it is, gets what was looked up as if it was scanned there, and outlives a crash."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from look_floor import AWAITED, CASE, GOWN, HERE, MASK, OTHER, SERUM, facts, look_floor, shown
from small_floor import FrozenFloor, Hand, SmallFloor, changed, contents, said, sscc

from db import connection
from warehouse.flows import steps
from warehouse.flows.whats_this import WhatsThis

NEW = sscc(70)
# How Ana comes to a step from her case loop, the name of the step, and what may be scanned there.
AT = {
    "scan_case": ((), "receiving.scan_case"),
    "scan_item": ((f"]C100{NEW}",), "receiving.scan_item"),
    "how_many": ((f"]E0{GOWN}",), "receiving.how_many"),
    "digits": ((f"]E0{GOWN}", "XKNRD", "XKNRF"), "receiving.how_many"),
    "key_lot": ((f"]C100{NEW}020{SERUM}3710",), "receiving.key_lot"),
    "key_expiry": ((f"]C100{NEW}020{SERUM}3710", "=L8"), "receiving.key_expiry"),
    "confirm": ((f"]E0{GOWN}", "=1500"), ""),
    "choose": (("!ESC", "!ESC"), ""),
    "board": (("!F12", "1003", "=3"), "board.live"),
    "scanner_test": (("!F12", "1003", "XKTEST"), "scanner_test.try"),
}
SCANS = (
    f"]C100{NEW}020{GOWN}3724",
    f"]C100{CASE}",
    f"]C100{AWAITED}",
    f"]E0{MASK}",
    "PO-2",
    "A-01",
    "JUNK",
    "=24",
    "=7",
)


def stand(floor: tuple[SmallFloor, Hand], place: str) -> Hand:
    """Ana, or whoever signs on in her place, at that step."""
    small, hand = floor
    ways, name = AT[place]
    if "!F12" in ways:
        small.go_home("1003")
    if ways:
        hand.all(*ways)
    assert hand.step.startswith(name), hand.step
    return hand


@pytest.mark.parametrize("place", AT)
def test_f2_parks_every_step_and_esc_goes_back_to_it(floor, place):
    hand = stand(floor, place)
    step, before = hand.session.step, contents()

    parked = hand.key("F2")
    assert (parked.verdict.value, hand.step) == ("INFO", "whats_this.look")
    hand.all(f"]C100{CASE}", "A-01", "!F2", "XKRSDG")
    back = hand.scan("XKPREV")

    assert back.template == "unparked"
    assert hand.session.step == unasked(step)
    assert changed(before, contents()) == []


def unasked(step):
    """The step without the question that a second scan would have answered: a look drops it."""
    return replace(step, pending=None) if getattr(step, "pending", None) else step


def test_the_card_parks_as_the_key_does(floor):
    for place in ("how_many", "scanner_test"):
        hand = stand(floor, place)
        hand.scan("XKINFO")
        assert hand.step == "whats_this.look", place
        hand.key("ESC")


@pytest.mark.parametrize("place", ["scan_case", "scan_item", "digits", "key_lot"])
@pytest.mark.parametrize("scan", SCANS)
def test_what_is_brought_back_is_answered_as_if_it_was_scanned_there(frozen, place, scan):
    """The same verdict, words, step and rows as without a look."""
    told = []
    for looks in (False, True):
        small, hands = frozen.thaw()
        hand = stand((small, signed_on(hands["ana"])), place)
        if looks:
            how, what = ("type", scan[1:]) if scan[0] == "=" else ("scan", scan)
            at = small.now
            hand.key("F2")
            hand.do(how, what)
            small.now = at
            reply = hand.scan("XKDONE") if scan == "PO-2" else hand.key("ENTER")
        else:
            reply = hand.all(scan)
        told.append((reply.verdict, reply.message, reply.released, unasked(hand.session.step), stands()))
        connection.close()
    direct, brought = told
    assert brought == direct


def stands() -> list:
    """What the floor holds, without the names of the scans that brought it there."""
    return [
        connection.rows(f"SELECT {columns} FROM {table} ORDER BY id")
        for table, columns in (
            ("handling_unit", "code, item_id, qty, qty_reserved, lot, expiry, status, location_id, qty_source"),
            ("capture", "receipt_id, unit_id, qty, source, status, doubt, reverses"),
            ("po_line", "qty_received"),
            ("order_line", "qty_reserved, qty_open, state"),
            ("stock_move", "kind, qty, to_unit_id, reason"),
        )
    ]


def signed_on(hand: Hand) -> Hand:
    person = hand.session.operator.id
    where = (hand.session.terminal, hand.session.station, person)
    connection.execute("UPDATE operator_step SET terminal = ?, station = ? WHERE operator_id = ?", *where)
    return hand


def test_a_refused_value_is_refused_at_the_job_and_is_on_record_there(floor):
    _, hand = floor
    hand.all("!F2", "JUNK")
    reply = hand.key("ENTER")

    assert (reply.verdict.value, hand.step) == ("STOP", "receiving.scan_case")
    assert connection.rows("SELECT step FROM refusal ORDER BY id DESC LIMIT 1") == [("receiving.scan_case",)]


def test_there_is_nothing_to_bring_back_before_the_first_scan(floor):
    _, hand = floor
    hand.key("F2")
    for key in ("ENTER", "DONE"):
        assert hand.key(key).template == "nothing_looked"
    assert hand.step == "whats_this.look"


def test_enter_over_help_closes_help(floor):
    _, hand = floor
    hand.all("!F2", f"]C100{NEW}020{GOWN}3724")
    hand.key("F1")
    assert hand.key("ENTER").template == "closed"
    assert hand.step == "whats_this.look"


def test_a_pick_is_looked_away_from_and_the_unit_brought_to_it(frozen):
    small, _ = frozen.thaw()
    small.go_home("1002")
    leo = small.hand("1002", "PICK-2")
    leo.all("SO-1", "DOCK-1")
    step = leo.session.step
    leo.all("!F2", OTHER)
    assert leo.key("ENTER").verdict.value == "STOP"
    assert leo.session.step == step
    leo.all("!F2", f"]C100{CASE}")
    assert facts(leo)["CASE"] == CASE
    assert leo.key("ENTER").verdict.value != "STOP"
    assert leo.step == "picking.take_pieces"
    connection.close()


# --- A terminal that dies -------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["scan_case", "how_many", "digits", "confirm"])
def test_a_terminal_that_dies_in_a_look_comes_back_to_the_job(floor, place):
    small, _ = floor
    hand = stand(floor, place)
    step = hand.session.step
    hand.all("!F2", "A-01")

    elsewhere = small.hand("1001", "DOCK-2")

    assert elsewhere.step == step.name
    assert steps.dump(elsewhere.session.step).partition('"seen"')[0] == steps.dump(step).partition('"seen"')[0]


def test_signing_off_in_a_look_leaves_the_job(floor):
    small, hand = floor
    hand.all("!F2", "A-01", "!F12")
    assert hand.step == "sign_on.badge"
    assert small.hand("1001", "DOCK-2").step == "receiving.scan_case"


@pytest.mark.parametrize("parked", ['{"step":"of.another_version","x":1}', '{"step":"receiving.scan_case"}'])
def test_a_job_that_this_program_does_not_know_is_home(floor, parked):
    small, hand = floor
    left = json.dumps({"step": "whats_this.look", "parked": parked})
    person = hand.session.operator.id
    connection.execute("UPDATE operator_step SET step = ? WHERE operator_id = ?", left, person)
    assert small.hand("1001", "DOCK-2").step == "home.menu"


def test_every_scan_comes_back_as_it_came():
    """Separators, backslashes and letters of every script survive being kept with the step."""
    for raw in (f"]C1010{SERUM}10A1\x1d17271231", "A\\B", "Größe\\x1d", "箱-1", "\U0001f4e6"):
        from warehouse import barcodes
        from warehouse.flows.whats_this import raw_of

        code = barcodes.read(raw)
        assert isinstance(code, barcodes.Code), raw
        kept = steps.load(steps.dump(WhatsThis(raw=code.raw)))
        assert isinstance(kept, WhatsThis)
        assert raw_of(kept) == raw


# --- Blind receiving ------------------------------------------------------------------------------------

EXPECTED = ("1000", "2222", "777", "3333", "958", "747", "4291", "55", "79", "L9", "1-500", "announced")


@pytest.fixture(scope="module")
def blind_floor(tmp_path_factory):
    """The same floor; Ana receives PO-1 blind."""

    def build(small: SmallFloor) -> dict[str, Hand]:
        hands = look_floor(small)
        hands["ana"].all("!ESC", "!ESC", "!ESC")
        small.go_home("1001")
        ana = small.hand("1001")
        ana.all("=1", "!F9", "PO-1")
        assert ana.session.step.at.blind
        return {"ana": ana}

    return FrozenFloor(tmp_path_factory.mktemp("blind"), build)


@pytest.mark.parametrize(
    "scan",
    [
        f"]C100{AWAITED}",
        f"]C100{sscc(900)}",
        "ASN-1",
        "PO-1",
        "PO-2",
        f"]E0{GOWN}",
        f"]E0{SERUM}",
        "ACME",
        f"]C100{HERE}",
    ],
)
def test_nothing_of_what_is_expected_is_told_in_blind_receiving(blind_floor, scan):
    from look_floor import words

    _, hands = blind_floor.thaw()
    hand = signed_on(hands["ana"])
    hand.key("F2")
    told = words(hand, hand.scan(scan))
    connection.close()

    said_of_it = told.replace("announced case", "")  # what was tried is named
    assert [number for number in EXPECTED if number in said_of_it] == [], told


def test_a_site_that_always_counts_blind_tells_a_receiver_nothing_anywhere(floor):
    small, hand = floor
    small.rule("receiving.blind", "always")
    small.go_home("1001")
    hand = small.hand("1001", "DOCK-3")
    hand.all("!F2", "PO-1")
    assert "1000" not in " ".join(facts(hand).values())
    lead = small.hand("1003", "OFFICE")
    lead.all("!F2", "PO-1")
    assert "received" in facts(lead)["PIECES"]
    assert "777" in str(shown(lead).tables)
    assert said(hand.key("ESC"))


# --- F5: something is wrong with what is looked at ------------------------------------------------------


def test_a_problem_with_the_unit_in_view_is_told_from_any_job(floor):
    small, hand = floor
    hand.all("!F2", "A-01")
    assert hand.key("F5").template == "no_case_looked"
    hand.scan(f"]C100{CASE}")
    assert "Problem" in [words for _, words in shown(hand).keys]

    assert hand.key("F5").template == "problem"

    assert hand.session.step.unit_id == small.unit(CASE)["id"]
    hand.key("ESC")
    assert hand.step == "receiving.scan_case"

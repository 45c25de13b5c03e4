"""Cards: every key has one, each says what it does or that it does nothing, and all act on what lies in front."""

from __future__ import annotations

import pytest
from flow_steps import at_step, board_floor, front_floor, picking_floor, receiving_floor
from small_floor import FrozenFloor, changed, contents, said

from db import connection
from tui.widgets.keys import KEYS
from warehouse.barcodes import CARDS, card, card_for
from warehouse.barcodes.layout import SHEET
from warehouse.flows.overlay import CLOSING
from warehouse.reply import Verdict

PRESSED = sorted({*KEYS.values(), "ENTER", "ESC", *"0123456789"})
STAGES = {
    receiving_floor: ("choose_order", "scan_case", "scan_item", "key_lot", "key_expiry", "how_many", "confirm"),
    picking_floor: ("get_work", "go_to", "take_unit", "take_pieces", "how_short", "why_short"),
    front_floor: ("badge", "menu", "try"),
    board_floor: ("live",),
}
STEPS = [(build, step) for build, steps in STAGES.items() for step in steps]
OVER = [one for one in CARDS if one.key not in (*CLOSING, "F1", "F6")]


@pytest.fixture(scope="module")
def floors(tmp_path_factory):
    found = {build: FrozenFloor(tmp_path_factory.mktemp(build.__name__), build) for build in STAGES}
    yield found
    connection.close()


@pytest.mark.parametrize("key", PRESSED)
def test_every_key_has_its_card(key):
    """Whoever has no hand free for a keyboard, or none that is clean, can do everything."""
    found = card_for(key)
    assert found is not None
    assert card(found.code) == found
    assert found.key == key or (key, found.key) in {("ENTER", "DONE"), ("F8", "DONE")}


def test_no_key_shares_its_card_by_accident():
    """Two cards press F9, which is named twice: skip, and same as last."""
    keys = [one.key for one in CARDS]
    assert {key: keys.count(key) for key in keys if keys.count(key) > 1} == {"F9": 2}


@pytest.mark.parametrize(("build", "step"), STEPS, ids=[step for _, step in STEPS])
def test_at_every_step_a_card_does_what_its_key_does(floors, build, step):
    """Or says that it does nothing here, and what does: STOP, which is the refuse tone."""
    nothing = 0
    for one in CARDS:
        hand = at_step(floors[build], step)
        stood = hand.session.step
        reply = hand.scan(one.code)
        assert reply.message
        if reply.verdict is Verdict.STOP:
            assert hand.session.step in (
                stood,
                type(stood)(**{**vars(stood), "digits": ""} if stood.box else vars(stood)),
            )
        if reply.template == "key_not_here":
            nothing += 1
            assert "does nothing here." in reply.message[0]
            assert len(reply.message) == 2, "what to do instead"
        if step != "try":
            pressed = at_step(floors[build], step)
            assert said(pressed.key(one.key)) == said(reply)
    assert nothing or step in ("badge", "menu", "try", "why_short"), "these have words of their own"


@pytest.mark.parametrize(("build", "step"), STEPS, ids=[step for _, step in STEPS])
@pytest.mark.parametrize("opened", ["XKHELP", "XKLIST"])
def test_with_help_or_a_list_in_front_a_card_acts_on_that_alone(floors, build, step, opened):
    """Nothing is undone, saved, dropped or signed off behind it."""
    hand = at_step(floors[build], step)
    if not hand.scan(opened).rows:
        return  # no list here, so nothing lies in front
    before, stood = contents(), hand.session
    for one in OVER:
        hand.session = stood
        reply = hand.scan(one.code)
        if step == "try" and reply.verdict is Verdict.INFO:
            assert hand.step == "scanner_test.try"  # a card is shown there as any other code
        else:
            assert reply.template == "key_not_here", one
            assert "Esc or DONE closes this first." in said(reply)
            assert (hand.session.step, hand.session.overlay) == (stood.step, True), one
        if step != "try":
            assert changed(before, contents()) in ([], ["refusal"]), one


@pytest.mark.parametrize(("build", "step"), STEPS, ids=[step for _, step in STEPS])
def test_the_layout_cards_answer_at_every_step(floors, build, step):
    """Also where nobody is signed on; home leads to the scanner test, which shows them as they came."""
    for code, words in (("XKTEST", "XKTEST"), (SHEET, "sheet")):
        hand = at_step(floors[build], step)
        stood = hand.step
        reply = hand.scan(code)
        assert reply.verdict is Verdict.INFO
        if step not in ("try", "menu"):
            assert reply.message[0] == f"Scanner speaks clearly: {words}"
            assert hand.step == stood

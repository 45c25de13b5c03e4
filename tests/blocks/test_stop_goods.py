"""Stopping goods at the terminal: what is scanned, why, whose orders are hit, and only then DONE."""

from __future__ import annotations

import pytest
from small_floor import FrozenFloor, Hand, SmallFloor, changed, contents, gtin, said, sscc
from stop_desk import StopFloor

from db import connection
from warehouse import floor
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
SERUM, GOWN = gtin(4), gtin(1)
HERE = "same"


def built(_small: SmallFloor) -> dict[str, Hand]:
    """IDA at each step of stopping; MAX, another lead, at the first."""
    small = StopFloor.opened(_small.now)
    assert isinstance(small, StopFloor)
    small.furnish()
    hands = {}
    ways = {
        "scan_what": [],
        "key_lot": [f"]E0{SERUM}"],
        "say_why": ["CASE-A"],
        "confirm": ["CASE-A", "XKRSDG"],
    }
    for step, inputs in ways.items():
        small.go_home("1003")
        hands[step] = small.hand("1003", step)
        hands[step].all("!4", *inputs)
    hands["max"] = small.hand("1005", "MAX")
    hands["max"].key("4")
    hands["leo"] = small.hand("1002", "PICK-1")
    _small.now = small.now
    return hands


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("stop"), built)


@pytest.fixture
def at(frozen):
    """A person at a step, on a fresh copy of the floor."""

    def stand(step: str) -> Hand:
        _, hands = frozen.thaw()
        hand = hands[step]
        person = hand.session.operator
        assert person is not None
        where = (hand.session.terminal, hand.session.station, person.id)
        connection.execute("UPDATE operator_step SET terminal = ?, station = ? WHERE operator_id = ?", *where)
        return hand

    yield stand
    connection.close()


# step, how, what, verdict, where it leads, words that must be read
TABLE = [
    ("scan_what", "key", "2", INFO, HERE, "Stopped goods go on hold."),
    ("scan_what", "type", "3", INFO, HERE, "Goods on hold are free again."),
    ("scan_what", "scan", "CASE-A", INFO, "say_why", "unit CASE-A 1 unit, 20 pieces. Why? Key it"),
    ("scan_what", "scan", "A-02", INFO, "say_why", "place A-02 2 units, 40 pieces. Why? Key it"),
    ("scan_what", "scan", f"]E0{SERUM}", INFO, "key_lot", "Serum: lot?"),
    ("scan_what", "scan", f"]C1010{SERUM}10L7", INFO, "say_why", "lot L7 of SERUM 2 units, 30 pieces. Why? Key it"),
    ("scan_what", "scan", f"]C1010{SERUM}10L9", STOP, HERE, "Nobody knows lot L9 of SERUM. Look at the case,"),
    ("scan_what", "scan", f"]E0{GOWN}", STOP, HERE, "Gown L has no lots. Scan its case, or its place."),
    ("scan_what", "scan", f"]C100{sscc(77)}020{SERUM}3724", STOP, HERE, "Nobody knows"),
    ("scan_what", "scan", "QUAR-1", STOP, HERE, "place QUAR-1 is used up: nothing to do. Scan another."),
    ("scan_what", "scan", "SO-1", STOP, HERE, "That is order SO-1."),
    ("scan_what", "scan", "JUNK", STOP, HERE, "Nobody knows JUNK."),
    ("scan_what", "scan", "1002", STOP, HERE, "LEO's badge"),
    ("scan_what", "key", "DONE", STOP, HERE, "DONE does nothing here."),
    ("scan_what", "key", "ESC", INFO, "home.menu", "Home."),
    ("key_lot", "scan", "]C110L7", INFO, "say_why", "lot L7 of SERUM"),
    ("key_lot", "type", "L8", INFO, "say_why", "lot L8 of SERUM"),
    ("key_lot", "scan", f"]C1010{GOWN}10L7", STOP, HERE, "That label is of Gown L. Scan a label of SERUM."),
    ("key_lot", "type", "L9", STOP, HERE, "Nobody knows lot L9"),
    ("key_lot", "key", "ESC", INFO, "scan_what", "Back. Nothing was saved."),
    ("key_lot", "key", "DONE", STOP, HERE, "DONE does nothing here."),
    ("say_why", "type", "smells odd", CHECK, "confirm", "unit CASE-A Hits SO-1 x15, SO-2 x5 DONE or F8 stops 20,"),
    ("say_why", "scan", "XKRSDG", CHECK, "confirm", "DONE or F8 stops 20, Esc leaves."),
    ("say_why", "scan", "CASE-A", STOP, HERE, "That is no reason."),
    ("say_why", "type", "12", STOP, HERE, "That is no reason."),
    ("say_why", "type", "x" * 61, STOP, HERE, "That is no reason."),
    ("say_why", "key", "DONE", STOP, HERE, "DONE does nothing here."),
    ("say_why", "key", "ESC", INFO, "scan_what", "Back."),
    ("confirm", "scan", "CASE-A", STOP, HERE, "Not saved yet: a scan is no answer. Key F8 or scan DONE."),
    ("confirm", "scan", "XKRSNF", STOP, HERE, "does nothing here. DONE or F8 saves, Esc leaves."),
    ("confirm", "key", "ENTER", STOP, HERE, "ENTER does nothing here."),
    ("confirm", "key", "ESC", INFO, "scan_what", "Back. Nothing was saved."),
    ("confirm", "scan", "XKDONE", OK, "scan_what", "20 stopped: unit CASE-A Hit: SO-1 x15, SO-2 x5"),
    ("confirm", "key", "F8", OK, "scan_what", "20 stopped: unit CASE-A"),
]


@pytest.mark.parametrize(
    ("step", "how", "what", "verdict", "leads", "words"),
    TABLE,
    ids=[f"{row[0]}-{row[1]}-{row[2][:12]}" for row in TABLE],
)
def test_each_step_answers_each_input(at, step, how, what, verdict, leads, words):
    hand = at(step)
    before = contents()

    reply = hand.do(how, what)

    assert (reply.verdict, words in said(reply)) == (verdict, True), said(reply)
    where = {HERE: f"stop_goods.{step}"}.get(leads, leads if "." in leads else f"stop_goods.{leads}")
    assert hand.step == where
    assert bool(changed(before, contents())) == (verdict is OK)
    assert floor.look(hand.session).prompt


def test_the_screen_shows_whose_orders_are_hit_before_anything_is_saved(at):
    seen = floor.look(at("confirm").session)

    assert seen.prompt == "DONE OR F8 STOPS THEM"
    assert [(fact.label, fact.value) for fact in seen.facts] == [
        ("GOODS", "unit CASE-A"),
        ("", "1 unit, 20 pieces"),
        ("WHY", "Damaged"),
    ]
    assert seen.tables[0].rows == (("SO-1/1", "SERUM", "15", "0"), ("SO-2/1", "SERUM", "5", "0"))


def test_the_reason_is_kept_with_the_move(at):
    at("confirm").key("F8")

    moved = connection.rows("SELECT kind, reason FROM stock_move ORDER BY id DESC LIMIT 1")
    assert moved == [("BLOCK", "Damaged")]
    assert connection.rows("SELECT moves, source FROM scan_log ORDER BY at DESC LIMIT 1") == [(1, "KEY")]


def test_the_whole_way_there_and_back(at):
    ida = at("confirm")
    stopped = ida.key("F8")
    assert {one.order for one in stopped.freed} == {"SO-1", "SO-2"}
    assert said(ida.scan("CASE-A")).startswith("Stopped before: unit CASE-A 2026-06-15 by IDA.")

    held = ida.all("!2", "CASE-A", "=it was the other one", "!F8")
    mine = ida.all("!3", "CASE-A")

    assert (held.verdict, said(held)) == (OK, "20 on hold: unit CASE-A Another lead may accept them.")
    assert said(mine).startswith("CASE-A stays as it is: you held it: another lead must")
    max_ = Hand(ida.small, "MAX")
    max_.scan("1005")
    done = max_.all("!4", "!3", "CASE-A", "=good", "!F8")
    assert (done.verdict, done.message[0]) == (OK, "20 free: unit CASE-A")
    assert done.message[1] == "No order waits for it."


def test_f4_takes_back_no_stop(at):
    ida = at("confirm")
    ida.key("F8")

    assert said(ida.key("F4")).startswith("F4 takes back no stop or accept.")


def test_what_changed_between_is_shown_anew_before_it_is_let_go(at):
    ida = at("confirm")
    ida.key("F8")
    ida.all("!2", "CASE-A", "=it was the other one")
    connection.execute("UPDATE handling_unit SET qty = 21 WHERE code = 'CASE-A'")

    asked = ida.key("F8")

    assert (asked.verdict, said(asked)) == (CHECK, "21 pieces now, not 20. DONE or F8 goes on, Esc leaves.")
    assert ida.key("F8").verdict is OK


def test_nobody_but_a_lead_comes_here(at):
    leo = at("leo")

    assert leo.key("4").verdict is STOP
    assert "Stop goods" not in floor.look(leo.session).choices

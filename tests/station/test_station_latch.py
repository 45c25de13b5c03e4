"""A STOP in a row of cases holds up the next scan, so that a refused case is not lost in the rhythm."""

from __future__ import annotations

import pytest
from heard_station import Heard, captured, case, heard_on
from small_floor import gtin, sscc
from terminal_kit import eventually

from db import connection
from devices.feedback import Signal
from warehouse.floor import Given
from warehouse.flows.steps import Step
from warehouse.reply import Verdict

WRONG = f"]C100{sscc(9)}020{gtin(2)}3724"  # an item that is not on the order
LOOP = "receiving.scan_case"


def templates(heard: Heard) -> list[str]:
    return [answer.reply.template for answer in heard.answers()]


def test_the_next_case_waits_until_the_refused_one_is_dealt_with(small):
    """Another case is turned away without reaching the floor, with the name of the refused one; it is on record."""
    with heard_on(small, latch=True) as heard:
        heard.ask(WRONG, "wrong")
        turned = heard.ask(case(1), "next")
        again = heard.ask(WRONG, "again")
        aside = heard.ask("XKDONE", "aside")
        after = heard.ask(case(1), "after")
    assert templates(heard) == ["not_on_order", "latched", "not_on_order", "set_aside", "saved"]
    assert " ".join(turned.reply.message) == (
        f"...{sscc(9)[-4:]} was refused before this one. Scan it again, or set it aside, then Esc or DONE. "
        "Nothing was saved."
    )
    assert heard.tones() == [Signal.BAD, Signal.BAD, Signal.BAD, Signal.TICK, Signal.GOOD]
    assert {answer.reply.step.name for answer in (turned, again, aside, after)} == {LOOP}
    assert captured() == ["after"]
    logged = connection.rows("SELECT scan_id, verdict, moves FROM scan_log WHERE scan_id IN ('next', 'aside', 'after')")
    assert sorted(map(tuple, logged)) == [("after", "OK", 1), ("aside", "INFO", 0)]
    kept = connection.rows("SELECT scan_id, template, step FROM refusal WHERE scan_id <> 'wrong' ORDER BY at, scan_id")
    assert {(one[0], one[1], one[2]) for one in kept} == {("next", "latched", LOOP), ("again", "not_on_order", LOOP)}


def test_the_same_case_is_answered_anew(lite):
    """What was in its way is gone meanwhile: accepted, it clears the latch."""
    with heard_on(lite, latch=True) as heard:
        heard.ask(WRONG, "wrong")
        lite.purchase_order("PO-2", ("GOWN-M", 100))
        connection.execute("UPDATE po_line SET po_id = 1, line = 3 WHERE item_id = ?", lite.item("GOWN-M"))
        heard.ask(WRONG, "again")
        heard.ask(case(1), "next")
    assert templates(heard) == ["not_on_order", "saved", "saved"]
    assert captured() == ["again", "next"]


@pytest.mark.parametrize(
    ("raw", "key", "source"),
    [
        ("XKDONE", "", "SERIAL"),
        ("XKPREV", "", "SERIAL"),
        ("XKDONE", "", "WEDGE"),
        ("", "ENTER", "TYPED"),
        ("", "DONE", "TYPED"),
        ("", "ESC", "TYPED"),
    ],
)
def test_what_says_that_it_was_set_aside(lite, raw, key, source):
    """It clears the latch and does nothing else: who wants to leave the order says so once more."""
    with heard_on(lite, latch=True) as heard:
        heard.ask(WRONG, "wrong")
        cleared = heard.ask(raw, "cleared", source=source, key=key)
        heard.ask(case(1), "next")
    assert templates(heard) == ["not_on_order", "set_aside", "saved"]
    assert cleared.reply.step.name == LOOP
    assert cleared.reply.verdict is Verdict.INFO


def test_other_keys_and_cards_work_and_leave_it_latched(lite):
    """Help lies over the prompt, undo takes back the case before; the refused one is still to be dealt with."""
    with heard_on(lite, latch=True) as heard:
        heard.ask(case(1), "good")
        heard.ask(WRONG, "wrong")
        heard.ask("XKHELP", "help")
        heard.ask("XKPREV", "closed")
        heard.ask("XKUNDO", "undo")
        heard.ask("XKSKIP", "nothing")
        heard.ask(case(2), "next")
        heard.ask("XKDONE", "aside")
    assert templates(heard) == [
        *("saved", "not_on_order", "help", "closed", "undone_receipt", "key_not_here", "latched", "set_aside"),
    ]


def test_what_is_typed_never_latches_and_is_never_turned_away(lite):
    """Who types reads the screen. A code that is typed and accepted says that all is well again."""
    with heard_on(lite, latch=True) as heard:
        heard.ask(WRONG, "typed", source="TYPED")
        heard.ask(WRONG, "wedge", source="WEDGE")
        heard.ask(case(1), "after")
        heard.ask(WRONG, "serial")
        heard.ask("JUNK", "junk", source="TYPED")
        heard.ask(case(2), "turned")
        heard.ask(case(3), "by hand", source="TYPED")
        heard.ask(case(4), "free")
    assert templates(heard) == [
        *("not_on_order", "not_on_order", "saved", "not_on_order", "unknown_code", "latched", "saved", "saved"),
    ]


UNREAD = {
    "a card that means nothing here": Given("odd", 2000.0, raw="XKSKIP", source="SERIAL"),
    "a card that nobody knows": Given("odd", 2000.0, raw="XKZZZ", source="SERIAL"),
    "a wrong check digit": Given("odd", 2000.0, raw="]C100395011015300000012", source="SERIAL"),
    "characters that may not be": Given("odd", 2000.0, raw="\x1b[2J", source="SERIAL"),
    "half a scan": Given("odd", 2000.0, raw="]C1003950", source="SERIAL", fault="incomplete_frame"),
}


@pytest.mark.parametrize("odd", UNREAD.values(), ids=UNREAD)
def test_what_could_not_be_read_does_not_latch(lite, odd):
    """The same case, read better, is another text: it must not be turned away."""
    with heard_on(lite, latch=True) as heard:
        heard.station.put(odd)
        assert heard.wait("odd").reply.verdict is Verdict.STOP
        heard.ask(case(1), "next")
    assert templates(heard)[-1] == "saved"


@pytest.mark.parametrize("odd", UNREAD.values(), ids=UNREAD)
def test_nor_does_it_clear_a_latch(lite, odd):
    with heard_on(lite, latch=True) as heard:
        heard.ask(WRONG, "wrong")
        heard.station.put(odd)
        heard.wait("odd")
        heard.ask(case(1), "next")
    assert templates(heard)[-1] == "latched"


def test_at_a_prompt_that_wants_one_thing_nothing_latches(lite):
    """The state has not moved: the next right scan is the answer."""
    with heard_on(lite, latch=True) as heard:
        heard.ask(f"]C100{sscc(5)}", "case")
        heard.ask("NO-SUCH-ITEM", "wrong")
        heard.ask(f"]E0{gtin(1)}", "right")
        heard.ask("XKPREV", "drop")
        heard.ask("XKLOCK", "off")
        heard.ask("9999", "nobody")
        heard.ask("1001", "back")
    assert templates(heard) == [
        *("scan_item", "unknown_code", "how_many", "dropped", "signed_off", "unknown_badge", "welcome"),
    ]
    assert heard.triggers() == []


def test_the_loops_are_these():
    """A step that joins them decides that a refused scan in it is lost in the rhythm."""
    assert {name for name, step in Step.registry.items() if step.loop} == {LOOP, "put_away.scan_unit"}


def test_who_signs_off_leaves_no_latch_behind(lite):
    with heard_on(lite, latch=True) as heard:
        heard.ask(WRONG, "wrong")
        heard.ask("XKLOCK", "off")
        heard.ask("1001", "back")
        heard.ask(case(1), "next")
    assert templates(heard) == ["not_on_order", "signed_off", "welcome", "saved"]


@pytest.mark.parametrize("cleared_by", ["XKDONE", "XKPREV"])
def test_who_has_signed_on_elsewhere_is_told_so_and_not_that_the_case_is_set_aside(lite, cleared_by):
    """The card that clears the latch writes, too: it finds that its person has gone, as every input does."""
    with heard_on(lite, latch=True) as heard:
        heard.ask(WRONG, "wrong")
        connection.execute("UPDATE operator_step SET terminal = 'another', station = 'DOCK-2'")
        answer = heard.ask(cleared_by, "cleared")
    assert (answer.reply.template, answer.session.operator) == ("signed_on_elsewhere", None)


def test_a_site_may_do_without(lite):
    with heard_on(lite) as heard:
        heard.ask(WRONG, "wrong")
        heard.ask(case(1), "next")
    assert templates(heard) == ["not_on_order", "saved"]
    assert heard.triggers() == []


# --- The trigger ----------------------------------------------------------------------------------------


def test_the_trigger_is_off_for_a_while_and_comes_back_by_itself(lite):
    """Its tone first, then the pause; nobody has to do anything for it to end."""
    with heard_on(lite, latch=True, pause_s=0.1) as heard:
        heard.ask(WRONG, "wrong")
        assert heard.heard[:2] == [Signal.BAD, False]
        assert eventually(lambda: heard.triggers() == [False, True])
        heard.ask(case(1), "turned")
        assert eventually(lambda: heard.triggers() == [False, True] * 2)
    assert heard.triggers() == [False, True] * 2


def test_the_trigger_is_on_as_soon_as_the_latch_is_cleared(lite):
    with heard_on(lite, latch=True, pause_s=60.0) as heard:
        heard.ask(WRONG, "wrong")
        heard.ask("", "aside", source="TYPED", key="ESC")
        assert heard.triggers() == [False, True]


def test_a_terminal_that_closes_leaves_no_dead_trigger(lite):
    with heard_on(lite, latch=True, pause_s=60.0) as heard:
        heard.ask(WRONG, "wrong")
        heard.station.free_trigger()
        assert heard.triggers() == [False, True]
        heard.ask(WRONG, "again")
        assert heard.triggers() == [False, True], "it closes: nothing latches any more"


def test_nor_does_a_station_that_ends(lite):
    with heard_on(lite, latch=True, pause_s=60.0) as heard:
        heard.ask(WRONG, "wrong")
    assert heard.triggers() == [False, True]


def test_a_trigger_that_cannot_be_switched_costs_no_scan(lite, log_file):
    with heard_on(lite, latch=True, pause_s=60.0) as heard:

        def fail(_on: bool) -> None:
            raise OSError("the line is gone")

        heard.station._latch.trigger = fail
        heard.ask(WRONG, "wrong")
        heard.ask("XKDONE", "aside")
        heard.ask(case(1), "next")
    assert captured() == ["next"]
    assert "the line is gone" in log_file.read_text(encoding="utf-8")

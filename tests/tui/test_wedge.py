"""Keys with their times: what a person pressed and what a scanner typed, told apart in virtual time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.wedge import LATE_END_S, MAX_BURST, Burst, Pressed, Wedge, WedgeSetup

GS = "\x1d"
# As Textual's driver names them.
NAMES = {GS: "ctrl+right_square_bracket", "\x1e": "ctrl+circumflex_accent", "\r": "enter", "\t": "tab", "\n": "ctrl+j"}
NAMES |= {chr(code): f"ctrl+{chr(code + 96)}" for code in range(1, 27) if chr(code) not in "\r\t\n"}
CODE = f"]C101{'0952123454321' + '3'}10LOT7{GS}3024"


class Keyboard:
    """Somebody or something that presses keys, `gap` seconds apart."""

    def __init__(self, **setup: object) -> None:
        self.wedge = Wedge(WedgeSetup(**setup))  # type: ignore[arg-type]
        self.at = 100.0
        self.out: list[Pressed | Burst] = []

    def keys(self, text: str, gap: float = 0.002) -> Keyboard:
        for character in text:
            self.key(NAMES.get(character, character), character, gap)
        return self

    def key(self, name: str, character: str | None = None, gap: float = 0.002) -> Keyboard:
        self.at += gap
        self.out += self.wedge.feed(name, character, self.at)
        return self

    def wait(self, seconds: float) -> Keyboard:
        """Time passes; whoever waits asks when it is due."""
        end = self.at + seconds
        while self.wedge.due is not None and self.wedge.due <= end:
            self.out += self.wedge.poll(self.wedge.due)
        self.at = end
        return self

    def scans(self) -> list[str]:
        return [one.text for one in self.out if isinstance(one, Burst)]

    def typed(self) -> str:
        return "".join(one.character or f"<{one.key}>" for one in self.out if isinstance(one, Pressed))


# --- What a scanner types -------------------------------------------------------------------------------


def test_a_code_and_its_cr_are_one_scan():
    keyboard = Keyboard().keys(CODE + "\r")
    (burst,) = keyboard.out
    assert isinstance(burst, Burst)
    assert (burst.text, burst.fault) == (CODE, "")
    assert burst.at == pytest.approx(keyboard.at)
    assert burst.took_ms == round(2 * (len(CODE) - 1))
    assert keyboard.wedge.due is None


def test_the_separator_keeps_lot_and_quantity_apart():
    """Whether the driver hands over the character or only the key's name, as it does in the kitty protocol."""
    keyboard = Keyboard().keys("]C110ABC").key("ctrl+right_square_bracket").keys("3012\r")
    assert keyboard.scans() == [f"]C110ABC{GS}3012"]


def test_every_control_character_arrives_and_none_works_as_a_key():
    """STX, EOT, RS, DC1, and those whose keys mean undo, sign off and list."""
    text = "AB" + "".join(map(chr, [1, 2, 4, 5, 12, 14, 15, 16, 17, 19, 21, 23, 24, 26])) + "\x1e" + GS + "CD"
    keyboard = Keyboard().keys(text + "\r")
    assert (keyboard.scans(), keyboard.typed()) == ([text], "")


def test_a_control_character_at_the_very_beginning_is_held_back_too():
    keyboard = Keyboard().keys("\x15\x18ABCD\r")
    assert (keyboard.scans(), keyboard.typed()) == (["\x15\x18ABCD"], "")


def test_a_key_that_is_no_character_spoils_the_scan_and_does_nothing():
    """An escape sequence in a barcode looks like F4: the scan is refused as a whole, nothing is undone."""
    keyboard = Keyboard().keys("ABC").key("f4").keys("DEF\r")
    assert (keyboard.scans(), keyboard.typed()) == (["ABC\x1bDEF"], "")


@pytest.mark.parametrize("end", ["\r", "\t", "\n", "\r\n"])
def test_what_ends_a_scan(end):
    keyboard = Keyboard().keys(f"PO-1{end}PO-2{end}").wait(1)
    assert (keyboard.scans(), keyboard.typed()) == (["PO-1", "PO-2"], "")


def test_silence_ends_it_as_well():
    keyboard = Keyboard().keys("PO-10482")
    assert keyboard.wait(0.049).out == []
    assert keyboard.wait(0.002).scans() == ["PO-10482"]


def test_an_end_that_comes_late_is_not_the_operators_enter():
    """It must not accept a question that nobody has read yet."""
    keyboard = Keyboard().keys("PO-10482").wait(0.3).key("enter", "\r").wait(1)
    assert (keyboard.scans(), keyboard.typed()) == (["PO-10482"], "")
    assert keyboard.key("enter", "\r").typed() == "\r", "only one"


@pytest.mark.parametrize("pause", [LATE_END_S + 0.1, 5.0])
def test_an_enter_after_that_is_the_operators(pause):
    keyboard = Keyboard().keys("PO-10482").wait(pause).key("enter", "\r")
    assert (keyboard.scans(), keyboard.typed()) == (["PO-10482"], "\r")


def test_what_is_typed_after_a_scan_is_entered():
    """A number and ENTER, however soon after a scan without an end of its own."""
    keyboard = Keyboard().keys("PO-10482").wait(0.1).keys("24\r", 0.08)
    assert (keyboard.scans(), keyboard.typed()) == (["PO-10482"], "24\r")


def test_once_it_is_known_to_be_a_scan_it_may_pause():
    """A slow line brings a code in pieces; 40 ms between two of them is still one code."""
    keyboard = Keyboard().keys("0039").wait(0.0).keys("5", 0.04).keys("2123").keys("4", 0.045).keys("\r")
    assert keyboard.scans() == ["0039521234"]


def test_an_endless_scan_is_cut_and_said_to_be_none():
    keyboard = Keyboard().keys("M" * 20_000 + "\r")
    (burst,) = keyboard.out
    assert isinstance(burst, Burst)
    assert (len(burst.text), burst.fault) == (MAX_BURST, "oversize")


# --- Prefix and substitute ------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["~", "\x02", "#@"])
def test_with_a_prefix_the_shortest_code_is_a_scan(prefix):
    keyboard = Keyboard(prefix=prefix).keys(f"{prefix}24\r{prefix}7").wait(1)
    assert (keyboard.scans(), keyboard.typed()) == (["24", "7"], "")


def test_a_prefix_alone_was_typed():
    keyboard = Keyboard(prefix="~").keys("~", 0.2).wait(1).keys("~\r", 0.2)
    assert (keyboard.scans(), keyboard.typed()) == ([], "~~\r")


def test_a_code_without_the_prefix_is_still_told_by_its_speed():
    assert Keyboard(prefix="~").keys("PO-1\r").scans() == ["PO-1"]


def test_a_substitute_stands_for_the_separator():
    assert Keyboard(gs="{GS}").keys("]C110A{GS}3012{GS}\r").scans() == [f"]C110A{GS}3012{GS}"]


# --- What a person types --------------------------------------------------------------------------------


def test_typing_comes_key_by_key_and_needs_its_enter():
    keyboard = Keyboard().keys("PO-10482", 0.08)
    keyboard.wait(0.1)
    assert keyboard.typed() == "PO-10482"
    assert keyboard.keys("\r", 0.1).typed() == "PO-10482\r"
    assert keyboard.scans() == []


def test_a_key_waits_no_longer_than_it_has_to():
    keyboard = Keyboard().keys("7")
    assert keyboard.wait(0.029).out == []
    assert keyboard.wait(0.002).typed() == "7"


@pytest.mark.parametrize("name", ["f1", "f4", "ctrl+u", "ctrl+q", "escape", "backspace", "enter", "up"])
def test_every_key_alone_is_a_key(name):
    assert [one.key for one in Keyboard().key(name).wait(1).out if isinstance(one, Pressed)] == [name]


def test_three_fast_keys_are_typing():
    keyboard = Keyboard().keys("100", 0.001).wait(1).keys("24\r", 0.001)
    assert (keyboard.scans(), keyboard.typed()) == ([], "10024\r")


def test_a_key_that_is_held_down_is_typing():
    """Keyboards repeat about every 33 ms, and a deletion is no code at any speed."""
    keyboard = Keyboard().keys("0" * 20, 0.033).wait(1)
    for _ in range(20):
        keyboard.key("backspace", "\x7f", 0.01)
    keyboard.wait(1)
    assert (keyboard.scans(), keyboard.typed()) == ([], "0" * 20 + "\x7f" * 20)


def test_what_was_begun_by_hand_stays_beside_a_scan():
    keyboard = Keyboard().keys("12", 0.2).keys("P", 0.2).keys("O-1\r").keys("3", 0.2).wait(1)
    assert (keyboard.scans(), keyboard.typed()) == (["PO-1"], "123")


def test_switched_off_everything_is_typing_at_once():
    keyboard = Keyboard(enabled=False).keys("PO-1\r")
    assert (keyboard.scans(), keyboard.typed()) == ([], "PO-1\r")
    assert keyboard.wedge.due is None


@pytest.mark.parametrize(
    ("setup", "scans"),
    [({"gap_ms": 100}, ["PO-1"]), ({"least": 5}, []), ({"gap_ms": 100, "least": 5}, [])],
)
def test_a_site_sets_the_limits(setup, scans):
    assert Keyboard(**setup).keys("PO-1\r", 0.06).scans() == scans


# --- Anything -------------------------------------------------------------------------------------------

CODES = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\t", exclude_categories=("Cc", "Cs")), min_size=4, max_size=40
)


@given(codes=st.lists(CODES, min_size=1, max_size=6), gap=st.floats(0.0, 0.029), pause=st.floats(0.0, 0.5))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_every_code_is_one_scan_at_any_speed_of_a_scanner(codes, gap, pause):
    keyboard = Keyboard()
    for code in codes:
        keyboard.keys(f"{code}\r", gap).wait(pause)
    assert (keyboard.scans(), keyboard.typed()) == (codes, "")


@given(text=st.text("ABC019-?\r", max_size=40), gaps=st.lists(st.floats(0.031, 2.0), min_size=40, max_size=40))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_typing_loses_no_key_and_changes_no_order(text, gaps):
    keyboard = Keyboard()
    for character, gap in zip(text, gaps, strict=False):
        keyboard.wait(gap).keys(character, 0.0)
    assert (keyboard.scans(), keyboard.wait(1).typed()) == ([], text)


@given(st.lists(st.tuples(st.sampled_from([*"AB1\r\x15", GS]), st.floats(0.0, 0.1)), max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_whatever_comes_no_character_is_lost_or_doubled(presses):
    """Each ends up as typing or in a scan; only the ends of scans go."""
    keyboard = Keyboard()
    for character, gap in presses:
        keyboard.wait(gap).keys(character, 0.0)
    keyboard.wait(1)
    came = "".join(one.text if isinstance(one, Burst) else one.character or "" for one in keyboard.out)
    assert came.replace("\r", "") == "".join(character for character, _ in presses).replace("\r", "")

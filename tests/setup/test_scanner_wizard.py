"""The wizard on a real pseudo-terminal: somebody scans the test card when asked, and hears the tones."""

from __future__ import annotations

import os
import select
import tty

import pytest

from devices.feedback import PROFILES
from devices.setup import PortMatch, ScannerSetup
from tui.scanner_wizard import Choice, Wizard
from warehouse.reply import InputError


class Desk:
    """A scanner on a pseudo-terminal and the person who sets it up: they scan when they are told to."""

    def __init__(self, scans: list[bytes], answers: dict[str, list[str]]) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.url = os.ttyname(self.slave)
        self.scans, self.answers = list(scans), answers
        self.told: list[str] = []
        self.asked: list[str] = []

    def say(self, words: str) -> None:
        self.told.append(words)
        if words.startswith("Scan the test card") and self.scans:
            os.write(self.master, self.scans.pop(0))

    def ask(self, question: str) -> str:
        self.asked.append(question)
        for words, said in self.answers.items():
            if words in question and said:
                return said.pop(0)
        raise EOFError

    def heard(self, length: int) -> bytes:
        """What the program sent to the scanner: so many bytes."""
        heard = b""
        while len(heard) < length:
            assert select.select([self.master], [], [], 5.0)[0], heard
            heard += os.read(self.master, length - len(heard))
        return heard

    def wizard(self, **more) -> Wizard:
        return Wizard(self.ask, self.say, PROFILES, **more)

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def desk(request, monkeypatch):
    monkeypatch.setattr("tui.scanner_wizard.TONE_GAP_S", 0.0)
    monkeypatch.setattr("tui.scanner_wizard.QUIET_S", 0.05)
    made: list[Desk] = []

    def make(*scans: bytes, **answers: list[str]) -> Desk:
        words = {"port": "Which port", "name": "A name", "speak": "speak", "nothing": "Nothing came"}
        made.append(Desk(list(scans), {words[key]: said for key, said in answers.items()}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_scanner_that_is_understood_at_once(desk):
    desk = desk(b"]C0XKTEST\r", name=[""], speak=["y"])

    setup = desk.wizard().run([], desk.url, "scanner 1")

    first = next(name for name in PROFILES if name != "none")
    assert setup == ScannerSetup("scanner 1", port=desk.url, feedback=first)
    tones = PROFILES[first].good + PROFILES[first].bad
    assert desk.heard(len(tones)) == tones
    assert any("AIM id ]C0" in words for words in desk.told)


def test_a_name_that_the_file_would_not_take_is_asked_again(desk):
    desk = desk(b"]C0XKTEST\r", name=["dock/left", "x" * 25, "a\x1bb", "left"], speak=["q"])
    assert desk.wizard().run([], desk.url, "scanner 1").name == "left"
    assert sum("allowed is text of 1 to 24 characters" in words for words in desk.told) == 3
    assert all(words.isprintable() for words in desk.told)


def test_garbage_first_then_the_right_speed(desk):
    desk = desk(b"\xd8\xcb\xd4\x8d", b"01XKTEST", name=["left"], speak=["n", "n", "q"])

    setup = desk.wizard().run([], desk.url, "scanner 1")

    assert (setup.name, setup.baud, setup.framing, setup.prefix) == ("left", 115200, "idle", "01")
    assert setup.feedback == "none"
    told = "\n".join(desk.told)
    assert r"\xd8\xcb\xd4\x8d" in told
    assert "Set the scanner to send AIM ids" in told
    assert "set the suffix CR" in told


def test_a_port_is_chosen_by_its_number_and_found_again_by_its_identity(desk):
    desk = desk(b"\x02]C0XKTEST\x03", port=["7", "x", "2"], name=["gun"], speak=["y"])
    match = PortMatch(vid="05e0", pid="1701", serial="S1")
    choices = [Choice("/dev/null", "another", PortMatch()), Choice(desk.url, "a gun", match, feedback="zebra")]

    setup = desk.wizard().run(choices, None, "scanner 1")

    assert (setup.port, setup.match, setup.framing, setup.feedback) == ("", match, "stx-etx", "zebra")
    assert desk.told.count("Key the number before its line.") == 2


def test_silence_is_asked_about_and_waiting_goes_on(desk):
    desk = desk(nothing=["", "q"])
    with pytest.raises(InputError, match="Given up; nothing was written"):
        desk.wizard(patience_s=0.05).run([], desk.url, "scanner 1")
    assert len(desk.asked) == 2


def test_a_card_that_is_never_understood_ends_with_what_to_do(desk):
    desk = desk(*[b"4006381333931\r"] * 20)
    with pytest.raises(InputError, match="XKTEST"):
        desk.wizard(patience_s=0.3).run([], desk.url, "scanner 1")


@pytest.mark.parametrize(("url", "words"), [("/dev/nowhere", "no device"), ("ftp://x", "neither a device path")])
def test_a_port_that_does_not_open_is_one_sentence(desk, url, words):
    with pytest.raises(InputError, match=words):
        desk().wizard().run([], url, "scanner 1")


def test_without_a_port_there_is_nothing_to_choose(desk):
    with pytest.raises(InputError, match="No serial port is there"):
        desk().wizard().run([], None, "scanner 1")

"""A scanner by its settings: its framing and their answers, its guns, its port under another name, asleep."""

from __future__ import annotations

import errno
import os

import pytest
from scanner_kit import Listener, eventually, on_line

from devices import ssi
from devices.feedback import Signal, profiles
from devices.framing import BadFrame, Frame
from devices.setup import PortMatch
from devices.simulator import ScriptedScanner
from devices.transport import PortError, open_transport


def packet(data: bytes, *, status: int = 0) -> bytes:
    built = bytes([len(data) + 5, ssi.DECODE_DATA, 0, status, 0x0F]) + data
    return built + ssi.checksum(built)


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        ("line", b"A\rB\r"),
        ("tab", b"A\tB\t"),
        ("stx-etx", b"\x02A\x03\r\n\x02B\x03\r\n"),
        ("ssi", packet(b"A") + packet(b"B")),
    ],
)
def test_each_framing_on_a_line(framing, sent):
    with on_line(framing=framing) as (gun, listener):
        gun.scan(sent, terminator=b"")
        listener.wait_for_frames(2)
        assert listener.data == [b"A", b"B"]


def test_without_a_suffix_silence_ends_a_scan():
    with on_line(framing="idle", idle_ms=30) as (gun, listener):
        for number, code in enumerate(("A", "B"), 1):
            gun.scan(code, terminator=b"")
            listener.wait_for_frames(number)
        assert listener.data == [b"A", b"B"]


def test_the_prefix_of_the_settings_is_taken_off():
    with on_line(prefix="\x02~") as (gun, listener):
        gun.scan(b"\x02~A\rB")
        listener.wait_for_frames(2)
        assert listener.data == [b"A", b"B"]
        assert [type(frame) for frame in listener.frames] == [Frame, BadFrame]


# --- SSI answers ---


class Noted:
    """A line of which is noted what is written to it, in the order of everything else."""

    def __init__(self, line, notes: list[bytes]) -> None:
        self.line = line
        self.notes = notes

    def __getattr__(self, name):
        return getattr(self.line, name)

    def write(self, data: bytes) -> None:
        self.notes.append(data)
        self.line.write(data)


def test_a_packet_is_acknowledged_before_its_scan_is_handed_over():
    notes: list[bytes] = []
    with on_line(
        framing="ssi",
        open_port=lambda url: Noted(open_transport(url), notes),
        on_frame=lambda frame: notes.append(frame.data),
    ) as (gun, _):
        gun.scan(packet(b"A"), terminator=b"")
        eventually(lambda: len(notes) == 2)
        assert gun.tone(2.0) == ssi.ACK
    assert notes == [ssi.ACK, b"A"]


def test_a_damaged_packet_is_asked_for_again_and_counts_once():
    with on_line(framing="ssi") as (gun, listener):
        gun.scan(packet(b"A")[:-1] + b"\x00", terminator=b"")
        assert gun.tone(2.0) == ssi.NAK_RESEND
        gun.scan(packet(b"A", status=1), terminator=b"")
        assert gun.tone(2.0) == ssi.ACK
        gun.scan(packet(b"A", status=1), terminator=b"")  # the ACK was lost
        assert gun.tone(2.0) == ssi.ACK
        gun.scan(packet(b"B"), terminator=b"")
        listener.wait_for_frames(2)
        assert listener.frames == [Frame(b"A", listener.frames[0].at, "]C1"), Frame(b"B", listener.frames[1].at, "]C1")]


def test_a_verdict_goes_out_as_a_packet():
    with on_line(framing="ssi", feedback="zebra-ssi") as (gun, listener):
        assert listener.scanner.signal(Signal.BAD)
        assert gun.wait_for_signal("zebra-ssi", 2.0) is Signal.BAD
        assert listener.scanner.signal(Signal.TRIGGER_OFF)
        assert gun.wait_for_signal("zebra-ssi", 2.0) is Signal.TRIGGER_OFF


def test_an_answer_that_fails_does_not_stop_the_reading(caplog):
    class Deaf:
        """A line that takes nothing, as one whose handshake is stuck."""

        def __init__(self, line) -> None:
            self.line = line

        def __getattr__(self, name):
            return getattr(self.line, name)

        def write(self, _data: bytes) -> None:
            raise OSError(errno.EIO, "Input/output error")

    with on_line(framing="ssi", open_port=lambda url: Deaf(open_transport(url))) as (gun, listener):
        gun.scan(packet(b"A") + packet(b"B"), terminator=b"")
        listener.wait_for_frames(2)
        gun.scan(packet(b"C"), terminator=b"")
        listener.wait_for_frames(3)
        assert listener.data == [b"A", b"B", b"C"]
        assert listener.kinds == ["connecting", "online"]
    assert "answer not sent" in caplog.text


# --- A base and its guns ---


def test_the_guns_of_a_base_are_told_apart():
    with on_line(guns={"01": "left", "02": "right", "021": "spare"}) as (gun, listener):
        gun.scan("01]C10012\r02]C10012\r021X\r99]C10012\r01")
        listener.wait_for_frames(5)
    assert [(frame.gun, frame.data) for frame in listener.frames] == [
        ("left", b"]C10012"),
        ("right", b"]C10012"),
        ("spare", b"X"),
        ("", b"99]C10012"),  # a gun that nobody has named
        ("", b"01"),
    ]


def test_the_prefix_stands_before_the_gun():
    with on_line(prefix="~", guns={"01": "left"}) as (gun, listener):
        gun.scan("~01A")
        listener.wait_for_frames(1)
        assert (listener.frames[0].gun, listener.frames[0].data) == ("left", b"A")


# --- Feedback of the site ---


def test_a_scanner_may_speak_as_the_site_says():
    own = profiles({"acme": {"good": b"#@////\r"}})
    with on_line(feedback="acme", profiles=own) as (gun, listener):
        assert listener.scanner.signal(Signal.GOOD)
        assert gun.tone(2.0) == b"#@////\r"
        assert listener.scanner.signal(Signal.BAD)
        assert gun.tone(0.05) == b""


# --- Which port ---

MATCH = PortMatch(vid="05e0", serial="S123")


def test_plugged_in_under_another_name_it_is_found_again():
    asked = []
    with ScriptedScanner() as first, ScriptedScanner() as second:
        plugged = [first.url, None, second.url]

        def find(match):
            asked.append(match)
            return plugged[0]

        with Listener("", name="dock", match=MATCH, find=find, settle=0.0) as listener:
            listener.wait_for("online")
            first.scan("A")
            listener.wait_for_frames(1)
            del plugged[0]
            first.unplug()
            eventually(lambda: listener.states[-1].url == "")
            assert listener.states[-1].reason == "No port is known for dock: plug it in, or correct its settings."
            del plugged[0]
            listener.wait_for("online")
            second.scan("B")
            listener.wait_for_frames(2)
            assert listener.data == [b"A", b"B"]
            assert listener.states[-1].url == second.url
    assert set(asked) == {MATCH}
    assert [state.url for state in listener.states if state.kind == "online"] == [first.url, second.url]


def test_a_scanner_that_no_port_fits_says_why(monkeypatch):
    monkeypatch.setattr("devices.ports.ports", list)
    with Listener("", name="dock", match=MATCH) as listener:
        listener.wait_for("lost")
    assert listener.states[-1].reason.startswith("No port is vid 05e0, serial S123: plug the scanner in")


def test_ports_that_cannot_be_listed_are_listed_again(monkeypatch):
    with ScriptedScanner() as gun:
        answers = iter([OSError("gone meanwhile"), TypeError("gone meanwhile"), gun.url])

        def find(_match):
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr("devices.ports.find", find)
        with Listener("", name="dock", match=MATCH, settle=0.0) as listener:
            listener.wait_for("online")
    assert "could not be listed (gone meanwhile)" in listener.states[1].reason
    assert listener.kinds == ["connecting", "lost", "online"]


def test_the_line_is_opened_as_the_settings_say(monkeypatch):
    opened = []

    def open_transport(url, **settings):
        opened.append((url, settings))
        raise PortError("not now")

    monkeypatch.setattr("devices.scanner.open_transport", open_transport)
    settings = {"baud": 115200, "bits": 7, "parity": "E", "stop": 2, "framing": "idle", "idle_ms": 40}
    with Listener("/dev/ttyNOSUCH0", **settings) as listener:
        listener.wait_for("lost")
    assert opened[0] == (
        "/dev/ttyNOSUCH0",
        {"baud": 115200, "bytesize": 7, "parity": "E", "stopbits": 2, "read_timeout": 0.04},
    )


# --- Bluetooth ---


class Radio:
    """A scanner on Bluetooth: the name of its line stays while the scanner sleeps, and opening says so."""

    def __init__(self, folder) -> None:
        self.url = str(folder / "rfcomm0")
        self.awake: ScriptedScanner | None = None
        self.number = errno.EHOSTDOWN

    def open(self, _url: str):
        if self.awake:
            return open_transport(self.awake.url)
        raise PortError("no answer") from OSError(self.number, os.strerror(self.number))


def test_a_bluetooth_scanner_that_lets_go_of_its_line_is_asleep_and_wakes(tmp_path):
    radio = Radio(tmp_path)
    with (
        ScriptedScanner() as gun,
        ScriptedScanner() as again,
        Listener(radio.url, open_port=radio.open, settle=0.0) as listener,
    ):
        radio.awake = gun
        listener.wait_for("online")
        radio.awake = None
        gun.unplug()
        listener.wait_for("asleep")
        assert listener.states[-1].reason.endswith("is asleep, switched off or out of reach: pull its trigger.")
        radio.awake = again
        listener.wait_for("online")
        again.scan("A")
        listener.wait_for_frames(1)
    assert listener.kinds[-3:] == ["online", "asleep", "online"]


def test_a_bluetooth_scanner_that_never_answered_is_lost(tmp_path):
    radio = Radio(tmp_path)
    with Listener(radio.url, open_port=radio.open) as listener:
        listener.wait_for("lost")
    assert listener.kinds == ["connecting", "lost"]


def test_a_bluetooth_line_that_is_no_longer_there_is_lost(tmp_path):
    radio = Radio(tmp_path)
    radio.number = errno.ENOENT
    radio.awake = gun = ScriptedScanner()
    with Listener(radio.url, open_port=radio.open) as listener:
        listener.wait_for("online")
        radio.awake = None
        gun.unplug()
        listener.wait_for("lost")


def test_a_scanner_on_a_cable_never_sleeps():
    with on_line() as (gun, listener):
        gun.unplug()
        listener.wait_for("lost")
        assert "asleep" not in listener.kinds

import os
import threading
import time

import pytest

from devices.feedback import PROFILES, Signal, bytes_for
from devices.simulator import ScannerGone, ScriptedScanner


@pytest.fixture
def gun():
    with ScriptedScanner() as scripted:
        yield scripted


@pytest.fixture
def host(gun):
    descriptor = os.open(gun.url, os.O_RDWR | os.O_NOCTTY)
    yield descriptor
    os.close(descriptor)


def test_bytes_cross_the_line_as_they_are(gun, host):
    every_byte = bytes(range(256))
    gun.scan(every_byte, terminator=b"\r\n")
    assert os.read(host, 1000) == every_byte + b"\r\n"
    os.write(host, every_byte)
    assert gun.tone(1.0) == every_byte


def test_text_goes_as_utf8_and_nothing_echoes(gun, host):
    gun.scan("Größe")
    assert os.read(host, 100) == "Größe\r".encode()
    assert gun.tone(0.05) == b""


def test_the_line_lives_through_a_host_that_closes(gun):
    for _ in range(2):
        host = os.open(gun.url, os.O_RDWR | os.O_NOCTTY)
        os.write(host, b"\x07")
        os.close(host)
        assert gun.tone(1.0) == b"\x07"


@pytest.mark.parametrize(
    ("profile", "signal"),
    [(name, signal) for name in PROFILES for signal in Signal if bytes_for(name, signal)],
)
def test_each_signal_is_understood(gun, host, profile, signal):
    os.write(host, bytes_for(profile, signal))
    assert gun.wait_for_signal(profile, 1.0) is signal
    assert gun.wait_for_signal(profile, 0.01) is None


def test_signals_are_taken_one_by_one_and_noise_is_ignored(gun, host):
    os.write(host, b"??\x1b7,\x1b\x1b8,")
    assert gun.wait_for_signal("honeywell", 1.0) is Signal.GOOD
    assert gun.wait_for_signal("honeywell", 1.0) is Signal.BAD


def test_a_signal_in_two_pieces_is_waited_for(gun, host):
    os.write(host, b"\x1b")
    assert gun.wait_for_signal("honeywell", 0.02) is None
    os.write(host, b"7,")
    assert gun.wait_for_signal("honeywell", 1.0) is Signal.GOOD


def test_after_the_cut_nothing_is_pretended(gun):
    gun.unplug()
    gun.unplug()
    with pytest.raises(ScannerGone, match="unplugged"):
        gun.scan("A")
    with pytest.raises(ScannerGone):
        gun.tone(5.0)
    with pytest.raises(ScannerGone):
        gun.wait_for_signal("generic", 5.0)


def test_a_cut_ends_the_waiting(gun):
    threading.Timer(0.05, gun.unplug).start()
    began = time.monotonic()
    with pytest.raises(ScannerGone):
        gun.tone(5.0)
    assert time.monotonic() - began < 1.0


def test_a_line_that_nobody_reads_fills_up(gun, monkeypatch):
    monkeypatch.setattr("devices.simulator.LINE_FULL_AFTER", 0.05)
    with pytest.raises(TimeoutError, match="Nobody reads"):
        gun.scan(b"x" * 1_000_000)

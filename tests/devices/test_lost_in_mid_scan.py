"""What a line, a trigger and a busy machine may not do to a scan: cut it, or leave the gun dead."""

import threading
import time

import pytest
from scanner_kit import Listener, eventually, on_line

from devices.feedback import Signal
from devices.framing import Frame
from devices.simulator import ScriptedScanner
from devices.transport import open_transport


class BusyMachine:
    """A line whose reader is let run `late` seconds after its bytes have come; the first time, when it is told."""

    def __init__(self, url: str, late: float) -> None:
        self._line = open_transport(url, read_timeout=0.08)
        self._late = late
        self.first = threading.Event()
        self.go = threading.Event()

    def read(self) -> bytes:
        arrived = self._line.read()
        if arrived and not self.first.is_set():
            self.first.set()
            self.go.wait(5)
        elif arrived:
            time.sleep(self._late)
        return arrived

    def __getattr__(self, name: str):
        return getattr(self._line, name)


@pytest.mark.parametrize("framing", ["idle", "line", "stx-etx"])
def test_a_reader_that_is_late_to_run_does_not_cut_a_scan(framing):
    """Both halves were there in time; that nobody looked for a while is no silence of the line."""
    lines: list[BusyMachine] = []

    def open_port(url):
        lines.append(BusyMachine(url, late=0.15))
        return lines[0]

    start, end = (b"\x02", b"\x03") if framing == "stx-etx" else (b"", b"\r")
    with on_line(framing=framing, idle_ms=80, stale_ms=80, open_port=open_port) as (gun, listener):
        gun.scan(start + b"0109521234543213110ABC", terminator=b"")
        assert lines[0].first.wait(5)
        gun.scan("123", terminator=end)
        lines[0].go.set()
        listener.wait_for_frames(1)
        time.sleep(0.2)
    assert listener.data == [b"0109521234543213110ABC123"]
    assert isinstance(listener.frames[0], Frame)


def test_the_rest_of_a_scan_that_came_with_its_gun_is_no_scan(tmp_path):
    """Its beginning was thrown away, and half a code must not pass for a whole one."""
    link = tmp_path / "gun"
    first, back = ScriptedScanner(), ScriptedScanner()
    link.symlink_to(first.url)
    opened = []

    def open_port(url):
        line = open_transport(url)
        opened.append(line)
        if len(opened) > 1:
            threading.Thread(target=talk, daemon=True).start()
        return line

    def talk():
        """A long code, sent while the time to settle ends."""
        for byte in b"0" * 20 + b"4006381333931":
            back.scan(bytes([byte]), terminator=b"")
            time.sleep(0.01)
        back.scan("")

    with Listener(str(link), settle=0.1, open_port=open_port) as listener:
        listener.wait_for("online")
        link.unlink()
        link.symlink_to(back.url)
        first.unplug()
        eventually(lambda: listener.kinds.count("online") == 2)
        time.sleep(0.5)
        back.scan("WHOLE")
        listener.wait_for_frames(1)
        eventually(lambda: listener.data and listener.data[-1] == b"WHOLE")
        assert listener.data == [b"WHOLE"]
    back.close()


@pytest.mark.parametrize("paused", [True, False])
def test_a_trigger_that_was_off_when_the_line_broke_comes_back_on(tmp_path, paused):
    """The command to switch it on found no line; a gun behind a serial server had its power all the while."""
    link = tmp_path / "gun"
    first, back = ScriptedScanner(), ScriptedScanner()
    link.symlink_to(first.url)
    with Listener(str(link), feedback="datalogic", settle=0.0) as listener:
        listener.wait_for("online")
        if paused:
            assert listener.scanner.signal(Signal.TRIGGER_OFF)
            assert first.tone(1.0) == b"D"
        link.unlink()
        first.unplug()
        listener.wait_for("lost")
        assert not listener.scanner.signal(Signal.TRIGGER_ON)
        link.symlink_to(back.url)
        listener.wait_for("online")
        assert back.tone(1.0 if paused else 0.1) == (b"E" if paused else b"")
    back.close()


def test_a_scanner_that_is_stopped_in_its_pause_has_its_trigger_on():
    with on_line(feedback="datalogic") as (gun, listener):
        assert listener.scanner.signal(Signal.TRIGGER_OFF)
        assert gun.tone(1.0) == b"D"
        listener.scanner.stop()
        assert gun.tone(1.0) == b"E"

import contextlib
import itertools
import os
import queue
import socket
import termios
import threading
import time
from pathlib import Path
from typing import Self

import pytest
import serial
from scanner_kit import Listener, at, eventually, on_line

from devices.feedback import Signal
from devices.framing import BadFrame, Frame
from devices.looking import pause_before_retry
from devices.scanner import Scanner
from devices.setup import ScannerSetup
from devices.simulator import ScriptedScanner
from devices.transport import PortError, SerialTransport, open_transport


class Hub:
    """A name under which one scripted scanner after the other is plugged in, as udev's by-id links do.

    No scanner that is pulled is listened to under its pseudo-terminal's own name: the system gives that to the
    next one that anybody opens.
    """

    def __init__(self, name: Path) -> None:
        self.name = str(name)
        self._link = name
        self._gun: ScriptedScanner | None = None

    def plug_in(self) -> ScriptedScanner:
        self._gun = ScriptedScanner()
        self._link.symlink_to(self._gun.url)
        return self._gun

    def pull(self) -> None:
        if self._gun:
            self._link.unlink()
            self._gun.unplug()
            self._gun = None


@pytest.fixture
def hub(tmp_path):
    one_port = Hub(tmp_path / "gun")
    yield one_port
    one_port.pull()


def test_a_scan_is_handed_over_with_its_time():
    with on_line() as (gun, listener):
        before = time.monotonic()
        gun.scan("]C10195212345432131")
        listener.wait_for_frames(1)
        (frame,) = listener.frames
        assert frame.data == b"]C10195212345432131"
        assert before <= frame.at <= time.monotonic()


def test_joined_scans_and_every_terminator():
    with on_line() as (gun, listener):
        gun.scan(b"A\rB\nC\r\nD")
        listener.wait_for_frames(4)
        assert listener.data == [b"A", b"B", b"C", b"D"]


def test_a_scan_in_pieces_is_one_scan():
    with on_line() as (gun, listener):
        for byte in b"0952123454\x1d":
            gun.scan(bytes([byte]), terminator=b"")
            time.sleep(0.001)
        gun.scan("END")
        listener.wait_for_frames(1)
        assert listener.data == [b"0952123454\x1dEND"]


def test_a_storm_of_scans_in_one_write():
    with on_line() as (gun, listener):
        gun.scan(b"".join(b"case %d\r" % number for number in range(500)), terminator=b"")
        listener.wait_for_frames(500)
        assert listener.data == [b"case %d" % number for number in range(500)]


def test_an_oversize_scan_is_told_and_the_next_one_read():
    with on_line() as (gun, listener):
        gun.scan(b"x" * 20_000)
        gun.scan("GOOD")
        listener.wait_for_frames(2)
        assert [type(frame) for frame in listener.frames] == [BadFrame, Frame]
        assert listener.frames[0].reason == "oversize"
        assert listener.data == [b"x" * 8192, b"GOOD"]


def test_half_a_scan_is_told_when_nothing_follows():
    with on_line(stale_ms=150) as (gun, listener):
        gun.scan("HALF", terminator=b"")
        listener.wait_for_frames(1)
        gun.scan("WHOLE")
        listener.wait_for_frames(2)
        half, whole = listener.frames
        assert (half.reason, half.data) == ("incomplete_frame", b"HALF")
        assert whole.data == b"WHOLE"


def test_a_slow_handler_does_not_cost_the_scan_behind_it():
    frames = []

    def slow(frame):
        frames.append(frame.data)
        if frame.data == b"A":
            time.sleep(0.2)

    with on_line(on_frame=slow, stale_ms=150) as (gun, _):
        gun.scan(b"A\rB", terminator=b"")
        eventually(lambda: frames)
        gun.scan("B")
        eventually(lambda: len(frames) == 2)
        assert frames == [b"A", b"BB"]


def test_a_handler_that_raises_is_logged_and_the_next_scan_read(caplog):
    frames = []

    def careless(frame):
        frames.append(frame.data)
        if frame.data == b"BAD":
            raise RuntimeError("no such step")

    with on_line(on_frame=careless, name="dock 1") as (gun, listener):
        gun.scan("BAD")
        gun.scan("GOOD")
        eventually(lambda: frames == [b"BAD", b"GOOD"])
        assert listener.kinds == ["connecting", "online"]
    (record,) = [record for record in caplog.records if record.exc_info]
    assert "dock 1" in record.getMessage()
    assert "b'BAD'" in record.getMessage()
    assert "no such step" in str(record.exc_info[1])


def test_a_state_handler_that_raises_is_logged_and_scans_are_read(caplog):
    frames = []
    with ScriptedScanner() as gun:
        scanner = Scanner(at(gun.url), on_frame=frames.append, on_state=lambda _state: 1 / 0)
        scanner.start()
        eventually(lambda: scanner.state.kind == "online")
        gun.scan("A")
        eventually(lambda: frames)
        scanner.stop()
    assert len([record for record in caplog.records if record.exc_info]) == 2


@pytest.mark.parametrize(
    ("signal", "tone"), [(Signal.GOOD, b"\x1b7,"), (Signal.BAD, b"\x1b8,"), (Signal.TICK, b"\x1b4,")]
)
def test_a_signal_is_on_the_wire_when_the_call_returns(signal, tone):
    with on_line(feedback="honeywell") as (gun, listener):
        assert listener.scanner.signal(signal)
        assert gun.tone(0.1) == tone


def test_the_scanner_may_be_signalled_from_its_own_handler():
    with ScriptedScanner() as gun:
        scanner = Scanner(at(gun.url), on_frame=lambda _frame: scanner.signal(Signal.BAD))
        scanner.start()
        eventually(lambda: scanner.state.kind == "online")
        gun.scan("A")
        assert gun.wait_for_signal("generic", 2.0) is Signal.BAD
        scanner.stop()


def test_a_scanner_that_is_told_to_be_online_takes_signals():
    answers = []

    def greet(state):
        if state.kind == "online":
            answers.append(scanner.signal(Signal.GOOD))

    with ScriptedScanner() as gun:
        scanner = Scanner(at(gun.url), on_frame=print, on_state=greet)
        scanner.start()
        assert gun.wait_for_signal("generic", 2.0) is Signal.GOOD
        scanner.stop()
    assert answers == [True]


def test_a_silent_signal_succeeds_without_a_line():
    scanner = Scanner(ScannerSetup("gun", port="/dev/ttyNOSUCH0", feedback="none"), on_frame=print)
    assert scanner.signal(Signal.BAD)


def test_a_signal_without_a_line_fails():
    assert not Scanner(at("/dev/ttyNOSUCH0"), on_frame=print).signal(Signal.GOOD)


def test_a_blocked_signal_fails_and_scans_are_read_meanwhile(monkeypatch):
    monkeypatch.setattr("devices.transport.WRITE_TIMEOUT", 0.15)
    with on_line() as (gun, listener):
        host = os.open(gun.url, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        termios.tcflow(host, termios.TCOOFF)
        answers = []
        caller = threading.Thread(target=lambda: answers.append(listener.scanner.signal(Signal.GOOD)), daemon=True)
        caller.start()
        gun.scan("A")
        listener.wait_for_frames(1)
        assert answers == []
        caller.join(2)
        assert answers == [False]
        termios.tcflow(host, termios.TCOON)
        os.close(host)
        assert listener.scanner.signal(Signal.GOOD)
        gun.scan("B")
        listener.wait_for_frames(2)
        assert gun.tone(1.0) == b"\x07"
        assert listener.kinds == ["connecting", "online"]


def test_signals_during_loss_and_stop_never_raise(hub):
    hub.plug_in()
    listener = Listener(hub.name, settle=0.0)
    raised = []
    done = threading.Event()

    def beep():
        while not done.wait(0.0005):
            try:
                listener.scanner.signal(Signal.GOOD)
            except BaseException as error:  # noqa: BLE001 - any is a failure
                raised.append(error)

    callers = [threading.Thread(target=beep, daemon=True) for _ in range(2)]
    with listener:
        listener.wait_for("online")
        for caller in callers:
            caller.start()
        hub.pull()
        listener.wait_for("lost")
        hub.plug_in()
        listener.wait_for("online")
    done.set()
    for caller in callers:
        caller.join(2)
    assert raised == []


def test_unplugged_and_plugged_in_under_the_same_name(hub):
    gun = hub.plug_in()
    with Listener(hub.name, name="dock 1") as listener:
        listener.wait_for("online")
        gun.scan("BEFORE")
        listener.wait_for_frames(1)
        gun.scan("HALF", terminator=b"")
        eventually(lambda: listener.scanner._framer._partial.bytes == b"HALF")
        hub.pull()
        listener.wait_for("lost")
        assert not listener.scanner.signal(Signal.GOOD)
        gun = hub.plug_in()
        gun.scan("WHILE NOBODY LISTENED")
        listener.wait_for("online")
        gun.scan("AFTER")
        listener.wait_for_frames(2)
        assert listener.data == [b"BEFORE", b"AFTER"]
        assert listener.scanner.signal(Signal.GOOD)
        assert gun.wait_for_signal("generic", 1.0) is Signal.GOOD
    assert [kind for kind, _ in itertools.groupby(listener.kinds)] == [
        "connecting",
        "online",
        "lost",
        "online",
    ]
    lost = [state for state in listener.states if state.kind == "lost"]
    assert lost[0].reason.endswith("fell silent: unplugged, switched off, or the line was cut.")
    assert {(state.name, state.url) for state in listener.states} == {("dock 1", hub.name)}
    assert [state.since for state in listener.states] == sorted(state.since for state in listener.states)
    assert listener.states[-1].reason == ""


def test_what_a_returning_scanner_replays_is_thrown_away(hub):
    hub.plug_in()
    with Listener(hub.name, settle=0.2) as listener:
        listener.wait_for("online")
        hub.pull()
        listener.wait_for("lost")
        gun = hub.plug_in()
        replayed = 0
        while listener.scanner.state.kind == "lost":
            gun.scan("REPLAYED")
            replayed += 1
            time.sleep(0.01)
        gun.scan("NEW")
        eventually(lambda: b"NEW" in listener.data)
        assert replayed > 10
        assert listener.data.count(b"REPLAYED") <= 2  # sent in the instant in which it came on line


def test_the_first_opening_is_prompt():
    began = time.monotonic()
    with on_line(settle=5.0) as (gun, listener):
        assert time.monotonic() - began < 1.0
        gun.scan("A")
        listener.wait_for_frames(1)


def test_what_was_sent_before_the_first_opening_does_not_count():
    with ScriptedScanner() as gun:

        def open_late(url):
            gun.scan("YESTERDAY")
            line = open_transport(url)
            gun.scan("A MOMENT AGO")
            return line

        with Listener(gun.url, open_port=open_late) as listener:
            listener.wait_for("online")
            gun.scan("TODAY")
            listener.wait_for_frames(1)
            assert listener.data == [b"TODAY"]


def test_a_scanner_that_is_not_there_yet_is_waited_for(hub):
    with Listener(hub.name, settle=0.0) as listener:
        listener.wait_for("lost")
        assert "There is no device" in listener.states[-1].reason
        gun = hub.plug_in()
        listener.wait_for("online")
        gun.scan("A")
        listener.wait_for_frames(1)
    assert listener.kinds == ["connecting", "lost", "online"]


def refuser(reasons):
    def refuse(_url):
        raise PortError(next(reasons))

    return refuse


def pauses_of(listener: Listener, count: int) -> list[float]:
    """The pauses between the first `count` attempts, none of them waited for."""
    pauses: list[float] = []
    listener.scanner._stopping.wait = pauses.append
    with listener:
        eventually(lambda: len(pauses) >= count)
    return pauses


def test_a_loss_is_told_once_per_reason():
    reasons = itertools.chain(["no device"] * 3, ["busy"] * 2, itertools.repeat("no device"))
    listener = Listener("loop://", open_port=refuser(reasons))
    pauses_of(listener, 20)
    assert [(state.kind, state.reason) for state in listener.states] == [
        ("connecting", ""),
        ("lost", "no device"),
        ("lost", "busy"),
        ("lost", "no device"),
    ]
    assert len({state.since for state in listener.states[1:]}) == 1


def test_an_opening_that_fails_as_nobody_foresaw_is_tried_again(caplog):
    failures = iter([RuntimeError("a driver's own")])

    def open_port(url):
        for failure in failures:
            raise failure
        return open_transport(url)

    with ScriptedScanner() as gun, Listener(gun.url, open_port=open_port, settle=0.0) as listener:
        listener.wait_for("online")
        gun.scan("A")
        listener.wait_for_frames(1)
    assert listener.kinds == ["connecting", "lost", "online"]
    assert any("a driver's own" in str(record.exc_info) for record in caplog.records)


@pytest.mark.parametrize(
    ("failure", "foreseen"),
    [
        (OSError(5, "Input/output error"), True),
        (termios.error(5, "Input/output error"), True),
        (TypeError("closed under a read"), True),
        (KeyError("a driver's own"), False),
    ],
)
def test_whatever_a_read_raises_the_line_is_opened_again(failure, foreseen, caplog):
    failures = iter([failure])

    class Failing:
        def __init__(self, line) -> None:
            self.line = line

        def __getattr__(self, name):
            return getattr(self.line, name)

        def read(self) -> bytes:
            for error in failures:
                raise error
            return self.line.read()

    with (
        ScriptedScanner() as gun,
        Listener(gun.url, open_port=lambda url: Failing(open_transport(url)), settle=0.0) as listener,
    ):
        eventually(lambda: listener.kinds == ["connecting", "online", "lost", "online"])
        gun.scan("A")
        listener.wait_for_frames(1)
    assert any(record.exc_info for record in caplog.records) is not foreseen


class Dying:
    """A line that opens and breaks at the first read."""

    def read(self) -> bytes:
        raise OSError(5, "Input/output error")

    def discard_input(self) -> None:
        return None

    cancel_read = close = discard_input


def test_a_port_that_opens_and_dies_at_once_is_not_hammered():
    pauses = pauses_of(Listener("loop://", open_port=lambda _url: Dying()), 6)
    assert pauses[0] < 0.13
    assert pauses[5] > 1.5


def test_a_line_that_had_been_steady_is_sought_at_once(monkeypatch):
    monkeypatch.setattr("devices.scanner.STEADY_AFTER", 0.0)
    pauses = pauses_of(Listener("loop://", open_port=lambda _url: Dying()), 6)
    assert max(pauses) < 0.13


def test_an_opening_that_fails_slowly_was_not_steady(monkeypatch):
    monkeypatch.setattr("devices.scanner.STEADY_AFTER", 0.0)
    pauses = pauses_of(Listener("loop://", open_port=refuser(itertools.repeat("busy"))), 6)
    assert pauses[5] > 1.5


def test_the_pauses_double_to_two_seconds_and_for_a_network_to_five():
    for network, longest in ((False, 2.0), (True, 5.0)):
        for failures, pause in enumerate([0.1, 0.2, 0.4, 0.8, 1.6, *[longest] * 2]):
            expected = pause if failures != 5 else min(3.2, longest)
            pauses = [pause_before_retry(failures, network=network) for _ in range(200)]
            assert expected * 0.8 <= min(pauses) < expected * 0.9
            assert expected * 1.1 < max(pauses) <= expected * 1.2
    assert pause_before_retry(10**9, network=False) <= 2.4


def test_stop_is_quick_gives_the_port_back_and_is_silent_afterwards():
    with on_line() as (gun, listener):
        began = time.monotonic()
        listener.scanner.stop()
        assert time.monotonic() - began < 0.5
        assert not listener.scanner._thread.is_alive()
        assert listener.kinds == ["connecting", "online"]
        assert not listener.scanner.signal(Signal.GOOD)
        open_transport(gun.url).close()
        listener.scanner.stop()


def test_stop_while_the_line_is_lost_is_quick():
    with Listener("/dev/ttyNOSUCH0") as listener:
        listener.wait_for("lost")
        eventually(lambda: threading.active_count() > 1)
        began = time.monotonic()
        listener.scanner.stop()
        assert time.monotonic() - began < 0.2
        assert not listener.scanner._thread.is_alive()


def test_stop_does_not_wait_for_a_handler_that_hangs(monkeypatch):
    monkeypatch.setattr("devices.scanner.STOP_WITHIN", 0.1)
    held = threading.Event()
    entered = threading.Event()

    def hang(_frame):
        entered.set()
        held.wait(5)

    with on_line(on_frame=hang) as (gun, listener):
        gun.scan("A")
        assert entered.wait(2)
        began = time.monotonic()
        listener.scanner.stop()
        assert time.monotonic() - began < 0.3
        open_transport(gun.url).close()
        held.set()
        listener.scanner._thread.join(2)
        assert not listener.scanner._thread.is_alive()
        assert listener.kinds == ["connecting", "online"]


def test_stop_wakes_a_read_that_would_wait_long():
    def open_patiently(url):
        return SerialTransport(serial.serial_for_url(url, timeout=5))

    with on_line(open_port=open_patiently) as (_, listener):
        listener.scanner.stop()
        assert not listener.scanner._thread.is_alive()


@pytest.mark.parametrize("opens", [True, False])
def test_a_port_that_opens_after_the_stop_is_given_back_without_a_word(opens, monkeypatch):
    monkeypatch.setattr("devices.scanner.STOP_WITHIN", 0.02)
    stopped = threading.Event()

    def open_slowly(url):
        stopped.wait(2)
        if not opens:
            raise PortError("refused")
        return open_transport(url)

    with ScriptedScanner() as gun, Listener(gun.url, open_port=open_slowly) as listener:
        eventually(lambda: listener.states)
        listener.scanner.stop()
        stopped.set()
        listener.scanner._thread.join(2)
        assert not listener.scanner._thread.is_alive()
        assert listener.kinds == ["connecting"]
        open_transport(gun.url).close()


def test_stop_from_its_own_handler_and_before_the_start():
    Scanner(at("loop://"), on_frame=print).stop()
    with ScriptedScanner() as gun:
        scanner = Scanner(at(gun.url), on_frame=lambda _frame: scanner.stop())
        scanner.start()
        eventually(lambda: scanner.state.kind == "online")
        gun.scan("LAST")
        eventually(lambda: not scanner._thread.is_alive())


def test_a_scanner_starts_once():
    with on_line() as (_, listener), pytest.raises(RuntimeError):
        listener.scanner.start()


def test_an_unknown_feedback_profile_is_refused_before_anything_opens():
    with pytest.raises(ValueError, match="'acme'"):
        Scanner(ScannerSetup("gun", port="loop://", feedback="acme"), on_frame=print)


class SerialServer:
    """A serial-to-network box: one connection at a time on a port of this machine."""

    def __init__(self, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(3)
        self.port = self._listener.getsockname()[1]
        self.url = f"socket://127.0.0.1:{self.port}"

    def accept(self) -> socket.socket:
        connection, _ = self._listener.accept()
        connection.settimeout(2)
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error) -> None:
        self._listener.close()


def test_a_scanner_behind_a_serial_server():
    with SerialServer() as server, Listener(server.url) as listener:
        with server.accept() as line:
            listener.wait_for("online")
            line.sendall(b"A\r\nHAL")
            line.sendall(b"F\r\n")
            listener.wait_for_frames(2)
            assert listener.scanner.signal(Signal.GOOD)
            assert line.recv(10) == b"\x07"
            line.sendall(b"LAST\r\nCUT")
        listener.wait_for("lost")
        assert listener.data == [b"A", b"HALF", b"LAST"]
        with server.accept() as line:
            listener.wait_for("online")
            line.sendall(b"AGAIN\r\n")
            listener.wait_for_frames(4)
            assert listener.data[3:] == [b"AGAIN"]
            began = time.monotonic()
            listener.scanner.stop()
            assert time.monotonic() - began < 0.5


def test_a_serial_server_that_is_switched_off_and_on():
    with SerialServer() as server:
        port = server.port
    with Listener(f"socket://127.0.0.1:{port}") as listener:
        listener.wait_for("lost")
        assert "refused the connection" in listener.states[-1].reason
        with SerialServer(port) as server, server.accept() as line:
            listener.wait_for("online")
            line.sendall(b"A\r")
            listener.wait_for_frames(1)


def test_twenty_scanners_ten_scans_a_second_and_none_lost():
    """All answered by one thread, as the station does it: every scan in its scanner's order, every tone heard."""
    scanned: queue.Queue = queue.Queue()
    rounds = 10
    with contextlib.ExitStack() as stack:
        guns = [stack.enter_context(ScriptedScanner()) for _ in range(20)]
        listeners = [
            stack.enter_context(
                Listener(gun.url, on_frame=lambda frame, number=number: scanned.put((number, frame.data)))
            )
            for number, gun in enumerate(guns)
        ]
        for listener in listeners:
            listener.wait_for("online")
        answers = []

        def answer():
            for _ in range(20 * rounds):
                number, data = scanned.get(timeout=5)
                answers.append((number, data))
                listeners[number].scanner.signal(Signal.GOOD)

        station = threading.Thread(target=answer, daemon=True)
        station.start()
        began = time.monotonic()
        for turn in range(rounds):
            for number, gun in enumerate(guns):
                gun.scan(f"gun {number} case {turn} " + "x" * 40)
            time.sleep(max(0.0, began + (turn + 1) * 0.1 - time.monotonic()))
        station.join(5)
        assert not station.is_alive()
        for number, gun in enumerate(guns):
            expected = [f"gun {number} case {turn} ".encode() + b"x" * 40 for turn in range(rounds)]
            assert [data for from_gun, data in answers if from_gun == number] == expected
            assert gun.tone(1.0) == b"\x07" * rounds
        assert scanned.empty()
        assert [listener.kinds for listener in listeners] == [["connecting", "online"]] * 20

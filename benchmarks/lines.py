"""What the device layer costs: scans a second through framing and meaning, and how soon a scan is heard, by line.

The far end of each line is a real one: a pseudo-terminal, a TCP server, ser2net serving RFC 2217 over a
pseudo-terminal. In this process are the scanner's end and the reader, as at a station.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import random
import shutil
import socket
import subprocess
import tempfile
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.engines import Engine
from benchmarks.figures import Line, Sample, Turns, short
from benchmarks.floors import label
from benchmarks.terminals import Terminal
from benchmarks.tone import busy_site
from devices.feedback import Signal
from devices.framing import BadFrame, Frame, framer_for
from devices.scanner import Scanner
from devices.setup import FramingName, ScannerSetup
from tui.scanners import text_of
from warehouse.barcodes import Unreadable, read

SCANS = {False: 20_000, True: 200_000}
WARM, COUNT, SECONDS = 20, {False: 300, True: 3000}, {False: 4.0, True: 40.0}
ON_LINE_S = 2.0  # until then a terminal has found its scanner
READ = 64  # bytes of one read, about what a USB packet brings

GOWN = "09521234543213"
LABELS = (
    f"]d201{GOWN}17271231" + "10LOT1\x1d3012",
    "]E09521234543213",
    "+A123BJC5D6E71G",
    "[)>\x1e06\x1d1PGOWN-L\x1dQ24\x1d1TL7\x1e\x04",
    "XKDONE",
)
ENDS: dict[FramingName, tuple[bytes, bytes]] = {
    "line": (b"", b"\r\n"),
    "tab": (b"", b"\t"),
    "stx-etx": (b"\x02", b"\x03"),
}

Send = Callable[[bytes], None]
Hear = Callable[[], bytes]


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """Framing alone, framing and meaning; then each line from the last byte to the callback and to the tone.

    Quiet, and with the app that repaints a full board twice a second: there the scan is saved before its tone.
    """
    yield from _throughput(SCANS[long])
    url = busy_site(engine)
    for name, line in LINES.items():
        with contextlib.ExitStack() as stack:
            made = line(stack)
            if made is None:
                yield Line(f"last byte to callback, {name}", "-", "not measured", note="ser2net is not installed")
                continue
            yield _latency(name, *made, long=long)
        with contextlib.ExitStack() as stack:
            made = line(stack)
            if made is not None:
                yield _under_the_app(name, engine.copy(url), *made, stack=stack, long=long)


# --- Scans a second -------------------------------------------------------------------------------------


def _throughput(scans: int) -> Iterator[Line]:
    texts = [text.encode() for text in LABELS]
    for framing, (before, after) in ENDS.items():
        stream = b"".join(before + texts[number % len(texts)] + after for number in range(scans))
        began = time.perf_counter()
        frames = _framed(stream, ScannerSetup("gun", framing=framing))
        took = time.perf_counter() - began
        _must(len(frames) == scans and not any(isinstance(one, BadFrame) for one in frames), framing)
        yield Line(f"framing {framing}", "-", f"{scans / took:,.0f} scans/s", note=f"reads of {READ} bytes, one core")
    stream = b"".join(_scan(number).encode() + b"\r" for number in range(scans))
    setup = ScannerSetup("gun")
    began = time.perf_counter()
    for frame in _framed(stream, setup):
        if isinstance(frame, Frame):
            _must(not isinstance(read(text_of(frame, setup)), Unreadable), "a label")
    rate = scans / (time.perf_counter() - began)
    yield Line("framing and meaning", "-", f"{rate:,.0f} scans/s", note="each case another SSCC, all kinds of label")


def _scan(number: int) -> str:
    """Every other scan is a case of its own."""
    return label(number) if number % 2 else LABELS[number // 2 % len(LABELS)]


def _framed(stream: bytes, setup: ScannerSetup) -> list[Frame | BadFrame]:
    framer = framer_for(setup)
    found: list[Frame | BadFrame] = []
    for start in range(0, len(stream), READ):
        found += framer.feed(stream[start : start + READ], start / 1e6)
    return found


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise RuntimeError(f"{what} was not read")


# --- How soon -------------------------------------------------------------------------------------------


def _pseudo_terminal(stack: contextlib.ExitStack) -> tuple[str, Send, Hear]:
    master, slave = os.openpty()
    tty.setraw(slave)
    stack.callback(os.close, master)
    stack.callback(os.close, slave)
    return os.ttyname(slave), lambda data: _written(master, data), lambda: os.read(master, 64)


def _written(descriptor: int, data: bytes) -> None:
    os.write(descriptor, data)


def _tcp(stack: contextlib.ExitStack) -> tuple[str, Send, Hear]:
    server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    accepted: list[socket.socket] = []

    def far_end() -> socket.socket:
        if not accepted:
            accepted.append(stack.enter_context(server.accept()[0]))
            accepted[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return accepted[0]

    port = server.getsockname()[1]
    return f"socket://127.0.0.1:{port}", lambda data: far_end().sendall(data), lambda: far_end().recv(64)


def _rfc2217(stack: contextlib.ExitStack) -> tuple[str, Send, Hear] | None:
    program = shutil.which("ser2net") or shutil.which("ser2net", path="/usr/sbin")
    if program is None:
        return None
    path, send, hear = _pseudo_terminal(stack)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    config = Path(folder) / "ser2net.yaml"
    config.write_text(
        f"connection: &c1\n  accepter: telnet(rfc2217),tcp,127.0.0.1,{port}\n"
        f"  connector: serialdev,{path},9600n81,local\n  options:\n    kickolduser: true\n"
    )
    child = subprocess.Popen([program, "-n", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(child.wait)
    stack.callback(child.terminate)
    _wait_until_listening(port)
    return f"rfc2217://127.0.0.1:{port}?ign_set_control", send, hear


def _wait_until_listening(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            time.sleep(0.2)  # it gives the line back
            return
        time.sleep(0.05)
    raise RuntimeError("ser2net did not start")


LINES: dict[str, Callable[[contextlib.ExitStack], tuple[str, Send, Hear] | None]] = {
    "pseudo-terminal": _pseudo_terminal,
    "socket://": _tcp,
    "rfc2217://": _rfc2217,
}


def _latency(name: str, url: str, send: Send, hear: Hear, *, long: bool) -> Line:
    """To the reader's callback, and from there through the tone back to the scanner's end."""
    arrived: queue.SimpleQueue[float] = queue.SimpleQueue()

    def on_frame(_frame: Frame | BadFrame) -> None:
        arrived.put(time.perf_counter())
        scanner.signal(Signal.GOOD)

    scanner = Scanner(ScannerSetup("gun", port=url), on_frame=on_frame)
    scanner.start()
    try:
        until = time.monotonic() + 20
        while scanner.state.kind != "online":
            _must(time.monotonic() < until, name)
            time.sleep(0.01)
        to_callback, to_tone = [], []
        for counted in Turns(WARM, COUNT[long], SECONDS[long]):
            time.sleep(0.005)
            send(b"]E09521234543213\r")
            written = time.perf_counter()
            called = arrived.get(timeout=5)
            hear()
            heard = time.perf_counter()
            if counted:
                to_callback.append(called - written)
                to_tone.append(heard - written)
    finally:
        scanner.stop()
    callback, tone = Sample(tuple(to_callback)), Sample(tuple(to_tone))
    return Line(
        f"last byte to callback, {name}",
        "-",
        f"{short(callback.median)} / {short(callback.at(99))} ms",
        result=f"to the tone's byte {short(tone.median)} / {short(tone.at(99))} ms",
        note=f"median / p99, quiet; n={len(to_callback)}",
    )


def _under_the_app(
    name: str, url: str, scanner: str, send: Send, hear: Hear, *, stack: contextlib.ExitStack, long: bool
) -> Line:
    """Cases received at a terminal that repaints: from the last byte to the tone, which comes after the commit."""
    screen = stack.enter_context(Terminal(("-m", "benchmarks.terminal", "board", url, scanner)))
    screen.wait_for("SCAN YOUR BADGE")
    time.sleep(ON_LINE_S)
    waits = random.Random(1)
    seconds = []
    raws = itertools.chain(("1001", "PO-1"), map(label, itertools.count(1)))
    for counted in Turns(WARM, COUNT[long], SECONDS[long]):
        time.sleep(waits.uniform(0.03, 0.08))
        send(next(raws).encode() + b"\r")
        written = time.perf_counter()
        hear()
        if counted:
            seconds.append(time.perf_counter() - written)
    sample = Sample(tuple(seconds))
    return Line(
        f"last byte to good tone, {name}",
        "sqlite",
        f"{short(sample.median)} / {short(sample.at(99))} ms",
        note=f"median / p99, saved first, full board painted at 2 Hz; n={len(seconds)}",
    )

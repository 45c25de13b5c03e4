"""Whatever comes over the line: no crash, no scan without a verdict, no control character on its way to a terminal.

Random bytes and mutated valid frames go through framing, meaning and a real station on a real database, a few
hundred always, 100,000 in the long form.
"""

from __future__ import annotations

import io
import queue
import random

import pytest
from lengths import LONG, seed_of
from small_floor import SmallFloor, gtin, sscc

from devices.framing import BadFrame, framer_for
from devices.setup import ScannerSetup
from tui.plain import as_lines, as_object
from tui.scanners import given_of
from tui.station import Answer, Station
from warehouse.barcodes import CARDS
from warehouse.barcodes.text import forbidden
from warehouse.floor import Session
from warehouse.site import first_location
from warehouse.verify import verify

CASES = 100_000 if LONG else 400
BATCH = 50

GOWN = gtin(1)
VALID = [
    f"]C100{sscc(1)}020{GOWN}3724",
    f"]C100{sscc(2)}",
    f"]E0{GOWN}",
    f"]d2010{GOWN}17271231" + "10LOT1\x1d3012",
    f"010{GOWN}",
    "+A123BJC5D6E71G",
    "+A123BJC5D6E71/$$52001510X3C",
    "[)>\x1e06\x1d1PGOWN-L\x1dQ24\x1d1TL7\x1e\x04",
    "[)>\x1e05\x1d010" + GOWN + "\x1d1012\x1e\x04",
    "https://id.gs1.org/01/0" + GOWN + "/10/L7?17=271231",
    "]Q1HTTPS://EXAMPLE.COM/01/0" + GOWN,
    "PO-1",
    "SO-1",
    "DOCK-1",
    "1001",
    "24",
    *(card.code for card in CARDS),
]
ENDS = {"line": (b"", b"\r"), "tab": (b"", b"\t"), "stx-etx": (b"\x02", b"\x03"), "idle": (b"", b"")}


def ssi(data: bytes) -> bytes:
    packet = bytes([min(len(data) + 5, 255), 0xF3, 0x00, 0x00, 0x03]) + data[:250]
    return packet + (-sum(packet) & 0xFFFF).to_bytes(2, "big")


def bytes_of(rng: random.Random, framing: str) -> bytes:
    """One scan as a line might bring it: right, damaged in some places, or noise."""
    if rng.random() < 0.2:
        data = rng.randbytes(rng.choice((1, 3, 20, 200, 9000)))
    else:
        data = bytearray(rng.choice(VALID).encode())
        for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
            place = rng.randrange(len(data) + 1)
            match rng.randrange(3):
                case 0:
                    data[place:place] = rng.randbytes(1)
                case 1:
                    del data[place : place + 1]
                case 2:
                    data[place : place + 1] = rng.choice((b"\x1d", b"\x1b", b"\x00", b"\xff", b"\xe2\x80\xae", b"9"))
    if framing == "ssi":
        return ssi(bytes(data))
    before, after = ENDS[framing]
    return before + bytes(data) + after


@pytest.fixture
def floor(sqlite_url):
    """SQLite only: what is tried is the way in; what an engine does with it has its own tests."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 900_000))
    small.order("SO-1", ("GOWN-L", 500))
    return small


def test_any_bytes_get_one_verdict_each_and_reach_no_terminal_raw(floor):
    seed = seed_of()
    rng = random.Random(seed)
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    dock = first_location(floor.site.code, "dock")
    station = Station(Session(floor.site, "DOCK-1", dock, now=lambda: floor.now), answers.put)
    station.start()
    answers.get(timeout=20)  # the first screen
    given_at = 0.0
    told = 0
    for _ in range(CASES // BATCH):
        framing = rng.choice((*ENDS, "ssi"))
        setup = ScannerSetup("gun", framing=framing)
        framer = framer_for(setup)
        waiting = set()
        for _ in range(BATCH):
            given_at += 10.0
            found = framer.feed(bytes_of(rng, framing), given_at)
            found += framer.poll(given_at + 5.0)
            for frame in found:
                given = given_of(frame, setup)
                assert isinstance(frame, BadFrame) or frame.data, f"seed {seed}"
                waiting.add(given.scan_id)
                station.put(given)
        for _ in range(len(waiting)):
            answer = answers.get(timeout=20)
            assert answer.given is not None, f"seed {seed}"
            waiting.remove(answer.given.scan_id)
            told += 1
            shown = io.StringIO()
            shown.writelines(as_lines(answer))
            bad = forbidden(shown.getvalue()) or forbidden(repr(as_object(answer, None)))
            assert bad is None, f"seed {seed}: {answer}"
        assert waiting == set(), f"seed {seed}"
        assert answers.empty(), f"seed {seed}"
    station.stop()
    assert told > CASES / 3, f"seed {seed}"
    assert verify(floor.site).violations == (), f"seed {seed}"

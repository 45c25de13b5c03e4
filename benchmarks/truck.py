"""A truck of cases: through line mode as fast as a scanner can send, and whether the last is as quick as the first."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.engines import Engine
from benchmarks.figures import Line
from benchmarks.floors import Receiver, build, label
from db import connection
from devices.simulator import ScriptedScanner
from warehouse import site, verify

CASES = {False: 500, True: 5_000}  # through line mode, short and long
RECEIPT = 5_000  # cases of one receipt
EDGE = 500  # of them, at its begin and at its end
TARGET = 1.2
COUNTS = (22, 24, 20, 24)
BURST = 50  # scans that are sent in one go


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """Cases a second through line mode; then one receipt of 5,000 cases, its end against its begin."""
    yield _through_line_mode(engine, CASES[long])
    yield _one_receipt(engine)


def _through_line_mode(engine: Engine, cases: int) -> Line:
    url = engine.create()
    build(cases)
    connection.close()
    with ScriptedScanner() as gun:
        command = [sys.executable, "-m", "tui", "plain", "--db", url, "--json", "--station", "DOCK-1"]
        process = subprocess.Popen([*command, "--scanner", gun.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101
        process.stdout.readline()
        for line in (b"1001\n", b"PO-1\n"):
            process.stdin.write(line)
            process.stdin.flush()
            process.stdout.readline()
        gun.scan(label(1, COUNTS[0]))
        process.stdout.readline()  # the scanner is on line
        codes = [label(number + 2, COUNTS[number % 4]) for number in range(cases)]
        started = time.monotonic()
        for start in range(0, cases, BURST):
            gun.scan("\r".join(codes[start : start + BURST]))
        verdicts = [json.loads(process.stdout.readline())["verdict"] for _ in codes]
        seconds = time.monotonic() - started
        process.stdin.close()
        process.wait()
    connection.open_database(url)
    pieces = connection.value("SELECT SUM(qty) FROM capture")
    exact = pieces == COUNTS[0] + sum(COUNTS[number % 4] for number in range(cases))
    clean = verify.verify(site.load()).ok
    connection.close()
    return Line(
        what=f"a truck of {cases:,} cases, line mode",
        engine=engine.name,
        ours=f"{cases / seconds:,.0f} cases/s",
        against="",
        result=f"{verdicts.count('OK')} of {cases} saved",
        target="all, exact",
        met=verdicts == ["OK"] * cases and exact and clean,
        note=f"{BURST} scans in one burst; totals {'exact' if exact else 'FALSE'}, verify {'clean' if clean else 'BROKEN'}",
    )


def _one_receipt(engine: Engine) -> Line:
    engine.create()
    build(RECEIPT)
    receiver = Receiver.at_work()
    if engine.name == "sqlite":
        connection.execute("PRAGMA synchronous = OFF")  # what grows is the work, not the disk
    took = [receiver.receive(COUNTS[number % 4])[0] for number in range(RECEIPT)]
    first, last = statistics.median(took[:EDGE]), statistics.median(took[-EDGE:])
    cases = connection.value("SELECT MAX(cases) FROM receipt")
    connection.close()
    return Line(
        what=f"a receipt of {RECEIPT:,} cases",
        engine=engine.name,
        ours=f"{last * 1000:.2f} ms",
        against=f"{first * 1000:.2f} ms at its begin",
        result=f"{last / first:.2f}x",
        target=f"<= {TARGET}x",
        met=last / first <= TARGET and cases == RECEIPT + 1,
        note=f"medians of the first and the last {EDGE}",
    )

"""A truck of 500 cases through line mode, as fast as a scanner can send: every scan has its verdict, every piece counts."""

from __future__ import annotations

from datetime import UTC, datetime

from line_floor import GOWN, AtScanner
from small_floor import START, SmallFloor, sscc

from db import connection
from devices.simulator import ScriptedScanner
from warehouse import verify

CASES = 500
COUNTS = (22, 24, 20, 24)


def test_five_hundred_cases_of_one_truck_at_machine_speed(small, url, tmp_path):
    """The vendor whose cases differ: each at its own quantity, in the order in which they were read."""
    small.purchase_order("PO-9", ("GOWN-L", sum(COUNTS) * CASES // 4), expected_on=datetime.now(UTC).date())
    small.order("SO-9", ("GOWN-L", 6000), priority=1)
    counts = [COUNTS[number % 4] for number in range(CASES)]
    codes = [f"]C100{sscc(1000 + number)}020{GOWN}37{count}" for number, count in enumerate(counts)]
    with ScriptedScanner() as gun, AtScanner(url, tmp_path / "logs", gun) as terminal:
        assert [terminal.say(line)["verdict"] for line in ("1001", "PO-9")] == ["OK", "OK"]
        for start in range(0, CASES, 50):
            gun.scan("\r".join(codes[start : start + 50]))
        found = [terminal.object() for _ in codes]
        assert terminal.end() == (0, [], "")
    assert [one["input"] for one in found] == codes
    assert {one["verdict"] for one in found} == {"OK"}
    assert sum(entry["quantity"] for one in found for entry in one["released"]) == 6050  # SO-1 and SO-2 waited for 50
    assert connection.rows("SELECT cases, pieces FROM receipt WHERE cases > 0") == [(CASES, sum(counts))]
    assert connection.value("SELECT SUM(qty) FROM capture") == sum(counts)
    assert verify.verify(SmallFloor.opened(START).site).violations == ()

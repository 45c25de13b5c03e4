"""What a run of release did: the whole story in fields and in words, the same for ever after."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from small_floor import TODAY, SmallFloor, gtin, sscc

from db import connection
from warehouse.reply import InputError, Verdict
from warehouse.told import transcript
from warehouse.told.transcript import Run


@pytest.fixture
def small(database_url):
    return SmallFloor()


def last(small: SmallFloor) -> Run:
    return transcript.run(small.site, connection.value("SELECT MAX(id) FROM release_run"))


def text(run: Run) -> list[str]:
    return run.words().splitlines()


def receive(small: SmallFloor) -> Run:
    """A case of 24 for 20, 30 and two orders that ship complete; the second gets what is left."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.order("SO-0", ("GOWN-L", 90), policy="line", priority=1)
    small.order("SO-1", ("GOWN-L", 20), promised=TODAY + timedelta(days=1))
    small.order("SO-2", ("GOWN-L", 30), promised=TODAY + timedelta(days=2))
    small.order("SO-3", ("GOWN-L", 8), promised=TODAY + timedelta(days=3))
    ana = small.hand("1001")
    ana.scan("PO-1")
    small.now += timedelta(minutes=41)
    assert ana.case(sscc(1), gtin(1), 24).verdict is Verdict.OK
    return last(small)


def test_every_field_of_a_run_byte_by_byte(small):
    """One text for both engines: what is told of a run follows from its rows alone."""
    run = receive(small)

    assert json.dumps(run.as_json()) == json.dumps(
        {
            "run": 5,
            "at": "2026-06-15T09:41:02.000000Z",
            "cause": "receipt",
            "sku": "GOWN-L",
            "item": "Gown L",
            "receipt": "RC-0001",
            "by": {"operator": "ANA", "station": "DOCK-1", "source": "SERIAL", "command": None},
            "arrived": [
                {"unit": sscc(1), "quantity": 24, "location": "DOCK-1", "status": "AVAILABLE", "kind": "RECEIPT"}
            ],
            "lost": [],
            "free": {"before": 24, "after": 0},
            "considered": [
                {
                    "order": "SO-0",
                    "line": 1,
                    "customer": "Customer C3",
                    "outcome": "SKIPPED",
                    "got": 0,
                    "short": 90,
                    "reason": "COMPLETE_NOT_MET",
                    "units": [],
                },
                {
                    "order": "SO-1",
                    "line": 1,
                    "customer": "Customer C3",
                    "outcome": "RELEASED_HARD",
                    "got": 20,
                    "short": 0,
                    "reason": None,
                    "units": [{"unit": sscc(1), "quantity": 20}],
                },
                {
                    "order": "SO-2",
                    "line": 1,
                    "customer": "Customer C3",
                    "outcome": "PARTIAL",
                    "got": 4,
                    "short": 26,
                    "reason": "SUPPLY_EXHAUSTED",
                    "units": [{"unit": sscc(1), "quantity": 4}],
                },
            ],
            "ran_out_at": {"order": "SO-3", "line": 1},
            "next": {"order": "SO-0", "line": 1},
            "waiting": {"lines": 3, "units": 124, "not_named": 1},
        }
    )


def test_a_run_reads_like_a_story(small):
    assert text(receive(small)) == [
        "Run 5, Monday 2026-06-15 09:41: GOWN-L (Gown L), after a receipt by ANA at DOCK-1.",
        f"24 ea arrived in {sscc(1)} at DOCK-1, receipt RC-0001.",
        "24 were free. In the order of service:",
        "  SO-0/1 (Customer C3): fewer were free than the 90 that it takes at once, since it ships complete.",
        "  SO-1/1 (Customer C3) got 20, all that it missed.",
        "  SO-2/1 (Customer C3) got 4; 26 more are missing.",
        "Then supply ran out: SO-3/1 found nothing left.",
        "3 lines wait for 124 more. Next is SO-0/1.",
    ]


def test_nothing_free_nobody_waiting_and_too_little(small):
    small.order("SO-1", ("GOWN-L", 10), policy="line")
    assert text(last(small))[1:] == [
        "Nothing was free, so that no line was looked at.",
        "1 line waits for 10 more.",
    ]
    assert last(small).next is None
    small.stock("GOWN-L", 9, code="CASE-9")
    assert text(last(small))[1:] == [
        "9 ea arrived in CASE-9 at A-01.",
        "9 were free. In the order of service:",
        "  SO-1/1 (Customer C3): fewer were free than the 10 that it takes at once, since it ships complete.",
        "9 stay free: no line that waits can take so few.",
        "1 line waits for 10 more. Next is SO-1/1.",
    ]
    small.stock("GOWN-L", 1)
    assert text(last(small))[-2:] == ["Then supply ran out.", "Nobody waits any more."]
    small.stock("MASK", 1)
    assert text(last(small))[-3:] == ["1 was free; nobody waited for it.", "1 stays free.", "Nobody waits."]


def test_more_lines_than_were_written_down(small):
    for number in range(25):
        small.order(f"SO-{number}", ("GOWN-L", 10), policy="line")
    small.stock("GOWN-L", 3)

    run = last(small)

    assert (len(run.considered), run.lines_waiting, run.not_named) == (20, 25, 5)
    assert run.next == transcript.Named("SO-0", 1)


def test_every_cause_is_told_and_stays_as_it_was_told(small):
    """Receive, correct, undo, pick short, adjust, cancel, stop: later changes alter no record of earlier ones."""
    small.purchase_order("PO-1", ("GOWN-L", 500))
    told: dict[int, str] = {}

    def tell() -> None:
        """Each run that is new, as it is told at once."""
        for (run_id,) in connection.rows("SELECT id FROM release_run WHERE id > ? ORDER BY id", max(told, default=0)):
            told[run_id] = json.dumps(transcript.run(small.site, run_id).as_json())

    for number in range(1, 6):
        small.order(f"SO-{number}", ("GOWN-L", 10 * number))
    tell()
    ana, leo = small.hand("1001"), small.hand("1002", "PICK-1")
    ana.scan("PO-1")
    for number in (1, 2, 3):
        ana.case(sscc(number), gtin(1), 24)
        tell()
    ana.key("F4")
    tell()
    leo.all("SO-1", "DOCK-1", sscc(1), "XKDONE")
    leo.all("SO-2", "DOCK-1", "!F5", "=5", "=1")
    tell()
    small.adjust(sscc(2), -20)
    tell()
    small.cancel("SO-3", 1, 4)
    tell()
    small.stock("GOWN-L", 200)
    tell()

    assert {run_id: json.dumps(transcript.run(small.site, run_id).as_json()) for run_id in told} == told
    runs = [json.loads(one) for one in told.values()]
    assert [run["cause"] for run in runs][5:] == [
        *("receipt", "receipt", "receipt"),
        *("undo", "short", "adjust", "cancel", "opening"),
    ]
    undo, short, adjust, cancel = runs[8:12]
    assert undo["arrived"][0] | {"unit": ""} == {
        "unit": "",
        "quantity": -24,
        "location": "DOCK-1",
        "status": "AVAILABLE",
        "kind": "UNDO",
    }
    assert undo["lost"]
    assert short["by"]["operator"] == "LEO"
    assert short["lost"]
    assert adjust["by"] == {"operator": "IDA", "station": "command", "source": "COMMAND", "command": "adjust"}
    assert [(one["unit"], one["quantity"], one["kind"]) for one in adjust["arrived"]] == [(sscc(2), -20, "ADJUST")]
    assert cancel["by"]["command"] == "cancel"
    assert all(
        sum(one["got"] for one in run["considered"]) == run["free"]["before"] - run["free"]["after"] for run in runs
    )
    for run_id in told:
        assert all(len(row) <= 100 for row in text(transcript.run(small.site, run_id)))
    said = text(transcript.run(small.site, cancel["run"]))[0]
    assert said.endswith("GOWN-L (Gown L), after a cancelled order by IDA, command 'cancel'.")


def test_a_receipt_tells_all_its_runs_newest_last(small):
    small.order("SO-1", ("GOWN-L", 10))
    small.purchase_order("PO-1", ("GOWN-L", 100), ("GOWN-M", 50))
    ana = small.hand("1001")
    ana.scan("PO-1")
    for number, item in ((1, 1), (2, 2), (3, 1)):
        ana.case(sscc(number), gtin(item), 6)
    ana.key("F4")
    small.stock("GOWN-L", 5)

    told = transcript.of_receipt(small.site, "RC-0001", 20)

    assert [(run.cause, run.sku) for run in told.runs] == [
        ("receipt", "GOWN-L"),
        ("receipt", "GOWN-M"),
        ("receipt", "GOWN-L"),
        ("undo", "GOWN-L"),
    ]
    assert [run.id for run in told.runs] == sorted(run.id for run in told.runs)
    two = transcript.of_receipt(small.site, "RC-0001", 2)
    assert (two.runs, two.runs_in_all) == (told.runs[2:], 4)
    assert two.words().splitlines()[:3] == ["2 earlier runs of RC-0001: see --limit.", "", text(told.runs[2])[0]]
    assert two.as_json()["runs"] == [run.as_json() for run in told.runs[2:]]


def test_what_is_not_there_is_one_clear_sentence(small):
    with pytest.raises(InputError, match=r"^There is no run 77 at T1: 'dockbell why ORDER/LINE --json' names the runs"):
        transcript.run(small.site, 77)
    with pytest.raises(InputError, match=r"^There is no receipt RC-9: 'dockbell receipts' lists them\.$"):
        transcript.of_receipt(small.site, "RC-9", 20)


def test_goods_on_hold_arrive_and_nobody_gets_them(small):
    small.order("SO-1", ("GOWN-L", 10))
    small.purchase_order("PO-1", ("GOWN-L", 5))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 8)
    assert ana.key("F5").verdict is Verdict.OK  # the three above the order

    told = transcript.of_receipt(small.site, "RC-0001", 20)

    held = next(one for run in told.runs for one in run.arrived if one.status != "AVAILABLE")
    assert held.quantity == 3
    assert "; they are QUARANTINE, and nobody gets them." in " ".join(told.words().split())
    assert sum(one.got for run in told.runs for one in run.considered) == 5


def test_hostile_names_are_shown_harmless(small):
    hostile = "[/red]\x1b]0;owned\x07\u202eevil\u200b {} %s '; DROP TABLE item;-- 手術 " + "x" * 10_000
    run_id = receive(small).id
    small.cancel("SO-2")
    for column in (
        "item.description",
        "item.sku",
        "item.base_unit",
        "customer.name",
        "operator.name",
        "location.code",
        "handling_unit.code",
        "order_header.order_no",
        "receipt.code",
        "scan_log.station",
    ):
        table, name = column.split(".")
        key = "CAST(id AS TEXT) || " if name in ("sku", "code", "order_no") else ""
        connection.execute(f"UPDATE {table} SET {name} = {key}CAST(? AS TEXT)", hostile)

    for run in (transcript.run(small.site, run_id), last(small)):
        assert all(len(row) <= 100 and char.isprintable() for row in text(run) for char in row)
    code = connection.value("SELECT code FROM receipt")
    assert all(char.isprintable() or char == "\n" for char in transcript.of_receipt(small.site, code, 9).words())

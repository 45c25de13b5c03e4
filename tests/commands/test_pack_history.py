"""Vendor pack history out of the captures, and `dockbell packs`: what counts, how far back, every field."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_desk import CommandDesk, shape
from small_floor import SITE, SmallFloor

from db import connection
from warehouse import pack_history, packs
from warehouse.pack_history import Reach
from warehouse.packs import History
from warehouse.rules import Rules

PACKS = {
    "vendor": "text",
    "item": "text",
    "packaging": "text",
    "cases": "whole",
    "receipts": "whole",
    "min": "whole",
    "max": "whole",
    "median": "whole",
    "mad": "whole",
    "p5": "whole",
    "p95": "whole",
    "mode": "whole",
    "mode_share": "fraction",
    "usual": {"low": "whole", "high": "whole"},
    "from": "day",
    "to": "day",
    "suggested": None,
    "limits": {"low": "whole", "high": "whole", "far_low": "whole", "far_high": "whole"},
    "item_limits": {"low": "whole", "high": "whole"},
}
NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)


WIDE = Rules({})


def rules(receipts: int, cases: int, months: int) -> Rules:
    return Rules({"history.receipts": str(receipts), "history.cases": str(cases), "history.months": str(months)})


@dataclass(frozen=True)
class Captured:
    """A capture as the tests remember it."""

    id: int
    receipt: int
    at: datetime
    qty: int
    packaging: str
    counts: bool


class Past:
    """Captures written straight into the table, newest last, and what of them should count."""

    def __init__(self) -> None:
        self.small = SmallFloor("America/Chicago")
        self.ana = connection.value("SELECT id FROM operator WHERE badge = '1001'")
        self.acme = connection.value("SELECT id FROM vendor WHERE code = 'ACME'")
        self.receipts: dict[int, int] = {}
        self.units: dict[str, int] = {}
        self.all: list[Captured] = []

    def vendor(self, code: str) -> int:
        return connection.insert("vendor", site=SITE, code=code, name=code)

    def capture(
        self,
        qty: int,
        receipt: int = 1,
        *,
        at: datetime = NOW - timedelta(days=1),
        sku: str = "GOWN-L",
        vendor: int | None = 0,
        packaging: str = "",
        learns: bool = True,
        reversed_: bool = False,
    ) -> None:
        whose = self.acme if vendor == 0 else vendor
        row = {
            "site": SITE,
            "receipt_id": self._receipt(receipt),
            "unit_id": self._unit(sku),
            "item_id": self.small.item(sku),
            "vendor_id": whose,
            "packaging": packaging,
            "scan_id": "s",
            "operator_id": self.ana,
        }
        made = connection.insert(
            "capture", at=connection.iso(at), qty=qty, source="KEYED", status="AVAILABLE", learns=int(learns), **row
        )
        if reversed_:
            connection.insert(
                "capture", at=connection.iso(NOW), qty=-qty, source="UNDO", status="VOIDED", reverses=made, **row
            )
        if (sku, whose) == ("GOWN-L", self.acme):
            self.all.append(Captured(made, receipt, at, qty, packaging, learns and not reversed_))

    def _receipt(self, number: int) -> int:
        if number not in self.receipts:
            self.receipts[number] = connection.insert(
                "receipt",
                site=SITE,
                code=f"RC-{number}",
                opened_on="2026-06-14",
                opened_by=self.ana,
                opened_at=connection.iso(NOW),
            )
        return self.receipts[number]

    def _unit(self, sku: str) -> int:
        if sku not in self.units:
            self.units[sku] = connection.insert(
                "handling_unit",
                site=SITE,
                code=f"U-{sku}",
                kind="CASE",
                item_id=self.small.item(sku),
                status="AVAILABLE",
                location_id=self.small.place("DOCK-1"),
                qty=24,
                received_at=connection.iso(NOW),
            )
        return self.units[sku]

    def window(self, rules: Rules, packaging: str) -> History:
        item_id = self.small.item("GOWN-L")
        return pack_history.window(self.small.site, self.acme, item_id, packaging, NOW, rules)

    def histories(self, rules: Rules = WIDE, **chosen: str) -> list[pack_history.PackHistory]:
        return pack_history.histories(self.small.site, NOW, rules, **chosen)

    def expected(self, reach: Reach, packaging: str) -> list[Captured]:
        """Worked out by hand: the newest cases that count, then the newest receipts of these."""
        counting = [one for one in self.all if one.counts and one.packaging == packaging]
        newest = [one for one in reversed(counting) if one.at >= reach.since(NOW)][: reach.cases]
        receipts = list(dict.fromkeys(one.receipt for one in newest))[: reach.receipts]
        return [one for one in newest if one.receipt in receipts]


@pytest.fixture
def past(database_url):
    return Past()


# --- What is read ---------------------------------------------------------------------------------------


def test_both_ways_of_reading_see_the_window(past):
    dice = random.Random(4)
    moment = NOW - timedelta(days=120, hours=7)  # late in the evening before in Chicago
    with connection.database.atomic():
        for turn in range(60):
            moment += timedelta(days=2 if turn < 59 else 0)
            past.capture(
                dice.choice((20, 22, 24, 24)),
                max(1, turn // 8 + dice.choice((-1, 0, 0, 0))),
                at=moment,
                packaging=dice.choice(("", "", "BOX-12")),
                learns=dice.random() > 0.1,
                reversed_=dice.random() < 0.1,
            )
        past.capture(99, vendor=past.vendor("OTHER"))
        past.capture(98, sku="MASK")
        past.capture(97, vendor=None)

    sizes = set()
    for window in (WIDE, rules(3, 500, 24), rules(30, 7, 24), rules(30, 500, 2), rules(2, 9, 3)):
        found = past.histories(window, vendor="ACME", sku="GOWN-L")
        assert [entry.packaging for entry in found] == ["", "BOX-12"]
        for entry in found:
            expected = past.expected(Reach.of(window), entry.packaging)
            history = History.of(Counter(one.qty for one in expected).items())
            assert entry.history == history == past.window(window, entry.packaging)
            assert entry.receipts == len({one.receipt for one in expected})
            evenings = [(one.at - timedelta(hours=6)).date() for one in expected]
            assert (entry.first, entry.last) == (evenings[-1], evenings[0])
            sizes.add((entry.packaging, history.cases))
    assert len(sizes) == 10, "each window must end where no other does"


def test_every_history_by_vendor_item_and_packaging(past):
    small_letter = past.vendor("acme")
    for pieces, vendor, sku, packaging in (
        (5, 0, "MASK", ""),
        (6, 0, "GOWN-M", "X"),
        (7, 0, "GOWN-M", ""),
        (8, small_letter, "GOWN-L", ""),
        (9, None, "GOWN-L", ""),
    ):
        past.capture(pieces, vendor=vendor, sku=sku, packaging=packaging)
    found = past.histories()
    assert [(one.vendor, one.item, one.packaging, one.history.mode) for one in found] == [
        ("ACME", "GOWN-M", "", 7),
        ("ACME", "GOWN-M", "X", 6),
        ("ACME", "MASK", "", 5),
        ("acme", "GOWN-L", "", 8),
    ]
    assert past.histories(vendor="acme") == found[3:]
    assert past.histories(sku="MASK") == found[2:3]
    assert past.histories(vendor="ACME", sku="GOWN-L") == []


def test_without_a_vendor_there_is_no_history(sqlite_url):
    past = Past()
    past.capture(24, vendor=None)
    assert pack_history.window(past.small.site, None, past.small.item("GOWN-L"), "", NOW, WIDE).cases == 0


def test_a_site_that_says_nothing_looks_back_as_designed():
    assert Reach.of(WIDE) == Reach(receipts=30, cases=500, months=24)


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [("2026-06-15", 24, "2024-06-15"), ("2026-01-31", 2, "2025-11-30"), ("2024-02-29", 12, "2023-02-28")],
)
def test_months_are_those_of_the_calendar(now, months, since):
    moment = datetime.fromisoformat(f"{now}T09:30:00+00:00")
    assert Reach(1, 1, months).since(moment) == datetime.fromisoformat(f"{since}T09:30:00+00:00")


# --- dockbell packs -------------------------------------------------------------------------------------


@pytest.fixture
def desk(sqlite_url, tmp_path):
    """An item whose cases held 20-24, and one of which two came; captured yesterday."""
    past = Past()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for turn, pieces in enumerate((20, 22, 24, 24, 22, 22)):
        past.capture(pieces, 1 + turn // 3, at=yesterday)
    past.capture(10, sku="SERUM", at=yesterday)
    past.capture(11, sku="SERUM", at=yesterday)
    connection.execute("UPDATE item SET min_case_qty = NULL, max_case_qty = NULL WHERE sku = 'SERUM'")
    return CommandDesk(tmp_path, sqlite_url)


def test_every_field_is_there(desk):
    told = desk.call("packs", "--json").json()
    assert shape(told) == [PACKS]
    assert list(told[0]) == list(PACKS)
    gown, serum = told
    day = gown.pop("from")
    assert gown == {
        "vendor": "ACME",
        "item": "GOWN-L",
        "packaging": "",
        "cases": 6,
        "receipts": 2,
        "min": 20,
        "max": 24,
        "median": 22,
        "mad": 1,
        "p5": 20,
        "p95": 24,
        "mode": 22,
        "mode_share": 0.5,
        "usual": {"low": 20, "high": 24},
        "to": day,
        "suggested": None,
        "limits": {"low": 17, "high": 27, "far_low": 2, "far_high": 176},
        "item_limits": {"low": 1, "high": 500},
    }
    assert (serum["median"], serum["mad"], serum["limits"]) == (10.5, 0.5, None)
    assert serum["item_limits"] == {"low": None, "high": None}


def test_the_same_in_words(desk):
    lines = desk.call("packs").good().splitlines()
    day = desk.call("packs", "--json").json()[0]["from"]
    assert lines == [
        "ACME  GOWN-L: usual 20-24, median 22, mode 22 (50%), least 20, most 24",
        f"  6 cases of 2 receipts, {day} to {day}",
        "  questioned outside 17-27; needs another person at 2 or less, 176 or more; "
        "needs another person outside the item's 1-500",
        "ACME  SERUM: usual 10-11, median 10.5, mode 10 (50%), least 10, most 11",
        f"  2 cases of 1 receipt, {day} to {day}",
        "  counts are not held against it before 5 cases",
    ]


def test_one_vendor_or_item(desk):
    assert [one["item"] for one in desk.call("packs", "--item", "SERUM", "--json").json()] == ["SERUM"]
    assert len(desk.call("packs", "--vendor", "ACME", "--json").json()) == 2
    assert desk.call("packs", "--item", "MASK", "--json").json() == []
    assert "No case counts" in desk.call("packs", "--item", "MASK").good()


def test_what_is_not_there_is_refused(desk):
    desk.call("packs", "--vendor", "NOBODY").refused("vendor NOBODY")
    desk.call("packs", "--item", "NOTHING", "--json").refused("item NOTHING")
    desk.call("packs", "--item", "A\x1b[2J").refused("--item", "forbidden")


def test_imported_text_is_not_printed_raw(sqlite_url, tmp_path):
    past = Past()
    past.capture(24, vendor=past.vendor("A\x1b]0;x\x07"), packaging="\u202e", at=datetime.now(UTC))
    desk = CommandDesk(tmp_path, sqlite_url)
    for words in ((), ("--json",)):
        out = desk.call("packs", *words).good()
        assert all(part.isprintable() for part in out.splitlines())


def test_as_a_process(desk):
    assert desk.run("packs", "--json").json() == desk.call("packs", "--json").json()


# --- docs/packs.md --------------------------------------------------------------------------------------


def test_the_guide_has_every_rule_and_every_field():
    guide = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in guide.splitlines() if row.startswith("| `")]
    told = [(cells[0].strip("`"), int(cells[1])) for cells in rows if len(cells) == 3]
    assert told == [(reason, level) for reason, level, _ in packs.RULES]
    fields = [name.strip(" `") for cells in rows if len(cells) == 2 for name in cells[0].split(",")]
    assert sorted(fields) == sorted(PACKS)

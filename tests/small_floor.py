"""A small floor for tests: a site with a few items, places, people and orders, and a hand that scans.

Master rows are written straight into the tables, so that a test of a flow does not lean on the import.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from databases import open_new_sqlite

from db import connection
from db.connection import iso
from warehouse import floor, order_entry, orders, release, serials, site, stock
from warehouse.command_log import Change
from warehouse.completing import releasing
from warehouse.floor import Given, Session
from warehouse.order_entry import NewLine, NewOrder
from warehouse.promising import changes, supply
from warehouse.reply import Reply

SITE = "T1"
START = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 15)

_ids = itertools.count(1)


def sscc(serial: int) -> str:
    """A valid SSCC-18 in the range for examples."""
    body = f"39521234{serial:09d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def gtin(number: int) -> str:
    """A valid GTIN-13 in the restricted range, for the item with this number."""
    body = f"200000{number:06d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


class SmallFloor:
    """Items GOWN-L (1), GOWN-M (2), MASK (3, fixed, cases of 50), SERUM (4, lot and expiry); people by badge."""

    def __init__(self, timezone: str = "UTC") -> None:
        self.now = START
        self.timezone = timezone
        self._build(timezone)
        self.site = site.load()

    @classmethod
    def opened(cls, now: datetime) -> SmallFloor:
        """The floor that the open database holds already."""
        small = cls.__new__(cls)
        small.now, small.site = now, site.load()
        small.timezone = small.site.timezone
        return small

    def _build(self, timezone: str) -> None:
        insert = connection.insert_row
        insert("site", site=SITE, timezone=timezone, cutoff="17:00", practice=1, created_at=iso(START))
        for number, sku, words, mode, controlled in (
            (1, "GOWN-L", "Gown L", "variable", 0),
            (2, "GOWN-M", "Gown M", "variable", 0),
            (3, "MASK", "Mask", "fixed", 0),
            (4, "SERUM", "Serum", "variable", 1),
        ):
            item_id = connection.insert(
                "item",
                site=SITE,
                sku=sku,
                description=words,
                gtin="0" + gtin(number),
                base_unit="ea",
                case_qty_mode=mode,
                nominal_case_qty=None,
                min_case_qty=1,
                max_case_qty=500,
                lot_control=controlled,
                expiry_control=controlled,
            )
            insert("item_stock", site=SITE, item_id=item_id)
            insert("item_barcode", site=SITE, barcode="0" + gtin(number), item_id=item_id, quantity=None)
        insert("item_barcode", site=SITE, barcode="0" + gtin(30), item_id=self.item("MASK"), quantity=50)
        # Some tests run on this floor with the real clock: whatever the day, its vendor is neither early nor late.
        on_any_day = {"early_days": 0, "early_action": "NONE", "late_days": 0, "late_action": "NONE"}
        insert("vendor", site=SITE, code="ACME", name="ACME Medical", **on_any_day)
        for code, priority in (("C1", 1), ("C3", 3), ("C5", 5)):
            insert(
                "customer",
                site=SITE,
                code=code,
                name=f"Customer {code}",
                priority=priority,
                ship_policy="partial",
                min_fill_percent=0,
            )
        for code, kind in (
            ("DOCK-1", "dock"),
            ("A-01", "storage"),
            ("A-02", "storage"),
            ("SHIP-1", "ship"),
            ("QUAR-1", "quarantine"),
        ):
            insert("location", site=SITE, code=code, zone="A", kind=kind)
        for badge, name, roles in (
            ("1001", "ANA", "receiver"),
            ("1002", "LEO", "picker"),
            ("1003", "IDA", "lead"),
            ("1004", "KIM", "receiver picker"),
        ):
            insert("operator", site=SITE, badge=badge, name=name, roles=roles)

    # --- data ---

    def another_item(self, number: int, sku: str, words: str, **columns: object) -> int:
        """One more item, with whatever the first four have not."""
        known = {
            "case_qty_mode": "variable",
            "nominal_case_qty": None,
            "min_case_qty": 1,
            "max_case_qty": 500,
            "lot_control": 0,
            "expiry_control": 0,
        }
        values = {**known, **columns}
        item_id = connection.insert(
            "item", site=SITE, sku=sku, description=words, gtin="0" + gtin(number), base_unit="ea", **values
        )
        connection.insert_row("item_stock", site=SITE, item_id=item_id)
        connection.insert_row("item_barcode", site=SITE, barcode="0" + gtin(number), item_id=item_id, quantity=None)
        return item_id

    def announce(self, asn: str, *units: tuple, po: str = "", pallet: str = "", expected_on: date = TODAY) -> None:
        """An advance ship notice: (sscc, sku, quantity), and where they are known lot and expiry."""
        vendor = connection.one("SELECT id FROM vendor WHERE code = 'ACME'")[0]
        known = connection.value("SELECT id FROM asn WHERE asn = ?", asn)
        asn_id = known or connection.insert("asn", site=SITE, asn=asn, vendor_id=vendor)
        for code, sku, quantity, *more in units:
            line = connection.value(
                "SELECT l.id FROM po_line l JOIN purchase_order p ON p.id = l.po_id WHERE p.po = ? AND l.item_id = ?",
                po,
                self.item(sku),
            )
            connection.insert_row(
                "asn_unit",
                site=SITE,
                asn_id=asn_id,
                po_line_id=line,
                item_id=self.item(sku),
                sscc=code,
                parent_sscc=pallet,
                qty=quantity,
                expected_on=expected_on.isoformat(),
                **dict(zip(("lot", "expiry"), more, strict=False)),
            )

    def rule(self, name: str, value: str) -> None:
        """What the site has decided."""
        connection.insert_row("site_rule", site=SITE, name=name, value=value, set_at=iso(self.now))

    def item(self, sku: str) -> int:
        return int(connection.one("SELECT id FROM item WHERE sku = ?", sku)[0])

    def place(self, code: str) -> int:
        return int(connection.one("SELECT id FROM location WHERE code = ?", code)[0])

    def purchase_order(self, po: str, *lines: tuple[str, int], expected_on: date = TODAY) -> None:
        vendor = connection.one("SELECT id FROM vendor WHERE code = 'ACME'")[0]
        po_id = connection.insert("purchase_order", site=SITE, po=po, vendor_id=vendor)
        for number, (sku, qty) in enumerate(lines, 1):
            connection.insert_row(
                "po_line",
                site=SITE,
                po_id=po_id,
                line=number,
                item_id=self.item(sku),
                qty_ordered=qty,
                expected_on=expected_on.isoformat(),
            )

    @releasing
    def delivery_moves(self, po: str, line: int, day: date) -> int:
        """Another day of delivery, as the import writes it; how many promises it moved."""
        line_id, item_id, before = connection.one(
            "SELECT l.id, l.item_id, l.expected_on FROM po_line l JOIN purchase_order p ON p.id = l.po_id "
            "WHERE p.po = ? AND l.line = ?",
            po,
            line,
        )
        connection.locked(SITE, [item_id])
        at = supply.calendar(self.site, self.now)
        promised = changes.supplies_of(at, [item_id])
        connection.execute("UPDATE po_line SET expected_on = ? WHERE id = ?", day.isoformat(), line_id)
        moved = changes.new_day(at, item_id, po, line, before=date.fromisoformat(before), after=day)
        return changes.record(self.cause(), at, promised, [moved])

    def order(
        self,
        order: str,
        *lines: tuple[str, int],
        policy: str = "partial",
        fill: int = 0,
        priority: int = 3,
        promised: date = TODAY,
        patience: int | None = 30,
        full_cases: bool = False,
        sets: Sequence[str] = (),
    ) -> None:
        """Enter an order as the import does: lines, then release for each item. `sets` names each line's ship set."""
        entered = [
            NewLine(
                number,
                self.item(sku),
                qty,
                promised,
                priority,
                "set" if sets and sets[number - 1] else policy,
                fill,
                full_cases,
                sets[number - 1] if sets else "",
            )
            for number, (sku, qty) in enumerate(lines, 1)
        ]
        self._enter(order, entered, patience)

    @releasing
    def _enter(self, order: str, entered: list[NewLine], patience: int | None) -> None:
        cause = self.cause()
        connection.locked(SITE, [line.item_id for line in entered])
        customer = connection.one("SELECT id FROM customer WHERE code = 'C3'")[0]
        order_entry.enter(cause, self.site.today(self.now), [NewOrder(order, customer, tuple(entered), patience)])
        for item_id in sorted({line.item_id for line in entered}):
            release.release(cause, item_id, release.Trigger("entry"), self.today)

    @releasing
    def _stock(self, sku: str, qty: int, place: str, code: str | None, lot: str, expiry: str) -> str:
        cause = self.cause()
        item_id = self.item(sku)
        connection.locked(SITE, [item_id])
        unit_id = stock.open_balance(
            cause, code=code, item_id=item_id, location_id=self.place(place), qty=qty, lot=lot, expiry=expiry
        )
        release.release(cause, item_id, release.Trigger("opening", unit_id), self.today)
        return stock.unit_by_id(unit_id).code

    def stock(self, sku: str, qty: int, place: str = "A-01", code: str | None = None, lot: str = "", expiry: str = ""):
        """An opening balance; loose without a code."""
        serials.ensure(SITE, "unit")
        return self._stock(sku, qty, place, code, lot, expiry or site.NO_EXPIRY)

    def cause(self, reason: str = "TEST") -> stock.Cause:
        return stock.Cause(SITE, iso(self.now), f"test-{next(_ids)}", None, reason)

    @property
    def today(self) -> str:
        return self.site.today(self.now).isoformat()

    # --- the office ---

    def command(self, badge: str = "1003", reason: str = "TEST") -> orders.Command:
        """What a lead orders from the command line."""
        person = site.operator(SITE, badge)
        assert person is not None
        return orders.Command(self.site, person, self.now, f"cmd-{next(_ids)}", reason)

    def cancel(self, order: str, line: int | None = None, quantity: int | None = None) -> Change:
        return orders.cancel(self.command(), order, line, quantity)

    def adjust(self, code: str, quantity: int) -> Change:
        return orders.adjust_unit(self.command(), code, quantity)

    def unit(self, code: str) -> dict[str, object]:
        """The newest unit with this code, whatever became of it."""
        names = ("id", "kind", "item_id", "lot", "expiry", "status", "location_id", "order_id", "qty", "qty_reserved")
        found = connection.one(
            f"SELECT {', '.join(names)} FROM handling_unit WHERE code = ? ORDER BY id DESC LIMIT 1", code
        )
        return dict(zip(names, found, strict=True))

    # --- hands ---

    def hand(self, badge: str, station: str = "DOCK-1") -> Hand:
        """A person at a terminal, signed on."""
        hand = Hand(self, station)
        hand.scan(badge)
        return hand

    def go_home(self, badge: str) -> None:
        """Put a person who has signed off somewhere back to the home screen, with empty hands."""
        person = connection.value("SELECT id FROM operator WHERE badge = ?", badge)
        connection.execute('UPDATE operator_step SET step = \'{"step":"home.menu"}\' WHERE operator_id = ?', person)
        connection.execute("UPDATE pick_task SET state = 'OPEN', operator_id = NULL WHERE operator_id = ?", person)

    def line(self, order: str, line: int = 1) -> dict[str, object]:
        """An order line's counters."""
        names = (
            "qty_ordered",
            "qty_cancelled",
            "qty_reserved",
            "qty_picked",
            "qty_shipped",
            "qty_open",
            "min_need",
            "state",
        )
        found = connection.one(
            f"SELECT {', '.join('l.' + name for name in names)} FROM order_line l JOIN order_header h "
            "ON h.id = l.order_id WHERE h.order_no = ? AND l.line = ?",
            order,
            line,
        )
        return dict(zip(names, found, strict=True))

    def reserved(self, order: str, line: int = 1) -> int:
        return int(str(self.line(order, line)["qty_reserved"]))


class Hand:
    """Scans and presses keys at one terminal; each is answered before the next."""

    def __init__(self, small: SmallFloor, station: str) -> None:
        self.small = small
        dock = site.location(SITE, station) or site.first_location(SITE, "dock")
        self.session = Session(small.site, station, dock, now=lambda: small.now)

    def give(self, given: Given) -> Reply:
        answered = floor.answer(self.session, given)
        self.session = answered.session
        self.small.now += timedelta(seconds=1)
        return answered.reply

    def scan(self, raw: str, scan_id: str = "") -> Reply:
        return self.give(Given(scan_id or f"s-{next(_ids)}", 0.0, raw=raw, source="SERIAL"))

    def type(self, raw: str) -> Reply:
        return self.give(Given(f"s-{next(_ids)}", 0.0, raw=raw, source="TYPED"))

    def key(self, name: str) -> Reply:
        return self.give(Given(f"s-{next(_ids)}", 0.0, key=name))

    def case(self, code: str, sku_gtin: str, count: int) -> Reply:
        """A label that says everything: SSCC, content and count in one symbol."""
        return self.scan(f"]C100{code}020{sku_gtin}37{count}")

    @property
    def step(self) -> str:
        return self.session.step.name

    def burst(self, raw: str) -> Reply:
        """The same code from a keyboard-wedge scanner."""
        return self.give(Given(f"s-{next(_ids)}", 0.0, raw=raw, source="WEDGE"))

    def repeat(self, raw: str, scan_id: str) -> Reply:
        """A scan sent again under the id of its first sending."""
        return self.give(Given(scan_id, 0.0, raw=raw, source="SERIAL", repeated=True))

    def do(self, how: str, what: str) -> Reply:
        """One input by name: scan, type, burst or key."""
        return {"scan": self.scan, "type": self.type, "burst": self.burst, "key": self.key}[how](what)

    def all(self, *inputs: str) -> Reply:
        """Several scans in a row ('=24' is typed, '!F4' is a key); the last answer."""
        for entry in inputs:
            how = {"=": "type", "!": "key"}.get(entry[0], "scan")
            reply = self.do(how, entry if how == "scan" else entry[1:])
        return reply


# --- Looking closely ------------------------------------------------------------------------------------

# What an input may leave behind although nothing was saved: its row in a log, the operator's step, the block of
# numbers that was drawn before it, and beside it the hour of the sweep.
LOGS = frozenset({"scan_log", "refusal", "operator_step", "serial_block", "sweep"})


def contents(without: frozenset[str] = LOGS) -> dict[str, int]:
    """Every table but the logs, as one number each: equal numbers, equal rows. A new table is in it by itself."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if connection.dialect() == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    found = sorted(row[0] for row in connection.rows(names))
    return {
        name: hash(tuple(sorted(map(repr, connection.rows(f"SELECT * FROM {name}")))))
        for name in found
        if name not in without
    }


def changed(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """The tables that differ, by name."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def said(reply: Reply) -> str:
    """The whole message in one line."""
    return " ".join(reply.message)


class FrozenFloor:
    """A floor in a file of its own, with people at their steps: each test starts from a copy of it.

    A copy costs a few milliseconds where building a floor costs a tenth of a second, so that every step can
    meet every input. `build` sets the floor up and answers its hands by name.
    """

    def __init__(self, folder: Path, build: Callable[[SmallFloor], dict[str, Hand]]) -> None:
        self.folder = folder
        self.copies = itertools.count(1)
        open_new_sqlite(folder / "frozen.db")
        small = SmallFloor()
        self.sessions = {name: hand.session for name, hand in build(small).items()}
        self.now = small.now
        connection.close()

    def thaw(self) -> tuple[SmallFloor, dict[str, Hand]]:
        """A copy, opened (the caller closes it), and its hands; the copy before it is gone."""
        for old in self.folder.glob("copy-*"):  # whoever had it is done; a whole run's copies would fill the memory
            old.unlink(missing_ok=True)  # the log beside a copy goes by itself when its last reader closes
        path = self.folder / f"copy-{next(self.copies)}.db"
        shutil.copyfile(self.folder / "frozen.db", path)
        connection.open_database(f"sqlite:///{path}")
        connection.execute("PRAGMA synchronous = OFF")
        small = SmallFloor.opened(self.now)
        hands = {}
        for name, session in self.sessions.items():
            hands[name] = Hand(small, session.station)
            hands[name].session = replace(session, site=small.site, now=lambda: small.now)
        return small, hands


__all__ = [
    "LOGS",
    "SITE",
    "START",
    "TODAY",
    "FrozenFloor",
    "Hand",
    "SmallFloor",
    "changed",
    "contents",
    "gtin",
    "replace",
    "said",
    "sscc",
]

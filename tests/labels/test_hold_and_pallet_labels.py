"""The labels of what must not be used and of pallets: what they say to people, and to a scanner that reads them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from command_desk import CommandDesk
from label_eyes import looked_at, pictures_of_zpl, seen_on_zpl
from printer_kit import network_printer
from small_floor import SITE, Hand, SmallFloor, sscc
from terminal_kit import eventually

from db import connection
from db.connection import transaction
from devices.labels import Words, zpl
from tui.label_layouts import label_of
from tui.printing import Printing
from tui.settings import Printer
from warehouse import barcodes, carriers, label_jobs, labels, serials, site, stock
from warehouse.flows.steps import Context
from warehouse.labels import LINES, CarrierLabel, Hold, UnitLabel

PALLET = serials.plate(900)


@pytest.fixture
def small(database_url):
    return SmallFloor()


@pytest.fixture
def lite(sqlite_url):
    return SmallFloor()


def context(small: SmallFloor, printer: str = "") -> Context:
    serials.ensure(SITE, "unit")
    dock = site.location(SITE, "DOCK-1")
    return Context(small.site, "DOCK-1", dock, site.operator(SITE, "1001"), small.now, 0.0, "call-1", printer)


@transaction
def held(small: SmallFloor, code: str, reason: str, status: str = "QUARANTINE", badge: str = "1001") -> None:
    unit = stock.live_unit(SITE, code)
    assert unit is not None
    person = site.operator(SITE, badge)
    cause = replace(small.cause(reason), operator_id=person.id if person else None)
    kind = "BLOCK" if status == "BLOCKED" else "QUARANTINE"
    stock.move_whole(cause, kind, unit, location_id=unit.location_id, status=status, order_id=None)


@transaction
def loaded(small: SmallFloor, code: str, *units: str, printer: str = "") -> str:
    """A pallet at the dock with these cases on it; answers its number."""
    asks = context(small, printer)
    pallet = carriers.open_new(asks, code, small.place("DOCK-1"))
    for number in units:
        carriers.put_unit(asks, int(str(small.unit(number)["id"])), pallet.id)
    return pallet.code


def words(label: UnitLabel | CarrierLabel, width: float = 100, height: float = 150) -> list[str]:
    """What people read, from top to bottom."""
    parts = [part for part in label_of(label, width, height).parts if isinstance(part, Words)]
    return [part.text for part in sorted(parts, key=lambda part: part.y)]


# --- On hold ------------------------------------------------------------------------------------------------


def test_a_case_on_hold_says_so_before_all_else(small):
    small.stock("SERUM", 48, code=sscc(9), lot="L7", expiry="2027-12-31")
    held(small, sscc(9), "AF")

    label = labels.of_code(SITE, sscc(9))

    assert label.hold == Hold("HOLD", "delivered damaged", "ANA", "2026-06-15 09:00")
    assert words(label) == [
        "HOLD",
        "delivered damaged",
        "ANA 2026-06-15 09:00",
        "Serum  SERUM",
        "48 ea",
        "LOT L7",
        "EXP 2027-12-31",
        f"(00) {sscc(9)}",
    ]
    largest = max(
        (part for part in label_of(label, 100, 150).parts if isinstance(part, Words)), key=lambda one: one.height
    )
    assert largest.text == "HOLD"
    content, code = (barcodes.read(raw) for raw in seen_on_zpl(zpl(label_of(label, 100, 150), 203)))
    assert (content.sscc, content.lot, content.quantity, code.sscc) == (sscc(9), "L7", 48, sscc(9))


@pytest.mark.parametrize(
    ("status", "reason", "expiry", "word", "says"),
    [
        ("QUARANTINE", "DG", "2027-12-31", "HOLD", "Damaged"),  # of a pick
        ("QUARANTINE", "X33", "2027-12-31", "HOLD", "delivered but not advised"),  # of a receipt
        ("QUARANTINE", "", "2026-06-14", "HOLD", "expired"),
        ("QUARANTINE", "", "2026-06-15", "HOLD", "goods on hold"),
        ("BLOCKED", "recall 2026-114, ring QA", "2027-12-31", "BLOCKED", "recall 2026-114, ring QA"),
    ],
)
def test_the_reason_is_in_words(lite, status, reason, expiry, word, says):
    lite.stock("SERUM", 48, code=sscc(9), lot="L7", expiry=expiry)
    held(lite, sscc(9), reason, status)
    label = labels.of_code(SITE, sscc(9))
    assert (label.hold.word, label.hold.reason) == (word, says)


def test_who_moved_it_since_has_not_stopped_it(lite):
    lite.stock("SERUM", 48, "DOCK-1", code=sscc(9), lot="L7", expiry="2027-12-31")
    held(lite, sscc(9), "AF", badge="1003")
    lite.hand("1001").all("=2", sscc(9), "QUAR-1")
    assert labels.of_code(SITE, sscc(9)).hold.who == "IDA"


def test_of_what_is_free_again_it_is_the_ordinary_label(lite):
    lite.stock("GOWN-L", 24, code="LP000000017")
    held(lite, "LP000000017", "AF")
    assert "HOLD" in words(labels.of_code(SITE, "LP000000017"))
    connection.execute("UPDATE handling_unit SET status = 'AVAILABLE'")
    assert labels.of_code(SITE, "LP000000017").hold is None


@pytest.mark.parametrize("size", [(60, 40), (100, 150), (148, 105)])
def test_it_fits_labels_of_every_size(lite, size):
    lite.stock("SERUM", 48, code=sscc(9), lot="L7", expiry="2027-12-31")
    held(lite, sscc(9), "words that go on and on, and say what has happened to it in the night" * 2, "BLOCKED")
    label = label_of(labels.of_code(SITE, sscc(9)), *size)
    raws = seen_on_zpl(zpl(label, 300), 300, *size)
    assert [barcodes.read(raw).sscc for raw in raws] == [sscc(9)] * 2


# --- Pallets ------------------------------------------------------------------------------------------------


def test_a_pallet_says_what_is_on_it(small):
    small.stock("GOWN-L", 24, "DOCK-1", code=sscc(1))
    small.stock("GOWN-L", 20, "DOCK-1", code=sscc(2))
    small.stock("SERUM", 8, "DOCK-1", code=sscc(3), lot="L7", expiry="2027-01-31")
    for code, read in ((PALLET, f"]C0{PALLET}"), (sscc(500), f"]C100{sscc(500)}")):
        loaded(small, code, *((sscc(1), sscc(2), sscc(3)) if code == PALLET else ()))
        label = labels.of_code(SITE, code)
        assert seen_on_zpl(zpl(label_of(label, 100, 150), 203)) == [read]
        assert code in words(label)[-1]
    assert words(labels.of_code(SITE, PALLET))[:-1] == [
        "...9003",
        "PALLET  3 cases",
        "44 ea Gown L",
        "8 ea Serum  LOT L7",
    ]
    assert words(labels.of_code(SITE, sscc(500)))[:2] == ["...5002", "PALLET"]


def test_more_than_the_label_has_room_for_is_counted(lite):
    codes = [sscc(number) for number in range(1, LINES + 3)]
    for number, code in enumerate(codes):
        lite.stock("SERUM", 50 - number, "DOCK-1", code=code, lot=f"L{number}", expiry="2027-01-31")
    loaded(lite, PALLET, *codes)
    label = labels.of_code(SITE, PALLET)
    assert len(label.contents) == LINES
    assert label.contents[0] == "50 ea Serum  LOT L0"
    assert label.contents[-1] == "and 3 more"


def test_its_symbol_is_the_pallet_when_it_is_scanned(lite):
    lite.stock("GOWN-L", 24, "DOCK-1", code=sscc(1))
    loaded(lite, sscc(500), sscc(1))
    (raw,) = seen_on_zpl(zpl(label_of(labels.of_code(SITE, sscc(500)), 100, 150), 203))
    assert lite.hand("1001").all("=2", raw).template == "carrier_where"


# --- Printed ------------------------------------------------------------------------------------------------


def test_they_are_printed_and_what_is_of_no_use_any_more_is_given_up(lite):
    lite.stock("GOWN-L", 24, "DOCK-1", code=sscc(1))
    held(lite, sscc(1), "AF")
    kept = loaded(lite, "", printer="printer")
    broken = loaded(lite, "", sscc(1), printer="printer")

    @transaction
    def change() -> None:
        label_jobs.ask(context(lite), int(str(lite.unit(sscc(1))["id"])), kind="HOLD")
        carriers.break_up(context(lite), carriers.by_code(SITE, broken).id)

    change()
    hand = Hand(lite, "DOCK-1")
    with network_printer() as there:
        printing = Printing(hand.session, Printer(there.url))
        printing.start()
        printed = there.wait(2)
        states = "SELECT state, last_error FROM label_job ORDER BY id"
        wanted = [("SENT", ""), ("GIVEN_UP", "the pallet was broken up"), ("SENT", "")]
        assert eventually(lambda: connection.rows(states) == wanted), connection.rows(states)
        printing.stop()
        printing._thread.join(20)
    assert seen_on_zpl(printed[0]) == [f"]C0{kept}"]
    assert barcodes.read(seen_on_zpl(printed[1])[-1]).sscc == sscc(1)
    assert re.search(rb"HOLD", printed[1])


def test_the_command_finds_pallets_and_what_is_on_hold(database_url, tmp_path):
    small = SmallFloor()
    small.stock("GOWN-L", 24, "DOCK-1", code=sscc(1))
    held(small, sscc(1), "AF")
    loaded(small, sscc(500), sscc(1))
    connection.close()
    desk = CommandDesk(tmp_path, database_url)
    for code in (sscc(500), f"(00){sscc(500)}", sscc(1)):
        assert desk.call("labels", "unit", code, "--to", "one.zpl").good() == "Wrote 1 label to one.zpl.\n"
        data = (tmp_path / "one.zpl").read_bytes()
        (picture,) = pictures_of_zpl(data, 203, 100, 150)
        assert barcodes.read(looked_at(picture, 203)[-1].raw).sscc == barcodes.read(code).sscc
        assert (b"HOLD" in data) == (code == sscc(1))
    desk.execute("UPDATE carrier SET state = 'BROKEN'")
    desk.call("labels", "unit", sscc(500), "--to", "one.zpl").refused("No unit has the code")


def test_scanned_at_the_dock_a_pallet_is_no_case_to_be_counted(lite):
    lite.stock("GOWN-L", 24, "DOCK-1", code=sscc(1))
    loaded(lite, sscc(500), sscc(1))
    lite.purchase_order("PO-1", ("GOWN-L", 100))
    ana = lite.hand("1001")
    before = connection.rows("SELECT COUNT(*) FROM handling_unit")
    ana.all("PO-1", f"]C100{sscc(500)}")
    assert connection.rows("SELECT COUNT(*) FROM handling_unit") == before

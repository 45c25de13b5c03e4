"""What each thing is said to be, and that looking at it changes nothing: the same on both engines."""

from __future__ import annotations

import pytest
from databases import open_new_sqlite
from look_floor import (
    ANNOUNCED_PALLET,
    AWAITED,
    CASE,
    GOWN,
    HELD,
    HERE,
    OTHER,
    PALLET,
    SERUM,
    facts,
    look_floor,
    rows,
    words,
)
from small_floor import SmallFloor, changed, contents, said, sscc

from db import connection


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ana(request, tmp_path_factory):
    """Ana, who looks things up; nobody works meanwhile, so one floor does for all."""
    from postgres import empty_postgres

    if request.param == "sqlite":
        open_new_sqlite(tmp_path_factory.mktemp("look") / "site.db")
        connection.execute("PRAGMA synchronous = OFF")
    else:
        url = request.getfixturevalue("_postgres_database")
        empty_postgres(url)
        connection.open_database(url)
    hand = look_floor(SmallFloor())["ana"]
    hand.key("F2")
    yield hand
    connection.close()


THINGS = {
    f"]C100{CASE}": ("Case ...0014: 24 ea Gown L", "RC-0001/PO-1 09:00 ANA, ACME Medical", "24, from label, not questioned"),
    f"]C100{HERE}": ("18 ea Gown L", "announced 24", "kept"),
    OTHER: ("Case ...0021: 40 ea Gown M", f"A-01 since 09:00, on pallet {PALLET}", "put on " + PALLET, "opening balance"),
    HELD: ("on hold", "lot stopped recalled", "BAD EXP 2027-01-31"),
    PALLET: ("Pallet", "1 unit, 40 pieces", "ON IT", "...0021 Gown M 40"),
    f"]C100{AWAITED}": ("Announced on ASN-1, not here.", "55 ea Serum", "not here yet", "lot L9", "order PO-1"),
    f"]C100{ANNOUNCED_PALLET}": ("1 of 2 cases came", "79 ea of several items in 2 cases"),
    f"]E0{GOWN}": ("Gown L: 42 ea on hand", "4291 to come; 958 on 2026-06-15, PO-1", "478 in 1 line"),
    "GOWN-M": ("Gown M: 40 ea on hand", "nobody waits", "FREE IN"),
    "L7": ("Lot L7: Serum", "1 unit, 30 ea EXP 2027-12-31"),
    f"]C1010{SERUM}10L7": ("Lot L7: Serum", "UNITS"),
    f"]C1010{SERUM}10BAD": ("Lot BAD: Serum", "Stopped.", "recalled (IDA 09:00)"),
    "A-01": ("Place A-01 (storage)", "1 unit, 40 pieces", PALLET),
    "A-02": ("loose Mask 30", "on hold"),
    "QUAR-1": ("Nothing stands here.",),
    "SO-1": ("Order SO-1 for Customer C3", "1 line, 0 waiting", "picking"),
    "SO-2": ("tried and waiting", "500"),
    "PO-1": ("Purchase order PO-1, ACME Medical", "Mask 2222 0 2222", "being received RC-0001"),
    "ASN-1": ("ASN ASN-1", "1 of 2 came", "...0045 Serum 55 L9"),
    "RC-0001": ("Receipt RC-0001, open", "3 cases, 72 pieces", "ORDERS PO-1"),
    "ACME": ("Vendor ACME Medical", "PO-1", "3333"),
    "1002": ("LEO's badge", "at PICK-1, picking since 09:00", "ROLES picker"),
    "XKRSDG": ("Card Damaged",),
    "JUNK": ("Nobody knows JUNK.", "4 characters", "no AIM id sent", "TRIED AS", "case, pallet, announced case, item"),
    f"]C100{sscc(77)}020{GOWN}3750": ("Nobody knows", "LABEL Gown L (GOWN-L)", "quantity 50", "GS1-128"),
}  # fmt: skip


@pytest.mark.parametrize("scan", THINGS)
def test_each_thing_is_told_and_nothing_changes(ana, scan):
    before = contents()

    reply = ana.scan(scan)

    told = words(ana, reply)
    for part in THINGS[scan]:
        assert part in told, told
    assert reply.verdict.value == "INFO"
    assert max(map(len, reply.message)) <= 36
    assert len(facts(ana)) <= 4
    assert ana.step == "whats_this.look"
    assert changed(before, contents()) == []


def test_who_a_case_is_for_and_what_was_done_with_it(ana):
    ana.scan(f"]C100{CASE}")

    assert facts(ana)["STATUS"] == "promised to SO-1 x20 (LEO picks), SO-2 x4"
    assert rows(ana, "LAST MOVES")[-1][1:] == ("ANA", "received 24 at DOCK-1")


def test_what_cannot_be_read_is_said_to_be_so(ana):
    before = contents()

    reply = ana.scan("]E02000000000016")

    assert said(reply).startswith("Check digit wrong.")
    assert facts(ana) == {}
    assert "\x1b" not in said(ana.scan("\x1b[2J"))
    assert changed(before, contents()) == []


def test_the_next_scan_takes_the_place_of_the_last_and_f2_again_stays(ana):
    ana.scan("A-01")
    again = ana.key("F2")
    assert (ana.step, facts(ana)["PLACE"]) == ("whats_this.look", "A-01")
    assert again.verdict.value == "INFO"
    ana.scan("A-02")
    assert facts(ana)["PLACE"] == "A-02"


def test_what_goes_by_one_name_twice_is_said(ana):
    """A lot that is called as a place is: the place is shown, and that there is a lot."""
    connection.execute("UPDATE handling_unit SET lot = 'A-02' WHERE code = ?", OTHER)
    ana.scan("A-02")
    assert facts(ana)["ALSO"] == "lot"
    connection.execute("UPDATE handling_unit SET lot = '' WHERE code = ?", OTHER)


def test_a_unit_that_is_not_in_view_has_no_label(ana):
    from dataclasses import replace

    ana.session = replace(ana.session, printer="ZEBRA-1")
    ana.scan("A-01")
    assert said(ana.key("F7")).startswith("A-01 is no case.")
    ana.scan(HELD)
    asked = ana.key("F7")
    assert asked.labels == (HELD,)
    ana.scan(PALLET)
    assert ana.key("F7").labels == (PALLET,)
    kinds = connection.rows("SELECT kind, unit_id IS NULL, carrier_id IS NULL FROM label_job ORDER BY id")
    assert [(kind, bool(no_unit), bool(no_pallet)) for kind, no_unit, no_pallet in kinds] == [
        ("HOLD", False, True),
        ("CARRIER", True, False),
    ]

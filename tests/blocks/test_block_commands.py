"""`dockbell block`, `unblock` and `accept`: what they say, what they leave, and whom they refuse."""

from __future__ import annotations

import shutil

import pytest
from command_desk import CommandDesk
from databases import open_new_sqlite
from small_floor import gtin, sscc
from stop_desk import StopFloor

from db import connection

LEAD = ("--as", "1003", "--reason", "recall")
OTHER = ("--as", "1005", "--reason", "looked at it")
L7 = ("--lot", "L7", "--sku", "SERUM")


@pytest.fixture(scope="module")
def _file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stop")
    open_new_sqlite(folder / "site.db")
    floor = StopFloor()
    floor.purchase_order("PO-1", ("GOWN-L", 48))
    floor.order("SO-8", ("GOWN-L", 30))
    kim = floor.hand("1004")
    kim.scan("PO-1")
    for serial in (1, 2):
        kim.case(sscc(serial), gtin(1), 24)
    leo = floor.hand("1002")
    leo.all("SO-1", "A-01", "CASE-A", "!ENTER", "!ESC")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder / "site.db"


@pytest.fixture
def desk(_file, tmp_path):
    """The stop floor behind a shell: 15 of CASE-A are picked for SO-1, SO-8 holds 30 of two cases of KIM's."""
    shutil.copyfile(_file, tmp_path / "site.db")
    return CommandDesk(tmp_path, f"sqlite:///{tmp_path}/site.db")


def test_a_lot_is_stopped_and_the_orders_that_it_hits_are_listed(desk):
    said = desk.run("block", *L7, *LEAD).good().splitlines()

    assert said == [
        "Stopped lot L7 of SERUM: 3 units, 30 pieces.",
        "  What of it arrives later is stopped as well.",
        "  SO-1/1 lost 15 x SERUM (15 of them picked), got 15 others",
        "  SO-2/1 lost 12 x SERUM, got 5 others",
        "  SO-3/1 lost 3 x SERUM, waits",
    ]
    kept = desk.rows("SELECT source, step, raw, moves FROM scan_log WHERE source = 'COMMAND' ORDER BY at DESC LIMIT 1")
    assert kept == [("COMMAND", "command.block", "lot L7 of SERUM", 3)]
    desk.call("verify").good()


def test_the_way_back_is_told_too(desk):
    desk.call("block", *L7, *LEAD).good()

    again = desk.call("block", *L7, *LEAD).good()
    held = desk.call("unblock", *L7, *LEAD).good().splitlines()
    desk.call("accept", *L7, *LEAD).refused("IDA put it on hold, another lead has to accept it", "(and 2 more)")
    freed = desk.call("accept", *L7, *OTHER).good().splitlines()

    assert again.startswith("The lot L7 of SERUM is stopped already, since 20")
    assert "by IDA (recall); nothing was changed." in again
    assert held == ["On hold now: lot L7 of SERUM: 3 units, 30 pieces.", "  What of it arrives later is let in again."]
    assert freed[0] == "Free stock now: lot L7 of SERUM: 3 units, 30 pieces."
    assert freed[1:] == ["  SO-2/1 got 7 x SERUM", "  SO-3/1 got 3 x SERUM"]
    desk.call("verify").good()


def test_json_is_one_object_with_the_same(desk):
    told = desk.call("block", "--location", "A-02", "--json", *LEAD).json()

    assert list(told) == [
        *(
            "act",
            "kind",
            "code",
            "sku",
            "already",
            "lot_stopped",
            "units",
            "quantity",
            "orders",
            "freed",
            "released",
            "kept",
        )
    ]
    assert (told["act"], told["kind"], told["code"], told["sku"]) == ("block", "place", "A-02", None)
    assert told["units"][0] == {"unit": "CASE-B", "lot": "L7", "quantity": 10, "was": "AVAILABLE"}
    assert {"order": "SO-2", "line": 1, "sku": "SERUM", "quantity": 7, "picked": 0, "got": 0} in told["orders"]
    assert desk.call("block", "--location", "A-02", "--json", *LEAD).json()["already"]["by"] == "IDA"


def test_what_came_on_a_receipt_is_accepted_by_a_lead_who_did_not_receive_it(desk):
    ((receipt,),) = desk.rows("SELECT code FROM receipt")
    for serial in (1, 2):
        desk.call("block", "--unit", sscc(serial), *LEAD).good()
        desk.call("unblock", "--unit", f"00{sscc(serial)}", *LEAD).good()
    desk.execute("UPDATE operator SET roles = 'receiver lead' WHERE badge = '1004'")

    kim = desk.call("accept", "--receipt", receipt, "--as", "1004", "--reason", "x")
    kim.refused("KIM received it, another lead has to accept it")
    said = desk.call("accept", "--receipt", receipt, *OTHER).good().splitlines()

    assert said == [f"Free stock now: receipt {receipt}: 2 units, 48 pieces.", "  SO-8/1 got 30 x GOWN-L"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("block", *LEAD), "Name one of --lot, --unit, --location"),
        (("accept", *LEAD), "Name one of --lot, --unit, --receipt"),
        (("block", "--unit", "CASE-A", "--location", "A-01", *LEAD), "Name one of"),
        (("block", "--lot", "L7", *LEAD), "A lot is named with its item, --lot LOT --sku SKU"),
        (("block", "--unit", "CASE-A", "--sku", "SERUM", *LEAD), "and nothing else is"),
        (("block", "--lot", "L9", "--sku", "SERUM", *LEAD), "Nobody has seen or announced lot L9 of SERUM"),
        (("block", "--lot", "L7", "--sku", "NONE", *LEAD), "There is no item NONE"),
        (("block", "--unit", "NONE", *LEAD), "There is no unit NONE"),
        (("block", "--location", "A-99", *LEAD), "There is no place A-99"),
        (("block", "--location", "QUAR-1", *LEAD), "nothing is left of it; nothing was changed"),
        (("unblock", "--unit", "CASE-B", *LEAD), "Nothing of unit CASE-B is stopped: it is AVAILABLE"),
        (("accept", "--unit", "CASE-B", *LEAD), "Nothing of unit CASE-B is on hold: it is AVAILABLE"),
        (("accept", "--receipt", "RC-9999", *LEAD), "There is no receipt RC-9999"),
        (("block", "--unit", "CASE-A", "--as", "1002", "--reason", "x"), "LEO is no lead: --as needs a lead's badge"),
        (("accept", "--unit", "CASE-A", "--as", "1001", "--reason", "x"), "ANA is no lead"),
        (("block", "--unit", "CASE-A", "--as", "1003", "--reason", " "), "--reason is empty"),
        (("block", "--unit", "CASE\x1b", *LEAD), "--unit holds a forbidden character"),
        (("block", "--lot", "L\u202e7", "--sku", "SERUM", *LEAD), "--lot holds a forbidden character"),
        (("block", "--lot", "x" * 129, "--sku", "SERUM", *LEAD), "--lot is longer than 128 characters"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(desk, words, said):
    desk.call(*words).refused(said)


def test_a_refusal_leaves_the_tables_as_they_were(desk):
    before = desk.rows("SELECT (SELECT COUNT(*) FROM stock_move), (SELECT COUNT(*) FROM scan_log)")

    desk.run("block", "--lot", "L9", "--sku", "SERUM", *LEAD).refused("nothing was changed")

    assert desk.rows("SELECT (SELECT COUNT(*) FROM stock_move), (SELECT COUNT(*) FROM scan_log)") == before

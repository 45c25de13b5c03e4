"""`dockbell cancel` and `adjust`: what they say, what they leave in the tables, and whom they refuse."""

from __future__ import annotations

import json

import pytest
from command_floor import CASE, SECOND
from small_floor import sscc

LEAD = ("--as", "1003", "--reason", "counted")
FREED = {"order": str, "line": int, "sku": str, "quantity": int}
RELEASED = FREED | {"kind": str}


@pytest.fixture(scope="module", autouse=True)
def _still_sound(floor):
    yield
    floor.call("verify").good()


def kinds(entry: dict) -> dict:
    return {name: type(value) for name, value in entry.items()}


def line(desk, order: str, number: int = 1) -> dict:
    return desk.call("why", f"{order}/{number}", "--json").json()


def last_move(desk) -> tuple:
    return desk.rows(
        "SELECT m.kind, m.qty, m.from_account, m.to_account, m.reason, o.badge FROM stock_move m "
        "LEFT JOIN operator o ON o.id = m.operator_id ORDER BY m.id DESC LIMIT 1"
    )[0]


# --- cancel ---------------------------------------------------------------------------------------------


def test_cancelled_pieces_go_to_who_waits(floor):
    before = line(floor, "SO-3")["reserved"]

    said = floor.run("cancel", "SO-2", "--quantity", "28", *LEAD).good()

    assert said.splitlines() == [
        "Cancelled 28 of SO-2.",
        "  SO-2/1 lost 2 x GOWN-L",
        "  SO-3/1 got 2 x GOWN-L",
    ]
    two = line(floor, "SO-2")
    assert (two["ordered"], two["cancelled"], two["reserved"], two["waiting"]) == (30, 28, 2, 0)
    assert line(floor, "SO-3")["reserved"] == before + 2
    (kept,) = floor.rows(
        "SELECT s.source, s.step, o.badge FROM scan_log s JOIN operator o ON o.id = s.operator_id "
        "WHERE s.source = 'COMMAND' ORDER BY s.at DESC LIMIT 1"
    )
    assert kept == ("COMMAND", "command.cancel", "1003")


def test_cancel_says_it_as_json_too(floor):
    told = floor.call("cancel", "SO-5/1", "--json", *LEAD).json()

    assert list(told) == ["quantity", "freed", "released"]
    assert told["quantity"] == 12
    assert told["freed"] == [{"order": "SO-5", "line": 1, "sku": "MASK", "quantity": 12}]
    assert [kinds(entry) for entry in told["freed"]] == [FREED]
    assert [kinds(entry) for entry in told["released"]] in ([], [RELEASED])
    assert line(floor, "SO-5")["status"] == "cancelled"


def test_an_order_without_a_line_is_cancelled_whole(floor):
    floor.call("cancel", "SO-4", *LEAD).good()

    assert [line(floor, "SO-4", number)["status"] for number in (1, 2)] == ["cancelled", "cancelled"]
    floor.call("cancel", "SO-4", *LEAD).refused("Nothing of SO-4 is left to cancel")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("SO-404", *LEAD), "There is no order SO-404"),
        (("SO-1/7", *LEAD), "There is no line 7 of order SO-1"),
        (("SO-1", "--quantity", "20", *LEAD), "6 are picked already"),
        (("SO-1", "--quantity", "0", *LEAD), "--quantity is a whole number such as 5, not '0'"),
        (("SO-1", "--quantity", "-3", *LEAD), "not '-3'"),
        (("SO-1", "--quantity", "1.5", *LEAD), "not '1.5'"),
        (("SO-1", "--quantity", "\u0665", *LEAD), "--quantity is a whole number"),
        (("SO-1", "--quantity", "9" * 10, *LEAD), "--quantity is a whole number"),
        (("SO-1\x1b", *LEAD), "ORDER holds a forbidden character"),
        (("SO-1\udcff", *LEAD), "ORDER holds a forbidden character"),
    ],
)
def test_what_cannot_be_cancelled_is_left_alone(floor, words, said):
    before = line(floor, "SO-1")

    floor.call("cancel", *words).refused(said)

    assert line(floor, "SO-1") == before


# --- adjust ---------------------------------------------------------------------------------------------


def test_a_unit_is_corrected_up_and_down(floor):
    reserved = line(floor, "SO-1")["reserved"]
    said = floor.call("adjust", SECOND, "--quantity", "+8", *LEAD).good().splitlines()

    assert said[0] == f"Adjusted unit {SECOND} by +8."
    assert all(row.startswith("  SO-") and " got " in row for row in said[1:])
    assert last_move(floor) == ("ADJUST", 8, "ADJUST", "UNIT", "counted", "1003")

    told = floor.call("adjust", f"00{SECOND}", "--quantity", "-25", "--json", *LEAD).json()

    assert told["quantity"] == -25
    assert told["freed"]
    assert all(kinds(entry) == FREED for entry in told["freed"])
    assert last_move(floor) == ("ADJUST", 25, "UNIT", "ADJUST", "counted", "1003")
    assert floor.rows("SELECT qty FROM handling_unit WHERE code = ?", SECOND) == [(1,)]
    assert line(floor, "SO-1")["reserved"] < reserved


def test_loose_stock_of_a_place_is_corrected_by_its_item(floor):
    floor.call("adjust", "A-02", "GOWN-M", "--quantity", "+4", "--json", *LEAD).json()
    assert last_move(floor) == ("ADJUST", 4, "ADJUST", "UNIT", "counted", "1003")

    said = floor.call("adjust", "A-02", "GOWN-M", "--quantity=-1", *LEAD).good()

    assert said.startswith("Adjusted GOWN-M at A-02 by -1.")
    assert floor.rows(
        "SELECT u.qty FROM handling_unit u JOIN location l ON l.id = u.location_id JOIN item i ON i.id = u.item_id "
        "WHERE l.code = 'A-02' AND i.sku = 'GOWN-M' AND u.kind = 'LOOSE'"
    ) == [(3,)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((sscc(99), "--quantity", "+1", *LEAD), f"There is no unit {sscc(99)}"),
        (("A-01", "--quantity", "+1", *LEAD), "A-01 is a place: name the item too (dockbell adjust A-01 SKU ...)"),
        (("A-01", "NONE", "--quantity", "+1", *LEAD), "There is no item NONE"),
        (("A-99", "MASK", "--quantity", "+1", *LEAD), "There is no place A-99"),
        (("A-01", "MASK", "--quantity", "-5000", *LEAD), "cannot be taken from it; nothing was changed"),
        (("A-01", "GOWN-M", "--quantity", "-1", *LEAD), "nothing was changed"),
        (("A-01", "MASK", "--quantity", "+0", *LEAD), "--quantity is a whole number such as +10 or -2, not '+0'"),
        (("A-01", "MASK", "--quantity", "two", *LEAD), "not 'two'"),
        (("A-01", "MASK", "--quantity", "+-2", *LEAD), "not '+-2'"),
        (("A-01", "MASK\u202e", "--quantity", "+1", *LEAD), "SKU holds a forbidden character"),
        (("A-01\udcff", "--quantity", "+1", *LEAD), "UNIT or LOCATION holds a forbidden character"),
    ],
)
def test_what_cannot_be_adjusted_is_left_alone(floor, words, said):
    before = floor.rows("SELECT COUNT(*) FROM stock_move")

    floor.call("adjust", *words).refused(said)

    assert floor.rows("SELECT COUNT(*) FROM stock_move") == before


def test_a_picked_case_is_not_adjusted(floor):
    floor.call("adjust", CASE, "--quantity", "-1", *LEAD).refused(CASE, "SO-1")


# --- who may --------------------------------------------------------------------------------------------

CHANGES = (
    ("cancel", "SO-1", "--quantity", "1"),
    ("adjust", SECOND, "--quantity", "+1"),
    ("adjust", "A-01", "MASK", "--quantity", "+1"),
)


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: " ".join(words[:3:2]))
def test_a_change_needs_a_lead_and_a_reason(floor, words):
    before = floor.rows("SELECT COUNT(*) FROM scan_log")

    for badge in ("1001", "1002", "1004"):
        floor.call(*words, "--as", badge, "--reason", "x").refused("is no lead: --as needs a lead's badge")
    floor.call(*words, "--as", "9999", "--reason", "x").refused("Nobody at T1 has the badge 9999")
    floor.call(*words, "--as", "10\udc80", "--reason", "x").refused("--as holds a forbidden character")
    floor.call(*words, "--reason", "x").refused("--as")
    floor.call(*words, "--as", "1003").refused("--reason")
    floor.call(*words, "--as", "1003", "--reason", "  ").refused("--reason is empty: say in a few words why")
    floor.call(*words, "--as", "1003", "--reason", "a\x1b[2Jb").refused("--reason holds a forbidden character")
    floor.call(*words, "--as", "1003", "--reason", "x" * 129).refused("--reason is longer than 128 characters")

    assert floor.rows("SELECT COUNT(*) FROM scan_log") == before


def test_a_refusal_is_the_same_from_a_shell(lite):
    words = ("--quantity", "+1", "--as", "1002", "--reason", "x", "--json")
    lite.run("adjust", "A-01", "MASK", *words).refused("LEO is no lead")


def test_bytes_that_are_no_text_are_refused(lite):
    lite.run("cancel", b"SO-\xff", "--as", "1003", "--reason", "x").refused("ORDER holds a forbidden character")


def test_json_of_a_change_is_printed_once_and_whole(floor):
    ended = floor.call("adjust", "A-01", "MASK", "--quantity", "+1", "--json", *LEAD)

    assert json.loads(ended.good()) == {"quantity": 1, "freed": [], "released": ended.json()["released"]}

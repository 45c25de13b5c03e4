"""What masters and order lines say of receiving: tolerances in pairs, weights, shelf life, storage classes."""

import pytest
from import_desk import MASTERS, PURCHASE

from db import connection

TOLERANT = "code,name,over_percent,over_action,under_percent,under_action,early_days,early_action,late_days,late_action"
ITEM = "sku,description,base_unit,case_qty_mode,lot_control,expiry_control"


def test_tolerances_of_vendors_items_and_order_lines_are_stored(desk):
    desk.load(
        vendors=[TOLERANT, "ACME,ACME Medical,10,WARN,5,NONE,0,REJECT,30,WARN"],
        items=[f"{ITEM},over_percent,over_action", "GOWN,Gown,ea,variable,no,no,0,REJECT"],
        purchase_orders=[f"{PURCHASE},late_days,late_action", "PO-1,ACME,1,GOWN,10,2026-06-15,3,REJECT"],
    )
    columns = TOLERANT.removeprefix("code,name,")
    assert desk.table(f"code, {columns}", "vendor")[0] == ("ACME", 10, "WARN", 5, "NONE", 0, "REJECT", 30, "WARN")
    assert desk.table("sku, over_percent, over_action, late_days", "item")[0] == ("GOWN", 0, "REJECT", None)
    assert desk.table(columns, "po_line") == [(None, None, None, None, None, None, 3, "REJECT")]


def test_both_of_a_pair_or_none(lite):
    assert [(one.file, one.column, one.reason) for one in lite.faults(
        vendors=[TOLERANT, "ACME,ACME Medical,10,,,NONE,0,REJECT,,"],
        purchase_orders=[f"{PURCHASE},late_days,late_action", "PO-1,ACME,1,GOWN,10,2026-06-15,3,"],
    )] == [
        ("purchase_orders.csv", "late_action", "is empty: late_days needs it"),
        ("vendors.csv", "over_action", "is empty: over_percent needs it"),
        ("vendors.csv", "under_percent", "is empty: under_action needs it"),
    ]  # fmt: skip
    lite.load(vendors=[TOLERANT, "ACME,ACME Medical,10,WARN,,,,,,"])
    assert lite.places(vendors=["code,name,over_percent", "ACME,ACME Medical,"]) == [("vendors.csv", 2, "over_percent")]
    lite.load(vendors=["code,name,over_percent", "ACME,ACME Medical,20"])
    assert ("ACME", 20, "WARN") in lite.table("code, over_percent, over_action", "vendor")


def test_an_order_line_with_other_tolerances_is_another_content_and_an_empty_one_claims_nothing(lite):
    header, plain = f"{PURCHASE},over_percent,over_action", "PO-1,ACME,1,GOWN,10,2026-06-15"
    lite.load(purchase_orders=[header, f"{plain},5,WARN"])
    assert lite.counts(lite.load(purchase_orders=[PURCHASE, plain])) == {"purchase_orders": (0, 0, 1)}
    assert lite.counts(lite.load(purchase_orders=[header, f"{plain},,"])) == {"purchase_orders": (0, 0, 1)}
    (fault,) = lite.faults(purchase_orders=[header, f"{plain},6,WARN"])
    assert fault.reason == "changed; refused: over_percent 5 -> 6"
    lite.load(purchase_orders=[PURCHASE, plain.replace(",1,", ",2,")])
    (fault,) = lite.faults(purchase_orders=[header, f"{plain.replace(',1,', ',2,')},6,WARN"])
    assert fault.reason == "changed; refused: over_percent none -> 6, over_action none -> WARN"


WEIGHED = f"{ITEM},weight_unit,nominal_piece_weight,min_case_weight,max_case_weight"


def test_weights_are_in_thousandths_and_catch_weight_without_a_unit_is_in_kg(desk):
    rows = ["HAM,Ham,ea,catch_weight,yes,yes,,4.2,4.2,30.125", "BEEF,Beef,ea,catch_weight,no,no,lb,,,"]
    desk.load(items=[WEIGHED, *rows])
    found = desk.table("sku, weight_unit, nominal_piece_weight, min_case_weight, max_case_weight", "item")
    assert found[:3] == [
        ("BEEF", "lb", None, None, None),
        ("GOWN", "", None, None, None),
        ("HAM", "kg", 4200, 4200, 30125),
    ]
    assert desk.counts(desk.load(items=[WEIGHED, *rows])) == {"items": (0, 0, 2)}


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("A,A,ea,fixed,no,no,,4.2,,", "nominal_piece_weight", "needs a weight_unit: kg or lb"),
        (
            "A,A,ea,catch_weight,no,no,kg,,30.5,30",
            "max_case_weight",
            "max_case_weight 30 is below min_case_weight 30.5",
        ),
    ],
)
def test_weights_that_do_not_go_together(lite, row, column, reason):
    (fault,) = lite.faults(items=[WEIGHED, row])
    assert (fault.column, fault.reason) == (column, reason)


def test_shelf_life_that_does_not_go_together(lite):
    (fault,) = lite.faults(items=[f"{ITEM},shelf_life_days,min_life_days", "A,A,ea,fixed,no,yes,30,31"])
    assert fault.reason == "shelf_life_days 30 is below min_life_days 31"


def test_the_weight_unit_stays_once_cases_were_weighed(desk):
    rows = ["HAM,Ham,ea,catch_weight,no,no,kg,,,", "BEEF,Beef,ea,catch_weight,no,no,kg,,,"]
    desk.load(items=[WEIGHED, *rows])
    connection.execute(
        "INSERT INTO handling_unit (site, code, kind, item_id, status, location_id, qty, weight, received_at) "
        "SELECT i.site, 'H-1', 'CASE', i.id, 'CONSUMED', l.id, 0, 4200, ? FROM item i, location l "
        "WHERE i.sku = 'HAM' AND l.code = 'A-01'",
        "2026-06-15T08:00:00.000000Z",
    )
    (fault,) = desk.faults(items=[WEIGHED, *(row.replace("kg", "lb") for row in rows)])
    assert (fault.line, fault.column) == (2, "weight_unit")
    assert fault.reason == "cases of HAM were weighed in kg: it stays their unit"
    result = desk.load(items=[WEIGHED, rows[0].replace("kg", ""), rows[1].replace("kg", "lb")])
    assert desk.counts(result) == {"items": (0, 1, 1)}


def test_files_without_the_new_columns_keep_what_is_on_record(lite):
    header = f"{ITEM},serial_control,same_as_last,storage_class,shelf_life_days"
    lite.load(
        items=[header, "GOWN,Gown,ea,variable,no,no,yes,no,COLD,90", "NEW,New,ea,variable,no,no,,,,"],
        locations=["code,zone,kind,storage_classes", "A-01,A,storage,COLD  DRY COLD"],
    )
    columns = "sku, serial_control, same_as_last, storage_class, shelf_life_days"
    before = lite.table(columns, "item")
    assert before[0] == ("GOWN", 1, 0, "COLD", 90)
    assert ("NEW", 0, 1, "", None) in before
    assert ("A-01", "COLD DRY") in lite.table("code, storage_classes", "location")
    lite.load(items=MASTERS["items"], locations=MASTERS["locations"])
    assert lite.table(columns, "item") == before
    assert ("A-01", "COLD DRY") in lite.table("code, storage_classes", "location")


def test_an_import_that_changes_a_taught_barcode_makes_it_an_imported_one(lite):
    person = connection.value("SELECT id FROM operator WHERE badge = '1003'")
    connection.execute(
        "UPDATE item_barcode SET taught_by = ?, taught_at = '2026-06-15T08:00:00.000000Z' WHERE barcode = 'CARTON'",
        person,
    )
    lite.load(barcodes=["sku,barcode,quantity", "MASK,CARTON,500"])
    assert ("CARTON", person) in lite.table("barcode, taught_by", "item_barcode")
    lite.load(barcodes=["sku,barcode,quantity", "MASK,CARTON,600"])
    assert ("CARTON", None, None) in lite.table("barcode, taught_by, taught_at", "item_barcode")

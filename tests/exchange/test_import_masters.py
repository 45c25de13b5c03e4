"""Masters: inserted, updated, unchanged; items with their GTINs and the barcodes of their packagings."""

import peewee
import pytest
from import_desk import MASTERS, SALES, STOCK
from small_floor import changed, contents

from db import connection
from db.models import inbound, masters
from warehouse import items

ITEMS, BARCODES = MASTERS["items"][0], MASTERS["barcodes"][0]
G1, G2, G3 = "2000000000015", "2000000000022", "2000000000039"


def item(sku, gtin="", cases=",,", control="no,no", mode="variable"):
    return f"{sku},Words,{gtin},ea,{mode},{cases},{control}"


def barcodes(desk):
    return desk.table("b.barcode, i.sku, b.quantity", "item_barcode b JOIN item i ON i.id = b.item_id")


# --- all masters


def test_masters_are_stored_as_they_are_written(bare_desk):
    desk = bare_desk
    result = desk.masters()
    assert desk.counts(result) == {
        "items": (3, 0, 0),
        "barcodes": (2, 0, 0),
        "vendors": (2, 0, 0),
        "customers": (3, 0, 0),
        "locations": (5, 0, 0),
        "operators": (2, 0, 0),
    }
    assert desk.table(
        "sku, description, gtin, base_unit, case_qty_mode, nominal_case_qty, min_case_qty, max_case_qty, lot_control, expiry_control",
        "item",
    ) == [
        ("GOWN", "Gown", "02000000000015", "ea", "variable", 24, 10, 40, 0, 0),
        ("MASK", "Mask", "02000000000039", "ea", "fixed", 50, 50, 50, 0, 0),
        ("SERUM", "Serum", "", "vial", "variable", None, None, None, 1, 1),
    ]
    assert desk.table("code, name, priority, ship_policy, min_fill_percent", "customer") == [
        ("C1", "One", 1, "partial", 25),
        ("C3", "Three", 3, "order", 0),
        ("C5", "Five", 5, "line", 0),
    ]
    assert ("1003", "IDA", "picker lead") in desk.table("badge, name, roles", "operator")
    assert ("Q-1", "Q", "quarantine") in desk.table("code, zone, kind", "location")
    assert desk.table("usable, reserved, waiting_lines, waiting_qty", "item_stock") == [(0, 0, 0, 0)] * 3


def test_the_same_again_changes_nothing(desk):
    before = contents()
    assert all(count.unchanged and not count.new and not count.updated for count in desk.masters().counts)
    assert changed(before, contents()) == []


def test_what_differs_is_updated(desk):
    ids = desk.table("id, sku", "item")
    result = desk.load(
        items=[ITEMS, "GOWN,Gown large,2000000000015,pc,fixed,20,20,20,yes,yes", MASTERS["items"][2]],
        vendors=["code,name", "ACME,Acme Ltd", "GAMMA,Gamma"],
        customers=["code,name,priority,ship_policy,min_fill_percent", "C1,Uno,5,line,"],
        locations=["code,zone,kind", "A-01,B,staging"],
        operators=["badge,name,roles", "1001,ANNA,", "1003,IDA,picker lead"],
        barcodes=["sku,barcode,quantity", "MASK,CARTON,600"],
    )
    assert desk.counts(result) == {
        "items": (0, 1, 1),
        "barcodes": (0, 1, 0),
        "vendors": (1, 1, 0),
        "customers": (0, 1, 0),
        "locations": (0, 1, 0),
        "operators": (0, 1, 1),
    }
    assert desk.table("id, sku", "item") == ids
    assert ("C1", "Uno", 5, "line", 0) in desk.table("code, name, priority, ship_policy, min_fill_percent", "customer")
    assert ("A-01", "B", "staging") in desk.table("code, zone, kind", "location")
    assert ("1001", "ANNA", "") in desk.table("badge, name, roles", "operator")
    assert ("CARTON", "MASK", 600) in barcodes(desk)
    assert ("GOWN", "Gown large", "pc", "fixed", 20, 1, 1) in desk.table(
        "sku, description, base_unit, case_qty_mode, max_case_qty, lot_control, expiry_control", "item"
    )


def test_a_column_that_is_left_out_keeps_what_is_on_record_and_an_empty_cell_clears_it(lite):
    short = "sku,description,base_unit,case_qty_mode,lot_control,expiry_control"
    assert lite.counts(lite.load(items=[short, "GOWN,Gown,ea,variable,no,no"])) == {"items": (0, 0, 1)}
    lite.load(items=[short, "GOWN,Gown XL,ea,variable,no,no", "CAP,Cap,ea,variable,no,no"])
    rows = lite.table("sku, description, gtin, nominal_case_qty", "item")
    assert rows[:2] == [("CAP", "Cap", "", None), ("GOWN", "Gown XL", "02000000000015", 24)]
    lite.load(items=[ITEMS, "GOWN,Gown XL,,ea,variable,,10,40,no,no"])
    assert ("GOWN", "", None, 10) in lite.table("sku, gtin, nominal_case_qty, min_case_qty", "item")
    lite.load(customers=["code,name,priority,ship_policy", "C1,One,1,line"])
    assert ("C1", 25) in lite.table("code, min_fill_percent", "customer")


def test_a_duplicate_key_names_the_earlier_line(bare_lite):
    lite = bare_lite
    for table, row in (
        ("items", item("A")),
        ("vendors", "A,x"),
        ("customers", "A,x,1,line,"),
        ("locations", "A,x,dock"),
        ("operators", "A,x,"),
    ):
        (fault,) = lite.faults(**{table: [MASTERS[table][0], row, MASTERS[table][1], row]})
        assert (fault.line, fault.column) == (4, MASTERS[table][0].split(",")[0])
        assert "is there already in line 2" in fault.reason


@pytest.mark.parametrize(
    ("cases", "column"),
    [("5,6,", "nominal_case_qty"), ("9,,8", "max_case_qty"), (",9,8", "max_case_qty"), ("7,9,8", "nominal_case_qty")],
)
def test_case_limits_must_be_in_order(bare_lite, cases, column):
    lite = bare_lite
    assert (("items.csv", 2, column)) in lite.places(items=[ITEMS, item("A", cases=cases)])


def test_case_limits_are_compared_with_what_is_on_record(bare_lite):
    lite = bare_lite
    lite.load(items=[ITEMS, item("A", cases="24,10,40")])
    header = "sku,description,base_unit,case_qty_mode,lot_control,expiry_control,max_case_qty"
    (fault,) = lite.faults(items=[header, "A,Words,ea,variable,no,no,20"])
    assert fault.reason == "max_case_qty 20 is below nominal_case_qty 24"
    lite.load(items=[ITEMS, item("A", cases="15,15,15")])


# --- places


def test_a_place_that_holds_stock_keeps_its_kind(desk):
    desk.load(stock=[STOCK, "A-01,GOWN,5,,,"])
    (fault,) = desk.faults(locations=["code,zone,kind", "A-01,A,dock", "A-02,A,dock"])
    assert (fault.line, fault.column) == (2, "kind")
    assert "holds stock: it stays storage" in fault.reason
    desk.load(locations=["code,zone,kind", "A-01,NEW,storage", "A-02,A,dock"])
    assert {("A-01", "NEW", "storage"), ("A-02", "A", "dock")} <= set(desk.table("code, zone, kind", "location"))


def test_stock_and_a_change_of_kind_in_one_call_go_by_the_new_kind(lite):
    lite.load(locations=["code,zone,kind", "Q-1,Q,storage"], stock=[STOCK, "Q-1,GOWN,5,,,"])
    (fault,) = lite.faults(locations=["code,zone,kind", "A-02,A,quarantine"], stock=[STOCK, "A-02,GOWN,5,,,"])
    assert (fault.file, fault.column) == ("stock.csv", "location")


# --- barcodes


def test_an_items_gtin_is_its_barcode(lite):
    assert barcodes(lite) == [
        ("02000000000015", "GOWN", None),
        ("02000000000039", "MASK", None),
        ("12000000000036", "MASK", 50),
        ("CARTON", "MASK", 500),
    ]
    assert items.by_barcode("T1", "02000000000015")[0].sku == "GOWN"
    assert items.by_barcode("T1", "12000000000036")[1] == 50


def test_a_changed_gtin_replaces_the_old_one(bare_desk):
    desk = bare_desk
    desk.load(items=[ITEMS, item("A", G1), item("B")])
    desk.load(items=[ITEMS, item("A", G2)])
    assert barcodes(desk) == [("02000000000022", "A", None)]
    desk.load(items=[ITEMS, item("A"), item("B", G2)])
    assert barcodes(desk) == [("02000000000022", "B", None)]
    desk.load(items=[ITEMS, item("B")])
    assert barcodes(desk) == []


def test_two_items_exchange_their_gtins(bare_desk):
    desk = bare_desk
    desk.load(items=[ITEMS, item("A", G1), item("B", G2)])
    desk.load(items=[ITEMS, item("A", G2), item("B", G1)])
    assert barcodes(desk) == [("02000000000015", "B", None), ("02000000000022", "A", None)]


def test_a_given_up_gtin_may_become_a_packaging_and_back(bare_lite):
    desk = bare_lite
    desk.load(items=[ITEMS, item("A", G1), item("B")])
    result = desk.load(items=[ITEMS, item("A", G2)], barcodes=[BARCODES, f"B,{G1},12"])
    assert desk.counts(result)["barcodes"] == (1, 0, 0)
    assert barcodes(desk) == [("02000000000015", "B", 12), ("02000000000022", "A", None)]
    desk.load(items=[ITEMS, item("B", G1)])
    assert ("02000000000015", "B", None) in barcodes(desk)


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        (
            {"items": [ITEMS, item("X", G3), item("Y", G3)]},
            ("items.csv", 3, "gtin"),
            "is the GTIN of X already (in line 2)",
        ),
        ({"items": [ITEMS, item("X", "0" + G1)]}, ("items.csv", 2, "gtin"), "is a barcode of A already"),
        ({"items": [ITEMS, item("X", "12000000000012")]}, ("items.csv", 2, "gtin"), "is a barcode of B already"),
        (
            {"items": [ITEMS, item("X", G3)], "barcodes": [BARCODES, f"B,{G3},5"]},
            ("barcodes.csv", 2, "barcode"),
            "is the GTIN of item X itself",
        ),
        (
            {"items": [ITEMS, item("X", G3)], "barcodes": [BARCODES, f"X,{G3},5"]},
            ("barcodes.csv", 2, "barcode"),
            "is the GTIN of item X itself",
        ),
        ({"barcodes": [BARCODES, f"B,{G1},5"]}, ("barcodes.csv", 2, "barcode"), "is the GTIN of item A itself"),
        ({"barcodes": [BARCODES, f"A,{G1},5"]}, ("barcodes.csv", 2, "barcode"), "is the GTIN of item A itself"),
        (
            {"items": [ITEMS, item("A", G1)], "barcodes": [BARCODES, f"B,{G1},5"]},
            ("barcodes.csv", 2, "barcode"),
            "is the GTIN of item A itself",
        ),
        ({"barcodes": [BARCODES, "B,T,5", "A,T,5"]}, ("barcodes.csv", 3, "barcode"), "is there already in line 2"),
        (
            {"barcodes": [BARCODES, f"B,{G3},5", f"A,0{G3},5"]},
            ("barcodes.csv", 3, "barcode"),
            "is there already in line 2",
        ),
        (
            {"barcodes": [BARCODES, "Z,T,5"]},
            ("barcodes.csv", 2, "sku"),
            "'Z' is not known: import it first, or in the same call, with items.csv",
        ),
    ],
)
def test_a_barcode_means_one_item(bare_lite, files, place, words):
    lite = bare_lite
    lite.load(items=[ITEMS, item("A", G1), item("B")], barcodes=[BARCODES, "B,12000000000012,5"])
    before = contents()
    (fault,) = lite.faults(**files)
    assert ((fault.file, fault.line, fault.column)) == place
    assert words in fault.reason
    assert changed(before, contents()) == []


def test_a_packaging_barcode_follows_its_row(bare_lite):
    desk = bare_lite
    desk.load(items=[ITEMS, item("A"), item("B")], barcodes=[BARCODES, "A,T,5", "B,U,5"])
    result = desk.load(barcodes=[BARCODES, "B,T,6", "B,U,5"])
    assert desk.counts(result) == {"barcodes": (0, 1, 1)}
    assert barcodes(desk) == [("T", "B", 6), ("U", "B", 5)]


# --- people, customers


def test_a_changed_customer_does_not_move_lines_on_record(lite):
    desk = lite
    desk.load(sales_orders=[SALES, "SO-1,C1,1,GOWN,5,,,"])
    before = connection.rows("SELECT priority, rank_on, policy, min_fill_percent FROM order_line")
    desk.load(customers=["code,name,priority,ship_policy,min_fill_percent", "C1,One,5,line,0"])
    assert connection.rows("SELECT priority, rank_on, policy, min_fill_percent FROM order_line") == before
    desk.load(sales_orders=[SALES, "SO-2,C1,1,GOWN,5,,,"])
    assert connection.rows("SELECT priority, policy, min_fill_percent FROM order_line ORDER BY id DESC LIMIT 1") == [
        (5, "line", 0)
    ]


# --- models


MODELS = [
    *(masters.Item, masters.ItemBarcode, masters.Vendor, masters.Customer, masters.Location, masters.Operator),
    *(inbound.PurchaseOrder, inbound.PoLine, inbound.Asn, inbound.AsnUnit),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_model_has_the_columns_of_its_table(database_url, model):
    table = {column.name: column for column in connection.database.get_columns(model._meta.table_name)}
    assert set(model._meta.columns) == set(table)
    assert {name for name, field in model._meta.columns.items() if field.null} == {
        name for name, column in table.items() if column.null and not column.primary_key
    }
    assert [field.column_name for field in model._meta.get_primary_keys()] == connection.database.get_primary_keys(
        model._meta.table_name
    )


def test_every_model_is_tested():
    found = [
        model
        for module in (masters, inbound)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, peewee.Model) and model.__module__ == module.__name__
    ]
    assert set(found) - set(MODELS) == {masters.Master, masters.Tolerant}  # what others are made of

"""The demo's data: facts carried over exactly, files that fit together, trucks that are worth unloading."""

import csv
import datetime as dt
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

import biip
import pytest

from tui.demo.dataset import HEADERS, Dataset, DeliveredCase, build, with_check_digit

TODAY = dt.date(2026, 3, 2)
SEED = 7
NEWEST_ORDER_DATE = dt.date(1998, 5, 6)


@dataclass(frozen=True)
class Shift:
    dataset: Dataset
    tables: dict

    def by(self, table, column):
        return {row[column]: row for row in self.tables[table]}

    @property
    def cases(self):
        return [case for delivery in self.dataset.deliveries for case in delivery.cases]


def read_shift(folder, *, today=TODAY, seed=SEED):
    dataset = build(folder, today=today, seed=seed)
    tables = {}
    for name in HEADERS:
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            tables[name.removesuffix(".csv")] = list(csv.DictReader(lines))
    return Shift(dataset, tables)


@pytest.fixture(scope="module")
def shift(tmp_path_factory):
    return read_shift(tmp_path_factory.mktemp("northwind"))


def packaged(name):
    text = files("tui.demo").joinpath("northwind", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def is_checked(code):
    """The mod-10 rule of GS1, written from the other end than in the product."""
    digits = [int(digit) for digit in code.zfill(18)]
    return (sum(digits[0::2]) * 3 + sum(digits[1::2])) % 10 == 0


def stock_by_sku(shift):
    pieces = Counter()
    for row in shift.tables["stock"]:
        pieces[row["sku"]] += int(row["quantity"])
    return pieces


def waiting_by_sku(shift):
    pieces = Counter()
    for row in shift.tables["sales_orders"]:
        pieces[row["sku"]] += int(row["quantity"])
    return pieces - stock_by_sku(shift)


# --- determinism


def test_same_seed_and_day_give_the_same_bytes_in_any_process(shift, tmp_path):
    again = build(tmp_path / "again", today=TODAY, seed=SEED)
    assert contents(again.folder) == contents(shift.dataset.folder)
    assert again.deliveries == shift.dataset.deliveries

    script = (
        "import datetime, pathlib, sys; from tui.demo.dataset import build;"
        f"print(build(pathlib.Path(sys.argv[1]), today=datetime.date({TODAY:%Y, %-m, %-d}), seed={SEED}).deliveries)"
    )
    elsewhere = tmp_path / "elsewhere"
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", script, elsewhere],
        check=True,
        capture_output=True,
        env=environment,
        encoding="utf-8",
    )
    assert contents(elsewhere) == contents(shift.dataset.folder)
    assert done.stdout.strip() == repr(shift.dataset.deliveries)


def test_the_seed_changes_what_northwind_does_not_say_and_nothing_else(shift, tmp_path):
    other = read_shift(tmp_path, seed=SEED + 1)
    same = {
        "items",
        "barcodes",
        "vendors",
        "customers",
        "locations",
        "operators",
        "purchase_orders",
        "sales_orders",
    }
    assert {name for name in shift.tables if other.tables[name] == shift.tables[name]} == same
    assert stock_by_sku(other) == stock_by_sku(shift)
    assert other.dataset.deliveries != shift.dataset.deliveries
    assert [d.po for d in other.dataset.deliveries] == [d.po for d in shift.dataset.deliveries]


# --- the files


def test_the_files_have_the_import_format(shift):
    assert set(contents(shift.dataset.folder)) == set(HEADERS)
    for name, text in contents(shift.dataset.folder).items():
        lines = text.decode("utf-8").split("\n")
        assert lines[0] == ",".join(HEADERS[name].split())
        assert len(lines) > 4
        assert not lines[-1]
        assert "\r" not in text.decode("utf-8")


def test_no_cell_holds_what_a_terminal_or_a_spreadsheet_would_obey(shift):
    cells = [cell for rows in shift.tables.values() for row in rows for cell in row.values()]
    assert [cell for cell in cells if any(unicodedata.category(sign).startswith("C") for sign in cell)] == []
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_references_between_the_files_resolve(shift):
    tables = shift.tables
    skus, locations = shift.by("items", "sku"), shift.by("locations", "code")
    customers, vendors = shift.by("customers", "code"), shift.by("vendors", "code")
    for name in ("barcodes", "stock", "purchase_orders", "sales_orders"):
        assert {row["sku"] for row in tables[name]} <= skus.keys()
    assert {row["sku"] for row in tables["barcodes"]} == skus.keys()
    assert {locations[row["location"]]["kind"] for row in tables["stock"]} == {"storage"}
    assert {row["vendor"] for row in tables["purchase_orders"]} <= vendors.keys()
    assert {row["customer"] for row in tables["sales_orders"]} <= customers.keys()
    for row in tables["sales_orders"]:
        customer = customers[row["customer"]]
        assert (row["priority"], row["ship_policy"]) == (customer["priority"], customer["ship_policy"])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("items", "sku"),
        ("items", "gtin"),
        ("barcodes", "barcode"),
        ("vendors", "code"),
        ("customers", "code"),
        ("locations", "code"),
        ("operators", "badge"),
        ("stock", "location sku"),
        ("purchase_orders", "po line"),
        ("purchase_orders", "po sku"),
        ("sales_orders", "order line"),
    ],
)
def test_keys_are_unique(shift, name, key):
    keys = [tuple(row[column] for column in key.split()) for row in shift.tables[name]]
    assert len(set(keys)) == len(keys)


def test_no_code_can_be_taken_for_a_control_card(shift):
    columns = {"sku", "barcode", "gtin", "code", "badge", "location", "lot", "unit_code", "po", "order"}
    codes = [row[column] for rows in shift.tables.values() for row in rows for column in columns & row.keys()]
    assert [code for code in codes if code.startswith("XK")] == []


def test_quantities_and_limits_are_whole_pieces_in_order(shift):
    for item in shift.tables["items"]:
        least, nominal, most = (int(item[f"{name}_case_qty"]) for name in ("min", "nominal", "max"))
        assert 1 <= least <= nominal <= most
        assert (least == most) == (item["case_qty_mode"] == "fixed"), item["sku"]
    modes = Counter(item["case_qty_mode"] for item in shift.tables["items"])
    assert modes["variable"] > modes["fixed"] > modes["catch_weight"] > 0
    for name in ("stock", "purchase_orders", "sales_orders"):
        assert min(int(row["quantity"]) for row in shift.tables[name]) > 0


def test_check_digits(shift):
    assert with_check_digit("629104150021") == "6291041500213"  # GS1's own example
    assert is_checked("6291041500213")
    assert not is_checked("6291041500214")
    items = shift.by("items", "sku")
    for item in items.values():
        assert re.fullmatch(r"2\d{12}", item["gtin"])
        assert is_checked(item["gtin"])
    for row in shift.tables["barcodes"]:
        item = items[row["sku"]]
        assert re.fullmatch(r"1\d{13}", row["barcode"])
        assert is_checked(row["barcode"])
        assert row["barcode"][1:-1] == item["gtin"][:-1]
        assert row["quantity"] == item["nominal_case_qty"]
    plates = [row["unit_code"] for row in shift.tables["stock"] if row["unit_code"]]
    assert len(set(plates)) == len(plates) > 20
    for plate in plates:
        assert re.fullmatch(r"LP\d{9}", plate)
        assert is_checked(plate.removeprefix("LP"))


# --- Northwind's facts


def test_packaged_facts_are_complete():
    products, lines = packaged("products.csv"), packaged("order_details.csv")
    assert len(products) == 77
    assert sum(int(row["UnitsInStock"]) for row in products) == 3119
    assert sum(int(row["UnitsOnOrder"]) for row in products) == 780
    assert sum(row["Discontinued"] == "1" for row in products) == 8
    assert len(lines) == 2155
    assert sum(int(row["Quantity"]) for row in lines) == 51317
    assert len(packaged("orders.csv")) == 830
    assert len(packaged("customers.csv")) == 91
    assert len(packaged("suppliers.csv")) == 29


def test_items_are_the_products(shift):
    items = shift.by("items", "sku")
    assert list(items) == [f"NW-{number:02d}" for number in range(1, 78)]
    expected = {
        "NW-02": ("Chang", "bottle", "variable", "24", "no"),
        "NW-01": ("Chai", "box", "fixed", "10", "no"),
        "NW-05": ("Chef Anton's Gumbo Mix", "box", "fixed", "36", "no"),
        "NW-25": ("NuNuCa Nuß-Nougat-Creme", "glass", "variable", "20", "no"),
        "NW-29": ("Thüringer Rostbratwurst", "bag", "variable", "50", "yes"),
        "NW-33": ("Geitost", "ea", "catch_weight", "24", "yes"),
        "NW-37": ("Gravad lax", "pack", "variable", "12", "yes"),
        "NW-41": ("Jack's New England Clam Chowder", "can", "fixed", "12", "yes"),
        "NW-51": ("Manjimup Dried Apples", "pack", "variable", "50", "yes"),
        "NW-59": ("Raclette Courdavault", "pack", "catch_weight", "20", "yes"),
        "NW-69": ("Gudbrandsdalsost", "pack", "catch_weight", "10", "yes"),
        "NW-77": ("Original Frankfurter grüne Soße", "box", "fixed", "12", "no"),
    }
    columns = ("description", "base_unit", "case_qty_mode", "nominal_case_qty", "lot_control")
    assert {sku: tuple(items[sku][column] for column in columns) for sku in expected} == expected
    assert all(item["lot_control"] == item["expiry_control"] for item in items.values())


def test_order_11077_has_its_lines(shift):
    rows = [row for row in shift.tables["sales_orders"] if row["order"] == "SO-11077"]
    quantities = "2x24 3x4 4x1 6x1 7x1 8x2 10x1 12x2 13x4 14x1 16x2 20x1 23x2 32x1 39x2 41x3 46x3 52x2 55x2 60x2 64x2"
    expected = [line.split("x") for line in f"{quantities} 66x1 73x2 75x4 77x2".split()]
    assert [(row["sku"], row["quantity"]) for row in rows] == [(f"NW-{int(p):02d}", q) for p, q in expected]
    assert [row["line"] for row in rows] == [str(number) for number in range(1, 26)]
    assert {row["customer"] for row in rows} == {"RATTC"}


def test_every_order_that_never_left_is_on_the_floor(shift):
    orders = {row["order"] for row in shift.tables["sales_orders"]}
    never_left = (
        "11008 11019 11039 11040 11045 11051 11054 11058 11059 11061 11062"
        " 11065 11068 11070 11071 11072 11073 11074 11075 11076 11077"
    )
    assert {f"SO-{number}" for number in never_left.split()} <= orders
    assert len(orders) == 60
    assert 150 <= len(shift.tables["sales_orders"]) <= 250


def test_all_dates_move_by_one_offset(shift):
    required_on = {row["OrderID"]: dt.date.fromisoformat(row["RequiredDate"]) for row in packaged("orders.csv")}
    assert required_on["11077"] == dt.date(1998, 6, 3)
    assert required_on["11061"] == dt.date(1998, 6, 11)
    assert required_on["10970"] == dt.date(1998, 4, 7)
    offsets = {
        dt.date.fromisoformat(row["promised_on"]) - required_on[row["order"].removeprefix("SO-")]
        for row in shift.tables["sales_orders"]
    }
    assert offsets == {TODAY - NEWEST_ORDER_DATE}


def test_some_promises_are_already_broken(shift):
    late = {row["order"] for row in shift.tables["sales_orders"] if row["promised_on"] < TODAY.isoformat()}
    assert late == {"SO-10970", "SO-10978", "SO-11023"}


def test_stock_is_the_units_in_stock(shift):
    stock = stock_by_sku(shift)
    assert stock.total() == 3119
    assert [stock[sku] for sku in ("NW-01", "NW-31", "NW-40", "NW-66", "NW-75")] == [39, 0, 123, 4, 125]
    places = Counter(row["sku"] for row in shift.tables["stock"])
    assert set(places.values()) == {1, 2, 3}
    loose = sum(not row["unit_code"] for row in shift.tables["stock"])
    assert 0.3 < loose / len(shift.tables["stock"]) < 0.8


def test_lots_and_expiries_stand_where_they_are_controlled(shift):
    items = shift.by("items", "sku")
    expiry_of_lot = {}
    for row in shift.tables["stock"]:
        controlled = items[row["sku"]]["lot_control"] == "yes"
        assert bool(row["lot"]) == bool(row["expiry"]) == controlled, row
        if controlled:
            assert 20 <= (dt.date.fromisoformat(row["expiry"]) - TODAY).days <= 300
            assert expiry_of_lot.setdefault(row["lot"], row["expiry"]) == row["expiry"]
    assert len(expiry_of_lot) > 30


def test_customers_rank_by_revenue(shift):
    customers = shift.by("customers", "code")
    assert len(customers) == 91
    best = ("QUICK", "ERNSH", "SAVEA", "RATTC", "HUNGO", "HANAR", "KOENE", "FOLKO", "MEREP", "WHITC")
    assert {code for code, row in customers.items() if row["priority"] == "1"} == set(best)
    assert (customers["FRANK"]["priority"], customers["LAUGB"]["priority"]) == ("2", "5")
    policies = Counter(row["ship_policy"] for row in customers.values())
    assert policies["partial"] > policies["line"] > policies["order"] > 0
    assert {row["min_fill_percent"] for row in customers.values()} == {"", "25", "50"}


def test_places_and_people(shift):
    kinds = {row["kind"]: row["code"] for row in shift.tables["locations"] if row["kind"] != "storage"}
    assert kinds == {"dock": "DOCK-1", "staging": "STAGE-1", "quarantine": "QUAR-1", "ship": "SHIP-1"}
    people = [(row["badge"], row["name"], row["roles"]) for row in shift.tables["operators"]]
    assert people == [
        ("1001", "ANA", "receiver"),
        ("1002", "LEO", "picker"),
        ("1003", "IDA", "lead"),
        ("1004", "KIM", "receiver picker"),
    ]
    assert shift.dataset.badges == {"receiver": "1001", "picker": "1002", "lead": "1003"}


# --- what waits and what is bought for it


def test_many_orders_wait(shift):
    waiting = waiting_by_sku(shift)
    assert len(waiting) >= 15
    assert waiting["NW-02"] == 196  # wanted 213, in stock 17


def test_purchase_orders_hold_what_northwind_ordered_and_whole_cases_for_those_who_wait(shift):
    items, waiting = shift.by("items", "sku"), waiting_by_sku(shift)
    on_order = {f"NW-{int(row['ProductID']):02d}": int(row["UnitsOnOrder"]) for row in packaged("products.csv")}
    discontinued = {"NW-05", "NW-09", "NW-17", "NW-24", "NW-28", "NW-29", "NW-42", "NW-53"}
    bought = {row["sku"]: int(row["quantity"]) for row in shift.tables["purchase_orders"]}
    assert not discontinued & bought.keys()
    assert bought.keys() == {sku for sku in items if on_order[sku] or waiting[sku]} - discontinued
    assert (bought["NW-31"], bought["NW-66"], on_order["NW-02"]) == (70, 100, 40)
    for sku, pieces in bought.items():
        added, nominal = pieces - on_order[sku], int(items[sku]["nominal_case_qty"])
        assert added >= 0
        assert added % nominal == 0
        assert pieces >= waiting[sku]
        assert added == 0 or pieces - nominal < waiting[sku]


def test_purchase_orders_have_one_vendor_and_one_day(shift):
    heads = {(row["po"], row["vendor"], row["expected_on"]) for row in shift.tables["purchase_orders"]}
    numbers = sorted(po for po, _, _ in heads)
    assert numbers == [f"PO-{1001 + place}" for place in range(len(heads))]
    assert {day for _, _, day in heads} == {str(TODAY + dt.timedelta(days=days)) for days in (0, 1, 3)}
    todays = {(po, vendor) for po, vendor, day in heads if day == str(TODAY)}
    assert {(delivery.po, delivery.vendor) for delivery in shift.dataset.deliveries} == todays
    assert 6 <= len(todays) <= 10


@pytest.mark.parametrize("seed", [SEED, 1, 2026])
def test_todays_trucks_serve_two_thirds_of_what_waits(tmp_path, seed):
    shift = read_shift(tmp_path, seed=seed)
    arrived = Counter()
    for case in shift.cases:
        arrived[case.sku] += case.quantity
    waiting = waiting_by_sku(shift)
    served = sum(min(pieces, arrived[sku]) for sku, pieces in waiting.items())
    assert 0.60 <= served / waiting.total() <= 0.75
    assert 60 <= len(shift.cases) <= 92


# --- the trucks


def differences(shift):
    """Delivered less ordered, for each purchase order and item where they differ."""
    counts = Counter({(d.po, case.sku): 0 for d in shift.dataset.deliveries for case in d.cases})
    for delivery in shift.dataset.deliveries:
        for case in delivery.cases:
            counts[delivery.po, case.sku] += case.quantity
    for row in shift.tables["purchase_orders"]:
        if row["expected_on"] == str(TODAY):
            counts[row["po"], row["sku"]] -= int(row["quantity"])
    return {key: pieces for key, pieces in counts.items() if pieces}


def test_trucks_bring_what_was_ordered_but_for_the_mishaps(shift):
    items = shift.by("items", "sku")
    bought = {(row["po"], row["sku"]) for row in shift.tables["purchase_orders"]}
    wrong = differences(shift)
    short = [key for key, pieces in wrong.items() if pieces < 0]
    over = [key for key, pieces in wrong.items() if pieces > 0 and key in bought]
    stray = [key for key in wrong if key not in bought]
    assert (len(short), len(over), len(stray)) == (1, 1, 1)
    assert len({po for po, _ in wrong}) == 3
    assert {sku for _, sku in bought} & {sku for _, sku in stray} == set()
    for po, sku in short + over:
        assert abs(wrong[po, sku]) <= int(items[sku]["max_case_qty"])
    mishaps = {case.mishap: (delivery.po, case) for delivery in shift.dataset.deliveries for case in delivery.cases}
    assert mishaps.keys() == {None, "one too many", "not on the order", "scanned twice"}
    assert mishaps["one too many"][0] == over[0][0]
    assert (mishaps["not on the order"][0], mishaps["not on the order"][1].sku) == stray[0]
    first, second = mishaps["scanned twice"][1].label.scans
    assert first == second
    assert sum(case.mishap is not None for case in shift.cases) == 3


def test_cases_vary_within_their_limits(shift):
    items = shift.by("items", "sku")
    seen = {}
    for case in shift.cases:
        item = items[case.sku]
        assert int(item["min_case_qty"]) <= case.quantity <= int(item["max_case_qty"]), case
        seen.setdefault(case.sku, set()).add(case.quantity)
    for sku, quantities in seen.items():
        assert (len(quantities) == 1) or items[sku]["case_qty_mode"] != "fixed"
    assert sum(len(quantities) >= 3 for quantities in seen.values()) >= 4


def test_case_numbers_are_valid_and_never_repeat(shift):
    numbers = [case.sscc for case in shift.cases if case.sscc]
    assert len(set(numbers)) == len(numbers)
    assert len(shift.cases) / 2 < len(numbers) < len(shift.cases)
    assert all(re.fullmatch(r"39521\d{13}", number) and is_checked(number) for number in numbers)
    for delivery in shift.dataset.deliveries:
        prefixes = {case.sscc[4:8] for case in delivery.cases if case.sscc}
        assert prefixes <= {f"1{delivery.vendor.removeprefix('V-'):0>3}"}


def test_lots_fit_the_item(shift):
    items = shift.by("items", "sku")
    on_floor = {row["lot"] for row in shift.tables["stock"]}
    for case in shift.cases:
        controlled = items[case.sku]["lot_control"] == "yes"
        assert (case.lot is not None) == (case.expiry is not None) == controlled
        if controlled:
            assert 90 <= (case.expiry - TODAY).days <= 300
            assert case.lot not in on_floor


def read_label(case: DeliveredCase, shift: Shift):
    """What a receiver knows after scanning and keying: read by another parser than the one that printed it."""
    items = shift.by("items", "sku")
    sku_of = {item["gtin"]: sku for sku, item in items.items()}
    sku_of |= {row["barcode"]: row["sku"] for row in shift.tables["barcodes"]}
    label = case.label
    known = {
        "sscc": None,
        "quantity": label.keyed_quantity,
        "lot": label.keyed_lot,
        "expiry": label.keyed_expiry,
    }
    for scan in dict.fromkeys(label.scans):
        parsed = biip.parse(scan)
        errors = (parsed.gtin_error, parsed.sscc_error, parsed.gs1_message_error)
        if parsed.gs1_message is None:
            assert errors[0] is None
            known["sku"] = sku_of[parsed.gtin.value]
            continue
        assert errors[2] is None
        values = {element.ai.ai: element for element in parsed.gs1_message.element_strings}
        assert not {"01", "02"} <= values.keys()
        assert not {"01", "37"} <= values.keys()
        for ai, element in values.items():
            if ai == "00":
                assert element.sscc_error is None
                known["sscc"] = element.value
            elif ai in {"01", "02"}:
                assert element.gtin_error is None
                known["sku"] = sku_of[element.value.removeprefix("0")]
            elif ai == "37":
                known["quantity"] = int(element.value)
            elif ai == "17":
                known["expiry"] = element.date
            elif ai == "10":
                known["lot"] = element.value
            else:
                pytest.fail(f"unexpected element {ai} on {scan!r}")
    if known["quantity"] is None and items[known["sku"]]["case_qty_mode"] == "fixed":
        known["quantity"] = int(items[known["sku"]]["nominal_case_qty"])
    return known


def test_a_label_and_the_keys_tell_the_truth_about_the_case(shift):
    for case in shift.cases:
        truth = {field: getattr(case, field) for field in ("sscc", "sku", "quantity", "lot", "expiry")}
        assert read_label(case, shift) == truth, case
        assert case.barcode in case.label.scans[-1]


def test_nothing_is_keyed_that_the_label_says(shift):
    for case in shift.cases:
        elements = {
            element.ai.ai
            for scan in case.label.scans
            if (message := biip.parse(scan).gs1_message)
            for element in message.element_strings
        }
        assert not ("37" in elements and case.label.keyed_quantity)
        assert not ("10" in elements and case.label.keyed_lot)
        assert not ("17" in elements and case.label.keyed_expiry)


def test_every_kind_of_label_comes_today(shift):
    kinds = Counter()
    for case in shift.cases:
        scans = tuple(dict.fromkeys(case.label.scans))
        if case.sscc is None:
            kind = "bare"
        elif len(scans) == 1:
            kind = "content"
        else:
            kind = "unit" if scans[1].startswith("]C101") else "plate"
        kinds[kind, "lot" if case.lot else "no lot"] += 1
        kinds[kind, "keyed" if case.label.keyed_quantity else "not keyed"] += 1
    for kind in (
        ("content", "lot"),
        ("content", "no lot"),
        ("plate", "lot"),
        ("plate", "no lot"),
        ("unit", "lot"),
        ("bare", "lot"),
        ("bare", "no lot"),
        ("plate", "keyed"),
        ("unit", "keyed"),
        ("bare", "keyed"),
        ("bare", "not keyed"),
    ):
        assert kinds[kind], kind
    assert not kinds["unit", "no lot"]
    assert not kinds["content", "keyed"]


def test_cases_of_one_product_come_one_after_the_other(shift):
    for delivery in shift.dataset.deliveries:
        ordered = [case.sku for case in delivery.cases if case.mishap != "not on the order"]
        changes = sum(before != after for before, after in pairwise(ordered))
        assert changes == len(set(ordered)) - 1

"""Each kind of cell: what passes, and what is refused with which words."""

import pytest
from import_desk import file_with

from db import connection
from warehouse.exchange import cells
from warehouse.exchange.tables import MASTERS, TABLES

HOSTILE = {
    "ESC": "\x1b]0;owned\x07",
    "clear": "A\x1b[2J",
    "OSC 52": "\x1b]52;c;aGk=\x07",
    "C1": "A\x9b31m",
    "NUL": "A\0B",
    "line break": "A\nB",
    "carriage return": "A\rB",
    "tab": "A\tB",
    "DEL": "A\x7f",
    "bidi override": "A\u202eB",
    "bidi isolate": "A\u2066B",
    "zero width space": "A\u200bB",
    "zero width joiner": "A\u200dB",
    "BOM inside": "A\ufeffB",
    "line separator": "A\u2028B",
    "soft hyphen": "A\u00adB",
    "noncharacter": "A\ufdd0B",
    "10,000 characters": "A" * 10_000,
    "leading blank": " A",
    "trailing blank": "A ",
    "no-break blank at the end": "A\u00a0",
}
# These steer nothing here: they are text, stored as they are, and shown as text.
HARMLESS = ["[/", "[/path]", "[@click=app.quit]x[/]", "[b", "'; DROP TABLE item", "=cmd()", "^XA", "{}", "%s", "Nuß Ω"]

COLUMNS = [(table.name, column.name) for table in TABLES for column in table.columns]
CODES = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if column.read in (cells.code, cells.unit_code, cells.barcode)
]
WORDS = [(t.name, c.name) for t in TABLES for c in t.columns if c.read in (cells.name, cells.label)]


@pytest.fixture
def desk(lasting):
    return lasting


def told(desk, table, column, value):
    """The reasons given for this one cell."""
    faults = desk.faults(**{table: file_with(table, column, value)})
    assert {(one.file, one.column) for one in faults} == {(f"{table}.csv", column)}
    assert all(one.reason.isprintable() for one in faults)
    return " ".join(one.reason for one in faults)


def test_the_rows_that_are_varied_are_right(desk, tmp_path):
    for table, column in COLUMNS:
        good = file_with(table, column, "x")[0].split(",")
        assert column in good
    for table in TABLES:
        rows = file_with(table.name, table.columns[0].name, _good(table))
        desk.load(**{table.name: rows})


def _good(table):
    return {
        "items": "NEW0",
        "barcodes": "MASK",
        "stock": "A-01",
        "purchase_orders": "PO-0",
        "asns": "ASN-0",
        "sales_orders": "SO-0",
    }.get(table.name, "NEW0")


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_hostile_text_is_refused_in_every_column(desk, table, column):
    for payloads in (list(HOSTILE.values()), ["A\x1b[2J"]):
        header, *rows = [file_with(table, column, payload)[1] for payload in payloads]
        faults = desk.faults(**{table: [file_with(table, column, "")[0], header, *rows]})
        assert len({one.line for one in faults if one.column == column}) == len(payloads)
        assert all(one.reason.isprintable() for one in faults)


def test_the_character_is_named(desk):
    assert "zero width U+200B" in told(desk, "items", "description", "A\u200bB")
    assert "bidi control U+202E" in told(desk, "customers", "name", "A\u202eB")
    assert "control character 1B" in told(desk, "locations", "zone", "A\x1b")
    assert "blank before or after" in told(desk, "vendors", "code", "A ")


def test_every_text_column_of_the_masters_is_a_column_of_a_file(desk):
    """A new text column must come in through a reader, or be made by ourselves."""
    stored = {
        "items": "item",
        "vendors": "vendor",
        "customers": "customer",
        "locations": "location",
        "operators": "operator",
    }
    for table in MASTERS:
        kinds = connection.database.get_columns(stored[table.name])
        text = {column.name for column in kinds if column.data_type.upper() == "TEXT"} - {"site"}
        assert text <= {column.name for column in table.columns}, table.name


@pytest.mark.parametrize(("table", "column"), WORDS)
def test_markup_sql_and_formulas_are_only_text(desk, table, column):
    stored = {
        "items": "item",
        "vendors": "vendor",
        "customers": "customer",
        "locations": "location",
        "operators": "operator",
    }
    for text in HARMLESS:
        desk.load(**{table: file_with(table, column, text)})
        assert (text,) in desk.table(column, stored[table])


@pytest.mark.parametrize(("table", "column"), CODES)
def test_codes_are_bounded_and_never_a_control_barcode(desk, table, column):
    assert "kept for control barcodes" in told(desk, table, column, "XKDONE")
    assert "kept for control barcodes" in told(desk, table, column, "XK")
    assert "is 65 characters long: at most 64 fit" in told(desk, table, column, "A" * 65)


@pytest.mark.parametrize(
    ("table", "column"), [(t.name, c.name) for t in TABLES for c in t.columns if c.read is cells.name]
)
def test_names_are_bounded(desk, table, column):
    assert "is 129 characters long: at most 128 fit" in told(desk, table, column, "A" * 129)
    desk.load(**{table: file_with(table, column, "A" * 128)})


@pytest.mark.parametrize(("table", "column"), [(t.name, c.name) for t in TABLES for c in t.columns if c.required])
def test_required_cells_must_not_be_empty(desk, table, column):
    assert told(desk, table, column, "") == "is empty"


@pytest.mark.parametrize(
    ("table", "column"), [(t.name, c.name) for t in TABLES for c in t.columns if c.read is cells.whole]
)
def test_whole_numbers(desk, table, column):
    for wrong in ("-1", "+1", "1.0", "1e3", "1,000", "1 000", "٣", "²", "0x1", "ten", "1_000"):
        assert "no whole number" in told(desk, table, column, wrong), wrong
    assert "at most 9 digits" in told(desk, table, column, "1234567890")
    assert "above 0" in told(desk, table, column, "0")
    assert cells.whole("999999999") == 999_999_999


@pytest.mark.parametrize(
    ("table", "column", "wrong", "words"),
    [
        ("customers", "priority", "0", "no whole number from 1 to 5"),
        ("customers", "priority", "6", "no whole number from 1 to 5"),
        ("sales_orders", "priority", "high", "no whole number from 1 to 5"),
        ("customers", "min_fill_percent", "101", "no whole number from 0 to 100"),
        ("customers", "min_fill_percent", "-1", "no whole number from 0 to 100"),
        ("customers", "ship_policy", "Partial", "none of partial, line, order"),
        ("sales_orders", "ship_policy", "all", "none of partial, line, order"),
        ("items", "case_qty_mode", "FIXED", "none of fixed, variable, catch_weight"),
        ("items", "lot_control", "true", "neither yes nor no"),
        ("items", "expiry_control", "YES", "neither yes nor no"),
        ("locations", "kind", "shelf", "none of dock, storage, staging, stage, quarantine, ship"),
        ("operators", "roles", "lead boss", "'boss' is none of the roles receiver, picker, cleanroom, lead"),
        ("operators", "roles", "lead,picker", "none of the roles"),
        ("items", "gtin", "2000000000016", "is no GTIN"),
        ("items", "gtin", "200000000001", "is no GTIN"),
        ("items", "gtin", "2.00041E+12", "is no GTIN"),
        ("items", "serial_control", "1", "neither yes nor no"),
        ("items", "shelf_life_days", "0", "no whole number from 1 to 36500"),
        ("items", "min_life_days", "36501", "no whole number from 0 to 36500"),
        ("items", "weight_unit", "KG", "none of kg, lb"),
        ("items", "storage_class", "VERY COLD", "has a blank in it: it is one word"),
        ("items", "storage_class", "VERY\u00a0COLD", "has a blank in it: it is one word"),
        ("locations", "storage_classes", "COLD\u00a0DRY", "has a blank in it: it is one word"),
        ("items", "weight_percent", "101", "no whole number from 0 to 100"),
        ("items", "over_percent", "1001", "no whole number from 0 to 1000"),
        ("vendors", "under_percent", "101", "no whole number from 0 to 100"),
        ("vendors", "late_days", "3651", "no whole number from 0 to 3650"),
        ("purchase_orders", "early_action", "warn", "none of NONE, WARN, REJECT"),
        ("asns", "sscc", "395212340000000016", "is no SSCC: it takes 18 digits"),
        ("asns", "sscc", "39521234000000001", "is no SSCC"),
        ("asns", "parent_sscc", "PALLET", "is no SSCC"),
        ("stock", "expiry", "2026-6-1", "is no date"),
        ("stock", "expiry", "20260601", "is no date"),
        ("stock", "expiry", "2026-W23-1", "is no date"),
        ("stock", "expiry", "2026-02-29", "is no date"),
        ("stock", "expiry", "01.06.2026", "is no date"),
        ("purchase_orders", "expected_on", "1999-12-31", "out of reach"),
        ("sales_orders", "promised_on", "0001-01-01", "out of reach"),
        ("sales_orders", "promised_on", "2200-01-01", "out of reach"),
        ("sales_orders", "promised_on", "9999-12-31", "out of reach"),
    ],
)
def test_other_cells(desk, table, column, wrong, words):
    assert words in told(desk, table, column, wrong)


def test_cells_as_they_are_stored():
    assert cells.gtin("96385074") == "00000096385074"
    assert cells.gtin("2000000000015") == "02000000000015"
    assert cells.barcode("12000000000036") == "12000000000036"
    assert cells.barcode("96385074") == "00000096385074"
    assert cells.barcode("96385075") == "96385075"
    assert cells.barcode("AB 12") == "AB 12"
    assert cells.barcode("+A123BJC5D6E71G") == "A123BJC5D6E71"
    assert cells.barcode("*+A123BJC5D6E71G*") == "A123BJC5D6E71"
    assert cells.barcode("+A123BJC5D6E71H") == "+A123BJC5D6E71H"
    assert cells.unit_code("00395212340000000014") == "395212340000000014"
    assert cells.unit_code("395212340000000014") == "395212340000000014"
    assert cells.unit_code("00395212340000000016") == "00395212340000000016"
    assert cells.sscc("00395212340000000014") == "395212340000000014"
    assert cells.sscc("003952120000000017") == "003952120000000017"  # its own extension and prefix are 0
    assert cells.words("COLD  DRY COLD") == "COLD DRY"
    assert cells.roles("lead  receiver lead") == "receiver lead"
    assert cells.yes_no("yes") == 1
    assert cells.expiry("9999-12-31") == "9999-12-31"


@pytest.mark.parametrize("column", ["nominal_piece_weight", "min_case_weight", "max_case_weight"])
def test_weights(desk, column):
    for wrong in ("-1", "+1", "1,5", ".5", "1.", "1.2345", "1e3", "1 000", "1234567", "².5", "1.²", "kg", "NaN"):
        assert "is no weight: write up to 6 digits" in told(desk, "items", column, wrong), wrong
    assert "above 0" in told(desk, "items", column, "0.000")


@pytest.mark.parametrize(
    ("text", "thousandths", "again"),
    [("12.345", 12_345, "12.345"), ("12", 12_000, "12"), ("0.5", 500, "0.5"), ("012.050", 12_050, "12.05")],
)
def test_a_weight_is_kept_in_thousandths_and_written_as_it_was(text, thousandths, again):
    assert cells.weight(text) == thousandths
    assert cells.in_thousandths(thousandths) == again
    assert cells.in_thousandths(-thousandths) == f"-{again}"


def test_the_largest_weight_fits_its_column(desk):
    desk.load(items=["sku,description,base_unit,case_qty_mode,lot_control,expiry_control,max_case_weight",
                     "HEAVY,Heavy,ea,catch_weight,no,no,999999.999"])  # fmt: skip
    assert (999_999_999, "kg") in desk.table("max_case_weight, weight_unit", "item")


def test_a_quotation_is_short_and_on_one_line():
    assert cells.quoted("x" * 100) == f"'{'x' * 40}'"
    assert "\n" not in cells.quoted("a\nb")
    assert len(cells.quoted("\x1b" * 100)) <= 42

"""Which files are taken, and what is said about files that cannot be taken apart."""

import os
import sys
from pathlib import Path

import pytest
from import_desk import MASTERS
from small_floor import changed, contents


@pytest.fixture
def desk(bare_lite):
    return bare_lite


def reason(desk, **files):
    """The one fault of these files."""
    (fault,) = desk.faults(**files)
    return fault.line, fault.column, fault.reason


# --- paths


def test_files_and_folders_are_known_by_name_in_any_order(desk):
    (folder,) = desk.put(**MASTERS, sales_orders=["order,customer,line,sku,quantity", "SO-1,C1,1,GOWN,5"])
    (folder / "README.txt").write_text("not ours")
    (folder / ".hidden.csv").write_text("not ours")
    (folder / "old").mkdir()
    (folder / "old" / "junk.csv").write_text("not ours")
    paths = [folder / "sales_orders.csv", *(folder / f"{name}.csv" for name in reversed(MASTERS))]
    assert dict(desk.counts(desk.take(paths)))["sales_orders"] == (1, 0, 0)
    assert desk.counts(desk.take([folder]))["items"] == (0, 0, 3)


def test_a_file_named_twice_is_read_once(desk):
    (folder,) = desk.put(vendors=MASTERS["vendors"])
    result = desk.take([folder, folder / "vendors.csv", folder / ".." / folder.name / "vendors.csv"])
    assert desk.counts(result) == {"vendors": (2, 0, 0)}


def test_two_files_of_a_kind_are_one_table(desk):
    first, second = *desk.put(vendors=["code,name", "A,A"]), *desk.put(vendors=["name,code", "B,B"])
    assert desk.counts(desk.take([first, second])) == {"vendors": (2, 0, 0)}
    again = desk.put(vendors=["code,name", "X,X", "A,A"])[0]
    (fault,) = desk.refused([first, again])
    assert (fault.line, fault.column) == (3, "code")
    assert f"{first.name}/vendors.csv, line 2" in fault.reason


@pytest.mark.parametrize("name", ["prices.csv", "Items.csv", "items.CSV", "orders.csv"])
def test_an_unknown_csv_name_is_a_fault_that_names_the_known_ones(desk, name):
    (folder,) = desk.put(vendors=["code,name", "A,A"])
    (folder / name).write_text("a,b\n")
    for paths in ([folder], [folder / name]):
        (fault,) = desk.refused(paths)
        assert fault.file == name
        assert "items.csv, barcodes.csv" in fault.reason
        assert "sales_orders.csv" in fault.reason
    assert desk.table("code", "vendor") == []


def test_paths_that_are_no_files(desk, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    os.mkfifo(tmp_path / "items.csv")
    (tmp_path / "stock.csv").symlink_to(tmp_path / "stock.csv")
    names = ("gone", "vendors.csv", "empty", "items.csv", "stock.csv")
    faults = desk.refused([tmp_path / name for name in names])
    assert {(one.file, one.reason.split(":")[0].split(";")[0]) for one in faults} == {
        ("gone", "does not exist"),
        ("vendors.csv", "does not exist"),
        ("empty", "holds no CSV file"),
        ("items.csv", "is no file"),
        ("stock.csv", "is a link that leads back to itself"),
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(desk):
    (folder,) = desk.put(vendors=["code,name", "A,A"])
    (folder / "vendors.csv").chmod(0)
    (fault,) = desk.refused([folder])
    assert "Permission denied" in fault.reason


def test_a_hostile_file_name_is_told_escaped(desk):
    (folder,) = desk.put(vendors=["code,name", "A,A"])
    (folder / "a\x1b]0;x\x07.csv").write_text("")
    (fault,) = desk.refused([folder])
    assert "\x1b" not in fault.file
    assert "\\x1b" in fault.file


def test_a_file_name_of_no_encoding_is_told_escaped(desk):
    (folder,) = desk.put(vendors=["code,name", "A,A"])
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.csv")).touch()
    (fault,) = desk.refused([folder])
    fault.file.encode()


def test_nothing_to_do_is_no_error(desk):
    assert desk.load(vendors=["code,name"]).words() == [
        "vendors: 0 new, 0 updated, 0 unchanged",
        "released: 0 pieces to 0 order lines",
    ]


# --- header


def test_columns_come_in_any_order_and_optional_ones_may_lack(desk):
    desk.load(customers=["ship_policy,priority,name,code", "line,2,One,C1"])
    assert desk.table("code, name, priority, ship_policy, min_fill_percent", "customer") == [
        ("C1", "One", 2, "line", 0)
    ]


@pytest.mark.parametrize(
    ("header", "column", "words"),
    [
        ("code,name,colour", "colour", "is no column of vendors.csv; its columns are code, name"),
        ("code,Name", "Name", "is no column"),
        ("code, name", " name", "is no column"),
        ("code,name,", "", "is no column"),
        ("code,name,code", "code", "twice"),
        ("code", "name", "is missing"),
        ("name", "code", "is missing"),
        ("code;name", "code;name", "separated by commas"),
        ("code\tname", "code\\x09name", "separated by commas"),
        ("code,name,\x1b[2J", "\\x1b[2J", "is no column"),
    ],
)
def test_a_wrong_header_is_told_by_column(desk, header, column, words):
    faults = desk.faults(vendors=[header, "A,B,C"])
    assert (1, column) in [(one.line, one.column) for one in faults]
    assert any(words in one.reason for one in faults)
    assert not any("\x1b" in one.reason + one.column for one in faults)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\r\n"])
def test_an_empty_file(desk, content):
    line, _, words = reason(desk, vendors=content)
    assert line == 1
    assert "is empty: it needs a header row with code, name" in words


# --- bytes and quotes


def test_bom_line_ends_quotes_and_empty_lines(desk):
    desk.load(vendors=b'\xef\xbb\xbf"code",name\r\n\r\nA,"Smith, ""J"" & Co."\r\n"B",Caf\xc3\xa9\r\n\r\n')
    assert desk.table("code, name", "vendor") == [("A", 'Smith, "J" & Co.'), ("B", "Café")]
    desk.load(vendors=b"code,name\rC,Old Mac\r")
    assert ("C", "Old Mac") in desk.table("code, name", "vendor")


def test_every_line_that_is_not_utf8_is_told(desk):
    faults = desk.faults(vendors=b"code,name\nA,Caf\xe9\nB,fine\nC,\xff\n")
    assert [(one.line, one.reason[:24]) for one in faults] == [
        (2, "is not UTF-8 (byte E9): "),
        (4, "is not UTF-8 (byte FF): "),
    ]


def test_utf16_is_told_as_such(desk):
    line, _, words = reason(desk, vendors="code,name\nA,B\n".encode("utf-16"))
    assert (line, words) == (1, "is UTF-16: save it as CSV UTF-8")


def test_nul_bytes_are_told(desk):
    line, column, words = reason(desk, vendors=b"code,name\nA,x\0y\n")
    assert (line, column) == (2, "name")
    assert "control character 00" in words
    assert desk.faults(vendors=b"\0\0\0")
    assert desk.faults(vendors=b"code,na\0me\n")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'code,name\nA,"x"y\n', 2),
        (b'code,name\nA,B\nC,"never closed\nD,E\n', 3),
        (b'"code,name\n', 1),
        (b"code,name\nA," + b"x" * 200_000 + b"\n", 2),
    ],
)
def test_what_is_no_csv_is_told_with_its_line(desk, content, line):
    faults = desk.faults(vendors=content)
    assert [(one.line, one.reason[:25]) for one in faults] == [
        (line, "is no CSV from here on: f" if len(content) > 100_000 else faults[0].reason[:25])
    ]
    assert "is no CSV from here on" in faults[0].reason


def test_too_few_and_too_many_cells(desk):
    faults = desk.faults(vendors=["code,name", "A", "B,B,B", "C,C", "D,"])
    assert [(one.line, one.column, one.reason) for one in faults] == [
        (2, "", "the row has 1 cells, the header 2"),
        (3, "", "the row has 3 cells, the header 2"),
        (5, "name", "is empty"),
    ]


def test_lines_are_counted_as_an_editor_does(desk):
    faults = desk.faults(vendors=b'code,name\n\nA,"two\nlines"\nB,\n')
    assert [(one.line, one.column) for one in faults] == [(3, "name"), (5, "name")]
    assert "control character 0A" in faults[0].reason


def test_a_file_that_cannot_be_read_blames_no_rows_elsewhere(desk):
    files = {
        "items": ["sku;description"],
        "stock": ["location,sku,quantity", "A-01,GOWN,5"],
        "locations": MASTERS["locations"],
    }
    assert desk.places(**files) == [("items.csv", 1, "sku;description")]


def test_every_bad_row_of_every_file_is_told_and_nothing_is_written(desk):
    before = contents()
    bad = {name: [rows[0], *rows[1:], ",".join([""] * len(rows[0].split(",")))] for name, rows in MASTERS.items()}
    places = desk.places(**bad)
    assert {(file, line) for file, line, _ in places} == {
        (f"{name}.csv", len(rows) + 1) for name, rows in MASTERS.items()
    }
    assert changed(before, contents()) == []
    assert desk.table("scan_id", "scan_log") == []


def test_the_import_loads_neither_textual_nor_the_postgres_driver():
    import subprocess

    script = "import warehouse.exchange.importing, sys; print([m for m in ('textual', 'rich', 'serial', 'biip') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"

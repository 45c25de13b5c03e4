"""`dockbell export receipts`: each capture once, in order, whole files, safe cells."""

from datetime import date

import pytest
from export_desk import GOWN, SERUM, Dock
from small_floor import sscc

from db import connection
from warehouse.exchange import receipts_out
from warehouse.reply import InputError


@pytest.fixture
def dock(database_url, tmp_path):
    return Dock(tmp_path)


@pytest.fixture
def lite(sqlite_url, tmp_path):
    connection.execute("PRAGMA synchronous = OFF")
    return Dock(tmp_path)


def capture_again(**other):
    """One more capture like the first, with other values."""
    columns = ("site", "at", "receipt_id", "unit_id", "item_id", "vendor_id", "po_line_id", "qty", "source", "status")
    columns += ("scan_id", "operator_id")
    values = dict(zip(columns, connection.one(f"SELECT {', '.join(columns)} FROM capture ORDER BY id"), strict=True))
    return connection.insert("capture", **(values | other))


# --- what a row says


def test_every_capture_is_a_row_and_one_that_was_taken_back_one_more(dock):
    dock.ana.case(sscc(1), GOWN, 24)
    dock.ana.scan(f"]C100{sscc(2)}020{SERUM}3712\x1d1727033110L1")
    dock.ana.key("F4")
    dock.ana.scan(f"00{sscc(5)}")

    done = dock.export()

    assert (done.rows, done.last, done.path.name) == (4, 4, "receipts-000000001-000000004.csv")
    plain = {
        "receipt": "RC-0001", "mode": "PO", "po": "PO-1", "po_line": "1", "asn": "", "vendor": "ACME", "sku": "GOWN-L",
        "base_unit": "ea", "lot": "", "expiry": "", "weight": "", "weight_unit": "", "status": "AVAILABLE",
        "reason": "", "source": "LABEL", "operator": "1001", "reverses": "",
    }  # fmt: skip
    serum = plain | {"po_line": "2", "sku": "SERUM", "unit_code": sscc(2), "lot": "L1", "expiry": "2027-03-31"}
    expected = [
        plain | {"quantity": "24", "unit_code": sscc(1)},
        serum | {"quantity": "12"},
        serum | {"quantity": "-12", "status": "VOIDED", "source": "UNDO", "reverses": "2"},
        plain | {"quantity": "22", "unit_code": sscc(5), "asn": "ASN-1", "source": "ASN"},
    ]
    found = dock.rows(done)
    assert all(row.pop("at") == f"2026-06-15T09:00:0{2 + n}.000000Z" for n, row in enumerate(found))
    assert found == [{"sequence": str(n), **row} for n, row in enumerate(expected, 1)]
    assert tuple(found[0]) == tuple(name for name in receipts_out.COLUMNS if name != "at")


def test_weights_have_their_unit_and_are_taken_back_too(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    connection.execute("UPDATE item SET weight_unit = 'lb' WHERE sku = 'GOWN-L'")
    weighed = capture_again(qty=6, weight=12_345)
    capture_again(qty=-6, reverses=weighed, source="UNDO", status="VOIDED")
    found = [(row["quantity"], row["weight"], row["weight_unit"]) for row in lite.rows(lite.export())]
    assert found == [("24", "", ""), ("6", "12.345", "lb"), ("-6", "-12.345", "lb")]


def test_a_capture_without_order_vendor_or_notice(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    capture_again(vendor_id=None, po_line_id=None)
    last = lite.rows(lite.export())[-1]
    assert (last["po"], last["po_line"], last["asn"], last["vendor"], last["sku"]) == ("", "", "", "", "GOWN-L")


def test_the_reasons_are_those_that_were_given_with_this_capture(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    unit, scan, person = connection.one("SELECT unit_id, scan_id, operator_id FROM capture")
    for code, scan_id in (("AF", scan), ("PC", scan), ("AF", scan), ("BH", "another scan")):
        connection.insert_row(
            "discrepancy", site="T1", at="2026-06-15T09:00:00.000000Z", unit_id=unit, code=code, qty=1,
            disposition="HOLD", scan_id=scan_id, operator_id=person,
        )  # fmt: skip
    assert [row["reason"] for row in lite.rows(lite.export())] == ["AF PC"]


def test_hostile_text_is_a_text_in_a_spreadsheet_and_numbers_are_numbers(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    capture_again(qty=-24, reverses=1, status="VOIDED")
    for table, column, text in (
        ("vendor", "code", "=cmd()|' /C calc'!A0"),
        ("item", "sku", " @SUM(A1)"),
        ("item", "base_unit", '"a",\n;=1'),
        ("handling_unit", "lot", "-1+2"),
        ("purchase_order", "po", "\uff1d1"),
        ("receipt", "code", "\x1b]0;T\x07\u202e"),
        ("operator", "badge", "'+1"),
    ):
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = 1", text)
    row = lite.rows(lite.export())[-1]
    assert (row["vendor"], row["sku"], row["lot"]) == ("'=cmd()|' /C calc'!A0", "' @SUM(A1)", "'-1+2")
    assert (row["po"], row["operator"]) == ("'\uff1d1", "''+1")
    assert row["receipt"] == r"\x1b]0;T\x07\u202e"
    assert row["base_unit"] == '"a",\\x0a;=1'
    assert (row["quantity"], row["reverses"]) == ("-24", "1")


# --- which rows


def test_each_call_goes_on_where_the_last_one_ended(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    first = lite.export()
    assert lite.export(after=first.last) == receipts_out.Exported(None, 0, 1)
    assert [path.name for path in (lite.folder / "out").iterdir()] == ["receipts-000000001-000000001.csv"]
    lite.ana.case(sscc(2), GOWN, 20)
    lite.ana.case(sscc(3), GOWN, 22)
    second = lite.export(after=first.last)
    assert [row["unit_code"] for row in lite.rows(second)] == [sscc(2), sscc(3)]
    assert second.path.name == "receipts-000000002-000000003.csv"


def test_nothing_new_makes_no_folder(lite):
    assert lite.export() == receipts_out.Exported(None, 0, 0)
    assert not (lite.folder / "out").exists()


def test_since_is_a_day_of_the_sites_calendar(database_url, tmp_path):
    dock = Dock(tmp_path, "America/Chicago")
    dock.ana.case(sscc(1), GOWN, 24)
    for at in ("2026-06-16T04:59:59.999999Z", "2026-06-16T05:00:00.000000Z", "2026-06-17T00:00:00.000000Z"):
        capture_again(at=at)
    assert [row[0] for row in dock.taken(since=date(2026, 6, 16))] == [3, 4]
    assert [row[0] for row in dock.taken(since=date(2026, 6, 16), after=3)] == [4]
    assert dock.export(since=date(2026, 6, 18), after=2) == receipts_out.Exported(None, 0, 2)
    assert dock.export(since=date(2026, 6, 16)).path.name == "receipts-000000003-000000004.csv"


def test_a_sequence_that_the_database_has_not_come_to_is_refused(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    with pytest.raises(
        InputError, match=r"--after 2 is beyond the last sequence of this database, 1: is it a restored"
    ):
        lite.export(after=2)


def test_rows_come_page_by_page(lite, monkeypatch):
    monkeypatch.setattr(receipts_out, "PAGE", 3)
    for number in range(7):
        lite.ana.case(sscc(10 + number), GOWN, 20 + number)
    asked = []
    real = receipts_out.connection.rows
    monkeypatch.setattr(receipts_out.connection, "rows", lambda *args: asked.append(real(*args)) or asked[-1])
    steps = []
    done = receipts_out.export(lite.small.site, lite.folder / "out", progress=lambda *step: steps.append(step))
    assert [int(row["quantity"]) for row in lite.rows(done)] == list(range(20, 27))
    assert max(map(len, asked)) == 3
    assert steps == [(3, 7), (6, 7), (7, 7)]


# --- files


def test_rows_that_the_folder_holds_already_are_not_written_twice(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    first = lite.export().path
    before = first.read_bytes()
    lite.ana.case(sscc(2), GOWN, 24)
    for after in (0, None):
        with pytest.raises(InputError, match=r"receipts-000000001-000000001\.csv holds some of these rows already: go"):
            lite.export(**({} if after is None else {"after": after}))
    assert lite.export(after=1).rows == 1
    assert first.read_bytes() == before
    assert lite.export(folder="elsewhere").rows == 2


def test_other_files_of_the_folder_are_left_alone(lite):
    lite.ana.case(sscc(1), GOWN, 24)
    (lite.folder / "out").mkdir()
    for name in ("receipts.csv", "receipts-a-b.csv", "receipts-000000001-000000009.csv.done", "orders-1-9.csv"):
        (lite.folder / "out" / name).write_text("mine")
    assert lite.export().rows == 1
    assert sum(path.read_text() == "mine" for path in (lite.folder / "out").iterdir()) == 4


def test_a_file_that_appears_meanwhile_is_not_overwritten(lite, monkeypatch):
    lite.ana.case(sscc(1), GOWN, 24)
    name = lite.folder / "out" / "receipts-000000001-000000001.csv"
    real = receipts_out._refuse_again

    def meanwhile(*args):
        real(*args)
        name.parent.mkdir()
        name.write_text("another's")

    monkeypatch.setattr(receipts_out, "_refuse_again", meanwhile)
    with pytest.raises(FileExistsError, match="000000001"):
        lite.export()
    assert [(path, path.read_text()) for path in name.parent.iterdir()] == [(name, "another's")]


@pytest.mark.parametrize("links", [True, False])
def test_the_file_has_its_name_when_it_is_whole(lite, monkeypatch, links):
    """Also where the file system knows no links; until then only a hidden file is there."""
    lite.ana.case(sscc(1), GOWN, 24)
    seen = []
    real = receipts_out._values
    folder = lite.folder / "out"
    monkeypatch.setattr(receipts_out, "_values", lambda *args: seen.append([*folder.glob("[!.]*")]) or real(*args))
    if not links:
        monkeypatch.setattr("os.link", _no_links)
    done = lite.export()
    assert seen == [[]]
    assert [*folder.iterdir()] == [done.path]


def _no_links(*_args):
    raise PermissionError(1, "Operation not permitted")


def test_a_disk_that_is_full_leaves_nothing_and_is_named(lite, monkeypatch):
    lite.ana.case(sscc(1), GOWN, 24)

    def full(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left") as raised:
        lite.export()
    assert raised.value.filename == str(lite.folder / "out")
    assert [*(lite.folder / "out").iterdir()] == []

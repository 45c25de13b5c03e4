"""`dockbell export receipts`: what it writes and says, where the next call goes on, and what it refuses."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from command_floor import CASE, SECOND

from warehouse.exchange.receipts_out import COLUMNS

GUIDE = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
LAST = re.compile(r"last sequence (\d+): next time --after \1\n\Z")


def test_a_call_writes_a_file_and_the_next_one_goes_on_behind_it(floor):
    said = floor.run("export", "receipts", "--out", "new/folder").good()

    (wrote,) = re.findall(r"^Wrote (new/folder/receipts-\d{9}-\d{9}\.csv): 2 rows\.$", said, re.MULTILINE)
    data = (floor.folder / wrote).read_bytes()
    assert data.startswith(",".join(COLUMNS).encode() + b"\r\n")
    rows = list(csv.DictReader(data.decode().splitlines()))
    assert [(row["unit_code"], row["quantity"], row["po"], row["sku"]) for row in rows] == [
        (CASE, "6", "PO-1", "GOWN-L"),
        (SECOND, "18", "PO-1", "GOWN-L"),
    ]
    last = LAST.search(said)[1]
    assert last == rows[-1]["sequence"]

    again = floor.call("export", "receipts", "--out", "new/folder", "--after", last).good()

    assert again == f"Nothing new, no file was written; last sequence {last}: next time --after {last}\n"
    floor.call("export", "receipts", "--out", "new/folder").refused(wrote, f"go on with --after {last}")
    assert [path.name for path in (floor.folder / "new" / "folder").iterdir()] == [Path(wrote).name]
    one = floor.call("export", "receipts", "--out", "one", "--after", rows[0]["sequence"]).good()
    assert ": 1 row.\n" in one


def test_since_a_day(floor):
    assert "Nothing new" in floor.call("export", "receipts", "--out", "later", "--since", "2199-01-01").good()
    assert ": 2 rows." in floor.call("export", "receipts", "--out", "earlier", "--since", "2026-01-01").good()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--after", "5000000"), "--after 5000000 is beyond the last sequence of this database"),
        (("--after", "4.5"), "--after is the last sequence that was taken, such as 420, not '4.5'"),
        (("--after", "٤"), "--after is the last sequence that was taken"),
        (("--after", "9" * 30), "--after is the last sequence that was taken"),
        (("--since", "15.06.2026"), "--since '15.06.2026' is no date: write it as 2026-06-30"),
        (("--since", "\x1b[2J"), "is no date"),
        (("--since", "1900-01-01"), "--since 1900-01-01 is out of reach"),
        (("--out", "a\x1bb"), "--out holds a forbidden character"),
        (("--out", "file"), "file is no folder: name another with --out"),
        (("--out", "file/below"), "file/below: Not a directory"),
    ],
)
def test_what_it_cannot_do_is_said_and_nothing_is_written(lite, words, said):
    lite.write("file", "not a folder")
    before = sorted(lite.folder.iterdir())
    lite.call("export", "receipts", *(() if "--out" in words else ("--out", "out")), *words).refused(said)
    assert sorted(lite.folder.iterdir()) == before


def test_it_needs_a_folder(lite):
    lite.call("export", "receipts").refused("--out", "--help'")
    lite.call("export").refused("ACTION", "--help'")


def test_the_guide_names_every_column_in_order():
    table = GUIDE.split("## Columns\n")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == COLUMNS

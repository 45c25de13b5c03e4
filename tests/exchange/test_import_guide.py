"""docs/import.md is held to the program: its tables name the columns, its examples are imported as they stand."""

import re
from pathlib import Path

import pytest
from import_desk import ASNS, MASTERS, PURCHASE, SALES, STOCK
from small_floor import sscc

from warehouse.exchange.tables import TABLES

GUIDE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```csv (\w+\.csv)\n(.*?)```", GUIDE, re.DOTALL))


def section(table):
    return GUIDE.split(f"### {table.file}\n")[1].split("\n### ")[0].split("\n## ")[0]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_guide_names_every_column_in_order_and_what_is_required(table):
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|([^|]*)\|", section(table), re.MULTILINE)
    told = [(name, words.strip() == "required") for names, words in rows for name in re.findall(r"`(\w+)`", names)]
    assert told == [(column.name, column.required) for column in table.columns]


def test_the_guide_lists_every_file_with_its_key():
    for table in TABLES:
        (line,) = [line for line in GUIDE.splitlines() if line.startswith(f"| [`{table.file}`]")]
        assert all(f"`{column}`" in line for column in table.key)
        assert f"(#{table.file.replace('.', '')})" in line


def test_the_examples_are_imported_as_they_stand(bare_lite):
    desk = bare_lite
    assert EXAMPLES.keys() == {table.file for table in TABLES}
    files = {name.removesuffix(".csv"): text for name, text in EXAMPLES.items()}
    result = desk.load(**files)
    assert all(count.new and not count.updated for count in result.counts)
    assert result.released_pieces == 36 + 12 + 20 + 6


def test_the_errors_are_shown_as_they_are_told(bare_lite):
    desk = bare_lite
    desk.load(**{name.removesuffix(".csv"): text for name, text in EXAMPLES.items()})
    told = {
        fault.reason
        for table, head, row in (
            ("items", MASTERS["items"][0], "A,x,2000000000016,ea,fixed,,,,no,no"),
            ("sales_orders", SALES, "SO-9,C1,1,GWON-L,5,,,"),
            ("purchase_orders", PURCHASE, "PO-1001,ACME,1,GOWN-L,120,2026-06-15"),
            ("asns", ASNS, "ASN-78,ACME,,,GOWN-L,395212340000000022,,24,,,2026-06-15"),
            ("asns", ASNS, f"ASN-78,ACME,PO-1001,3,GOWN-L,{sscc(9)},,24,,,2026-06-15"),
            ("stock", STOCK, "A-01,GOWN-L,150,,,"),
            ("vendors", "code,name", "A,b,c"),
            ("customers", MASTERS["customers"][0], "C9,City\u200bHospital,1,line,"),
        )
        for fault in desk.faults(**{table: [head, row]})
    }
    assert len(told) == 8
    shown = GUIDE.split("## Errors")[1].replace("quantity 100 -> 120", "quantity 240 -> 120")
    assert [reason for reason in told if f": {reason}\n" not in shown] == []

"""`dockbell receipts` and `dockbell receipt`: every field of their contracts, the text, the vendor's report."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command_desk import CommandDesk, desk_with, shape
from databases import open_new_sqlite
from received_floor import EVIL, received_floor
from small_floor import sscc

from db import connection
from warehouse import discrepancies
from warehouse.verify import verify

PDFTOTEXT = shutil.which("pdftotext")
HEAD = {
    "receipt": "text",
    "mode": "text",
    "state": "text",
    "orders": ["text"],
    "vendor": "text",
    "vendors": ["text"],
    "opened_on": "day",
    "opened_at": "instant",
    "opened_by": "text",
    "closed_at": "instant",
    "closed_by": "text",
}
RECEIPT = HEAD | {
    "totals": {"cases": "whole", "pieces": "whole"},
    "lines": [
        {
            "po": "text",
            "line": "whole",
            "sku": "text",
            "description": "text",
            "unit": "text",
            "ordered": "whole",
            "received": "whole",
            "received_in_all": "whole",
            "open": "whole",
            "cases": "whole",
            "closed_short": "yes or no",
            "tolerance": "text",
            "expected_on": "day",
            "days_late": "whole",
            "timing": "text",
        }
    ],
    "cases": [
        {
            "case": "text",
            "po": "text",
            "line": "whole",
            "sku": "text",
            "counted": "whole",
            "expected": "whole",
            "expected_from": "text",
            "difference": "whole",
            "source": "text",
            "weight": None,
            "weight_unit": None,
            "weight_source": None,
            "lot": None,
            "expiry": None,
            "status": "text",
            "at": "instant",
            "by": "text",
            "second_by": None,
            "questioned": "whole",
            "undone": "yes or no",
            "corrected": "yes or no",
            "corrected_to": None,
            "reversed_at": None,
            "reversed_by": None,
        }
    ],
    "differences": [
        {
            "code": "text",
            "meaning": "text",
            "recadv": "yes or no",
            "po": None,
            "line": None,
            "case": "text",
            "sku": "text",
            "quantity": "whole",
            "disposition": "text",
            "photo": "text",
            "note": "text",
            "at": "instant",
            "by": "text",
            "derived": "yes or no",
        }
    ],
}


def _received() -> None:
    assert verify(received_floor().site).violations == ()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request, tmp_path_factory):
    return desk_with(_received, request, tmp_path_factory.mktemp("received"))


@pytest.fixture(scope="module")
def lite(tmp_path_factory):
    """The same on SQLite alone, for what does not depend on the engine."""
    folder = tmp_path_factory.mktemp("lite")
    url = open_new_sqlite(folder / "site.db")
    connection.execute("PRAGMA synchronous = OFF")
    received_floor()
    connection.close()
    return CommandDesk(folder, url)


# --- receipts -------------------------------------------------------------------------------------------


def test_the_list_tells_every_receipt_newest_first(desk):
    told = desk.call("receipts", "--json").json()
    assert [row["receipt"] for row in told] == ["RC-0002", "RC-0001"]
    assert shape(told[1]) == HEAD | {"cases": "whole", "pieces": "whole"}
    assert told[0]["closed_at"] is told[0]["closed_by"] is None
    first = told[1]
    assert [first[name] for name in ("mode", "state", "orders", "vendor", "opened_by", "closed_by")] == [
        "PO",
        "CLOSED",
        ["PO-1"],
        "ACME",
        "ANA",
        "ANA",
    ]
    assert (first["cases"], first["pieces"]) == (4, 109)


def test_the_list_may_be_narrowed(lite):
    assert [row["receipt"] for row in lite.call("receipts", "--open", "--json").json()] == ["RC-0002"]
    day = lite.call("receipts", "--json").json()[0]["opened_on"]
    assert len(lite.call("receipts", "--since", day, "--json").json()) == 2
    assert lite.call("receipts", "--since", "2999-01-01", "--json").json() == []
    assert lite.call("receipts", "--since", "2999-01-01").good() == "No receipts.\n"
    lite.call("receipts", "--since", "yesterday").refused("--since is a day such as")
    lite.call("receipts", "--since", "20260101").refused("--since is a day such as")


def test_the_list_as_text(lite):
    said = lite.call("receipts").good()
    assert re.search(r"^RC-0001 +\d{4}-\d\d-\d\d closed +4 +109  PO-1; ACME Medical \(ACME\)$", said, re.MULTILINE)
    assert max(map(len, said.splitlines())) <= 80


def test_thousands_of_receipts_are_read_in_chunks(tmp_path, lite):
    """Newest first without a gap at the border of a chunk."""
    shutil.copyfile(lite.folder / "site.db", tmp_path / "site.db")
    many = CommandDesk(tmp_path, f"sqlite:///{tmp_path}/site.db")
    many.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT INTO receipt (site, code, "
        "mode, opened_on, opened_by, opened_at) SELECT r.site, 'RX-' || i, 'UNORDERED', r.opened_on, r.opened_by, "
        "r.opened_at FROM n, receipt r WHERE r.code = 'RC-0001'"
    )
    told = [row["receipt"] for row in many.call("receipts", "--json").json()]
    assert told == [f"RX-{number}" for number in range(1200, 0, -1)] + ["RC-0002", "RC-0001"]


# --- receipt --------------------------------------------------------------------------------------------


def test_a_receipt_tells_everything(desk):
    told = desk.call("receipt", "RC-0001", "--json").json()
    assert shape(told) == RECEIPT
    assert told["totals"] == {"cases": 4, "pieces": 109}


def test_its_lines(desk):
    lines = desk.call("receipt", "RC-0001", "--json").json()["lines"]
    names = ("sku", "ordered", "received", "received_in_all", "open", "cases", "closed_short", "tolerance")
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("GOWN-L", 100, 99, 99, 0, 3, True, "SHORT_WITHIN"),
        ("MASK", 30, 0, 0, 30, 0, False, "SHORT"),
        ("SERUM", 10, 10, 10, 0, 1, False, "EXACT"),
    ]
    assert {(line["days_late"], line["timing"]) for line in lines} == {(0, "ON_TIME")}


def test_its_cases(desk):
    cases = desk.call("receipt", "RC-0001", "--json").json()["cases"]
    names = ("case", "counted", "expected", "expected_from", "difference", "questioned", "undone", "corrected")
    assert [tuple(case[name] for name in names) for case in cases] == [
        (sscc(1), 38, 40, "ASN", -2, 0, False, False),
        (sscc(2), 10, 10, "ASN", 0, 0, False, False),
        (sscc(3), 24, 24, "NOMINAL", 0, 0, True, False),
        (sscc(4), 24, 24, "NOMINAL", 0, 0, False, True),
        (sscc(4), 22, 24, "NOMINAL", -2, 0, False, False),
        (sscc(5), 39, 24, "NOMINAL", 15, 1, False, False),
    ]
    assert (cases[1]["lot"], cases[1]["expiry"]) == ("L8", "2099-01-31")
    assert (cases[3]["corrected_to"], cases[3]["reversed_by"]) == (22, "ANA")
    assert cases[2]["reversed_at"] is not None


def test_its_differences(desk):
    found = desk.call("receipt", "RC-0001", "--json").json()["differences"]
    names = ("code", "case", "po", "line", "sku", "quantity", "disposition", "derived")
    assert [tuple(one[name] for name in names) for one in found] == [
        ("AF", sscc(4), None, None, "GOWN-L", 22, "HOLD", False),
        ("CP", None, "PO-1", 1, "GOWN-L", -1, "CLOSED", False),
        ("BP", None, "PO-1", 2, "MASK", -30, "OPEN", False),
        ("X34", sscc(6), "PO-1", 2, "MASK", -30, "OPEN", False),
        ("PC", sscc(1), "PO-1", 1, "GOWN-L", -2, "ACCEPT", True),
        ("BH", sscc(2), "PO-1", 3, "SERUM", 10, "HOLD", True),
    ]
    assert (found[0]["meaning"], found[0]["photo"], found[0]["note"]) == ("delivered damaged", "dock/4711.jpg", EVIL)
    assert found[5]["note"] == "announced lot L7"


def test_before_it_is_closed_the_missing_cases_are_derived(lite, tmp_path):
    shutil.copyfile(lite.folder / "site.db", tmp_path / "site.db")
    open_again = CommandDesk(tmp_path, f"sqlite:///{tmp_path}/site.db")
    open_again.execute("DELETE FROM discrepancy WHERE code <> 'AF'")
    found = open_again.call("receipt", "RC-0001", "--json").json()["differences"]
    assert [(one["code"], one["case"], one["derived"]) for one in found if one["code"] == "X34"] == [
        ("X34", sscc(6), True)
    ]


def test_a_receipt_as_text_fits_a_terminal_and_is_escaped(lite):
    said = lite.run("receipt", "RC-0001").good()
    lines = said.splitlines()
    assert max(map(len, lines)) <= 80
    assert said.isascii()
    assert lines[0] == "RC-0001  PO  closed  ACME Medical (ACME)"
    assert re.search(r"^PO-1/1 +GOWN-L +100 +99 +99 +0  closed short$", said, re.MULTILINE)
    assert re.search(rf"^{sscc(4)} +GOWN-L +24 +24 +- +LABEL +now 22$", said, re.MULTILINE)
    assert re.search(rf"^AF +22 +{sscc(4)} +delivered damaged, hold: =cmd", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("RC-9999", "There is no receipt RC-9999: 'dockbell receipts' lists them."),
        ("", "There is no receipt"),
        ("RC-\x1b[2J", "RECEIPT holds a forbidden character"),
        ("R" * 200, "RECEIPT is longer than 128 characters"),
    ],
)
def test_a_receipt_that_is_not_there_is_said_so(lite, code, words):
    lite.call("receipt", code).refused(words)
    lite.call("receipt", code, "--json").refused(words)


# --- The vendor's report --------------------------------------------------------------------------------


def table(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_the_report_tells_expected_against_counted(desk):
    said = desk.call("receipt", "RC-0001", "--report", "out").good()
    assert said.splitlines() == [f"Wrote out/RC-0001{end}." for end in (".pdf", "-cases.csv", "-lines.csv")]
    cases = table(desk.folder / "out/RC-0001-cases.csv")
    names = ("case", "expected", "counted", "difference", "lot", "reason", "meaning")
    assert [tuple(row[name] for name in names) for row in cases] == [
        (sscc(1), "40", "38", "-2", "", "PC", "pack difference"),
        (sscc(2), "10", "10", "0", "L8", "BH", "batch number difference"),
        (sscc(4), "24", "22", "-2", "", "AF", "delivered damaged"),
        (sscc(5), "24", "39", "15", "", "", ""),
        (sscc(6), "30", "0", "-30", "", "X34", "missing"),
    ]
    assert {(row["receipt"], row["vendor"], row["po"]) for row in cases} == {("RC-0001", "ACME", "PO-1")}
    assert cases[2]["photo"] == "dock/4711.jpg"
    assert cases[2]["note"] == "'=cmd|' /C calc'!A0 \\u202e\u4e2d\u6587", "no formula, and nothing unseen"
    lines = table(desk.folder / "out/RC-0001-lines.csv")
    names = ("sku", "ordered", "received", "received_in_all", "open", "tolerance", "reason")
    assert [tuple(row[name] for name in names) for row in lines] == [
        ("GOWN-L", "100", "99", "99", "0", "SHORT_WITHIN", "CP"),
        ("MASK", "30", "0", "0", "30", "SHORT", "BP"),
        ("SERUM", "10", "10", "10", "0", "EXACT", ""),
    ]


def test_the_same_report_again_is_no_fault_another_one_is(lite):
    lite.call("receipt", "RC-0001", "--report", "again").good()
    files = {path.name: path.read_bytes() for path in (lite.folder / "again").iterdir()}
    lite.call("receipt", "RC-0001", "--report", "again").good()
    assert {path.name: path.read_bytes() for path in (lite.folder / "again").iterdir()} == files
    (lite.folder / "again/RC-0001-lines.csv").write_text("mine")
    (lite.folder / "again/RC-0001.pdf").unlink()
    lite.call("receipt", "RC-0001", "--report", "again").refused("RC-0001-lines.csv is there with another content")
    assert (lite.folder / "again/RC-0001-lines.csv").read_text() == "mine"
    assert not (lite.folder / "again/RC-0001.pdf").exists(), "all of it or nothing"


def test_a_folder_that_takes_no_report_is_said_so(lite):
    lite.write("taken", "a file")
    lite.call("receipt", "RC-0001", "--report", "taken").refused("taken takes no report", "name another folder")
    if os.geteuid():
        lite.call("receipt", "RC-0001", "--report", "/proc/x").refused("takes no report")


@pytest.mark.skipif(PDFTOTEXT is None, reason="pdftotext (Debian: poppler-utils) is not installed")
def test_the_pdf_reads_like_the_csv(lite):
    lite.call("receipt", "RC-0001", "--report", "pdf").good()
    text = pdf_text(lite.folder / "pdf/RC-0001.pdf")
    for words in ("Receiving report RC-0001", "ACME Medical (ACME)", "PO-1", "Page 1 of 1", "AF delivered damaged"):
        assert words in text
    for code in (1, 2, 4, 5, 6):
        assert sscc(code) in text
    assert sscc(3) not in text, "a case that was undone is no case"


@pytest.mark.skipif(PDFTOTEXT is None, reason="pdftotext (Debian: poppler-utils) is not installed")
def test_a_long_report_goes_on_over_pages(lite, tmp_path):
    """Heads on every page, no case lost, what the font has not is written out, wide text is cut."""
    from tui.report_pdf import Column, Report, Section, report_pdf

    rows = tuple((f"CASE-{number:05}", "Ünsal \u4e2d " + "W" * 200, str(number)) for number in range(200))
    columns = (Column("CASE", 2), Column("ITEM", 5), Column("QTY", 1, number=True))
    path = tmp_path / "long.pdf"
    path.write_bytes(report_pdf(Report(("Title", "Head"), (Section("By case", columns, rows),))))
    pages = pdf_text(path).split("\f")[:-1]
    assert len(pages) > 4
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert all("QTY" in page for page in pages)
    found = re.findall(r"CASE-\d{5}", "".join(pages))
    assert found == [f"CASE-{number:05}" for number in range(200)]
    assert "Ünsal \\u4e2d WWW" in pages[0]
    assert path.read_bytes() == report_pdf(Report(("Title", "Head"), (Section("By case", columns, rows),)))


def pdf_text(path) -> str:
    made = subprocess.run([PDFTOTEXT, "-layout", str(path), "-"], capture_output=True, check=True)
    return made.stdout.decode()


# --- The reason codes -----------------------------------------------------------------------------------


def test_every_reason_has_a_meaning_and_a_disposition_of_its_own():
    assert len(discrepancies.BY_CODE) == len(discrepancies.REASONS)
    assert {reason.disposition for reason in discrepancies.REASONS} <= set(discrepancies.DISPOSITIONS)
    own = {reason.code for reason in discrepancies.REASONS if not reason.recadv}
    assert own == {"CTN", "BAG", "SEAL", "LBL", "DOC", "SUS", "MIX"}


# --- docs/receipts.md -----------------------------------------------------------------------------------

GUIDE = (Path(__file__).parents[2] / "docs" / "receipts.md").read_text(encoding="utf-8")


def test_the_guide_tells_every_reason():
    rows = re.findall(r"^\| ([A-Z0-9]+) \| (.+?)( \(ours\))? \| ([A-Z]+) \|$", GUIDE, re.MULTILINE)
    told = [(code, words, not ours, disposition) for code, words, ours, disposition in rows]
    assert told == [(one.code, one.meaning, one.recadv, one.disposition) for one in discrepancies.REASONS]


@pytest.mark.parametrize("part", ["lines", "cases", "differences"])
def test_the_guide_names_every_field(part):
    table = GUIDE.split(f"`{part}`:")[1].split("\n\n`")[0].split("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert told == RECEIPT[part][0].keys()


def test_the_guide_names_every_field_of_the_head():
    table = GUIDE.split("## `dockbell receipts --json`")[1].split("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert told == HEAD.keys() | {"cases", "pieces"}

"""A desk for tests of the import: an empty site, a folder to write files into, and the call."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_floor import sscc

from db import connection
from db.connection import iso
from warehouse import site
from warehouse.exchange.importing import Fault, ImportFaults, ImportResult, import_paths

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
TODAY = "2026-06-15"

_ids = itertools.count(1)

MASTERS = {
    "items": [
        "sku,description,gtin,base_unit,case_qty_mode,nominal_case_qty,min_case_qty,max_case_qty,lot_control,expiry_control",
        "GOWN,Gown,2000000000015,ea,variable,24,10,40,no,no",
        "MASK,Mask,2000000000039,ea,fixed,50,50,50,no,no",
        "SERUM,Serum,,vial,variable,,,,yes,yes",
    ],
    "barcodes": ["sku,barcode,quantity", "MASK,12000000000036,50", "MASK,CARTON,500"],
    "vendors": ["code,name", "ACME,ACME Medical", "BETA,Beta"],
    "customers": [
        "code,name,priority,ship_policy,min_fill_percent",
        "C1,One,1,partial,25",
        "C3,Three,3,order,",
        "C5,Five,5,line,0",
    ],
    "locations": [
        "code,zone,kind",
        "DOCK-1,D,dock",
        "A-01,A,storage",
        "A-02,A,storage",
        "Q-1,Q,quarantine",
        "SHIP,S,ship",
    ],
    "operators": ["badge,name,roles", "1001,ANA,receiver", "1003,IDA,lead picker"],
}
SUBSTITUTES = "sku,substitute,customer"
STOCK = "location,sku,quantity,lot,expiry,unit_code"
PURCHASE = "po,vendor,line,sku,quantity,expected_on"
ASNS = "asn,vendor,po,po_line,sku,sscc,parent_sscc,quantity,lot,expiry,expected_on"
SALES = "order,customer,line,sku,quantity,promised_on,priority,ship_policy"


class Desk:
    """Imports into a site whose clock stands still; the site is made where there is none."""

    def __init__(self, folder: Path, timezone: str = "UTC") -> None:
        self.folder = folder
        self.now = NOW
        if connection.row("SELECT 1 FROM site") is None:
            connection.insert_row("site", site="T1", timezone=timezone, cutoff="17:00", practice=1, created_at=iso(NOW))
        self.site = site.load()

    def put(self, **files: list[str] | str | bytes) -> list[Path]:
        """Write files, named without their ending, in a folder of their own."""
        folder = self.folder / f"call-{next(_ids)}"
        folder.mkdir()
        for name, content in files.items():
            text = "\n".join(content) + "\n" if isinstance(content, list) else content
            data = text if isinstance(text, bytes) else text.encode()
            (folder / f"{name}.csv").write_bytes(data)
        return [folder]

    def take(self, paths: list[Path], person: site.Operator | None = None, **options: object) -> ImportResult:
        command_id = str(options.pop("command_id", f"import-{next(_ids)}"))
        return import_paths(self.site, person, self.now, command_id, paths, **options)

    def load(self, **files: list[str] | str | bytes) -> ImportResult:
        """Import these files."""
        return self.take(self.put(**files))

    def masters(self, **files: list[str] | str | bytes) -> ImportResult:
        """Import the usual masters, and these files with them."""
        return self.load(**(MASTERS | files))

    def faults(self, **files: list[str] | str | bytes) -> list[Fault]:
        """What is wrong with these files; they must be refused."""
        return self.refused(self.put(**files))

    def refused(self, paths: list[Path]) -> list[Fault]:
        with pytest.raises(ImportFaults) as raised:
            self.take(paths)
        return [Fault(Path(one.file).name, one.line, one.column, one.reason) for one in raised.value.faults]

    def places(self, **files: list[str] | str | bytes) -> list[tuple[str, int, str]]:
        """Where these files are wrong."""
        return [(one.file, one.line, one.column) for one in self.faults(**files)]

    def counts(self, result: ImportResult) -> dict[str, tuple[int, int, int]]:
        return {one.kind: (one.new, one.updated, one.unchanged) for one in result.counts}

    def table(self, columns: str, source: str) -> list[tuple]:
        return sorted(connection.rows(f"SELECT {columns} FROM {source}"), key=repr)


def line(*cells: object) -> str:
    """Cells as one line of CSV, quoted where needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()


def file_with(table: str, column: str, value: str) -> list[str]:
    """A file of one row of which one cell says this; the other cells are right."""
    header = {
        **{name: rows[0] for name, rows in MASTERS.items()},
        "substitutes": SUBSTITUTES,
        "stock": STOCK,
        "purchase_orders": PURCHASE,
        "asns": ASNS,
        "sales_orders": SALES,
    }
    good = {
        "items": "NEW,New,,ea,variable,,,,no,no",
        "barcodes": "MASK,NEWCODE,10",
        "vendors": "NEW,New",
        "customers": "NEW,New,3,partial,",
        "locations": "NEW,N,storage",
        "operators": "2001,NEW,picker",
        "substitutes": "GOWN,MASK,C1",
        "stock": "A-01,SERUM,5,L1,2027-01-31,",
        "purchase_orders": "PO-NEW,ACME,1,GOWN,10,2026-06-20",
        "asns": f"ASN-NEW,ACME,,,GOWN,{sscc(901)},{sscc(902)},10,,,2026-06-20",
        "sales_orders": "SO-NEW,C1,1,GOWN,10,2026-06-20,3,partial",
    }
    names = header[table].split(",")
    cells = dict(zip(names, good[table].split(","), strict=True)) | {column: value}
    return [",".join(cells), line(*cells.values())]

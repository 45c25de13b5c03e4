"""A dock where cases are captured, and a folder to export their receipts into."""

import csv
import itertools

from small_floor import SmallFloor, gtin, sscc

from warehouse.exchange import receipts_out

GOWN, SERUM = gtin(1), gtin(4)
_serials = itertools.count(1000)


class Dock:
    """A dock where cases are captured, and a folder to export into."""

    def __init__(self, folder, timezone="UTC"):
        self.folder = folder
        self.small = SmallFloor(timezone)
        self.small.purchase_order("PO-1", ("GOWN-L", 900), ("SERUM", 50))
        self.small.announce("ASN-1", (sscc(5), "GOWN-L", 22), po="PO-1")
        self.ana = self.small.hand("1001")
        self.ana.scan("PO-1")

    def export(self, folder="out", **options):
        return receipts_out.export(self.small.site, self.folder / folder, progress=None, **options)

    def rows(self, done):
        with done.path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def next_code(self):
        return sscc(next(_serials))

    def taken(self, **options):
        """Sequence and quantity of each row of an export into a folder of its own."""
        done = self.export(folder=f"out-{next(_serials)}", **options)
        return [(int(row["sequence"]), int(row["quantity"])) for row in self.rows(done)] if done.path else []

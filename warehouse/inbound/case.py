"""What a receiver has in hand: the delivery that is at the dock, and the case as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from warehouse.flows.steps import part
from warehouse.items import Item


@part
@dataclass(frozen=True)
class Delivery:
    """A truck at the dock: the purchase orders on it, and how its cases are received.

    `mode` is PO, ASN, BLIND (nothing of what is expected is shown) or UNORDERED (`po_ids` is empty, `vendor_id` may
    be known). New cases are put on a pallet (`carrier_id`) or a place (`place_id`) until something else is scanned;
    with neither they stand at the dock. `agreed` are doubts that were answered for the whole delivery.
    """

    mode: str = "PO"
    po_ids: tuple[int, ...] = ()
    asn_id: int | None = None
    vendor_id: int | None = None
    place_id: int | None = None
    carrier_id: int | None = None
    agreed: tuple[str, ...] = ()

    @property
    def blind(self) -> bool:
        """Whether nothing of what is expected may be told."""
        return self.mode == "BLIND"

    def joined(self, po_id: int) -> Delivery:
        """The same truck with one more order on it."""
        return self if po_id in self.po_ids else replace(self, po_ids=(*self.po_ids, po_id))


OPENED = "OPENED"


@part
@dataclass(frozen=True)
class Correction:
    """The unit that a case in hand takes the place of, with the pieces that it was counted at.

    `parked` is the step to go back to, as `flows.steps.dump` writes it.
    """

    unit_id: int
    quantity: int
    parked: str = ""


@part
@dataclass(frozen=True)
class Case:
    """A case in hand, as far as it is known; nothing of it is saved yet.

    `code` is its SSCC or licence plate, '' when it has none and gets one of ours; `packaging` is the barcode by which
    its item was known. `quantity` is what was counted, with where the number came from in `source`: LABEL, ASN,
    PACKAGING, KEYED, REPEATED (F9), IDENTICAL (n x q), COUNTED_TWICE. `weight` is in thousandths of the item's weight
    unit. `suspect` is the value of a label in which two fields may have run together. `problem` is the reason code of
    what is wrong with it (docs/problems.md), `doubt` the outlier level that was questioned, `second_by` the person who
    counted again or approved, `announced` the quantity of its ASN unit. `alike` is how many such cases stand there,
    each to be one of its own.

    `noted` is a reason code that goes with a case which is accepted all the same; `photo` and `note` belong to either
    code. A `refused` case is not received: it goes back. `corrects` is what it takes the place of, if anything.
    """

    item: Item | None = None
    code: str = ""
    quantity: int | None = None
    source: str = ""
    lot: str = ""
    expiry: str = ""
    suspect: str = ""
    packaging: str = ""
    asn_unit_id: int | None = None
    po_line_id: int | None = None
    announced: int | None = None
    weight: int | None = None
    weight_source: str = ""
    serials: tuple[str, ...] = ()
    problem: str = ""
    photo: str = ""
    seal: str = "SEALED"
    doubt: int = 0
    second_by: int | None = None
    alike: int = 1
    noted: str = ""
    note: str = ""
    refused: bool = False
    corrects: Correction | None = None

    def marked(self, mark: Case | None) -> Case:
        """The same case with what a person said is wrong with it, before it was scanned or after.

        What an opened case is labelled or announced with says nothing: it has to be counted.
        """
        if mark is None:
            return self
        told = replace(
            self,
            problem=mark.problem or self.problem,
            noted=mark.noted or self.noted,
            photo=mark.photo or self.photo,
            note=mark.note or self.note,
            refused=mark.refused or self.refused,
        )
        if mark.seal == OPENED and self.seal != OPENED:
            told = replace(told, seal=OPENED, quantity=None, source="")
        return told


@part
@dataclass(frozen=True)
class LastCase:
    """The last case that a person saved before a break: when, what, how many pieces."""

    at: str
    item_id: int
    pieces: int

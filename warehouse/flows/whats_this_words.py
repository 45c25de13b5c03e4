"""What was looked up, in words: two lines for the banner, up to four facts, and the lists below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import lookup
from warehouse.flows import whats_this_goods as goods
from warehouse.flows import whats_this_papers as papers

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.flows.steps import Context
    from warehouse.flows.whats_this_lists import Words
    from warehouse.lookup import Seen


def words(seen: Seen, code: Code, context: Context) -> Words:
    """What is said about a thing that was looked up by this code."""
    match seen:
        case lookup.UnitSeen():
            return goods.unit(seen, context)
        case lookup.CarrierSeen():
            return goods.carrier(seen, context)
        case lookup.AnnouncedSeen():
            return goods.announced(seen)
        case lookup.ItemSeen():
            return goods.item(seen)
        case lookup.LotSeen():
            return goods.lot(seen, context)
        case lookup.PlaceSeen():
            return goods.place(seen)
        case lookup.OrderSeen():
            return papers.order(seen, context)
        case lookup.PurchaseSeen():
            return papers.purchase(seen)
        case lookup.AsnSeen():
            return papers.asn(seen)
        case lookup.ReceiptSeen():
            return papers.receipt(seen, context)
        case lookup.VendorSeen():
            return papers.vendor(seen)
        case lookup.PersonSeen():
            return papers.person(seen, context)
        case lookup.CardSeen():
            return papers.card(seen)
        case lookup.Unknown():
            return papers.unknown(seen, code)

"""queue, transcript: what is told of release, changing nothing."""

from __future__ import annotations

import argparse
import json

from tui.commands.opening import clean, now, open_site, whole


def queue(options: argparse.Namespace) -> None:
    """The waiting list of an item in the order of service."""
    from warehouse.told import queue as queue_

    opened = open_site(options)
    limit = whole(options.limit, "--limit")
    found = queue_.queue(opened.site, clean(options.sku, "SKU"), limit, now())
    print(json.dumps(found.as_json()) if options.json else found.words())


def transcript(options: argparse.Namespace) -> None:
    """What one run of release did, or every run that a receipt has caused."""
    from warehouse.told import transcript as transcript_

    opened = open_site(options)
    limit = whole(options.limit, "--limit")
    target = clean(options.target, "RECEIPT|RUN")
    told: transcript_.Run | transcript_.ReceiptRuns
    if target.isascii() and target.isdigit():
        told = transcript_.run(opened.site, whole(target, "RUN"))
    else:
        told = transcript_.of_receipt(opened.site, target, limit)
    print(json.dumps(told.as_json()) if options.json else told.words())

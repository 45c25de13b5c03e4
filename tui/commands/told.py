"""queue: what is told of release, changing nothing."""

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

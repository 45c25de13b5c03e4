"""A station's process for `imports`: a case every 50 ms until its standard input ends, then its waits as JSON.

One operator scans: the next case comes 50 ms after the last one did, or with its verdict where that took longer.
"""

from __future__ import annotations

import json
import select
import sys
import time

from benchmarks.floors import Receiver
from db import connection

EVERY_S = 0.05


def main() -> None:
    """Arguments: database URL, badge, purchase order, number of the item, first serial number."""
    url, badge, po, number, serial = sys.argv[1:]
    connection.open_database(url)
    receiver = Receiver.at_work(badge, po, int(number), int(serial))
    print("ready", flush=True)
    print(json.dumps(_scan(receiver)))
    connection.close()


def _scan(receiver: Receiver) -> list[tuple[float, float]]:
    waits: list[tuple[float, float]] = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        scanned = time.monotonic()
        receiver.receive(1)
        waits.append((scanned, time.monotonic() - scanned))
        time.sleep(max(0.0, scanned + EVERY_S - time.monotonic()))
    return waits


if __name__ == "__main__":
    main()

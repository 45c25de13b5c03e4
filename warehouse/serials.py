"""Numbers that are drawn, never counted: each process takes a block of 1,000 and hands them out."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from db import connection
from db.connection import transaction

BLOCK = 1000
AT_HAND = 50  # what most inputs cannot use up


class NoneInHandError(RuntimeError):
    """All numbers in hand were used up or taken in one go: `ensure` again, then run the transaction again."""


@dataclass(slots=True)
class _Block:
    next_free: int = 0
    end: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_blocks: dict[tuple[int, str, str], _Block] = {}


def draw(site: str, kind: str) -> int:
    """The next number of a kind; unique at the site, with gaps.

    Must have been stocked by `ensure` outside the caller's transaction: drawing writes nothing. Raises
    NoneInHandError.
    """
    block = _block(site, kind)
    with block.lock:
        if block.next_free >= block.end:
            raise NoneInHandError(f"no {kind} numbers in hand: ensure() comes before the transaction")
        number = block.next_free
        block.next_free += 1
        return number


def ensure(site: str, *kinds: str, count: int = AT_HAND, block: int = BLOCK) -> None:
    """Have at least `count` numbers of each kind in hand; a short transaction of its own when they run low.

    `block` is how many are taken then; what is left of them when the process ends is never used.
    """
    for kind in kinds:
        mine = _block(site, kind)
        if mine.end - mine.next_free < count:
            size = max(block, count)
            # Not under the lock: a thread that draws holds the database's write lock, which this waits for.
            start = _take_block(site, kind, size)
            with mine.lock:
                mine.next_free, mine.end = start, start + size


@transaction
def _take_block(site: str, kind: str, size: int) -> int:
    connection.execute(
        "INSERT INTO serial_block (site, kind, next_free) VALUES (?, ?, 1) ON CONFLICT DO NOTHING", site, kind
    )
    after = connection.one(
        "UPDATE serial_block SET next_free = next_free + ? WHERE site = ? AND kind = ? RETURNING next_free",
        size,
        site,
        kind,
    )
    return int(after[0]) - size


def taken() -> list[tuple[str, str, int]]:
    """Site, kind, and the first number that nobody has taken yet, of all that were ever drawn from."""
    if not connection.database.table_exists("serial_block"):
        return []
    found = connection.rows("SELECT site, kind, next_free FROM serial_block")
    return [(str(site), str(kind), int(next_free)) for site, kind, next_free in found]


@transaction
def skip(numbers: Iterable[tuple[str, str, int]]) -> None:
    """Never draw these again: an older database took the place of the one that `taken` was asked of."""
    for site, kind, next_free in numbers:
        connection.execute(
            "INSERT INTO serial_block (site, kind, next_free) VALUES (?, ?, 1) ON CONFLICT DO NOTHING", site, kind
        )
        connection.execute(
            "UPDATE serial_block SET next_free = ? WHERE site = ? AND kind = ? AND next_free < ?",
            next_free,
            site,
            kind,
            next_free,
        )


def _block(site: str, kind: str) -> _Block:
    # Keyed by the database handle as well: a test that opens another database must not reuse its numbers.
    key = (connection.generation, site, kind)
    return _blocks.get(key) or _blocks.setdefault(key, _Block())


def plate(number: int) -> str:
    """Our own licence plate: LP, eight digits, and a check digit (mod 10 with weights 3 and 1, as in GS1 keys)."""
    body = f"{number:08d}"
    return f"LP{body}{_check_digit(body)}"


def is_plate(text: str) -> bool:
    """Whether a text has the form of our licence plates, check digit included."""
    body = text[2:-1]
    return (
        len(text) == 11
        and text.startswith("LP")
        and text[2:].isascii()
        and text[2:].isdigit()
        and text[-1] == _check_digit(body)
    )


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)

"""A station with a person at a purchase order, and everything that is heard and seen of it, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager

from small_floor import Hand, SmallFloor, gtin, sscc
from terminal_kit import PATIENCE, nobody

from db import connection
from devices.feedback import Signal
from tui.station import Answer, Station
from warehouse.floor import Given
from warehouse.flows.steps import Source


def waiting_floor(small: SmallFloor) -> dict[str, Hand]:
    """A purchase order over many gowns, and two orders that wait for some."""
    small.rule("history.cases", "0")  # each case has a count of its own, by which it is known again
    small.purchase_order("PO-1", ("GOWN-L", 10_000), ("MASK", 10_000))
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 30))
    return {}


def case(number: int) -> str:
    return f"]C100{sscc(number)}020{gtin(1)}37{number}"


class Heard:
    """The station; `heard` holds tones, answers and switches of the trigger as they came.

    `at_tone` is called within each tone. No STOP latches unless it is asked for: most tests want every scan answered.
    """

    def __init__(self, small: SmallFloor, *, latch: bool = False, pause_s: float = 1.5) -> None:
        self.heard: list[Answer | Signal | bool] = []
        self.at_tone: Callable[[Signal], None] = lambda _signal: None
        self._news = threading.Condition()
        self._mono = 1000.0
        self.station = Station(
            nobody(small), self._say, self._tone, trigger=self._say, latch=latch, latch_pause_s=pause_s
        )

    def _say(self, said: Answer | Signal | bool) -> None:
        with self._news:
            self.heard.append(said)
            self._news.notify_all()

    def _tone(self, signal: Signal, _scanner: str) -> None:
        self.at_tone(signal)
        self._say(signal)

    def put(self, raw: str, name: str, *, source: Source = "SERIAL", key: str = "") -> None:
        """An input, a second after the one before by the scanner's clock."""
        self._mono += 1.0
        self.station.put(Given(name, self._mono, raw=raw, source=source, key=key))

    def answers(self) -> list[Answer]:
        """What answered an input, in order."""
        with self._news:
            return [said for said in self.heard if isinstance(said, Answer) and said.given is not None]

    def tones(self) -> list[Signal]:
        with self._news:
            return [said for said in self.heard if isinstance(said, Signal)]

    def triggers(self) -> list[bool]:
        """How the trigger was switched, on or off."""
        with self._news:
            return [said for said in self.heard if isinstance(said, bool)]

    def names(self) -> list[str]:
        return [answer.given.scan_id for answer in self.answers() if answer.given]

    def wait(self, name: str) -> Answer:
        """The answer to the input of that name."""
        with self._news:
            came = self._news.wait_for(lambda: name in self.names(), PATIENCE)
            assert came, (name, self.heard)
        return next(one for one in self.answers() if one.given and one.given.scan_id == name)

    def ask(self, raw: str, name: str, *, source: Source = "SERIAL", key: str = "") -> Answer:
        self.put(raw, name, source=source, key=key)
        return self.wait(name)


@contextmanager
def heard_on(small: SmallFloor, *, latch: bool = False, pause_s: float = 1.5):
    """The station with ANA at PO-1; what was heard until there is forgotten."""
    station = Heard(small, latch=latch, pause_s=pause_s)
    station.station.start()
    try:
        station.ask("1001", "badge")
        station.ask("PO-1", "po")
        station.heard.clear()
        yield station
    finally:
        station.station.stop()


def captured() -> list[str]:
    """The scans that brought pieces in, in the order of the ledger."""
    return [row[0] for row in connection.rows("SELECT scan_id FROM stock_move WHERE kind = 'RECEIPT' ORDER BY id")]

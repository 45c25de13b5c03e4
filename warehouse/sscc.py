"""The SSCCs that a site gives to cases of its own: a number of GS1 that no other case in the world has."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from warehouse import serials
from warehouse.barcodes.checkdigits import SSCC_LENGTH, mod10
from warehouse.messages import refuse

log = logging.getLogger("dockbell.sscc")

SSCC = "sscc"  # how the names of its counters begin
_BLOCKS = 2_000  # a small range must last for so many starts of terminals, each of which draws a block
_LARGEST_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class SsccRange:
    """What the SSCCs of a site begin with: an extension digit and the company prefix that GS1 has given to its owner.

    The rest counts up. Two sites that share a prefix need different extension digits.
    """

    company_prefix: str
    extension: int = 0

    @property
    def kind(self) -> str:
        """Its counter: one for each extension digit, so that a number is new whatever the prefix is set to.

        A range that is used up leaves the next extension digit all of its numbers.
        """
        return f"{SSCC} {self.extension}"

    @property
    def capacity(self) -> int:
        """How many numbers there are."""
        return int(10 ** (SSCC_LENGTH - 2 - len(self.company_prefix)))

    def ensure(self, site: str, *, count: int = 0) -> None:
        """Have numbers in hand, before the transaction that draws some: `count` of them, or what most inputs need."""
        block = max(5, min(_LARGEST_BLOCK, self.capacity // _BLOCKS))
        usual = min(20, block // 2)
        serials.ensure(site, self.kind, count=count if count > serials.AT_HAND else usual, block=block)

    def draw(self, site: str) -> str:
        """The next SSCC, which is never given again; refuses when the range is used up."""
        number = serials.draw(site, self.kind)
        if number >= self.capacity:
            log.error("the %d SSCCs of prefix %s are used up", self.capacity, self.company_prefix)
            refuse("no_sscc_left")
        digits = len(str(self.capacity)) - 1
        body = f"{self.extension}{self.company_prefix}{number:0{digits}d}"
        return f"{body}{mod10(body)}"

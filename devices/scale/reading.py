"""What a scale says: a weight in whole digits with its unit, or why there is none. Never a float."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["kg", "g", "lb", "oz"]

Trouble = Literal["silent", "moving", "over", "zero", "empty", "unknown"]
"""Why there is no weight: nothing came; it does not settle; more than the scale can carry; below its zero, or not
zeroed since it was switched on; nothing lies on it; what came is no reading of its protocol."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One weight as the scale sent it: 12345 with 3 `decimals` in "kg" is 12.345 kg, 12345 grams.

    `stable` is the scale's own flag that nothing moves, `net` that a tare was taken off.
    """

    value: int
    decimals: int
    unit: Unit
    stable: bool
    net: bool = False

    @property
    def text(self) -> str:
        """With the decimals that the scale shows: "12.340 kg"."""
        digits = f"{abs(self.value):0{self.decimals + 1}d}"
        whole, part = digits[: len(digits) - self.decimals], digits[len(digits) - self.decimals :]
        return f"{'-' if self.value < 0 else ''}{whole}{'.' if part else ''}{part} {self.unit}"


class ScaleError(Exception):
    """There is no weight. The text is one sentence for whoever can put it right: what, and what next."""

    def __init__(self, trouble: Trouble, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble: Trouble = trouble

"""How a scale is connected and what it speaks: what differs from site to site."""

from dataclasses import dataclass
from typing import Literal

ProtocolName = Literal["sics", "and", "and-continuous", "cas", "dini-argeo", "toledo"]


@dataclass(frozen=True, slots=True)
class ScaleSetup:
    """The scale of a terminal. `port` is a device or a URL, "" where there is no scale.

    `protocol` names a row of `protocols.PROTOCOLS`. `timeout_s`: so long a weight may take to settle.
    """

    port: str = ""
    protocol: ProtocolName = "sics"
    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop: float = 1
    timeout_s: float = 3.0

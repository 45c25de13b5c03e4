"""Scales on a port: what they send, what they are asked, and (in `scale`, which loads pyserial) their reader."""

from devices.scale.protocols import PROTOCOLS, Protocol
from devices.scale.reading import Reading, ScaleError, Trouble
from devices.scale.setup import ProtocolName, ScaleSetup

__all__ = ["PROTOCOLS", "Protocol", "ProtocolName", "Reading", "ScaleError", "ScaleSetup", "Trouble"]

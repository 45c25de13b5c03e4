"""The settings as the program takes them: frozen records, and where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.scale.setup import ScaleSetup
from devices.setup import ScannerSetup
from tui.wedge import WedgeSetup


@dataclass(frozen=True, slots=True)
class Printer:
    """The terminal's label printer; `url` is empty where there is none. Sizes are a label's, in millimetres."""

    url: str = ""
    dpi: int = 203
    width_mm: int = 100
    height_mm: int = 150


@dataclass(frozen=True, slots=True)
class Labels:
    """What an SSCC of this site begins with: its extension digit and the GS1 Company Prefix, "" where it has none."""

    company_prefix: str = ""
    extension: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long scans wait for an answer, whether a STOP holds up the next scan, and how long it stops the trigger."""

    patience_s: float = 3.0
    latch: bool = True
    latch_pause_ms: int = 1_500


@dataclass(frozen=True, slots=True)
class Told:
    """One setting as it is shown: `value` is plain data without secrets, `origin` is where it was set.

    The origin is "default", file and line ("dockbell.toml:12"), an environment variable, or an option.
    """

    key: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force at this terminal. `file` is the settings file, if there is one.

    `feedback` holds the bytes by which profiles differ from those of the program, as `devices.feedback` takes them.
    """

    file: str | None
    station: str
    database: str
    scanners: tuple[ScannerSetup, ...]
    feedback: Mapping[str, Mapping[str, bytes]]
    wedge: WedgeSetup
    scale: ScaleSetup
    printer: Printer
    labels: Labels
    limits: Limits
    told: tuple[Told, ...]

    @property
    def origins(self) -> dict[str, str]:
        """Where each setting came from, by its key ("station.name", "scanner.1.baud")."""
        return {one.key: one.origin for one in self.told}

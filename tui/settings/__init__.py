"""The settings of a terminal: dockbell.toml, the environment, the command line. `load` is the one way in."""

from .effective import load
from .records import Labels, Limits, Printer, Settings, Told

__all__ = ["Labels", "Limits", "Printer", "Settings", "Told", "load"]

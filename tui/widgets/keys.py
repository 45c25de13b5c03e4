"""The keys of every screen, as data: what a key of the keyboard means to the station."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Textual's name of a key -> the station's. F3 is not used (Num Lock breaks it in some terminals), nor anything
# that terminals, tmux or barcodes use themselves: Ctrl-C, Ctrl-Q, Ctrl-S, Ctrl-Z, Ctrl-B, Ctrl-D, Tab.
KEYS: Mapping[str, str] = MappingProxyType(
    {
        "f1": "F1",
        "f2": "F2",
        "ctrl+w": "F2",
        "f4": "F4",
        "ctrl+u": "F4",
        "f5": "F5",
        "ctrl+e": "F5",
        "f6": "F6",
        "ctrl+l": "F6",
        "f7": "F7",
        "ctrl+p": "F7",
        "f8": "F8",
        "ctrl+o": "F8",
        "f9": "F9",
        "ctrl+n": "F9",
        "f12": "F12",
        "ctrl+x": "F12",
    }
)
# What stands for a key where a terminal keeps it for itself; help shows it beside the key.
TWINS: Mapping[str, str] = MappingProxyType(
    {key: f"Ctrl-{pressed[-1].upper()}" for pressed, key in KEYS.items() if pressed.startswith("ctrl+")}
    | {"F1": "?", "Esc": "Backspace"}
)

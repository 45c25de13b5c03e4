"""The doctor on the scale: does its port open, who has it, and does it say anything that is a weight."""

from __future__ import annotations

from pathlib import Path

from devices import holders
from devices.scale import ScaleError, ScaleSetup
from devices.scale.scale import Scale
from devices.transport import is_device
from tui.doctor.check import Check, fail, ok, said

_GUIDE = "docs/connect-a-scale.md"
_PATIENCE = 1.5  # seconds; nobody has put anything on it, so that it may not settle above zero


def scale(setup: ScaleSetup) -> Check | None:
    """Whether the scale answers; where nothing lies on it, too. None for a terminal without one."""
    if not setup.port:
        return None
    if is_device(setup.port) and Path(setup.port).exists() and (kept := _kept(setup.port)):
        return kept
    reader = Scale(setup)
    reader.start()
    try:
        return ok("scale", f"{setup.port} reads {reader.weigh(_PATIENCE).text}")
    except ScaleError as error:
        if error.trouble == "unknown":
            return fail(
                "scale", f"{setup.port} sends no reading of {setup.protocol}", f"Correct [scale]: see {_GUIDE}."
            )
        if error.trouble == "silent":
            return said("scale", error)
        return ok("scale", f"{setup.port} answers: {_STATES[error.trouble]}")
    finally:
        reader.stop()


_STATES = {
    "moving": "its weight moves",
    "over": "it is overloaded",
    "zero": "it is below zero, or not zeroed",
    "empty": "nothing lies on it",
}


def _kept(device: str) -> Check | None:
    """What keeps the port from being opened, if anything is seen that does."""
    access = holders.access(device)
    if not access.allowed:
        return fail("scale", f"this user may not open {device}", access.remedy)
    holder = holders.holder(device)
    if holder is None:
        return None
    if holder.startswith("dockbell "):
        return ok("scale", f"{device} is in use by {holder}")
    return fail("scale", f"{device} is in use by {holder}", "Close that program: it takes what the scale sends.")

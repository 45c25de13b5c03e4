"""A screen's state, how it comes about, and what a picture of it is taken of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from screen_checks import check_banner_place, check_whole
from screen_floors import Floors, quiet
from terminal_kit import SIZES, WIDE, at_step, give, settled, started, until

from db import connection


@dataclass(frozen=True)
class State:
    """How a screen comes about: who, what was done before, what the app is given, what is pressed last."""

    badge: str = ""
    before: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    press: tuple[str, ...] = ()
    floor: object = field(default=quiet)
    wide: bool = False
    banner: bool = True  # whether the banner is there, in its place


def shots(states: dict[str, State]) -> list[object]:
    """Every state at every size (the widest only where it is asked for)."""
    found = [(name, size) for name in states for size in SIZES]
    found += [(name, size) for name, state in states.items() for size in WIDE if state.wide]
    return [pytest.param(name, size, id=f"{name}-{size}") for name, size in found]


def shown(floors: Floors, state: State, size: str) -> dict[str, Any]:
    """What `snap_compare` takes: the app at that state and size, checked before its picture is."""
    _, app = at_step(floors.floor(state.floor), state.badge, *state.before)

    async def before(pilot: Any) -> None:
        await started(pilot)
        await give(pilot, *state.inputs)
        if state.press:
            await pilot.press(*state.press)
            if app.screen.view.previews:  # type: ignore[attr-defined]
                await until(pilot, lambda: app.previewed == app.screen.entry.text)  # type: ignore[attr-defined]
            await settled(pilot)
        check_whole(app)
        if state.banner and not app.screen.overlaid:  # type: ignore[attr-defined]
            check_banner_place(app)
        app.station.stop()
        connection.close()

    return {"app": app, "terminal_size": (SIZES | WIDE)[size], "run_before": before}

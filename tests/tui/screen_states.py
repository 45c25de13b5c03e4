"""A screen's state, how it comes about, and the pictures that are taken of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from screen_checks import check_banner_place, check_whole
from screen_floors import Floors, quiet
from terminal_kit import SIZES, WIDE, ToldApp, at_step, give, resized, settled, started, until
from textual.app import App

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

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Every size, the widest only where it is asked for."""
        return SIZES | WIDE if self.wide else SIZES


def shots(states: dict[str, State]) -> list[object]:
    """Every state at every size; a state's sizes stand together, so that one worker has them all."""
    return [pytest.param(name, size, id=f"{name}-{size}") for name, state in states.items() for size in state.sizes]


class Picture(App[None]):
    """A picture that is taken already, in the shape of an app that draws it, which is what `snap_compare` takes."""

    title = "Dockbell"

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def run(self, **_: object) -> Any:
        """The picture as it is."""
        return self.svg


class Album:
    """Pictures by state and size. A state's app is started once and resized, as people do with a window.

    What a size fails by (a check, or the app itself) is raised when that size's picture is asked for.
    """

    def __init__(self, floors: Floors) -> None:
        self._floors = floors
        self._taken: dict[tuple[State, str], str | Exception] = {}

    def picture(self, state: State, size: str) -> Picture:
        """What `snap_compare` takes: that state at that size, checked before its picture is taken."""
        if (state, size) not in self._taken:
            asyncio.run(self._take(state))
        taken = self._taken[state, size]
        if isinstance(taken, Exception):
            raise taken
        return Picture(taken)

    async def _take(self, state: State) -> None:
        _, app = at_step(self._floors.floor(state.floor), state.badge, *state.before)
        (first, *_) = state.sizes.values()
        async with app.run_test(size=first) as pilot:
            await _reach(pilot, app, state)
            for name, size in state.sizes.items():
                try:
                    await resized(pilot, *size)
                    _check(app, state)
                    self._taken[state, name] = app.export_screenshot(simplify=True)
                except Exception as error:  # noqa: BLE001 - whatever it is, the other sizes have their own turn
                    self._taken[state, name] = error
            app.station.stop()
        connection.close()


async def _reach(pilot: Any, app: ToldApp, state: State) -> None:
    await started(pilot)
    await give(pilot, *state.inputs)
    if state.press:
        await pilot.press(*state.press)
        if app.screen.view.previews:  # type: ignore[attr-defined]
            await until(pilot, lambda: app.previewed == app.screen.entry.text)  # type: ignore[attr-defined]
        await settled(pilot)


def _check(app: ToldApp, state: State) -> None:
    check_whole(app)
    if state.banner and not app.screen.overlaid:  # type: ignore[attr-defined]
        check_banner_place(app)

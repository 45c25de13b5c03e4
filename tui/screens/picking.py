"""Picks go out: place, unit, quantity."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class PickingScreen(JobScreen):
    """Picks go out: place, unit, quantity."""

"""The menu of the person who is signed on."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class HomeScreen(JobScreen):
    """The menu of the person who is signed on."""

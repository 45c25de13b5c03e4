"""Nobody is signed on: a badge, please."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class SignOnScreen(JobScreen):
    """Nobody is signed on: a badge, please."""

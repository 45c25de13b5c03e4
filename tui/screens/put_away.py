"""Cases and pallets go to their places."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class PutAwayScreen(JobScreen):
    """Cases and pallets go to their places."""

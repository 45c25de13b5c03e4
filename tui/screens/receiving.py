"""Cases come in: one loop, each verdict with the orders that it released."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class ReceivingScreen(JobScreen):
    """Cases come in: one loop, each verdict with the orders that it released."""

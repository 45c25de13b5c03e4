"""What is on its way in: what is late and due first, then how far vendors can be trusted."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class InboundScreen(JobScreen):
    """What is on its way in: what is late and due first, then how far vendors can be trusted."""

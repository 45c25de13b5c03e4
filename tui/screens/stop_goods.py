"""Goods are stopped, and let go again by way of hold."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class StopGoodsScreen(JobScreen):
    """Goods are stopped, and let go again by way of hold."""

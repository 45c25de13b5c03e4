"""Trying the scanner: the last scans as they came."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class ScannerTestScreen(JobScreen):
    """Trying the scanner: the last scans as they came."""

"""What's this? Anything that is scanned, as it is now; the job waits behind it."""

from __future__ import annotations

from tui.widgets.job_screen import JobScreen


class WhatsThisScreen(JobScreen):
    """Anything that is scanned, as it is now; the job waits behind it."""

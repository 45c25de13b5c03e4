"""report: the shift or a day of the site, as text or as a PDF for the office printer."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.commands.opening import day_of, now, open_site
from warehouse.barcodes.text import readable
from warehouse.reply import InputError


def report(options: argparse.Namespace) -> None:
    """Print the report, or write it as PDF."""
    from tui import shift_report

    opened = open_site(options)
    at = now()
    on = day_of(options.day, "--day")
    if on is not None and on > opened.site.today(at):
        raise InputError(f"{on} has not come at {opened.site.code}: name a day that has, or none for this shift.")
    shift = shift_report.read(opened.site, at, on)
    if options.pdf is None:
        for line in shift_report.text(shift):
            print(readable(line, 300))
        return
    from tui.commands.written import put_new
    from tui.report_pdf import report_pdf

    path = Path(options.pdf)
    try:
        put_new(path, report_pdf(shift_report.report(shift)))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}; name another file.") from error
    print(readable(f"Wrote {path}.", 1000))

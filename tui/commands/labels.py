"""labels: licence plates, place labels, command cards and the wall sheet, to a printer or into a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from devices.labels import Label, LabelError, zpl
from devices.printer import PrinterError, send
from tui import label_layouts, sheets
from tui.commands.opening import open_site
from tui.settings import Printer, Settings
from warehouse import labels
from warehouse.barcodes.cards import LANYARDS
from warehouse.barcodes.text import escaped
from warehouse.reply import InputError

MOST_COPIES = 999
PLACE = (100.0, 50.0)  # millimetres of a place's label that is cut out of a page; a printer's labels are as they are


def unit(options: argparse.Namespace) -> None:
    """The label of a case or pallet."""
    to = _Target(options)
    label = labels.of_code(open_site(options).site.code, options.code)
    drawn = [label_layouts.label_of(label, *to.size)]
    to.give("label", lambda: drawn, lambda: sheets.cut_out_pdf(drawn, to.copies))


def locations(options: argparse.Namespace) -> None:
    """Labels of places: those that are named, or all."""
    to = _Target(options)
    codes = labels.place_codes(open_site(options).site.code, options.codes)
    _refuse_without_bars(codes)
    to.give(
        "label",
        lambda: [label_layouts.code_label(code, code, *to.size) for code in codes],
        lambda: sheets.cut_out_pdf([label_layouts.code_label(code, code, *PLACE) for code in codes], to.copies),
    )


def cards(options: argparse.Namespace) -> None:
    """Lanyard cards with the commands of a role."""
    to = _Target(options)
    if options.role is not None and options.role not in LANYARDS:
        raise InputError(f"There are no cards for the role {options.role}: name {', '.join(LANYARDS)}.")
    roles = (options.role,) if options.role else tuple(LANYARDS)
    to.give(
        "card",
        lambda: label_layouts.single_cards(label_layouts.cards_of(roles), *to.size),
        lambda: sheets.pages_pdf(label_layouts.lanyards(roles), to.copies),
    )


def sheet(options: argparse.Namespace) -> None:
    """The wall sheet of a station."""
    to = _Target(options)
    to.give(
        "card",
        lambda: label_layouts.single_cards(label_layouts.cards_of_wall(), *to.size),
        lambda: sheets.pages_pdf([label_layouts.wall_sheet()], to.copies),
    )


class _Target:
    """Where a command's labels go, and how many of each."""

    def __init__(self, options: argparse.Namespace) -> None:
        settings: Settings = options.settings
        self.printer: Printer = settings.printer
        self.url: str = options.to or self.printer.url
        self.copies: int = options.copies
        if not self.url:
            raise InputError(
                "No printer is set up here: name one with --to (socket://host:9100, a device, FILE.zpl or FILE.pdf), "
                "or set url under [printer] in dockbell.toml."
            )
        if not 1 <= self.copies <= MOST_COPIES:
            raise InputError(f"--copies is {self.copies}: print 1 to {MOST_COPIES} of each.")
        if options.to:
            _check(options.to)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the printer's labels, in millimetres."""
        return self.printer.width_mm, self.printer.height_mm

    def give(self, word: str, for_printer: Callable[[], Sequence[Label]], as_pdf: Callable[[], bytes]) -> None:
        """Print or write them, and say so; raises InputError where that cannot be."""
        try:
            if self._is(".pdf"):
                _write(self.url, as_pdf())
                print(f"Wrote {escaped(self.url)}.")
                return
            drawn = for_printer()
            data = b"".join(zpl(label, self.printer.dpi, self.copies) for label in drawn)
            _write(self.url, data) if self._is(".zpl") else send(self.url, data)
        except (LabelError, PrinterError) as error:
            raise InputError(str(error)) from error
        count = len(drawn) * self.copies
        many = f"{count} {word}{'' if count == 1 else 's'}"
        print(f"{'Wrote' if self._is('.zpl') else 'Sent'} {many} to {escaped(self.url)}.")

    def _is(self, ending: str) -> bool:
        return "://" not in self.url and self.url.lower().endswith(ending)


def _check(to: str) -> None:
    if to.startswith("socket://") or to.lower().endswith((".zpl", ".pdf")) or Path(to).is_char_device():
        return
    raise InputError(
        f"--to {to} is neither a printer (socket://host:9100, or a device that is there) nor a file "
        "that ends in .zpl or .pdf."
    )


def _write(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)


def _refuse_without_bars(codes: Sequence[str]) -> None:
    for code in codes:
        if not (code.isascii() and code.isprintable()):
            raise InputError(
                f"The place {code} has letters that bars cannot hold: give it a code of A-Z, 0-9 and signs. "
                "Nothing was printed."
            )

"""simulate: what other shipping policies would have made of this site's orders, or of a made-up year's."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from tui.commands.opening import now, open_site, whole
from tui.commands.progress import Progress
from warehouse.barcodes.text import digits_only, escaped
from warehouse.reply import InputError

if TYPE_CHECKING:
    from warehouse.simulation import Year

MOST_DAYS = 1_100  # three years; a replay takes as long as it has lines
SEEDS = 18  # digits
SUPPLY = (0.5, 1.5)


def simulate(options: argparse.Namespace) -> None:
    """Replay the year under each policy, and print their figures side by side."""
    from warehouse import simulation

    chosen = simulation.policies(
        _names(options.policy) or simulation.KINDS, _patience(options.patience) or simulation.PATIENCE
    )
    with Progress("simulate", sys.stderr) as progress:
        found = simulation.compare(_year(options, progress), chosen, progress.step)
    print(json.dumps(found.as_json()) if options.json else found.words())


def _year(options: argparse.Namespace, progress: Progress) -> Year:
    from warehouse import simulation, site_year

    days = whole(options.days, "--days")
    if days > MOST_DAYS:
        raise InputError(f"--days is at most {MOST_DAYS:,}, not {days:,}.")
    if options.generated or options.seed is not None or options.supply is not None:
        return simulation.generated(_seed(options.seed), days, _supply(options.supply))
    opened = open_site(options)
    return site_year.read(opened.site, now(), days, progress.step)


def _names(given: list[str] | None) -> list[str]:
    """What an option that may be repeated, or be a comma list, holds in all."""
    return [name.strip() for one in given or () for name in one.split(",")]


def _patience(given: list[str] | None) -> list[int | None]:
    from warehouse.simulation import MOST_PATIENCE, NEVER_CLAIMS

    found: list[int | None] = []
    for name in _names(given):
        if name == "never":
            found.append(NEVER_CLAIMS)
        elif digits_only(name) and len(name) <= 4 and int(name) <= MOST_PATIENCE:
            found.append(int(name))
        else:
            raise InputError(f"--patience is 0 to {MOST_PATIENCE} days, or never, not '{escaped(name)}'.")
    return found


def _seed(given: str | None) -> int:
    if given is None:
        return 1
    if not digits_only(given) or len(given) > SEEDS:
        raise InputError(f"--seed is a whole number of at most {SEEDS} digits such as 7, not '{escaped(given)}'.")
    return int(given)


def _supply(given: str | None) -> float:
    from warehouse.simulation import SUPPLY as USUAL

    if given is None:
        return USUAL
    least, most = SUPPLY
    try:
        ratio = float(given)
    except ValueError:
        ratio = -1.0
    if not least <= ratio <= most:
        raise InputError(f"--supply is a ratio from {least} to {most} such as 0.97, not '{escaped(given)}'.")
    return ratio

"""The doctor on the terminal and the program: size, colours, keys, characters, versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping

from tui.cli import VERSION
from tui.doctor.check import Check, fail, ok, warn
from tui.widgets.keys import TWINS

LEAST = (20, 16)  # columns, rows
_TIERS = ((60, "wide"), (40, "narrow"), (20, "mini"))
_NO_SCREEN = ("", "dumb", "unknown")

# What terminals keep for themselves, of the keys that this program uses: by a variable that they set.
_KEPT = {
    "VTE_VERSION": ("GNOME Terminal and its like keep", ("F1",)),
    "KONSOLE_VERSION": ("Konsole keeps", ("F1",)),
}


def size(descriptors: tuple[int, ...] = (1, 2, 0)) -> Check:
    """Whether the screens fit; of the terminal on stdout, else on stderr or stdin."""
    columns, rows = next(((*os.get_terminal_size(one),) for one in descriptors if os.isatty(one)), (0, 0))
    if not columns or not rows:
        return warn("terminal", "none: its size is not known", "Run this in the window that the app will have.")
    found = f"{columns}x{rows}"
    if columns < LEAST[0] or rows < LEAST[1]:
        return fail("terminal", f"{found} is too small", f"The app needs {LEAST[0]}x{LEAST[1]}: use a smaller font.")
    tier = next(name for least, name in _TIERS if columns >= least)
    return ok("terminal", f"{found}, layout {tier}")


def colours(environment: Mapping[str, str]) -> Check:
    """How the verdicts will look. Never by colour alone: a word and a border say the same."""
    term = environment.get("TERM", "")
    if term in _NO_SCREEN:
        name = f"TERM is '{term}'" if term else "TERM is not set"
        return warn("colours", f"{name}: the app cannot draw there", "Use 'dockbell plain', or set TERM.")
    if environment.get("NO_COLOR"):
        return ok("colours", f"{term}, none: NO_COLOR is set; words and borders tell the verdicts")
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return ok("colours", f"{term}, 16 million")
    if term.endswith("256color"):
        return ok("colours", f"{term}, 256")
    return ok("colours", f"{term}, 16 or fewer; that is enough")


def keys(environment: Mapping[str, str]) -> Check:
    """Keys that never arrive, and what stands for them."""
    for name, (who, kept) in _KEPT.items():
        if environment.get(name):
            twins = ", ".join(f"press {TWINS[key]} for {key}" for key in kept)
            return ok("keys", f"{who} {', '.join(kept)}: {twins} (on an empty prompt)")
    return ok("keys", "F1 to F12; F1 in the app names the other key for each")


def characters(environment: Mapping[str, str]) -> Check:
    """Whether the names of products arrive whole on the screen."""
    name = next((name for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    locale = environment.get(name, "")
    if locale.upper().replace("-", "").endswith("UTF8"):
        return ok("characters", f"{name} is {locale}")
    found = f"{name} is {locale}, not UTF-8" if locale else "no locale is set"
    return warn("characters", found, "Set LANG=C.UTF-8, and the terminal itself to UTF-8.")


def program() -> Check:
    """What runs here, for whoever is asked for advice."""
    system = f"{platform.system()} {platform.release()}"
    return ok("program", f"Dockbell {VERSION}, Python {platform.python_version()}, {system}")

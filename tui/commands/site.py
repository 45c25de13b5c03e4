"""site, site set: what a site has decided for itself, and a lead's change of it."""

from __future__ import annotations

import argparse
import json

from db.connection import iso
from tui.commands.opening import Opened, clean, lead, open_site
from warehouse import rules
from warehouse.barcodes.text import escaped
from warehouse.rules import Setting


def show(options: argparse.Namespace) -> None:
    """Every rule: its value, where that comes from, and what it means."""
    opened = open_site(options)
    found = rules.settings(opened.site.code)
    if options.json:
        print(json.dumps(_as_json(opened, found)))
        return
    site = opened.site
    print(f"Site {site.code}, {site.timezone}, cut-off {site.cutoff:%H:%M}{', practice' if site.practice else ''}")
    names = max(len(setting.rule.name) for setting in found)
    values = max(len(escaped(setting.value, 40)) for setting in found)
    for setting in found:
        words = f"{setting.rule.words} ({setting.rule.form})"
        print(f"{setting.rule.name:{names}}  {escaped(setting.value, 40):{values}}  {words}{_by(opened, setting)}")


def _by(opened: Opened, setting: Setting) -> str:
    if setting.set_at is None:
        return ""
    when = f"{opened.site.local(setting.set_at):%Y-%m-%d %H:%M}"
    return escaped(f"; set by {setting.set_by or 'nobody'} {when}, default {setting.rule.default}")


def _as_json(opened: Opened, found: tuple[Setting, ...]) -> dict[str, object]:
    site = opened.site
    return {
        "site": site.code,
        "timezone": site.timezone,
        "cutoff": f"{site.cutoff:%H:%M}",
        "practice": site.practice,
        "rules": [
            {
                "name": setting.rule.name,
                "value": setting.value,
                "default": setting.rule.default,
                "meaning": setting.rule.words,
                "choices": list(setting.rule.choices),
                "most": None if setting.rule.choices else setting.rule.most,
                "set_by": setting.set_by,
                "set_at": iso(setting.set_at) if setting.set_at else None,
            }
            for setting in found
        ],
    }


def put(options: argparse.Namespace) -> None:
    """Set a rule, or take it back to the program's default."""
    opened = open_site(options)
    command = lead(opened, options)
    change = rules.put(command, clean(options.name, "NAME"), clean(options.value, "VALUE"))
    source = " (the default)" if change.default else ""
    print(escaped(f"{change.name} is {change.after}{source} now; it was {change.before}."))

"""A folder with a settings file in it, and commands that are typed there."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "commands"))  # the shell that commands are typed in
sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))  # the kit that drives a program from outside

from command_desk import CommandDesk

from tui import settings
from warehouse.reply import InputError


@dataclass
class SettingsDesk:
    """Loads settings in one folder, with an environment and options of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, text: str | bytes, name: str = "dockbell.toml") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def load(self, text: str | bytes | None = None, **options: Any) -> settings.Settings:
        """What is in force, with `text` as the file here."""
        if text is not None:
            self.write(text)
        return settings.load(argparse.Namespace(**{"config": None} | options), self.environment)

    def refused(self, text: str | bytes | None = None, **options: Any) -> str:
        """The sentence that the settings are refused with."""
        with pytest.raises(InputError) as refused:
            self.load(text, **options)
        said = str(refused.value)
        assert said.endswith(".")
        assert "\n" not in said
        return said


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty folder, which is home as well."""
    monkeypatch.chdir(tmp_path)
    return SettingsDesk(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "home")})


@pytest.fixture
def shell(tmp_path):
    """The same for commands."""
    return CommandDesk(tmp_path)

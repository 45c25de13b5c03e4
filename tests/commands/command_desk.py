"""A person at a shell: commands run as processes of their own, in a folder and an environment of their own.

`run` starts a process. `call` gives the same words to the same function in this process: it costs a twentieth,
and is for the many ways to get something wrong after one of them was seen as a process.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from databases import open_new_sqlite
from postgres import empty_postgres

from db import connection
from tui import cli

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
COMMANDS = (
    *("init", "import", "run", "plain", "cancel", "adjust", "why", "board", "verify", "backup", "restore", "demo"),
    *("scanner list", "scanner setup", "scanner decode", "config show", "doctor"),
    *("labels unit", "labels locations", "labels cards", "labels sheet"),
    *("packs", "inbound", "queue", "transcript", "atp", "promises", "simulate", "review", "report"),
    *("receipts", "receipt"),
    *("block", "unblock", "accept"),
    *("export receipts", "site", "site set"),
    *("substitutes", "substitute"),
    *("hold", "unhold", "holds", "pin", "priority", "sweep", "redistribute", "lend", "hoarding"),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def good(self) -> str:
        """What it printed; it must have gone well, without a word on stderr."""
        assert (self.code, self.err) == (0, "")
        return self.out

    def json(self) -> Any:
        """What it printed, which must be one JSON value on one line."""
        assert self.good().count("\n") == 1
        return json.loads(self.out)

    def refused(self, *words: str) -> str:
        """The sentence it was refused with, which must have these words in it."""
        assert (self.code, self.out) == (2, ""), self
        assert self.err.startswith("dockbell")
        assert self.err.count("\n") == 1, "one sentence is one line"
        assert self.err.isprintable() or self.err[:-1].isprintable()
        assert self.err.rstrip("\n").endswith((".", "'"))
        assert "Traceback" not in self.err
        for word in words:
            assert word in self.err
        return self.err


@dataclass
class CommandDesk:
    """Runs commands on one database, in one folder."""

    folder: Path
    url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    on_terminal: bool = False  # whether `call` writes to what says it is a terminal

    def run(self, *words: str | bytes, given: str = "") -> Ended:
        """Run a command as a process."""
        ended = subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=self.folder,
            env=self.clean,
            input=given.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command, to let several run at once."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, "-m", "tui", *words],
            cwd=self.folder,
            env=self.clean,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    @property
    def clean(self) -> dict[str, str]:
        """Nothing of the environment that the tests run in, but where programs are."""
        named = {"DOCKBELL_DB": self.url} if self.url else {}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **named, **self.environment}

    def call(self, *words: str) -> Ended:
        """The same within this process."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, text in self.clean.items():
                patch.setenv(name, text)
            return _called(list(words), on_terminal=self.on_terminal)

    def rows(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        return self._asked(connection.rows, text, *params)

    def execute(self, text: str, *params: Any) -> int:
        """Change it behind the program's back."""
        return self._asked(connection.execute, text, *params)

    def _asked(self, ask: Callable[..., Any], text: str, *params: Any) -> Any:
        connection.close()
        connection.open_database(self.url)
        try:
            return ask(text, *params)
        finally:
            connection.close()

    def write(self, name: str, *lines: str) -> str:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        return name


def _called(words: list[str], *, on_terminal: bool) -> Ended:
    with pytest.MonkeyPatch.context() as patch:
        out, err = _Text(on_terminal), _Text(on_terminal)
        patch.setattr(logging.getLogger(), "handlers", [])
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        connection.close()
        try:
            code = cli.main(words)
        except SystemExit as ended:
            code = int(str(ended.code or 0))
        finally:
            connection.close()
    return Ended(code, "".join(out.parts), "".join(err.parts))


class _Text:
    """A stream that keeps what was written."""

    def __init__(self, terminal: bool) -> None:
        self.parts: list[str] = []
        self.terminal = terminal

    def write(self, text: str) -> int:
        self.parts.append(text)
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return self.terminal


# --- Looking closely ------------------------------------------------------------------------------------


def shape(value: Any) -> Any:
    """What a JSON value is made of: names and kinds, each list by its first entry; instants are told from text."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return "instant"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "day"
    return {str: "text", int: "whole", bool: "yes or no", float: "fraction", type(None): None}[type(value)]


def moment(text: str) -> datetime:
    """An instant as the program prints it."""
    assert INSTANT.fullmatch(text), text
    return datetime.fromisoformat(text).astimezone(UTC)


def desk_with(build: Callable[[], object], request: pytest.FixtureRequest, folder: Path) -> CommandDesk:
    """A shell beside a database of the engine that the fixture is for, in which this was built."""
    if request.param == "sqlite":
        url = open_new_sqlite(folder / "site.db")
        connection.execute("PRAGMA synchronous = OFF")
    else:
        url = request.getfixturevalue("_postgres_database")
        empty_postgres(url)
        connection.open_database(url)
    build()
    connection.close()
    return CommandDesk(folder, url)

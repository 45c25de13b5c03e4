"""The rooms as they are installed: what each one loads, that they are this project's, that nothing is fetched elsewhere."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("db", "devices", "tui", "warehouse")

LOADED = """
import importlib, json, pkgutil, sys
names = sys.argv[1:]
for name in names:
    module = importlib.import_module(name.removesuffix(".*"))
    if name.endswith(".*"):
        for found in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
            importlib.import_module(found.name)
print(json.dumps(sorted(name.partition(".")[0] for name in sys.modules) + sorted(sys.modules)))
"""


@cache
def loaded_by(*names: str) -> set[str]:
    """What is in memory of a new process after these imports; a name with .* is a room with all its modules."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *names], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    return set(json.loads(ended.stdout))


def test_the_rules_run_without_a_screen_and_without_a_port():
    found = loaded_by("warehouse.*", "db.*")

    assert {"warehouse.floor", "warehouse.exchange.importing", "db.watch"} <= found
    assert found & {"textual", "rich", "serial", "devices", "tui"} == set()


def test_devices_know_nothing_of_a_warehouse():
    assert loaded_by("devices.*") & {"textual", "rich", "peewee", "psycopg", "warehouse", "db", "tui"} == set()


def test_help_is_instant_and_a_report_loads_no_screen():
    assert loaded_by("tui.cli") & {"textual", "peewee", "psycopg", "biip", "warehouse", "db", "devices"} == set()
    found = loaded_by("tui.commands.reports", "warehouse.verify", "warehouse.board", "warehouse.explain")
    assert found & {"textual", "serial", "devices"} == set()


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_this_projects(name):
    module = importlib.import_module(name)

    assert module.__file__ is not None
    assert Path(module.__file__) == ROOT / name / "__init__.py"


def test_a_room_is_this_projects_from_any_folder(tmp_path):
    words = "import json, " + ", ".join(ROOMS) + "; print(json.dumps([m.__file__ for m in (" + ", ".join(ROOMS) + ")]))"
    ended = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, cwd=tmp_path, check=True)

    assert json.loads(ended.stdout) == [str(ROOT / name / "__init__.py") for name in ROOMS]


# --- the repository -------------------------------------------------------------------------------------


@cache
def rows() -> list[tuple[str, str]]:
    """Every row of everything that is kept or about to be, with its file and line; but for what this test says itself."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    if listed.returncode:
        pytest.skip("not a checkout: nothing says which files are the project's")
    return [
        (f"{name}:{number}", row)
        for name in listed.stdout.split("\0")
        if name and (ROOT / name).is_file()
        for number, row in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1)
    ]


# Where packages come from is the machine's business: a name in the repository would win over it. The names are
# put together here, so that this file holds none of them either.
INDEXES = [f"{name}.org" for name in ("py" + "pi", "python" + "hosted", "ana" + "conda")]
MARKS = [
    "index" + "-url",
    "index" + "_url",
    "--trusted" + "-host",
    "--find" + "-links",
    "arti" + "factory",
    "dev" + "pi",
]
HOSTS = re.compile("(?i)" + "|".join([*map(re.escape, [*INDEXES, *MARKS]), r"\bnex" + r"us\b", "//mir" + r"rors?\."]))


def test_no_file_says_where_packages_come_from():
    assert [(place, row.strip()[:80]) for place, row in rows() if HOSTS.search(row)] == []


@pytest.mark.parametrize("name", [*INDEXES, *MARKS])
def test_that_search_can_find(name):
    assert HOSTS.search(f"pip install -i https://{name}/simple x")
    assert HOSTS.search(name.upper())


def test_no_file_holds_a_path_of_this_machine():
    private = re.compile(rf"{re.escape(str(ROOT))}\b|/home/[a-z]+/|/Users/[a-z]+/")

    assert [place for place, row in rows() if private.search(row)] == []

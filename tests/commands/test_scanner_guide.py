"""docs/connect-a-scanner.md holds what the program takes: its profiles, its settings, its files."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from devices.feedback import PROFILES
from tui import cli, settings

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "connect-a-scanner.md").read_text()
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_in_the_guide(name):
    assert f"`{name}`" in GUIDE


def test_every_profile_that_an_example_names_exists():
    named = set(re.findall(r'^feedback = "([^"]+)"', GUIDE, re.MULTILINE)) - {"ours"}

    assert named <= set(PROFILES)
    assert len(named) >= 6


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_a_settings_file(text, tmp_path):
    assert tomllib.loads(text)
    file = tmp_path / "dockbell.toml"
    file.write_text(text)

    options = argparse.Namespace(config=str(file), db=None)
    read = settings.load(options, {})

    assert len(read.scanners) == text.count("[[scanner]]")
    assert any(origin.startswith(f"{file}:") for origin in read.origins.values())


def test_there_are_examples():
    assert len(EXAMPLES) >= 10


def test_every_link_leads_somewhere():
    heads = {
        re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
        for head in re.findall("^#+ (.*)$", GUIDE, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        path, _, head = target.partition("#")
        assert not head or head in heads, target
        assert not path or (DOCS / path).is_file(), target


def test_every_command_in_the_guide_exists():
    for words in set(re.findall(r"`dockbell ([a-z ]+?)(?: --\w+)*`", GUIDE)):
        with pytest.raises(SystemExit) as ended:
            cli.parser().parse_args([*words.split(), "--help"])
        assert ended.value.code == 0, words

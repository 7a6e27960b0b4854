"""The pages that are made from the code are what the code makes."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest
from conftest import ROOT
from typer.main import get_command

from topline.cli import app

DOCS = ROOT / "docs"


def script(name: str) -> ModuleType:
    """Return a script of the documentation as a module."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_says():
    made = script("make_reference").reference()
    assert (DOCS / "reference.md").read_text("utf-8") == made, "run `python docs/make_reference.py`"


def test_the_drawings_are_what_the_code_draws():
    page = (DOCS / "linking.md").read_text("utf-8")
    linking = script("make_linking")
    assert linking.drawn(page) == page, "run `python docs/make_linking.py`"
    assert set(linking.MARK.findall(page)) == set(linking.EXAMPLES)
    assert page.count("  => ") >= 6


PARTS = list(script("make_reference").leaves(get_command(app)))


@pytest.mark.parametrize(("name", "command"), PARTS, ids=[name for name, _ in PARTS])
def test_every_command_and_option_stands_in_the_reference(name, command):
    part = (DOCS / "reference.md").read_text("utf-8").partition(f"\n### `{name}")[2].partition("\n### ")[0]
    options = [name for parameter in command.params for name in parameter.opts if name.startswith("-")]
    assert [option for option in options if option != "--help" and not re.search(rf"{option}\b", part)] == []


def test_pictures_are_there_and_small():
    for page in [*DOCS.glob("*.md"), ROOT / "README.md"]:
        for picture in re.findall(r"!\[[^\]]++\]\(([^)]++)\)", page.read_text("utf-8")):
            assert 1_000 < (page.parent / picture).stat().st_size < 250_000, picture

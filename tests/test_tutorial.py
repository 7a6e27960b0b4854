"""The tutorial, run from its page: every block of commands in order, in a folder with a clone's annotations only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from topline.evaluation.rows import read_records
from topline.evaluation.scorer import score
from topline.gold import load_gold

PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```sh\n([^`]*+)^```$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]++)(?:#[^)]*+)?\)")
PAGES = sorted(PAGE.parent.glob("*.md"))


def row_f1(folder: Path, rows: str) -> float:
    """Return the F1 of whole rows of a file of rows against the gold that was held out."""
    figure = score(load_gold(folder / "held.jsonl"), read_records(folder / rows)).levels["row"].tally.f1
    assert figure is not None
    return figure


def test_the_tutorial_leads_to_a_better_score(tmp_path: Path):
    (tmp_path / "annotations").mkdir()
    shutil.copy(ROOT / "annotations" / "samples.jsonl", tmp_path / "annotations")
    shutil.copytree(ROOT / "annotations" / "samples", tmp_path / "annotations" / "samples")
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) == PAGE.read_text("utf-8").count("```sh") >= 8
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(blocks)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    folder = tmp_path / "tutorial"
    assert len(read_records(folder / "rows.jsonl")) > 5
    (mine,) = load_gold(folder / "mine.jsonl")
    assert [result.n for result in mine.results[-2:]] == [55, 55]
    assert len(load_gold(folder / "others.jsonl")) == 9
    assert "<html" in (folder / "report.html").read_text("utf-8")
    assert (folder / "changes.txt").read_text("utf-8").strip()
    before, after = row_f1(folder, "before.jsonl"), row_f1(folder, "after.jsonl")
    assert 0.3 < before < after


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_links_lead_to_files(page: Path):
    links = [link for link in LINK.findall(page.read_text("utf-8")) if not link.startswith(("http", "#"))]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_leads_to_every_page():
    linked = set(LINK.findall((PAGE.parent / "index.md").read_text("utf-8")))
    assert {page.name for page in PAGES} - linked == {"index.md"}

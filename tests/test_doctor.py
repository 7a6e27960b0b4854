"""`topline doctor` and shell completion: what is there, what is broken, and how to mend it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from typer.testing import CliRunner

from topline import doctor
from topline.cli import app
from topline.gold import load_gold
from topline.training.card import gold_digest


@pytest.mark.parametrize(
    ("requirement", "extra", "state", "said"),
    [
        ("numpy>=2", None, "ok", ""),
        ("numpy>=900", None, "broken", "but topline needs >=900; `pip install 'numpy>=900'`"),
        ("no-such-library>=1", None, "broken", "not installed; `pip install 'no-such-library>=1'`"),
        ("no-such-library>=1", "excel", "absent", "not installed; `pip install 'topline[excel]'`"),
        ("numpy>=900", "excel", "broken", "`pip install 'topline[excel]'`"),
    ],
)
def test_a_library_is_there_absent_or_broken(requirement, extra, state, said):
    found = doctor.library(Requirement(requirement), extra)
    assert found.state == state
    assert said in found.said


def test_every_requirement_is_looked_at():
    parts = {finding.part.partition(" ")[0] for finding in doctor.libraries()}
    assert parts >= {"spacy", "scikit-learn", "typer", "numpy", "pandas", "pyarrow", "xlsxwriter", "dask", "starlette"}


def test_a_model_that_is_none_is_broken(tmp_path: Path):
    (tmp_path / "manifest.json").write_text("{}")
    done = CliRunner().invoke(app, ["doctor", "--model", str(tmp_path), "--annotations", str(tmp_path / "none")])
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("!!")]
    assert "topline train CONFIG -o DIR" in line
    assert done.stderr == "1 broken\n"


def test_gold_is_counted_and_compared():
    folder = ROOT / "annotations"
    digest = gold_digest(load_gold(folder))
    same, other = doctor.gold(folder, digest), doctor.gold(folder, "0")
    assert same.said.endswith(f"digest {digest[:16]}, what the model was trained on")
    assert other.said.endswith("not what the model was trained on")
    assert (same.state, other.state) == ("ok", "ok")


def test_gold_that_does_not_hold_is_broken(tmp_path: Path):
    (tmp_path / "mine.jsonl").write_text("{")
    found = doctor.gold(tmp_path, None)
    assert (found.state, "mine.jsonl:1" in found.said) == ("broken", True)


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")])
def test_a_shell_completes_commands(shell, mark):
    env = {**os.environ, "_TOPLINE_COMPLETE": f"source_{shell}"}
    topline = Path(sys.executable).parent / "topline"
    assert mark in subprocess.run([topline], env=env, capture_output=True, text=True, check=True).stdout


def test_what_bash_is_offered():
    env = {**os.environ, "_TOPLINE_COMPLETE": "complete_bash", "COMP_WORDS": "topline ex", "COMP_CWORD": "1"}
    done = subprocess.run([Path(sys.executable).parent / "topline"], env=env, capture_output=True, text=True)
    assert done.stdout.split() == ["extract", "export"]

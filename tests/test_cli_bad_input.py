"""Every command on input that is none: one sentence, exit code 1 or 2, nothing written, no traceback.

`test_cli_gold.py` has the commands of `topline gold`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from typer.main import get_command
from typer.testing import CliRunner

from topline.cli import app
from topline.errors import ToplineError

SAMPLE = ROOT / "annotations" / "samples" / "penhallow-8k-2021.htm"
GOLD = ROOT / "annotations" / "samples.jsonl"
BAD = {
    "missing": None,
    "folder": "/",
    "binary": bytes(range(256)) * 20,
    "empty": b"",
    "cut": b'{"id": "a", "mentions": [{"id"',
    "other": b'{"colour": "red"}\n',
    "list": b"[]",
    "latin": b'{"id": "caf\xe9"}',
}
# The command with BAD where the bad input goes, OUT where its output would.
COMMANDS = {
    "fetch": "fetch --cik 1 -o BAD --contact NAME@example.org --base-url http://127.0.0.1:9/",
    "extract": "extract BAD -o OUT --model rules",
    "extract model": f"extract {SAMPLE} -o OUT --model BAD",
    "show": "show BAD --model rules",
    "show model": f"show {SAMPLE} --model BAD",
    "text": "text BAD",
    "export": "export BAD -o OUT.csv",
    "export status": "export ROWS -o OUT.xlsx --status BAD",
    "train": "train BAD -o OUT",
    "evaluate": "evaluate BAD --model rules",
    "evaluate rows": "evaluate NONE BAD",
    "evaluate model": f"evaluate {GOLD} --model BAD",
    "evaluate split": f"evaluate {GOLD} --model rules --part dev --split BAD",
    "evaluate floor": "evaluate NONE ROWS --floor BAD",
    "evaluate mentions": "evaluate NONE ROWS --mentions BAD",
    "evaluate ledger": "evaluate NONE ROWS --ledger BAD",
    "report": "report BAD ROWS -o OUT",
    "report rows": "report NONE BAD -o OUT",
    "diff": "diff BAD ROWS",
    "diff new": "diff ROWS BAD",
    "diff gold": "diff ROWS ROWS --gold BAD",
    "review": "review BAD --export OUT",
    "review journal": "review ROWS --journal BAD --export OUT",
    "doctor": "doctor --model BAD",
}
# What is no bad input: rows or a filing may be empty, any text is a filing, a new folder is where a model could go.
FINE = {
    *((command, kind) for command in ("extract", "show", "text") for kind in ("cut", "other", "list", "latin")),
    *((command, "empty") for command in ("export", "export status")),
}
INPUTLESS = {"schema"}


def run(words):
    """Run a command; return its exit code and what it says, as `topline` does with a known error."""
    done = CliRunner().invoke(app, words)
    if done.exception is None or isinstance(done.exception, SystemExit):
        return done.exit_code, done.stderr + (done.stdout if words[0] == "doctor" else "")
    assert isinstance(done.exception, ToplineError), repr(done.exception)
    return 1, f"{done.exception}\n"


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("command", COMMANDS)
def test_bad_input_gets_a_sentence(command, kind, tmp_path: Path):
    bad, out = tmp_path / f"{kind}.jsonl", tmp_path / "out"
    (tmp_path / "rows.jsonl").write_text("")
    (tmp_path / "none.jsonl").write_text('{"id": "a", "text": "none", "mentions": [], "results": []}\n')
    if kind == "folder":
        bad.mkdir()
    elif kind != "missing":
        bad.write_bytes(BAD[kind])
    held = {"BAD": bad, "OUT": out, "ROWS": tmp_path / "rows.jsonl", "NONE": tmp_path / "none.jsonl"}
    words = [str(held.get(word.partition(".")[0], word)) + word.partition(".")[1] * 0 for word in COMMANDS[command].split()]
    words = [word if source.partition(".")[0] != "OUT" else f"{out}{source[3:]}" for word, source in zip(words, COMMANDS[command].split(), strict=True)]
    code, said = run(words)
    print(code, said)
    if (command, kind) in FINE:
        assert code == 0
        return
    assert code == 1
    assert "Traceback" not in said
    assert kind in said
    assert not out.exists()


def test_every_command_is_tried():
    tried = {words.split()[0] for words in COMMANDS.values()}
    assert tried | INPUTLESS == set(get_command(app).commands) - {"gold"}

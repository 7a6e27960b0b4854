"""Every command on input that is none: one sentence, exit code 1 or 2, nothing written, no traceback.

`test_cli_gold.py` has the commands of `topline gold`.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from conftest import ROOT
from typer.main import get_command
from typer.testing import CliRunner

from topline.cli import app
from topline.errors import ToplineError

REVIEWED = ROOT / "annotations" / "samples" / "quernmoor-10q-2024.htm"
SAMPLE = ROOT / "annotations" / "samples" / "penhallow-8k-2021.htm"
EMPTY_GOLD = (
    f'{{"id": "a", "sha256": "{sha256(b"none").hexdigest()}", "text": "none", "mentions": [], "results": []}}\n'
)
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
    "fetch": "fetch --cik 1 --accession 0000000001-20-000001 -o BAD --contact NAME@example.org --base-url http://127.0.0.1:9/",
    "extract": "extract BAD -o OUT --model rules",
    "extract model": f"extract {SAMPLE} -o OUT --model BAD",
    "show": "show BAD --model rules",
    "show model": f"show {SAMPLE} --model BAD",
    "text": "text BAD",
    "export": "export BAD --format csv -o OUT",
    "export status": "export ROWS --format xlsx -o OUT --status BAD",
    "train": "train BAD -o OUT",
    "evaluate": "evaluate BAD ROWS",
    "evaluate rows": "evaluate GOLD BAD",
    "evaluate model": "evaluate GOLD --model BAD",
    "evaluate split": "evaluate GOLD ROWS --part dev --split BAD",
    "evaluate floor": "evaluate GOLD ROWS --floor BAD",
    "evaluate mentions": "evaluate GOLD ROWS --mentions BAD",
    "evaluate ledger": "evaluate GOLD ROWS --ledger BAD",
    "report": "report BAD ROWS -o OUT",
    "report rows": "report GOLD BAD -o OUT",
    "diff": "diff BAD ROWS",
    "diff new": "diff ROWS BAD",
    "diff gold": "diff ROWS ROWS --gold BAD",
    "review": "review BAD --export OUT",
    "review journal": f"review SAID --filings {REVIEWED.parent} --journal BAD --export OUT",
    "doctor": "doctor --model BAD",
}
# What is no bad input: rows or a filing may be empty, any text is a filing, a new folder is where a model could go.
FINE = {
    *((command, kind) for command in ("extract", "show", "text") for kind in ("cut", "other", "list", "latin")),
    *((command, "empty") for command in ("export", "export status", "evaluate rows", "evaluate mentions")),
    *((command, "empty") for command in ("evaluate ledger", "report rows", "diff", "diff new")),
}
INPUTLESS = {"schema"}


def run(words):
    """Run a command; return its exit code and what it says, as `topline` does with a known error, and its output."""
    done = CliRunner().invoke(app, words)
    if done.exception is None or isinstance(done.exception, SystemExit):
        return done.exit_code, done.stderr + (done.stdout if words[0] == "doctor" else ""), done.stdout
    assert isinstance(done.exception, ToplineError), repr(done.exception)
    return 1, f"{done.exception}\n", done.stdout


@pytest.fixture(scope="module")
def predicted() -> str:
    """Return rows of a sample, as `topline extract` writes them."""
    return run(["extract", str(REVIEWED), "--model", "rules"])[2]


# A folder is just where filings go, and one that is not there is made.
NONE = {("fetch", "missing"), ("fetch", "folder")}
TRIED = [(command, kind) for command in COMMANDS for kind in BAD if (command, kind) not in NONE]


@pytest.mark.parametrize(("command", "kind"), TRIED)
def test_bad_input_gets_a_sentence(command, kind, predicted, tmp_path: Path):
    bad, out = tmp_path / f"{kind}.jsonl", tmp_path / "out"
    (tmp_path / "rows.jsonl").write_text("")
    (tmp_path / "gold.jsonl").write_text(EMPTY_GOLD)
    (tmp_path / "said.jsonl").write_text(predicted)
    if kind == "folder":
        bad.mkdir()
    elif kind != "missing":
        bad.write_bytes(BAD[kind])
    held = {"BAD": bad, "OUT": out, "ROWS": tmp_path / "rows.jsonl", "GOLD": tmp_path / "gold.jsonl"}
    held["SAID"] = tmp_path / "said.jsonl"
    code, said, _ = run([str(held.get(word, word)) for word in COMMANDS[command].split()])
    if (command, kind) in FINE:
        assert code == 0, said
        return
    assert code == 1, said
    assert "Traceback" not in said
    # A journal may be new, and its last line may be torn: nothing is decided then.
    assert kind in said or (command == "review journal" and said.startswith("no document is finished yet"))
    assert command == "extract" or not out.exists()  # rows of the other inputs, of which there are none


def test_every_command_is_tried():
    tried = {words.split()[0] for words in COMMANDS.values()}
    assert tried | INPUTLESS == set(get_command(app).commands) - {"gold"}

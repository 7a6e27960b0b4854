"""Every command of `topline gold` on input that is none: sentences, exit code 1, nothing written, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from typer.main import get_command
from typer.testing import CliRunner

from topline.cli_gold import gold_app
from topline.errors import ToplineError
from topline.gold import load_gold

SAMPLE = ROOT / "annotations" / "samples" / "velorin-8k-2019.htm"
GOOD = ROOT / "annotations" / "samples.jsonl"
TOOLS = ("prodigy", "label-studio", "doccano", "brat", "docbin")
BAD = {
    "missing": None,
    "folder": "/",
    "binary": bytes(range(256)) * 20,
    "empty": b"",
    "blank": b"\n \n",
    "cut": b'{"id": "a", "mentions": [{"id"',
    "other": b'{"colour": "red"}\n',
    "list": b"[]",
    "latin": b'{"id": "caf\xe9"}',
}
# The command with BAD where the bad input goes, OUT where its output would.
COMMANDS = {
    "check": "check BAD",
    "stats": "stats BAD",
    "stats split": f"stats {GOOD} --split BAD",
    "resolve": f"resolve BAD --texts {ROOT} -o OUT",
    "compile": "compile BAD BAD OUT",
    "fetch": "fetch OUT --sources BAD",
    "draft": "draft BAD -o OUT --bare",
    **{f"export {tool}": f"export BAD -f {tool} -o OUT" for tool in TOOLS},
    **{f"import {tool}": f"import BAD -f {tool} -o OUT" for tool in TOOLS},
}
# What a filing may well be: any text at all.
FINE = {("draft", "cut"), ("draft", "other"), ("draft", "list"), ("draft", "latin")}


def run(*words: str | Path):
    """Run a command; return its exit code and what it says, as `topline` does with a known error."""
    done = CliRunner().invoke(gold_app, [str(word) for word in words])
    if done.exception is None or isinstance(done.exception, SystemExit):
        return done.exit_code, done.stderr
    assert isinstance(done.exception, ToplineError), repr(done.exception)
    return 1, f"{done.exception}\n"


def bad_input(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(BAD[kind])
    return path


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("command", COMMANDS)
def test_bad_input_gets_a_sentence(command, kind, tmp_path: Path):
    bad, out = bad_input(kind, tmp_path), tmp_path / "out"
    code, said = run(*(str({"BAD": bad, "OUT": out}.get(word, word)) for word in COMMANDS[command].split()))
    if (command, kind) in FINE:
        assert code == 0
        return
    assert code == 1
    assert not out.exists()
    assert "Traceback" not in said
    (sentence,) = said.splitlines()
    assert kind in sentence
    assert len(sentence) < 400


def test_every_command_is_tried():
    assert {words.split()[0] for words in COMMANDS.values()} == set(get_command(gold_app).commands)


@pytest.mark.parametrize("tool", TOOLS)
def test_an_output_that_cannot_be_written_is_named(tool, tmp_path: Path):
    code, said = run("export", GOOD, "-f", tool, "-o", tmp_path / "none" / "out")
    assert (code, len(said.splitlines())) == (1, 1)
    assert "cannot be written" in said


def test_a_draft_holds_and_names_its_file(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.htm").write_bytes(SAMPLE.read_bytes())
    (tmp_path / "in" / "b.htm").write_bytes(b"%PDF-1.4\n...")
    code, said = run("draft", tmp_path / "in", "-o", tmp_path / "gold.jsonl", "--model", "rules")
    assert code == 1
    assert "b.htm" in said.splitlines()[-1]
    (record,) = load_gold(tmp_path / "gold.jsonl")
    assert (record.id, record.file, record.sizes) == ("a", "in/a.htm", ())
    assert len(record.results) > 5
    assert any(result.n is not None and result.n_at for result in record.results)
    bare = run("draft", tmp_path / "in" / "a.htm", "-o", tmp_path / "bare.jsonl", "--bare")
    assert bare[0] == 0
    assert [(held.text, held.mentions) for held in load_gold(tmp_path / "bare.jsonl")] == [(record.text, ())]


def test_gold_of_filings_may_stand_in_another_folder(tmp_path: Path):
    for folder in ("notes", "filings", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "notes" / "a.json").write_text('{"results": []}')
    (tmp_path / "filings" / "a.htm").write_bytes(SAMPLE.read_bytes())
    output = tmp_path / "elsewhere" / "gold.jsonl"
    code, said = run("compile", tmp_path / "notes", tmp_path / "filings", output, "--filings")
    assert code == 0, said
    (record,) = load_gold(output)
    assert record.file == "../filings/a.htm"
    assert run("check", output)[0] == 0

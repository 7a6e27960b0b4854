"""Two runs compared."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import typer
from evaluation_example import example_gold, example_rows, perfect_rows
from typer.testing import CliRunner

from topline.cli_evaluate import diff
from topline.errors import InputError
from topline.evaluation.diff import diff_rows
from topline.evaluation.tables import format_changes

app = typer.Typer()
app.command()(diff)


def row_at(rows, text):
    return next(row for row in rows if row["value"]["text"] == text)


def test_a_run_does_not_differ_from_itself():
    assert diff_rows(example_rows(), example_rows()[::-1], example_gold()) == []


def test_confidence_and_ids_are_no_changes():
    rows = copy.deepcopy(example_rows())
    for row in rows:
        row |= {"id": "x", "confidence": 0.1}
    assert diff_rows(example_rows(), rows) == []


def test_fields_that_changed():
    new = copy.deepcopy(example_rows())
    row = row_at(new, "62.5%")
    row["endpoint"] = None
    row["cohort"]["n"] = 20
    row["value"]["kind"] = "number"
    (change,) = diff_rows(example_rows(), new)
    assert (change.state, change.document, change.value, change.trend) == ("changed", "trial", "62.5%", None)
    fields = {name: (old, new) for name, old, new in change.fields}
    assert fields["endpoint"][1] == "—"
    assert fields["cohort"][0].endswith("n=48")
    assert fields["cohort"][1].endswith("n=20")
    assert "kind=number" in fields["value"][1]
    assert set(fields) == {"value", "endpoint", "cohort"}


@pytest.mark.parametrize(
    ("text", "trend"),
    [
        ("31.3%", "farther"),  # a right row
        ("62.5%", "farther"),  # a row with a wrong endpoint still has its value right
        ("61", "nearer"),  # a spurious row
        ("25", "nearer"),  # a piece of a value
    ],
)
def test_losing_a_row(text, trend):
    old = example_rows()[:1] + example_rows()[2:]
    new = [row for row in old if row["value"]["text"] != text]
    (change,) = diff_rows(old, new, example_gold())
    assert (change.state, change.trend) == ("lost", trend)
    (change,) = diff_rows(new, old, example_gold())
    assert (change.state, change.trend) == ("added", {"nearer": "farther", "farther": "nearer"}[trend])


def test_a_field_put_right_comes_nearer():
    gold, old = example_gold(), example_rows()
    right = row_at(perfect_rows(gold), "62.5%")
    new = [{**row, "endpoint": right["endpoint"]} if row["value"]["text"] == "62.5%" else row for row in old]
    assert [(change.value, change.trend) for change in diff_rows(old, new, gold)] == [("62.5%", "nearer")]
    assert [(change.value, change.trend) for change in diff_rows(new, old, gold)] == [("62.5%", "farther")]


def test_documents_outside_the_gold_have_no_trend():
    stray = [{**row, "source": {"file": "other.txt"}} for row in example_rows()[:1]]
    (change,) = diff_rows([], stray, example_gold())
    assert (change.document, change.state, change.trend) == ("other", "added", None)


def test_rows_without_values_are_refused():
    with pytest.raises(InputError, match="has no value"):
        diff_rows([{"source": {"file": "a.txt"}}], [])


def test_table_and_json(tmp_path: Path):
    old, new, gold = (tmp_path / name for name in ("old.jsonl", "new.jsonl", "gold.jsonl"))
    old.write_text("".join(json.dumps(row) + "\n" for row in example_rows()))
    new.write_text("".join(json.dumps(row) + "\n" for row in perfect_rows(example_gold())))
    gold.write_text("".join(json.dumps(record.to_dict()) + "\n" for record in example_gold()))
    run = CliRunner().invoke(app, [str(old), str(new), "--gold", str(gold)])
    assert run.exit_code == 0
    # The one lost row that was right: the new run cites more of the text for the same number.
    assert run.stdout.splitlines()[-1].endswith("; 21 nearer, 1 farther")
    assert "  changed" in run.stdout
    run = CliRunner().invoke(app, [str(old), str(new), "--json"])
    changes = [json.loads(line) for line in run.stdout.splitlines()]
    assert {change["state"] for change in changes} == {"added", "lost", "changed"}
    assert format_changes([]) == "0 added, 0 lost, 0 changed"

"""The scorer on a worked example, what must hold of any scorer, floors, and the command."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from evaluation_example import (
    example_gold,
    example_ledger,
    example_rows,
    gold_record,
    perfect_rows,
    predicted_rows,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from topline.cli_evaluate import diff, evaluate, report
from topline.errors import FloorError, GoldError, InputError
from topline.evaluation.floors import check_floors, hold_floors, measured_floors, read_floors, update_floors
from topline.evaluation.rows import read_records
from topline.evaluation.scorer import evaluate as evaluate_rows
from topline.evaluation.scorer import score
from topline.evaluation.statistics import Tally, bootstrap, reliability
from topline.evaluation.tables import format_scores
from topline.gold import load_gold

app = typer.Typer()
for command in (evaluate, report, diff):
    app.command()(command)


@pytest.fixture(scope="module")
def worked():
    return evaluate_rows(example_gold(), example_rows(), ledger=example_ledger())


# Worked out by hand from the comments in evaluation_example.py: right, predicted, gold.
@pytest.mark.parametrize(
    ("level", "counts"),
    [
        ("value", (8, 15, 15)),
        ("kind", (7, 8, 8)),
        ("endpoint", (6, 8, 8)),
        ("cohort", (6, 8, 8)),
        ("n", (3, 5, 5)),
        ("row", (5, 15, 15)),
        ("p_value", (0, 0, 0)),
    ],
)
def test_worked_levels(worked, level, counts):
    assert worked.scores.levels[level].tally == Tally(*counts)


@pytest.mark.parametrize(
    ("kind", "gold", "predicted"),
    [
        ("correct", 3, 3),
        ("wrong endpoint", 2, 2),
        ("wrong cohort", 1, 1),
        ("wrong n", 1, 1),
        ("wrong kind", 1, 1),
        ("wrong boundaries", 1, 1),
        ("split", 1, 3),
        ("merged", 2, 1),
        ("missed", 3, 0),
        ("spurious", 0, 2),
    ],
)
def test_worked_outcomes(worked, kind, gold, predicted):
    worth = worked.scores.outcomes[kind]
    assert (worth.gold, worth.predicted) == (gold, predicted)


def test_worked_reasons(worked):
    reasons = {
        (outcome.kind, (*outcome.gold, *outcome.predicted)[0].value.text): outcome.reason
        for outcome in worked.outcomes
        if outcome.kind != "correct"
    }
    assert reasons == {
        ("wrong endpoint", "62.5%"): "another endpoint linked",
        ("wrong endpoint", "4%"): "another endpoint linked",
        ("wrong cohort", "45.0%"): "another cohort linked",
        ("wrong n", "58.3%"): "another n linked",
        ("wrong kind", "5.0 cycles"): None,
        ("wrong boundaries", "4.4 months (19 weeks)"): "read as “19 weeks”",
        ("split", "25-35%"): "read as “25”, “35%”",
        ("split", "5.9 years"): "a piece of “6 years (5.9 years)”",
        ("merged", "10%"): "read as “10% to 14%”",
        ("missed", "22%"): "set aside as money",
        ("missed", "three"): "never a candidate: no number was read here",
        ("missed", "7%"): "left unlinked: below threshold",
        ("spurious", "31.3%"): "a second row for one value",
        ("spurious", "61"): "in the gold: a count of people",
    }


def test_worked_figures(worked):
    scores = worked.scores
    assert scores.levels["row"].tally.precision == pytest.approx(1 / 3)
    assert scores.fixing == {
        "now": pytest.approx(10 / 30),
        "all cohorts right": pytest.approx(12 / 30),
        "all endpoints right": pytest.approx(12 / 30),
        "all values right": pytest.approx(5 / 8),
    }
    gains = {kind: worth.gain for kind, worth in scores.outcomes.items()}
    assert gains["wrong endpoint"] == pytest.approx(12 / 30 - 10 / 30)  # the other one has its cohort wrong too
    assert gains["wrong n"] == 0
    assert gains["spurious"] == pytest.approx(10 / 28 - 10 / 30)
    assert gains["missed"] == pytest.approx(2 * (5 + 3 * 5 / 8) / 33 - 10 / 30)


def test_worked_groups(worked):
    scores = worked.scores
    assert scores.by_kind["duration"] == {"value": Tally(1, 3, 2), "row": Tally(1, 3, 2)}
    assert scores.by_where == {"prose": {"value": Tally(8, 15, 15), "row": Tally(5, 15, 15)}}
    assert scores.by_document["trial"]["row"] == Tally(3, 9, 7)
    assert sum(item.rows for item in scores.reliability.bins) == 15


def rows_of(outcomes, side):
    return Counter(kind for outcome in outcomes for kind in [outcome.kind] * len(getattr(outcome, side)))


@given(st.randoms(use_true_random=False), st.data())
@settings(max_examples=60, deadline=None)
def test_scorer_properties(generator: random.Random, data):
    rows = data.draw(st.lists(st.sampled_from(example_rows() + perfect_rows(example_gold())), max_size=25))
    gold, shuffled = example_gold(), list(rows)
    generator.shuffle(shuffled)
    evaluation = evaluate_rows(gold, rows)
    again = evaluate_rows(gold[::-1], shuffled)
    assert again.scores.to_dict() == evaluation.scores.to_dict()
    empty = gold_record("nothing", "No data were shown.", [])
    with_empty = evaluate_rows([*gold, empty], rows).scores
    for name in ("levels", "outcomes", "by_kind", "by_where", "reliability", "fixing"):
        assert getattr(with_empty, name) == getattr(evaluation.scores, name)
    golds, predictions = rows_of(evaluation.outcomes, "gold"), rows_of(evaluation.outcomes, "predicted")
    assert golds.total() == sum(len(record.results) for record in gold)
    assert predictions.total() == len(rows)
    assert golds["spurious"] == predictions["missed"] == 0


def test_the_gold_scores_one():
    scores = score(example_gold(), perfect_rows(example_gold()))
    figures = {name: figure.tally.f1 for name, figure in scores.levels.items() if figure.tally.gold}
    assert set(figures) >= {"value", "endpoint", "cohort", "n", "kind", "row"}
    assert set(figures.values()) == {1.0}
    assert scores.outcomes["correct"].gold == 15


def test_nothing_has_no_precision():
    scores = score(example_gold(), [])
    row = scores.to_dict()["levels"]["row"]
    assert (row["precision"], row["recall"], row["f1"]) == (None, 0.0, 0.0)
    assert scores.to_dict()["levels"]["endpoint"]["f1"] is None
    assert scores.reliability.error is None
    assert scores.outcomes["missed"].gain is None  # nobody knows how well they would be linked


def test_real_gold_scores_one(shared: Path):
    gold = load_gold(shared / "gold" / "gold.jsonl")
    scores = score(gold, perfect_rows(gold))
    assert scores.levels["row"].tally == Tally(386, 386, 386)
    assert scores.outcomes["correct"].gold == 386


def test_matching_is_optimal_not_greedy():
    # The first row fits both values; taken greedily for the first it would leave the second without a match.
    marked = "The <c1>study group</c1> had <e1>relief</e1> in <v1>5%</v1>, <x1><e2>pain</e2> <v2>5%</v2></x1>."
    gold = gold_record("close", marked, ["v1 percent e1 c1", "v2 percent e2 c1"])
    rows = predicted_rows("close", marked, ["v2 percent e2 c1 - 0.9", "v1 percent e1 c1 - 0.9"])
    wide = dict(rows[0], id="wide")
    start, end = rows[1]["value"]["start"], rows[0]["value"]["end"]
    wide["value"] = dict(wide["value"], start=start, end=end, text=(gold.text or "")[start:end])
    assert score([gold], [wide, rows[1]]).levels["row"].tally == Tally(2, 2, 2)


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [
        ("of <c1>the 48 evaluable patients</c1>", "in <c1>evaluable patients</c1>", True),
        ("of <c1>patients on placebo</c1>", "in <c1>treated patients</c1>", False),
        ("of <c1>the who and with</c1>", "in <c1>the who and with</c1>", False),  # stop words name nothing
    ],
)
def test_a_cohort_is_right_by_name(gold, predicted, same):
    marked = f"<e1>Relief</e1> was seen in <v1>5%</v1> {gold}. Elsewhere, {predicted.replace('c1', 'c2')}."
    record = gold_record("name", marked, ["v1 percent e1 c1"])
    rows = predicted_rows("name", marked, ["v1 percent e1 c2 - 0.9"])
    assert score([record], rows).levels["cohort"].tally.right == same


def test_rows_of_unknown_documents_are_counted():
    stray = [dict(row, source={"file": "x/other.htm", "document": 2}) for row in example_rows()[:3]]
    scores = score(example_gold(), example_rows() + stray)
    assert scores.warnings == ("3 predicted rows left out: their documents are not in the gold (other.2)",)
    assert scores.levels["value"].tally.predicted == 15


def test_a_value_without_a_number_counts_only_where_the_gold_has_one():
    (record,) = (record for record in example_gold() if record.id == example_rows()[0]["source"]["file"][:-4])
    word = re.search(r"[a-z]{4,}", record.text)
    unsaid = {"text": word[0], "start": word.start(), "end": word.end(), "kind": "duration", "number": None}
    rows = [*example_rows(), {**example_rows()[0], "id": "unsaid", "value": unsaid}]
    assert (
        score(example_gold(), rows).levels["value"].tally == score(example_gold(), example_rows()).levels["value"].tally
    )
    value = next(m for m in record.mentions if m.label == "VALUE")
    over = {**unsaid, "text": record.text[word.start() : value.end], "end": value.end}
    rows[-1]["value"] = over
    assert score(example_gold(), rows).levels["value"].tally.predicted == 16


def test_rows_find_their_record_by_file_and_part():
    # The gold calls the only part of a submission by the file's name alone.
    gold = [replace(record, file=f"samples/{record.id}.txt", document=1) for record in example_gold()]
    rows = [{**row, "source": {**row["source"], "document": 1}} for row in example_rows()]
    assert score(gold, rows).levels["row"].tally == Tally(5, 15, 15)
    assert score(gold, example_rows()).levels["row"].tally == Tally(5, 15, 15)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": None}, "has no value"),
        ({"source": {}}, "has no `source.file`"),
        ({"endpoint": {"start": 3}}, "lacks text, start or end"),
        ({"value": {"text": "99%", "start": 3, "end": 6}}, "come from another reading text"),
    ],
)
def test_malformed_rows_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        score(example_gold(), [{**example_rows()[0], **change}])


def test_gold_without_text_is_refused():
    with pytest.raises(GoldError, match=r"example:1 \(trial\): the record has no text"):
        score([replace(example_gold()[0], text=None)], [])


def test_bootstrap():
    same = bootstrap([Tally(1, 2, 2)] * 8)["f1"]
    assert (same.low, same.high) == (0.5, 0.5)
    mixed = bootstrap([Tally(2, 2, 2), Tally(0, 2, 2)] * 10)["f1"]
    assert mixed.low < 0.5 < mixed.high
    assert bootstrap([Tally(1, 1, 1)])["f1"] is None


def test_reliability():
    curve = reliability([(0.95, True), (0.95, True), (0.15, False), (0.15, True), (None, True), (1.0, True)])
    assert [(item.rows, item.right) for item in curve.bins] == [(2, 0.5), (3, 1.0)]
    assert curve.error == pytest.approx((2 * 0.35 + 3 * (1 - 2.9 / 3)) / 5)
    assert curve.without == 1


def test_mentions_by_label():
    gold = example_gold()
    spans = [{"start": m.start, "end": m.end + (m.id == "c1"), "label": m.label} for m in gold[0].mentions]
    scores = score(gold, [], [{"schema": "topline-mentions/1", "id": "trial", "mentions": spans}])
    assert scores.mentions["COHORT exact"].tally == Tally(1, 2, 5)
    assert scores.mentions["COHORT overlap"].tally == Tally(2, 2, 5)
    assert scores.mentions["COUNT exact"].tally == Tally(2, 2, 3)


def test_value_mentions_are_the_values_of_rows_unless_given():
    record = {"schema": "topline-mentions/1", "id": "trial", "mentions": []}
    scores = score(example_gold(), example_rows(), [record])
    assert scores.mentions["VALUE exact"].tally == Tally(5, 8, 15)


def test_tables_show_undefined_as_a_dash():
    table = format_scores(score(example_gold(), []), documents=True)
    lines = [line.split() for line in table.splitlines()]
    assert ["row", "0", "0", "15", "–", "0.000", "0.000", "0.000", "–", "0.000"] in lines
    assert ["trial", "7", "0", "0.000", "–", "0.000", "0.000"] in lines


@pytest.fixture
def files(tmp_path: Path) -> Path:
    gold, rows = (tmp_path / name for name in ("gold.jsonl", "rows.jsonl"))
    gold.write_text("".join(json.dumps(record.to_dict()) + "\n" for record in example_gold()), "utf-8")
    rows.write_text("".join(json.dumps(row) + "\n" for row in example_rows()), "utf-8")
    return tmp_path


def test_floors(files: Path):
    gold, floor = example_gold(), files / "floors.json"
    good, bad = (measured_floors(score(gold, rows), gold) for rows in (perfect_rows(gold), example_rows()))
    update_floors(floor, bad)
    check_floors(good, read_floors(floor), "floors.json")
    update_floors(floor, good)
    with pytest.raises(FloorError, match=r"below the floor: cohort F1 0\.7500 < 1\.0000; .*row F1 0\.3333 < 1\.0000"):
        check_floors(bad, read_floors(floor), "floors.json")
    before = floor.read_bytes()
    with pytest.raises(FloorError, match="`--allow-regression` if that is meant"):
        update_floors(floor, bad)
    assert floor.read_bytes() == before
    update_floors(floor, bad, allow_regression=True)
    assert read_floors(floor) == bad


def test_floors_belong_to_their_gold(files: Path):
    gold, floor = example_gold(), files / "floors.json"
    hold_floors(floor, score(gold, example_rows()), gold, update=True)
    fewer = [replace(gold[0], results=gold[0].results[:3]), gold[1]]
    with pytest.raises(FloorError, match="belong to other gold"):
        hold_floors(floor, score(fewer, example_rows()), fewer)
    # The order of documents and where their texts come from are not the gold.
    assert "reach their floors" in hold_floors(floor, score(gold, example_rows()), gold[::-1])


@pytest.mark.parametrize(
    "text", ["", "[]", '{"gold": "x"}', '{"gold": "x", "documents": 1, "floors": {"row": "high"}}']
)
def test_malformed_floors_are_refused(tmp_path: Path, text):
    (tmp_path / "floors.json").write_text(text)
    with pytest.raises(InputError, match="is no floors file"):
        read_floors(tmp_path / "floors.json")


def test_evaluate_prints_a_table_or_json(files: Path):
    run = CliRunner().invoke(app, ["evaluate", str(files / "gold.jsonl"), str(files / "rows.jsonl")])
    assert run.exit_code == 0
    (line,) = [line.split() for line in run.stdout.splitlines() if line.startswith("row  ")]
    assert line[:7] == ["row", "5", "15", "15", "0.333", "0.333", "0.333"]
    run = CliRunner().invoke(app, ["evaluate", str(files / "gold.jsonl"), str(files / "rows.jsonl"), "--json"])
    assert json.loads(run.stdout)["levels"]["row"]["right"] == 5


def test_evaluate_takes_a_part_of_the_split(files: Path):
    (files / "split.json").write_text('{"train": ["trial"], "dev": ["safety"]}')
    arguments = ["evaluate", str(files / "gold.jsonl"), str(files / "rows.jsonl"), "--json", "--part", "dev"]
    run = CliRunner().invoke(app, arguments)
    assert json.loads(run.stdout)["levels"]["row"]["gold"] == 8


def test_evaluate_wants_rows_or_a_model(files: Path):
    run = CliRunner().invoke(app, ["evaluate", str(files / "gold.jsonl")])
    assert isinstance(run.exception, InputError)


def test_rows_that_are_not_json_are_refused(files: Path):
    (files / "rows.jsonl").write_text('{"schema": "topline/1"}\n{"half":')
    with pytest.raises(InputError, match=r"rows\.jsonl:2: the line is not JSON"):
        read_records(files / "rows.jsonl")

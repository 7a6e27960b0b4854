"""topline as a library: what the package's own functions return, and its components in others' pipelines."""

from __future__ import annotations

import doctest
import subprocess
import sys
from itertools import chain

import pytest
import spacy
from conftest import ROOT
from spacy.tokens import Doc

import topline
from topline.errors import ExtraError, InputError, PipelineError
from topline.exports import result_columns

SAMPLE = ROOT / "annotations" / "samples" / "velorin-8k-2019.htm"
TEXT = (
    "The objective response rate was 40.3% in Cohort A (n=62) and 22.0% in Cohort B (n=41). "
    "Median progression-free survival was 7.4 months in Cohort A."
)
STAGES = ["topline_segmentation", "topline_mentions", "topline_relations", "topline_results"]
ROWS = [("40.3%", "Cohort A", 62), ("22.0%", "Cohort B", 41), ("7.4 months", "Cohort A", 62)]


@pytest.fixture(scope="module")
def nlp():
    return topline.load("rules")


def told(doc):
    return [(row.value.text, row.cohort and row.cohort.text, row.cohort and row.cohort.n) for row in doc._.results]


def test_docstrings_say_what_happens(monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testmod(topline, extraglobs={"topline": topline})
    assert tried >= 12
    assert failed == 0


def test_importing_costs_nothing():
    heavy = ["spacy", "numpy", "pandas", "sklearn", "rich", "typer"]
    code = f"import sys, topline; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_extract_returns_is_a_sequence_of_rows(nlp):
    rows = topline.extract(SAMPLE, nlp)
    assert tuple(rows) == rows.rows
    assert (len(rows), rows[0], rows[-1]) == (len(rows.rows), rows.rows[0], rows.rows[-1])
    none = topline.extract(SAMPLE.with_name("none"), nlp)
    assert (list(none), len(none), none.status.status) == ([], 0, "error")


def test_a_text_is_read_by_call_and_by_pipe(nlp):
    assert told(nlp(TEXT)) == ROWS
    assert [told(doc) for doc in nlp.pipe([TEXT, "", TEXT])] == [ROWS, [], ROWS]


def test_the_shipped_model_reads_a_text():
    assert {(value, cohort) for value, cohort, _ in told(topline.load()(TEXT))} >= {("40.3%", "Cohort A")}


def words(vocab):
    """Make a tokenizer that cuts at blanks only."""
    return lambda text: Doc(vocab, words=text.split(" "), spaces=[True] * text.count(" ") + [False])


@pytest.mark.parametrize("sentences", ["sentencizer", "topline_segmentation"])
@pytest.mark.parametrize("tokens", ["spaCy's", "by blanks"])
def test_components_work_in_a_pipeline_of_others(sentences, tokens):
    own = spacy.blank("en")
    if tokens == "by blanks":
        own.tokenizer = words(own.vocab)
    for name in (sentences, *STAGES[1:]):
        own.add_pipe(name)
    doc = own(TEXT)
    assert told(doc) == ROWS
    assert all(TEXT[row.value.start : row.value.end] == row.value.text for row in doc._.results)
    assert {mention.label for mention in doc._.mentions} >= {"PERCENT", "DURATION", "ENDPOINT", "COHORT"}
    assert len(doc.spans["mentions"]) == len(doc._.mentions)
    assert doc.text == TEXT


def test_mentions_alone_need_sentences_only():
    own = spacy.blank("en")
    own.add_pipe("sentencizer")
    own.add_pipe("topline_mentions")
    doc = own(TEXT)
    assert [span.text for span in doc.spans["mentions"] if span.label_ == "PERCENT"] == ["40.3%", "22.0%"]
    assert own("")._.mentions == ()
    assert len(own("40.3%")._.mentions) == 1


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        (["topline_mentions"], "add `topline_segmentation` or spaCy's `sentencizer` before it"),
        (["topline_segmentation", "topline_relations"], "add `topline_mentions` before it"),
        (["sentencizer", "topline_mentions", "topline_results"], "add `topline_relations` before it"),
    ],
)
def test_a_missing_stage_is_named(stages, said):
    own = spacy.blank("en")
    for name in stages:
        own.add_pipe(name)
    with pytest.raises(PipelineError, match=said):
        own(TEXT)
    problems = own.analyze_pipes()["problems"]
    assert problems[stages[-1]] != []


def test_a_whole_pipeline_has_no_problems(nlp):
    assert [name for name, missing in nlp.analyze_pipes()["problems"].items() if missing] == []


def test_a_frame_has_typed_columns(nlp):
    rows = topline.extract(SAMPLE, nlp)
    table = topline.to_frame(rows)
    assert list(table.columns) == [column.name for column in result_columns()]
    assert table["id"].tolist() == [row.id for row in rows]
    assert (str(table["value.number"].dtype), str(table["cohort.n"].dtype)) == ("Float64", "Int64")
    assert table["cohort.n"].isna().sum() == sum(not (row.cohort and row.cohort.n) for row in rows)
    assert len(topline.to_frame(chain(rows, nlp(TEXT)._.results))) == len(rows) + 3
    assert topline.to_frame(row.to_dict() for row in rows).equals(table)


def test_a_frame_without_rows_has_the_columns():
    table = topline.to_frame([])
    assert (len(table), list(table.columns)) == (0, [column.name for column in result_columns()])


def test_a_frame_of_other_records_is_refused():
    with pytest.raises(InputError, match="row 0: is no result row"):
        topline.to_frame([{"colour": "red"}])


def test_a_frame_without_pandas_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ExtraError, match=r"pip install 'topline\[pandas\]'"):
        topline.to_frame([])

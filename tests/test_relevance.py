"""What is left out by the bare text alone: nothing that could have given a row."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline import relevance
from topline.extraction import extract, ledger_record, load, read_document
from topline.filings import text_document
from topline.relations.candidates import CLINICAL_WORDS, can_hold_results
from topline.relevance import _RUNS, is_relevant, skim

SAMPLES = sorted((Path(__file__).resolve().parents[1] / "annotations" / "samples").iterdir())
FILLER = "The lessee shall pay the rent of each month to the lessor at its office. "
RESULT = "In the trial 41% of 60 patients on placebo took a dose. "
WORDS = st.one_of(
    st.sampled_from(sorted(CLINICAL_WORDS)),
    st.sampled_from(
        "the of rent, 41% 12 (n=60) 10kg in-patients trial/trial patients' Patients, dose-dose x.y".split()
    ),
    st.sampled_from("the of rent and note lessor".split()),
)


@pytest.fixture(scope="module")
def nlp():
    return load("rules")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FILLER * 40 + RESULT + FILLER * 40, True),
        (RESULT, True),
        (FILLER * 40, False),
        (FILLER * 40 + "The patients paid. " + FILLER * 40, False),
        (FILLER * 40 + "The primary endpoint was met. " + FILLER * 40, True),
        (FILLER * 40 + "Two patients took placebo in 41 days.", True),
        ("Two patients took placebo in 41 days. " + FILLER * 40, True),
        ("", False),
    ],
)
def test_a_document_is_relevant_where_clinical_words_stand_close(text, expected):
    assert is_relevant(text_document(text)) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(WORDS, st.integers(1, 90)), min_size=1, max_size=12), st.sampled_from([" ", "\n", "  "]))
def test_what_is_left_out_holds_no_result_by_the_tokens_either(nlp, drawn, gap):
    text = gap.join(" ".join([word, *["rent"] * (times - 1)]) for word, times in drawn)
    doc = read_document(nlp, text_document(text))
    assert is_relevant(doc._.document) or not can_hold_results(doc, doc._.numbers, doc._.reading.tables)


def test_no_rule_of_the_tokenizer_cuts_a_clinical_word_out_of_a_longer_one(nlp):
    cut = {
        key: word
        for key in nlp.tokenizer.rules
        for word in (token.text.lower() for token in nlp.tokenizer(key))
        if word in CLINICAL_WORDS and _RUNS.isdisjoint(re.findall("[a-z]+", key.lower()))
    }
    assert cut == {}


def test_rows_and_status_are_the_same_without_details(nlp):
    for path in SAMPLES[::10]:
        whole, quick = extract(nlp, path), extract(nlp, path, details=False)
        assert (quick.rows, quick.status) == (whole.rows, whole.status), path.name


def test_without_its_words_rows_would_be_lost(nlp, monkeypatch):
    monkeypatch.setattr(relevance, "_RUNS", frozenset())
    path = next(path for path in SAMPLES if path.name == "quillane-8k-2021.txt")
    assert len(extract(nlp, path, details=False)) < len(extract(nlp, path))


def test_rows_and_status_of_real_files_are_the_same_without_details(nlp, shared):
    files = [path for path in sorted((shared / "filings").rglob("*")) if path.is_file()][::4]
    found = [(extract(nlp, path), extract(nlp, path, details=False)) for path in files]
    assert [
        whole.status.file for whole, quick in found if (whole.rows, whole.status) != (quick.rows, quick.status)
    ] == []
    assert sum(whole.status.reason == "not_clinical" for whole, _ in found) > len(files) / 2


def test_the_numbers_of_a_document_that_is_not_relevant_are_set_aside_for_that(nlp, tmp_path):
    path = tmp_path / "lease.txt"
    path.write_text(FILLER * 40 + "No rent of $1,200 falls due on May 3, 2011, nor twelve fees.\n")
    found = extract(nlp, path)
    assert found.status.reason == "not_clinical"
    assert found.status.numbers.set_aside == {"not_clinical": found.status.numbers.total}
    text = found.docs[0]._.document.text
    assert [text[start:end] for start, end in skim(found.docs[0]._.document)] == ["1,200", "3", "2011", "twelve"]
    assert {number["reason"] for number in ledger_record(found.docs[0])["numbers"]} == {"not_clinical"}
    assert extract(nlp, path, details=False).docs == ()

"""Where a row's n and population come from."""

from dataclasses import replace

import pytest
from marked import decision, pipeline, read_marked

from topline.errors import OffsetError
from topline.extraction import quotes, read_document, verify
from topline.filings import text_document
from topline.relations import Relations
from topline.relations.attachments import attach
from topline.results.rows import assemble

ENROLLED = (
    "There were <COHORT><COUNT>141</COUNT> patients enrolled</COHORT>; <COUNT>131</COUNT> of "
    "<COHORT>these patients</COHORT> were evaluable for efficacy. "
    "<COUNT>60</COUNT> of <COHORT>the efficacy evaluable patients</COHORT> had had velotinib. "
)


def row_of(sentence: str, cohort: str | int | None):
    view = read_marked(ENROLLED + sentence)
    decisions = (decision(view, "38.3%", "relief", cohort),)
    (row,) = assemble(text_document(view.text), Relations(view, decisions, tuple(attach(view, decisions))))
    return row


@pytest.mark.parametrize(
    ("sentence", "cohort", "n", "population", "evidence"),
    [
        # the phrase says it itself
        (
            "<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> in "
            "<COHORT>the <COUNT>47</COUNT> others</COHORT>.",
            "the 47 others",
            47,
            None,
            [("n", "47")],
        ),
        # it points to a group before
        (
            "<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> of <COHORT>such patients</COHORT>.",
            "such patients",
            60,
            "efficacy evaluable",
            [
                ("n", "60"),
                ("group", "the efficacy evaluable patients"),
                ("population", "the efficacy evaluable patients"),
            ],
        ),
        # it is stated with another phrase
        (
            "<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> of <COHORT>all patients</COHORT>.",
            "all patients",
            141,
            None,
            [("n", "141"), ("group", "141 patients enrolled")],
        ),
        # beside the value
        (
            "<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> (<COUNT>23</COUNT>/<COUNT>60</COUNT>) of "
            "<COHORT>others</COHORT>.",
            "others",
            60,
            None,
            [("n", "60")],
        ),
        # nowhere
        (
            "<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> of <COHORT>women over 60</COHORT>.",
            "women over 60",
            None,
            None,
            [],
        ),
        ("<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT>.", None, None, None, []),
    ],
)
def test_a_row_shows_where_its_n_comes_from(sentence, cohort, n, population, evidence):
    row = row_of(sentence, cohort)
    assert (row.cohort.n, row.cohort.population) == (n, population) if row.cohort else (n, population) == (None, None)
    assert [(each.role, each.text) for each in row.evidence] == evidence
    assert [quote["text"] for name, quote in quotes(row) if name.startswith("evidence")] == [t for _, t in evidence]


def test_evidence_at_a_wrong_place_is_refused():
    row = row_of(
        "<ENDPOINT>relief</ENDPOINT> was <PERCENT>38.3%</PERCENT> of <COHORT>all patients</COHORT>.", "all patients"
    )
    doc = read_document(pipeline(), text_document(read_marked(ENROLLED).text + "relief was 38.3% of all patients."))
    doc._.results = [row]
    verify(doc)
    moved = replace(row.evidence[0], start=row.evidence[0].start + 1)
    doc._.results = [replace(row, evidence=(moved,))]
    with pytest.raises(OffsetError, match="evidence for n"):
        verify(doc)

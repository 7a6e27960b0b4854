import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import topline
from topline.schema import SCHEMA, Document, Segment, Source, json_schema

SAMPLES = Path(__file__).resolve().parents[1] / "annotations" / "samples"
QUOTE = {"text", "start", "end", "source"}

# Other programs read these names: a change here is a new version of the schema.
FIELDS = {
    "": {
        *("schema", "id", "source", "value", "endpoint", "cohort", "comparator", "numerator", "time_frame", "ci"),
        *("p_value", "treatment", "trial", "sentence", "where", "confidence", "checks", "derived", "duplicates"),
        *("duplicate_of", "evidence"),
    },
    "source": {
        *("file", "sha256", "document", "type", "form_type", "accession_number", "cik", "company", "items"),
        *("period", "filed"),
    },
    "value": {*QUOTE, "kind", "number", "low", "high", "unit", "relation", "statistic"},
    "endpoint": {*QUOTE, "code", "confidence"},
    "cohort": {*QUOTE, "n", "n_start", "n_end", "population", "confidence"},
    "comparator": QUOTE,
    "numerator": {*QUOTE, "number"},
    "time_frame": QUOTE,
    "ci": {*QUOTE, "low", "high", "level"},
    "p_value": {*QUOTE, "number", "relation"},
    "treatment": {"drug", "dose", "schedule"},
    "trial": {"phase", "nct_id", "name"},
    "sentence": {"start", "end"},
}


@pytest.fixture(scope="module")
def rows():
    """All rows of the sample filings, as they are written."""
    nlp = topline.load("rules")
    files = sorted(path for path in SAMPLES.iterdir() if path.is_file())
    return [json.loads(json.dumps(row.to_dict())) for path in files for row in topline.extract(path, nlp).rows]


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_every_row_of_the_samples_is_valid(rows, validator):
    assert len(rows) > 100
    assert [error.message for row in rows for error in validator.iter_errors(row)] == []


@pytest.mark.parametrize("field", [field for field in FIELDS if field])
def test_fields_have_their_names(rows, field):
    held = [row[field] for row in rows if row[field] is not None]
    assert held, "no sample has this field"
    assert {frozenset(value) for value in held} == {frozenset(FIELDS[field])}


def test_rows_have_their_fields_schema_first(rows):
    assert {frozenset(row) for row in rows} == {frozenset(FIELDS[""])}
    assert {next(iter(row.items())) for row in rows} == {("schema", SCHEMA)}


def test_checks_have_their_fields(rows):
    assert {frozenset(check) for row in rows for check in row["checks"]} == {frozenset(("name", "outcome", "detail"))}


def test_evidence_has_its_fields_and_roles(rows):
    held = [evidence for row in rows for evidence in row["evidence"]]
    assert {frozenset(evidence) for evidence in held} == {frozenset({*QUOTE, "role"})}
    assert {evidence["role"] for evidence in held} == {"n", "group", "population", "subgroup"}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("value", "kind"), "colour"),
        (("value", "start"), "12"),
        (("value", "relation"), "about"),
        (("value",), None),
        (("sentence",), None),
        (("cohort", "n"), 10.5),
        (("checks", 0, "outcome"), "maybe"),
    ],
)
def test_what_is_no_row_is_refused(rows, validator, path, wrong):
    row = copy.deepcopy(next(row for row in rows if row["checks"] and row["cohort"]))
    place = row
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    assert not validator.is_valid(row)


@pytest.mark.parametrize("field", ["id", "source", "value", "sentence", "where"])
def test_a_row_without_a_needed_field_is_refused(rows, validator, field):
    assert not validator.is_valid({name: held for name, held in rows[0].items() if name != field})


# "39.3% of" out of "<b>39</b>.3%&#160;of": three copied runs and a reference.
SEGMENTS = (Segment(0, 2, 3, 5), Segment(2, 5, 9, 12), Segment(5, 6, 12, 18), Segment(6, 8, 18, 20))


@pytest.mark.parametrize(
    ("start", "end", "ranges"),
    [
        (0, 5, ((3, 5), (9, 12))),
        (0, 2, ((3, 5),)),
        (1, 3, ((4, 5), (9, 10))),
        (3, 8, ((10, 20),)),
        (5, 6, ((12, 18),)),
    ],
)
def test_source_ranges_lead_back_to_the_file(start, end, ranges):
    document = Document(Source("a.htm", "0" * 64), "39.3%\xa0of", segments=SEGMENTS)
    assert document.source_ranges(start, end) == ranges


def test_a_file_that_is_its_own_reading_text_has_no_ranges():
    assert Document(Source("a.txt", "0" * 64), "39.3% of").source_ranges(0, 5) is None

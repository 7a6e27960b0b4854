import re
from dataclasses import replace
from pathlib import Path

import pytest

from topline.errors import ModelError, OffsetError
from topline.extraction import Extracted, extract, load, make_ledger, quotes, verify

SAMPLES = sorted(
    path for path in (Path(__file__).resolve().parents[1] / "annotations" / "samples").iterdir() if path.is_file()
)
REASONS = {
    "results": {None},
    "no_results": {"no_numbers", "no_result_numbers", "all_numbers_set_aside", "not_clinical"},
    "error": {"empty", "pdf", "binary", "block_page", "header_only", "cut", "no_prose", "uuencoded", "unreadable"},
}
DIGITS = re.compile(r"[0-9]+")


@pytest.fixture(scope="module")
def nlp():
    return load("rules")


@pytest.fixture(scope="module")
def extracted(nlp) -> dict[str, Extracted]:
    return {path.name: extract(nlp, path) for path in SAMPLES}


def faults(found: Extracted) -> list[str]:
    """Return what does not hold in an input's rows, status and ledger."""
    status, numbers = found.status, found.status.numbers
    said = []
    if status.reason not in REASONS[status.status]:
        said.append(f"status {status.status} with reason {status.reason}")
    if status.rows != len(found.rows) or status.documents != len(found.docs):
        said.append(f"counts {status.rows} rows in {status.documents} documents")
    if numbers.total != numbers.used + numbers.unlinked + sum(numbers.set_aside.values()):
        said.append(f"ledger {numbers}")
    if len({row.id for row in found.rows}) != len(found.rows):
        said.append("two rows with one id")
    for doc in found.docs:
        said += [fault for row in doc._.results for fault in misplaced(doc._.document, row)]
    return said


def misplaced(document, row):
    """Yield the quotes of a row that do not stand where they say."""
    for name, quote in quotes(row):
        if document.text[quote["start"] : quote["end"]] != quote["text"]:
            yield f"{name} of {row.id}"
        if document.segments and not quote["source"]:
            yield f"{name} of {row.id} has no place in the file"
    if not row.sentence.start <= row.value.start < row.value.end <= row.sentence.end:
        yield f"sentence of {row.id}"


def unaccounted(doc) -> list[str]:
    """Return the numbers in digits that no mention covers."""
    covered = bytearray(len(doc.text))
    for mention in doc._.mentions:
        covered[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    return [found[0] for found in DIGITS.finditer(doc.text) if not all(covered[found.start() : found.end()])]


@pytest.mark.parametrize("name", [path.name for path in SAMPLES])
def test_rows_status_and_ledger_of_a_sample_hold(extracted, name):
    assert faults(extracted[name]) == []


@pytest.mark.parametrize("name", [path.name for path in SAMPLES])
def test_every_number_of_a_sample_is_accounted_for(extracted, name):
    assert [number for doc in extracted[name].docs for number in unaccounted(doc)] == []


def test_the_ledger_of_an_input_is_the_sum_of_its_documents(extracted):
    found = extracted["quillane-8k-2021.txt"]
    ledgers = [make_ledger(doc) for doc in found.docs]
    assert len(ledgers) == 3
    assert found.status.numbers.total == sum(ledger.total for ledger in ledgers) > 0


def test_the_same_file_gives_the_same_rows(nlp, extracted):
    name = "velorin-8k-2019.htm"
    assert extract(nlp, next(path for path in SAMPLES if path.name == name)).rows == extracted[name].rows


def test_a_quote_that_is_not_where_it_says_is_an_error(nlp, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("The objective response rate was 41.2% among 34 evaluable patients.\n")
    (doc,) = extract(nlp, path).docs
    verify(doc)
    (row,) = doc._.results
    doc._.results = [replace(row, value=replace(row.value, start=row.value.start + 1))]
    with pytest.raises(OffsetError, match=f"value of row {row.id}"):
        verify(doc)


# 20 MB in 362 files: 45 s on one core.
def test_all_real_files_end_in_one_named_status_each(nlp, shared):
    files = [path for path in sorted((shared / "filings").rglob("*")) if path.is_file()]
    files += sorted((shared / "gold" / "texts").glob("*.txt"))
    said = {}
    for path in files:
        found = extract(nlp, path)
        lost = [f"{number} is in no mention" for doc in found.docs for number in unaccounted(doc)]
        if problems := faults(found) + lost:
            said[path.name] = problems
    assert len(files) > 300
    assert said == {}


def test_a_model_of_another_version_stops_the_run():
    """Every input would fail alike: one sentence about the model, not a status an input."""
    nlp = load()
    linker = nlp.get_pipe("topline_relations")
    names = {name: ("gap", *columns) for name, columns in linker.model.feature_names.items()}
    linker.model = replace(linker.model, feature_names=names)
    with pytest.raises(ModelError, match="train it anew"):
        extract(nlp, SAMPLES[0])

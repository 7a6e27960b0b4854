"""A review without its page: reading a run, what follows from an edit, choices, and the gold that comes out."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from conftest import ROOT
from review_example import FIRST, SECOND, TEXTS, ids, row, served, sitting_at, span_of, write_folder, write_run
from typer.testing import CliRunner

from topline import filings
from topline.cli import app
from topline.errors import InputError, ReviewError, ToplineError
from topline.evaluation.rows import read_records
from topline.evaluation.scorer import evaluate
from topline.filings import text_document
from topline.gold import find_problems, load_gold
from topline.layouts import document_layout
from topline.review.export import export_journal
from topline.review.pages import pieces, units
from topline.review.run import read_run
from topline.review.sitting import BehindError


@pytest.fixture
def rows(tmp_path) -> Path:
    return write_run(tmp_path)


def run(*args):
    return CliRunner().invoke(app, ["review", *map(str, args)])


def edit(sitting, name, **changes):
    plain = {key: list(held) if isinstance(held, tuple) else held for key, held in changes.items()}
    return sitting.submit({"do": "edit", "row": name, "set": plain}, sitting.changes)


def decide(sitting, decision, *names):
    for name in names:
        sitting.submit({"do": "decide", "row": name, "decision": decision}, sitting.changes)


# --- the run ---


def test_a_file_of_rows_is_read_with_the_files_beside_it(rows):
    found = read_run(rows)
    assert list(found.documents) == ["brello", "tolvarin"]
    assert found.documents["brello"].title == "Brello Inc."
    assert len(found.rows) == 5
    held = found.rows[ids(rows)["41%"]]
    assert (held.row.n, held.confidence, held.row.decision) == (27, 0.9, "open")
    assert held.row.places["n_at"] == span_of(FIRST, "27")


def test_filings_that_moved_are_found_in_the_folders_that_are_named(rows, tmp_path):
    away = tmp_path / "away" / "deep"
    away.mkdir(parents=True)
    for name in TEXTS:
        (tmp_path / name).rename(away / name)
    with pytest.raises(InputError, match=r"brello.txt: is not found; .*--filings"):
        read_run(rows)
    found = read_run(rows, [tmp_path / "away"])
    assert {held.filing.path.parent for held in found.documents.values()} == {away}
    with pytest.raises(InputError, match="no such folder"):
        read_run(rows, [tmp_path / "absent"])


def test_a_changed_file_is_refused_by_name_and_the_others_go_on(rows, tmp_path):
    (tmp_path / "brello.txt").write_text(FIRST + "More.\n")
    found = read_run(rows)
    assert list(found.documents) == ["tolvarin"]
    assert re.search(r"brello.txt: is not the file .* sha256 differs", found.refused[0])
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "brello.txt").write_bytes(FIRST.encode())
    assert list(read_run(rows, [tmp_path / "old"]).documents) == ["brello", "tolvarin"]


def test_two_files_of_one_name_are_not_mixed_up(rows, tmp_path):
    other = row("tolvarin.txt", "30%", "percent", None, None, None, 0.5)
    content = f"{SECOND}More.\n".encode()
    other["id"] = "other"
    other["source"] = {**other["source"], "file": "brello.htm", "sha256": hashlib.sha256(content).hexdigest()}
    (tmp_path / "brello.htm").write_bytes(content)
    rows.write_text(rows.read_text() + json.dumps(other) + "\n")
    found = read_run(rows)
    assert "other" not in found.rows
    assert "has the name of another file of the run" in found.refused[0]


def test_one_content_under_two_names_is_reviewed_once(rows, tmp_path):
    again = row("tolvarin.txt", "30%", "percent", None, None, None, 0.5)
    again["source"] = {**again["source"], "file": "copy.txt"}
    (tmp_path / "copy.txt").write_bytes(SECOND.encode())
    rows.write_text(rows.read_text() + json.dumps(again) + "\n")
    found = read_run(rows)
    assert list(found.documents) == ["brello", "tolvarin"]
    assert "copy.txt: is tolvarin.txt again" in found.refused[0]


def test_a_runs_folder_is_read_by_its_statuses_and_shows_all_documents_when_asked(tmp_path):
    folder = write_folder(tmp_path)
    assert list(read_run(folder).documents) == ["brello", "tolvarin"]
    assert list(read_run(folder, whole=True).documents) == ["brello", "tolvarin", "quiet"]


def test_the_other_parts_of_a_submission_are_there_when_asked(tmp_path):
    rows = tmp_path / "rows.jsonl"
    submission = ROOT / "annotations" / "samples" / "quillane-8k-2021.txt"
    second = filings.read(submission)[1]
    at = second.text.index("%")
    held = row("brello.txt", "41%", "percent", None, None, None, 0.5)
    held["source"] = asdict(second.source)
    held["value"] |= {"text": "%", "start": at, "end": at + 1}
    rows.write_text(json.dumps(held) + "\n")
    some = set(read_run(rows, [submission.parent]).documents)
    every = set(read_run(rows, [submission.parent], whole=True).documents)
    assert some < every == {"quillane-8k-2021.1", "quillane-8k-2021.2", "quillane-8k-2021.3"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no rows"),
        ("{", "rows.jsonl:1: the line is not JSON"),
        ('{"id": "x"}', "rows.jsonl:1: the row names no file with its sha256"),
        ("id", "rows.jsonl:1: the row has no id"),
        ("kind", "rows.jsonl:1: the row has no id, or no value of a known kind"),
        ("endpoint", "rows.jsonl:1: `endpoint` lacks its text, start or end"),
    ],
)
def test_rows_that_are_none_are_one_sentence(rows, content, message):
    if content.isalpha():
        held = row("brello.txt", "41%", "percent", "Nausea", None, None, 0.5)
        held |= {
            "id": {"id": 3},
            "kind": {"value": {**held["value"], "kind": "x"}},
            "endpoint": {"endpoint": {"start": 4}},
        }[content]
        content = json.dumps(held)
    rows.write_text(content)
    result = run(rows, "--export", rows.with_name("gold.jsonl"))
    assert isinstance(result.exception, ToplineError)
    assert message in str(result.exception)


def test_a_path_that_leads_nowhere_is_one_sentence(tmp_path):
    for path in (tmp_path, tmp_path / "absent.jsonl"):
        result = run(path, "--export", tmp_path / "gold.jsonl")
        assert isinstance(result.exception, InputError)
        assert str(path) in str(result.exception)


# --- what the page shows ---


@pytest.mark.parametrize("text", [FIRST, SECOND, "a\u202eb\u00adc\x1b[2J\td\ne", "\U0001d4ab = 0.03\x85"])
def test_pieces_lead_back_to_the_text_character_by_character(text):
    found = pieces(text, 0, len(text))
    assert [held[0] for held in found] == [0, *(held[1] for held in found[:-1])]
    assert found[-1][1] == len(text)
    for start, end, shown in found:
        assert len(shown) in (0, end - start)
    shown = "".join(held[2] for held in found)
    assert not {"\u202e", "\x1b", "\u00ad", "\x85"} & set(shown)


def test_units_hold_every_word_of_a_document():
    text = "# Head\n\nProse of 3 words.\n\n| Event | A |\n|---|---|\n| Rash | 4% |\n\n- item\n"
    found = list(units(document_layout(text_document(text))))
    cells = [cell for unit in found if unit["kind"] == "table" for cells in unit["rows"] for cell in cells]
    held = [piece[2] for unit in (*found, *cells) for piece in unit.get("pieces", ())]
    words = re.findall(r"\w+", " ".join(held))
    assert sorted(words) == sorted(re.findall(r"\w+", text))
    assert [unit["kind"] for unit in found if unit["kind"] == "table"] == ["table"]


def test_a_document_comes_with_its_rows_and_mentions(rows):
    with sitting_at(rows) as sitting:
        page = sitting.document("brello")
        first = next(held for held in page["rows"] if held["id"] == ids(rows)["41%"])
        assert first["fields"]["endpoint"] == {
            "span": span_of(FIRST, "overall response rate"),
            "text": "overall response rate",
            "place": "same sentence",
        }
        assert first["fields"]["n_at"]["place"] == "1 sentence before"
        assert {label for _, _, label in page["mentions"]} >= {"PERCENT", "ENDPOINT", "COHORT"}
        assert page["summary"]["least"] == 0.2
        assert sitting.overview()["documents"][1]["least"] == 0.6


def test_choices_are_mentions_of_the_kind_and_the_nearest_first(rows):
    with sitting_at(rows) as sitting:
        name = ids(rows)["41%"]
        found = [held["text"] for held in sitting.choices(name, "cohort")]
        assert "morvatide group" in found[0]
        assert "placebo group" not in found
        assert [held["text"] for held in sitting.choices(name, "p")] == ["p=0.03"]
        values = [held["text"] for held in sitting.choices("brello", "new")]
        assert "8.4 months" in values
        assert "41%" not in values
        with pytest.raises(ReviewError, match="no field 'drug'"):
            sitting.choices(name, "drug")


# --- changes ---


def test_what_was_decided_is_there_after_a_restart(rows):
    name = ids(rows)["22.2%"]
    endpoint = span_of(FIRST, "overall response rate")
    with sitting_at(rows) as sitting:
        edit(sitting, name, endpoint=endpoint)
        decide(sitting, "accepted", name)
        decide(sitting, "rejected", ids(rows)["12"])
        before = sitting.document("brello")["rows"]
    with sitting_at(rows) as sitting:
        assert sitting.document("brello")["rows"] == before
        assert sitting.state.rows[name].places["endpoint"] == endpoint
        sitting.submit({"do": "undo"}, sitting.changes)
        assert sitting.state.rows[ids(rows)["12"]].decision == "open"


def test_a_page_that_is_behind_changes_nothing(rows):
    with sitting_at(rows) as sitting:
        decide(sitting, "accepted", ids(rows)["41%"])
        with pytest.raises(BehindError):
            sitting.submit({"do": "undo"}, 0)
        assert sitting.state.rows[ids(rows)["41%"]].decision == "accepted"


@pytest.mark.parametrize(
    ("cohort", "n"),
    [
        ("54 patients received morvatide", None),  # another group: its size is not known from a row
        ("the placebo group", 27),  # the same phrase, with its article
    ],
)
def test_another_group_takes_the_size_away_and_the_same_phrase_keeps_it(rows, cohort, n):
    with sitting_at(rows) as sitting:
        answer = edit(sitting, ids(rows)["41%"], cohort=span_of(FIRST, cohort))
        assert answer["row"]["n"] == n
        assert ("n_at" in answer["row"]["fields"]) == (n is not None)


def test_a_group_whose_size_another_row_states_brings_it(rows):
    names = ids(rows)
    with sitting_at(rows) as sitting:
        edit(sitting, names["41%"], cohort=span_of(FIRST, "the morvatide group"))
        edit(sitting, names["41%"], n=54)
        answer = edit(sitting, names["13"], cohort=span_of(FIRST, "the morvatide group"))
        assert answer["row"]["n"] == 54
        assert answer["row"]["fields"]["n_at"]["span"] == span_of(FIRST, "54")


def test_a_size_finds_its_place_and_a_place_its_size(rows):
    with sitting_at(rows) as sitting:
        name = ids(rows)["13"]
        assert edit(sitting, name, n=27)["row"]["fields"]["n_at"]["span"] == span_of(FIRST, "27")
        assert edit(sitting, name, n_at=span_of(FIRST, "54"))["row"]["n"] == 54
        assert edit(sitting, name, n=None)["row"]["n"] is None
        with pytest.raises(ReviewError, match="says 999 nowhere"):
            edit(sitting, name, n=999)
        with pytest.raises(ReviewError, match="says no number of people"):
            edit(sitting, name, n_at=span_of(FIRST, "Nausea"))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"do": "add", "row": "", "document": "brello", "set": {"value": [0, 7]}}, "says no number"),
        ({"do": "add", "row": "", "document": "brello", "set": {"kind": "count"}}, "needs a value"),
        ({"do": "add", "row": "", "document": "gone", "set": {"value": [0, 7]}}, "no document gone"),
        ({"do": "add", "row": "", "document": "brello", "set": {"value": list(span_of(FIRST, "41%"))}}, "row already"),
        ({"do": "empty", "document": "brello", "empty": True}, "the document has rows"),
        ({"do": "edit", "row": "gone", "set": {"n": 3}}, "no row gone"),
        ({"do": "decide", "row": "gone", "decision": "open"}, "no row gone"),
        ({"do": "nothing"}, "not an event"),
    ],
)
def test_a_change_that_does_not_hold_is_refused_and_not_written(rows, event, message):
    with sitting_at(rows) as sitting:
        before = sitting.journal.path.read_bytes()
        with pytest.raises(ReviewError, match=re.escape(message)):
            sitting.submit(event, 0)
        assert sitting.journal.path.read_bytes() == before


@pytest.mark.parametrize("span", [[5, 5], [7, 5], [0, 10**6], list(span_of(FIRST, "\n\n")), [0, 0]])
def test_a_place_must_hold_text(rows, span):
    with sitting_at(rows) as sitting, pytest.raises(ReviewError, match="nothing stands at"):
        edit(sitting, ids(rows)["41%"], endpoint=tuple(span))


def test_what_the_gold_would_refuse_is_not_accepted(rows, tmp_path):
    held = row("brello.txt", "41%", "percent", "Nausea", "placebo group", "54", 0.5)
    held["cohort"] |= {"n": 55}
    rows.write_text(json.dumps(held) + "\n")
    with sitting_at(rows) as sitting:
        with pytest.raises(ReviewError, match=r"not accepted: .* n is 55, but"):
            decide(sitting, "accepted", held["id"])
        edit(sitting, held["id"], n=54)
        decide(sitting, "accepted", held["id"])


def test_a_new_row_gets_its_kind_and_the_id_that_a_run_would_give_it(rows):
    with sitting_at(rows) as sitting:
        value = list(span_of(FIRST, "8.4 months"))
        event = {"do": "add", "row": "", "document": "brello", "set": {"value": value}}
        answer = sitting.submit(event, 0)["row"]
        assert (answer["kind"], answer["added"], answer["decision"]) == ("duration", True, "open")
        assert answer["id"] == row("brello.txt", "8.4 months", "duration", None, None, None, None)["id"]
        sitting.submit({"do": "undo"}, sitting.changes)
        assert answer["id"] not in sitting.state.rows
        sitting.submit({"do": "redo"}, sitting.changes)
        assert answer["id"] in sitting.state.rows


# --- the gold ---


def reviewed(rows):
    """Decide every row of the first document, one of them corrected, and leave the second open."""
    names = ids(rows)
    with sitting_at(rows) as sitting:
        edit(sitting, names["41%"], cohort=span_of(FIRST, "the morvatide group"), n=54)
        edit(sitting, names["22.2%"], endpoint=span_of(FIRST, "overall response rate"))
        decide(sitting, "accepted", names["41%"], names["22.2%"], names["13"])
        decide(sitting, "rejected", names["12"])


def test_the_gold_holds_the_finished_documents_and_its_check_has_nothing_to_say(rows, tmp_path):
    reviewed(rows)
    gold = tmp_path / "out" / "gold.jsonl"
    gold.parent.mkdir()
    result = run(rows, "--export", gold)
    assert result.exit_code == 0
    assert result.stderr == f"1 document, 3 results -> {gold}\n"
    assert find_problems(gold) == []
    (record,) = load_gold(gold)
    assert (record.id, record.file, record.text) == ("brello", "../brello.txt", FIRST)
    spans = {m.id: FIRST[m.start : m.end] for m in record.mentions}
    held = {spans[r.value]: (spans.get(r.endpoint or ""), spans.get(r.cohort or ""), r.n) for r in record.results}
    assert held == {
        "41%": ("overall response rate", "the morvatide group", 54),
        "22.2%": ("overall response rate", "placebo group", 27),
        "13": ("Nausea", "patients on morvatide", None),
    }
    assert {(spans[s.cohort], s.n) for s in record.sizes} == {("the morvatide group", 54), ("placebo group", 27)}
    assert {spans[m.id] for m in record.mentions if m.label == "PERCENT"} == {"41%", "22.2%"}


def test_the_evaluator_sees_the_corrections(rows, tmp_path):
    reviewed(rows)
    gold = tmp_path / "gold.jsonl"
    export_journal(read_run(rows), rows.with_name("rows.jsonl.review"), gold, False)
    levels = evaluate(load_gold(gold), read_records(rows)).scores.levels
    tallies = {name: levels[name].tally for name in ("value", "row")}
    assert {name: (tally.right, tally.predicted, tally.gold) for name, tally in tallies.items()} == {
        "value": (3, 4, 3),  # one row was no result
        "row": (1, 4, 3),  # of the three, one had another endpoint and one another cohort
    }
    assert (levels["endpoint"].tally.right, levels["cohort"].tally.right) == (2, 2)


def test_documents_that_are_not_finished_are_left_out_or_come_with_partial(rows, tmp_path):
    gold = tmp_path / "gold.jsonl"
    none = run(rows, "--export", gold)
    assert isinstance(none.exception, ReviewError)
    assert "no document is finished yet" in str(none.exception)
    with sitting_at(rows) as sitting:
        decide(sitting, "accepted", ids(rows)["41%"])
    unfinished = run(rows, "--export", gold)
    assert "--partial" in str(unfinished.exception)
    assert not gold.exists()
    assert run(rows, "--export", gold, "--partial").stderr == f"1 document, 1 result -> {gold}\n"
    assert [record.id for record in load_gold(gold)] == ["brello"]  # the other was not begun


def test_a_document_found_empty_is_gold_without_results(tmp_path):
    out = write_folder(tmp_path)
    with sitting_at(out, whole=True) as sitting:
        sitting.submit({"do": "empty", "document": "quiet", "empty": True}, 0)
    gold = tmp_path / "gold.jsonl"
    without = run(out, "--export", gold)
    assert "review with --all" in str(without.exception)
    assert run(out, "--all", "--export", gold).exit_code == 0
    assert [(record.id, record.results) for record in load_gold(gold)] == [("quiet", ())]


def test_what_was_not_reached_is_no_gold(tmp_path):
    text = "Median survival was not reached in 31 patients; response was seen in 12 patients.\n"
    (tmp_path / "open.txt").write_text(text)
    TEXTS["open.txt"] = text
    try:
        held = [row("open.txt", "not reached", "duration", "Median survival", "31 patients", "31", 0.5)]
        held.append(row("open.txt", "12", "count", "response", None, None, 0.5))
    finally:
        del TEXTS["open.txt"]
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(each) + "\n" for each in held))
    with sitting_at(rows) as sitting:
        decide(sitting, "accepted", *(each["id"] for each in held))
        assert sitting.export(False).sentence.endswith("1 row without a number left out")
    (record,) = load_gold(tmp_path / "rows.gold.jsonl")
    assert len(record.results) == 1


def test_no_input_is_written_over(rows, tmp_path):
    reviewed(rows)
    for path in (rows, tmp_path / "brello.txt", tmp_path / "rows.jsonl.review"):
        before = path.read_bytes()
        assert "would be written over" in str(run(rows, "--export", path).exception)
        assert path.read_bytes() == before


def test_a_file_that_reads_otherwise_than_its_rows_say_is_refused_alone(rows):
    held = [json.loads(line) for line in rows.read_text().splitlines()]
    held[0]["endpoint"] |= {"text": "something else"}
    rows.write_text("".join(json.dumps(each) + "\n" for each in held))
    with sitting_at(rows) as sitting:
        with pytest.raises(ReviewError, match="reads otherwise"):
            sitting.document("brello")
        assert sitting.document("tolvarin")["rows"]


def test_a_journal_of_other_rows_is_refused(rows):
    reviewed(rows)
    rows.write_text(rows.read_text() + "\n")
    with pytest.raises(ReviewError, match="journal of other rows"), sitting_at(rows):
        pass


def test_the_export_may_be_written_while_the_page_is_open(rows, tmp_path):
    reviewed(rows)
    with served(rows):
        assert run(rows, "--export", tmp_path / "gold.jsonl").exit_code == 0


def test_partial_needs_an_export(rows):
    assert run(rows, "--partial").exit_code == 2

"""The same result in several places, and what contradicts it."""

import json
from dataclasses import replace

import pytest
from marked import decision, read_marked

from topline.filings import text_document
from topline.relations import Relations
from topline.relations.attachments import attach
from topline.results.duplicates import MEMBERS, join, once
from topline.results.rows import assemble
from topline.schema import Result


def rows_of(marked: str) -> tuple[str, list[Result]]:
    """Return a marked text and its rows: each value with the endpoint and the group last named before or in it."""
    view = read_marked(marked)
    decisions = []
    for i, mention in enumerate(view.mentions):
        if mention.label in ("PERCENT", "DURATION", "NUMBER", "RATIO"):
            s = view.sentence[view.first[i]]
            here = [j for j in range(len(view.mentions)) if view.sentence[view.first[j]] == s]
            endpoint = next((j for j in here if view.mentions[j].label == "ENDPOINT"), None)
            cohort = next((j for j in here if view.mentions[j].label == "COHORT"), None)
            decisions.append(replace(decision(view, i, endpoint, cohort), confidence=0.9))
    found = tuple(decisions)
    return view.text, assemble(text_document(view.text), Relations(view, found, tuple(attach(view, found))))


def told(marked: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the values that were joined, and those that contradict another, each by the text of their values."""
    (rows,) = join([rows_of(marked)])
    by_id = {row.id: row for row in rows}
    joined = [[row.value.text, *(by_id[i].value.text for i in row.duplicates)] for row in once(rows) if row.duplicates]
    contrary = [
        row.value.text for row in rows for check in row.checks if (check.name, check.outcome) == ("consistent", "fail")
    ]
    return joined, contrary


HEAD = "<COHORT>Velotinib group</COHORT> shows <ENDPOINT:ORR>response rate</ENDPOINT> of <PERCENT>39%</PERCENT>. "


@pytest.mark.parametrize(
    ("body", "joined", "contrary"),
    [
        # the same as far as both are printed
        ("<ENDPOINT:ORR>ORR</ENDPOINT> was <PERCENT>39%</PERCENT> in the <COHORT>velotinib group</COHORT>.", 2, 0),
        ("<ENDPOINT:ORR>ORR</ENDPOINT> was <PERCENT>39.3%</PERCENT> in the <COHORT>velotinib group</COHORT>.", 2, 0),
        (
            "<ENDPOINT:ORR>ORR</ENDPOINT> was <PERCENT>39.3%</PERCENT> in the <COHORT>velotinib group</COHORT> "
            "<TIME_FRAME>at week 12</TIME_FRAME>.",
            2,
            0,
        ),
        ("<ENDPOINT:ORR>ORR</ENDPOINT> was <PERCENT>39.7%</PERCENT> in the <COHORT>velotinib group</COHORT>.", 0, 0),
        # a contradiction, and what is none: another endpoint, group, moment, part of the group
        (
            "The <ENDPOINT:ORR>response rate</ENDPOINT> was <PERCENT>42%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            2,
        ),
        (
            "The <ENDPOINT:CR>complete response rate</ENDPOINT> was <PERCENT>42%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            0,
        ),
        (
            "The <ENDPOINT:ORR>confirmed response rate</ENDPOINT> was <PERCENT>39%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            0,
        ),
        (
            "The <ENDPOINT:ORR>response rate</ENDPOINT> was <PERCENT>39%</PERCENT> in the "
            "<COHORT>placebo group</COHORT>.",
            0,
            0,
        ),
        (
            "The <ENDPOINT:ORR>response rate</ENDPOINT> was <PERCENT>42%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT> <TIME_FRAME>at week 12</TIME_FRAME>.",
            0,
            0,
        ),
        (
            "In the interim analysis the <ENDPOINT:ORR>response rate</ENDPOINT> was <PERCENT>42%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            0,
        ),
        (
            "The <ENDPOINT:ORR>response rate</ENDPOINT> fell by <PERCENT>39%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            0,
        ),
        (
            "The <ENDPOINT:ORR>response rate</ENDPOINT> was about <PERCENT>~42%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            0,
        ),
        # two values of one name in one sentence: which of them the headline means is not known
        (
            "The <ENDPOINT:ORR>response rate</ENDPOINT> was <PERCENT>42%</PERCENT> and <PERCENT>45%</PERCENT> in the "
            "<COHORT>velotinib group</COHORT>.",
            0,
            0,
        ),
    ],
)
def test_a_headline_and_its_body(body, joined, contrary):
    found, against = told(HEAD + body)
    assert [len(each) for each in found] == ([joined] if joined else [])
    assert len(against) == contrary


@pytest.mark.parametrize(("value", "joined"), [("39.3%", True), ("50%", False), ("100%", False)])
def test_a_group_without_a_name_is_the_same_only_for_a_telling_value(value, joined):
    marked = (
        f"<COHORT>Velotinib group</COHORT> shows <ENDPOINT:ORR>ORR</ENDPOINT> of <PERCENT>{value}</PERCENT>. "
        f"The <ENDPOINT:ORR>ORR</ENDPOINT> of <COHORT>patients</COHORT> was <PERCENT>{value}</PERCENT>."
    )
    assert bool(told(marked)[0]) is joined


def test_groups_of_different_sizes_are_different():
    marked = (
        "The <ENDPOINT:ORR>ORR</ENDPOINT> of the <COHORT><COUNT>107</COUNT> evaluable patients</COHORT> was "
        "<PERCENT>39.3%</PERCENT>. The <ENDPOINT:ORR>ORR</ENDPOINT> of the <COHORT><COUNT>76</COUNT> evaluable "
        "patients</COHORT> was <PERCENT>39.3%</PERCENT>."
    )
    assert told(marked) == ([], [])


def test_the_fullest_row_comes_first_and_the_others_name_it():
    body = (
        "<ENDPOINT:ORR>ORR</ENDPOINT> was <PERCENT>39.3%</PERCENT> (<CI>95% CI: 30.1-49.0</CI>) in the "
        "<COHORT>velotinib group</COHORT>."
    )
    ((head, full),) = join([rows_of(HEAD + body)])
    assert (head.duplicate_of, full.duplicate_of) == (full.id, None)
    assert (head.duplicates, full.duplicates) == ((full.id,), (head.id,))
    assert once([head, full]) == [full]
    assert head.checks[-1].detail == f"39% here, 39.3% in row {full.id} at [{full.value.start}, {full.value.end})"


def test_a_contradiction_names_the_other_row_its_value_and_its_place():
    body = (
        "The <ENDPOINT:ORR>response rate</ENDPOINT> was <PERCENT>42%</PERCENT> in the <COHORT>velotinib group</COHORT>."
    )
    ((head, other),) = join([rows_of(HEAD + body)])
    assert head.checks[-1].detail == f"39% here, 42% in row {other.id} at [{other.value.start}, {other.value.end})"
    assert head.duplicates == other.duplicates == ()


def test_the_documents_of_an_input_are_joined_and_joining_again_changes_nothing():
    parts = [rows_of(HEAD), rows_of(HEAD + "Nothing else was said.")]
    parts[1] = (parts[1][0], [replace(row, id="other", source=replace(row.source, document=2)) for row in parts[1][1]])
    joined = join(parts)
    ((first,), (second,)) = joined
    assert (first.duplicates, second.duplicates) == (("other",), (first.id,))
    assert first.checks[-1].detail.endswith("of document 2")
    assert join([(text, rows) for (text, _), rows in zip(parts, joined, strict=True)]) == joined


def test_a_result_repeated_without_end_stays_readable():
    text, (row,) = rows_of(HEAD)
    pages = [(text, [replace(row, id=f"row{k}")]) for k in range(500)]
    rows = [row for page in join(pages) for row in page]
    assert max(len(row.duplicates) for row in rows) == MEMBERS - 1
    assert len(once(rows)) == 500 / MEMBERS


NOTE = """Velotinib Group Shows Response Rate of 41%

The objective response rate was 41.2% (14/34) in the velotinib group at week 12.
"""


def test_extract_once_writes_one_row_a_result(tmp_path):
    from typer.testing import CliRunner

    from topline.cli import app

    path = tmp_path / "note.txt"
    path.write_text(NOTE)
    lines = {}
    for option in ((), ("--once",)):
        output, status = tmp_path / "rows.jsonl", tmp_path / "status.jsonl"
        arguments = ["extract", str(path), "--model", "rules", "-o", str(output), "--status", str(status), *option]
        assert CliRunner().invoke(app, arguments).exit_code == 0
        lines[option] = [json.loads(line) for line in output.read_text().splitlines()]
        assert json.loads(status.read_text())["rows"] == len(lines[option])
    every, single = lines.values()
    assert [row["value"]["text"] for row in every] == ["41%", "41.2%"]
    assert [(row["value"]["text"], row["duplicates"]) for row in single] == [("41.2%", [every[0]["id"]])]

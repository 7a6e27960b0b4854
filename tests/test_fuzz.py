"""The fuzzer: its cases are the same every time, it passes today, and each promise that it holds to can fail."""

from __future__ import annotations

import argparse
import importlib
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import pipeline

from topline.extraction import Extracted, extract
from topline.filings import read_blocks, read_bytes, verify
from topline.filings.html import html_document
from topline.filings.places import _resolved
from topline.schema import Ledger, Segment, Source

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
PAGE = "<html><body><p>The objective response rate was 12&#37; of 54 patients on velotinib in the cancer trial.</p>"


@pytest.fixture(scope="module")
def fuzz() -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        yield importlib.import_module("fuzz")
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def extracted(tmp_path: Path) -> Extracted:
    path = tmp_path / "page.htm"
    path.write_text(PAGE)
    found = extract(pipeline(), path)
    assert found.rows
    return found


def given_options(fuzz: ModuleType, *options: str) -> argparse.Namespace:
    return fuzz.arguments().parse_args(["--model=rules", *options])


def test_no_promise_is_broken(fuzz: ModuleType) -> None:
    record = fuzz.fuzz(given_options(fuzz, "--seed=17", "--count=150"))
    assert record.failures == []
    assert sum(record.ends.values()) == 150
    assert record.ends["results"] > 10
    assert len(record.ends) >= 4


@pytest.mark.parametrize(
    ("sabotage", "end", "said"),
    [
        ("shift", "results", r"value (?:is not at|has the offsets) \[\d+, \d+\)"),
        ("abort", "died", "the process ended with -6"),
        ("backtrack", "over the limit", "took longer than 2 s"),
    ],
)
def test_a_broken_promise_is_recorded_and_the_next_case_is_read(
    fuzz: ModuleType, sabotage: str, end: str, said: str
) -> None:
    count = 5 if sabotage != "shift" else 20
    given = given_options(fuzz, f"--count={count}", "--limit=2", f"--sabotage={sabotage}")
    record = fuzz.fuzz(given)
    assert sum(record.ends.values()) == count
    assert record.ends[end] > (1 if sabotage != "shift" else 0)
    assert all(number >= fuzz.SABOTAGED and re.fullmatch(said, sentence) for number, sentence in record.failures)
    assert record.failures


def test_cases_are_the_same_every_time(fuzz: ModuleType) -> None:
    cases = [fuzz.make_case(6, number) for number in range(40)]
    assert cases == [fuzz.make_case(6, number) for number in range(40)]
    assert cases != [fuzz.make_case(7, number) for number in range(40)]
    assert len({case.data for case in cases}) == 40


@pytest.mark.parametrize("number", range(9))
def test_every_mutation_changes_what_it_is_given(fuzz: ModuleType, number: int) -> None:
    mutations = importlib.import_module("mutations")
    mutate = mutations.MUTATIONS[number]
    data = PAGE.encode() * 3
    assert len(mutations.MUTATIONS) == 9
    assert sum(mutate(data, random.Random(seed)) != data for seed in range(20)) >= 10
    assert mutate(b"", random.Random(1)) is not None


def test_a_tenth_of_the_cases_come_in_archives_and_whole_ones_are_read_alike(fuzz: ModuleType, tmp_path: Path) -> None:
    mutations = importlib.import_module("mutations")
    cases = [fuzz.make_case(6, number) for number in range(300)]
    packed = [case for case in cases if case.packed is not None]
    assert 15 < len(packed) < 60
    assert {case.name.rpartition(".")[2] for case in packed} == {"gz", "zip"}
    assert {any("archive" in mutation for mutation in case.mutations) for case in packed} == {True, False}
    plain = mutations.Case(1, "1.htm", PAGE.encode(), ())
    for seed in range(20):
        case = mutations.pack(plain, random.Random(seed))
        line = fuzz.run_case(pipeline(), case, tmp_path)
        assert re.fullmatch(r"[0-9.]+\t(?:1\tresults|0\terror: [a-z_]+|1\terror: [a-z_]+)\t", line)
        assert "results" in line or any("archive" in mutation for mutation in case.mutations)


def test_nothing_is_broken_in_a_whole_document(fuzz: ModuleType, extracted: Extracted) -> None:
    assert list(fuzz.broken_promises(PAGE.encode(), extracted)) == []


def _with_row(found: Extracted, **changes: object) -> Extracted:
    return replace(found, rows=(replace(found.rows[0], **changes), *found.rows[1:]))  # type: ignore[arg-type]


def _with_status(found: Extracted, **changes: object) -> Extracted:
    return replace(found, status=replace(found.status, **changes))  # type: ignore[arg-type]


def _shifted_segments(found: Extracted) -> Extracted:
    doc = found.docs[0]
    document = doc._.document
    moved = (Segment(s.start, s.end, s.source_start + 1, s.source_end + 1) for s in document.segments)
    doc._.document = replace(document, segments=tuple(moved))
    return found


BROKEN = {
    "offsets": lambda found: _with_row(found, value=replace(found.rows[0].value, start=found.rows[0].value.start - 1)),
    "quote": lambda found: _with_row(found, value=replace(found.rows[0].value, text="13%")),
    "source ranges": lambda found: _with_row(found, value=replace(found.rows[0].value, source=((0, 3),))),
    "empty quote": lambda found: _with_row(found, value=replace(found.rows[0].value, end=found.rows[0].value.start)),
    "segments": _shifted_segments,
    "ledger": lambda found: _with_status(found, numbers=Ledger(7, 1, 1, {"date": 1})),
    "no status": lambda found: _with_status(found, status="fine"),
    "no reason": lambda found: replace(_with_status(found, status="no_results", rows=0), rows=()),
    "row count": lambda found: _with_status(found, rows=12),
    "error with rows": lambda found: _with_status(found, status="error", reason="empty"),
    "unread": lambda found: replace(
        _with_status(found, status="error", reason="unreadable", message="a.htm: refused.", rows=0), rows=()
    ),
    "twice the same id": lambda found: replace(
        _with_status(found, rows=2 * len(found.rows)), rows=(*found.rows, *found.rows)
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_promise_can_be_broken(fuzz: ModuleType, extracted: Extracted, name: str) -> None:
    assert list(fuzz.broken_promises(PAGE.encode(), BROKEN[name](extracted)))


# --- what the fuzzer found --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("12&#15;4", "12\x0f4"),  # a control character by its number, which the HTML standard keeps
        ("12&ampnbsp54", "12&nbsp54"),  # resolved once, never twice
        ("12&#x1100;4", "12ᄀ4"),
        ("12&#0;4", "12\ufffd4"),
        (f"12&#{'9' * 5000};4", "12\ufffd4"),
        ("12&#150;&#x96;4", "12––4"),
        ("restrict<!--ions 54", "restrictions 54"),  # a comment that nothing ends hides nothing
        ("of 54<p 12 responded", "of 54<p 12 responded"),  # nor does a tag
        ("12\x854<pre>5\x856", "12…4\n\n5…6"),  # an ellipsis of cp1252, to Python white space
        ("a&fjlig;b &NotEqualTilde;12", "afjb ≂̸12"),
    ],
)
def test_text_and_places_of_broken_markup(markup: str, text: str) -> None:
    source = f"<html><body>{markup}"
    [document] = read_bytes(source.encode(), "page.htm")
    assert document.text == text
    verify(document, source, 0, len(text))


MARKUP = "<p> </p> <td> <tr> <table> </table> <!-- --> <b </i> &#150; &#15; &nbsp; &amp &#x 12% 5 – \u200b".split()
PLAIN = ("12", "| a | 3 |\n", "\n", "<PAGE>", "<TABLE>\n", "<S> <C>\n", "- x", "  4  5  ", "\f")
PIECES = st.lists(
    st.sampled_from(MARKUP)
    | st.sampled_from([" ", "\n", "\r\n", "\t", "  ", "\x0b", "<pre>", "<ul><li>", "<br>", "<title>", "<a href='"])
    | st.text(max_size=4),
    max_size=30,
).map("".join)
LINES = st.lists(st.sampled_from(PLAIN) | st.text(max_size=5), max_size=40).map("".join)


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_every_character_of_a_page_leads_back_to_its_place(markup: str) -> None:
    source = f"<html><body>Relief {markup}"
    document = html_document(source, Source("page.htm", ""))
    for k in range(len(document.text)):
        verify(document, source, k, k + 1)
    verify(document, source, 0, len(document.text))
    places = [place for block in document.blocks for place in (block.start, block.end)]
    assert places == sorted(places)


@settings(max_examples=100, deadline=None)
@given(LINES)
def test_blocks_of_plain_text_are_disjoint_and_hold_every_word(text: str) -> None:
    blocks, furniture = read_blocks(text)
    places = [(block.start, block.end) for block in blocks]
    assert all(low < high for low, high in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert all(0 <= low <= high <= len(text) for low, high in furniture)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 0x11FFFF), st.sampled_from(["{}", "{};", "x{:x};", "X{:X}", "000{};", "x00{:x}"]))
def test_numeric_references_are_read_as_the_reader_reads_them(code: int, form: str) -> None:
    reference = "&#" + form.format(code)
    source = f"<html><body>12{reference} 5"
    [document] = read_bytes(source.encode(), "page.htm")
    verify(document, source, 0, len(document.text))
    found = re.fullmatch(r"&#(?P<decimal>[0-9]+)?(?:[xX](?P<hex>[0-9a-fA-F]+))?;?", reference)
    assert found
    assert len(_resolved(found)) == 1

"""What a hostile file asks for is clamped, what a real one asks for is not; work and memory grow with the size."""

from __future__ import annotations

import binascii
import importlib.util
import math
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import pipeline

from topline import filings
from topline.errors import FilingError
from topline.extraction import MAX_LENGTH as SPACY_LENGTH
from topline.extraction import extract, read_document
from topline.filings import decode, html, intake, read_bytes, refusals, text_document, verify
from topline.filings.flow import FlowReader
from topline.filings.markup import tokens
from topline.filings.refusals import MAX_LENGTH, Budget
from topline.relations import candidates
from topline.relations.candidates import SENTENCE_LIMIT, cohort_pairs, endpoint_pairs, values
from topline.relations.view import View
from topline.results import treatments
from topline.schema import Document

HEADER = "<SEC-HEADER>\nACCESSION NUMBER: 0001234567-08-000001\n</SEC-HEADER>\n"


def page(markup: str) -> Document:
    return read_bytes(f"<html><body>{markup}</body></html>".encode(), "page.htm")[0]


def part(kind: str, text: str) -> str:
    return f"<DOCUMENT>\n<TYPE>{kind}\n<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>\n"


# --- clamps -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "given"),
    [("376967340", 200), ("9" * 5000, 200), ("0", 1), ("-3", 1), ("", 1), ("٣", 1), ("7", 7), ("200", 200)],
)
@pytest.mark.parametrize("name", ["colspan", "rowspan"])
def test_spans(name: str, asked: str, given: int) -> None:
    blocks = page(f"<table><tr><td {name}='{asked}'>ORR</td><td>12%</td></tr><tr><td>CR</td><td>3%</td></table>").blocks
    assert (blocks[0].column_span if name == "colspan" else blocks[0].row_span) == given


@pytest.mark.parametrize(("cells", "last"), [(30, 29), (500, 499), (2_000, 500)])
def test_columns_of_a_table(cells: int, last: int) -> None:
    row = "<tr>" + "<td>12</td>" * cells + "</tr>"
    assert max(block.column or 0 for block in page(f"<table>{row}{row}</table>").blocks) == last


@pytest.mark.parametrize(("depth", "level"), [(1, 1), (3, 3), (12, 12), (5_000, 12)])
def test_depth_of_lists(depth: int, level: int) -> None:
    document = page("<ul><li>Relief " * depth)
    assert max(block.level for block in document.blocks) == level
    assert document.text.count("Relief") == depth


@pytest.mark.parametrize(("tables", "depth"), [(2, 2), (8_207, 26), (3_000, 3_000)])
def test_nested_tables_keep_their_text(tables: int, depth: int) -> None:
    nest = "<table><tr><td>12%" * depth + "</td></tr></table>" * depth
    assert page(nest * (tables // depth)).text.count("12%") == depth * (tables // depth)


@pytest.mark.parametrize("markup", ["<b>1<i>2", "<td>1", "&#150;", "<br>", "\u200b1", "a\u00ad  "])
def test_pieces_of_a_page(markup: str) -> None:
    FlowReader(Budget("page.htm", 1_000)).read(markup * 100)
    with pytest.raises(FilingError, match=r"page\.htm: the page is made of more than") as caught:
        FlowReader(Budget("page.htm", 1_000)).read(markup * 1_001)
    assert caught.value.reason == "too_large"


def test_a_part_of_too_many_pieces_costs_that_part_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "Budget", partial(Budget, left=1_000))
    hostile, good = part("8-K", "<p>1</p>" * 500), part("EX-99.1", "<p>Of 54 patients, 12 responded.</p>")
    [document] = read_bytes((HEADER + hostile + good).encode(), "filing.txt")
    assert document.text == "Of 54 patients, 12 responded."
    assert "too_large" in {item.reason for item in document.exclusions}
    with pytest.raises(FilingError, match="too large") as caught:
        read_bytes((HEADER + hostile).encode(), "filing.txt")
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize(("lines", "refused"), [(90, False), (110, True)])
def test_lines_of_a_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: int, refused: bool) -> None:
    monkeypatch.setattr(refusals, "MAX_LINES", 100)
    path = tmp_path / "a.txt"
    path.write_text("12 patients\n" * lines)
    status = extract(pipeline(), path).status
    assert (status.status, status.reason) == (("error", "too_large") if refused else ("results", None))


@pytest.mark.parametrize(("size", "refused"), [(90, False), (110, True)])
def test_bytes_of_a_page(monkeypatch: pytest.MonkeyPatch, size: int, refused: bool) -> None:
    monkeypatch.setattr(intake, "MAX_LENGTH", 100)
    if not refused:
        assert len(read_bytes(b"x" * size, "a.txt")[0].text) == size
        return
    with pytest.raises(FilingError, match=r"a\.txt: has more than 100 bytes; cut it") as caught:
        read_bytes(b"x" * size, "a.txt")
    assert caught.value.reason == "too_large"


def test_a_device_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_LENGTH", 1_000_000)
    with pytest.raises(FilingError, match="has more than"):
        filings.read("/dev/zero")


def test_what_is_read_fits_the_tokenizer() -> None:
    assert MAX_LENGTH <= SPACY_LENGTH


def dense_view(count: int) -> View:
    """Return one sentence of so many results."""
    text = "Response and relief were seen in 12% of patients on velotinib and " * count + "no more."
    view: View = read_document(pipeline(), text_document(text))._.relations.view
    return view


@pytest.mark.parametrize("count", [30, 300, 600])
def test_candidates_of_a_value(count: int) -> None:
    view = dense_view(count)
    for pairs in (endpoint_pairs(view), cohort_pairs(view)):
        most = np.bincount(pairs.value).max()
        assert count - 2 <= most if count < SENTENCE_LIMIT else most >= SENTENCE_LIMIT
        assert most <= 4 * SENTENCE_LIMIT
    assert len(values(view)) >= count


@pytest.mark.parametrize(("limit", "most"), [(400_000, 120), (6_000, 20), (100, candidates.FEWEST)])
def test_candidates_of_a_document(monkeypatch: pytest.MonkeyPatch, limit: int, most: int) -> None:
    view = dense_view(300)
    every = endpoint_pairs(view)
    monkeypatch.setattr(candidates, "PAIR_LIMIT", limit)
    pairs = endpoint_pairs(view)
    assert len(values(view)) == 300
    assert most - 2 <= np.bincount(pairs.value).max() <= most
    assert set(zip(pairs.value, pairs.target, strict=True)) <= set(zip(every.value, every.target, strict=True))
    furthest = np.abs(pairs.value - pairs.target).max()
    assert furthest <= np.abs(every.value - every.target).max()
    assert furthest < 3 * most


@pytest.mark.parametrize("digits", ["9" * 16, "9" * 400, "9" * 5_000, "1" + ",000" * 200, "999,999,999 billion"])
def test_immense_numbers_are_set_aside(digits: str) -> None:
    text = f"The response rate was 12% in {digits} patients. Of {digits} patients, {digits} ({digits}%) had a response."
    doc = read_document(pipeline(), text_document(text))
    immense = [mention for mention in doc._.mentions if mention.code == "immense"]
    assert [text[mention.start : mention.end].startswith(digits[:9]) for mention in immense] == [True] * 4
    assert {row.value.text for row in doc._.results} <= {"12%"}


def test_large_groups_are_counted() -> None:
    doc = read_document(pipeline(), text_document("Of 12,500 patients, 11,000 (88%) had a response in the trial."))
    assert not any(mention.code == "immense" for mention in doc._.mentions)


# --- work -------------------------------------------------------------------------------------------------------------
def _counted(monkeypatch: pytest.MonkeyPatch, module: object, name: str, work: Callable[[int], object]) -> list[int]:
    """Return how often a function is called for 60 and for 120 repeats."""
    calls: list[int] = []
    inner = getattr(module, name)

    def counting(*given: object) -> object:
        calls[-1] += 1
        return inner(*given)

    monkeypatch.setattr(module, name, counting)
    for repeats in (60, 120):
        calls.append(0)
        work(repeats)
    return calls


def _new_names(repeats: int) -> object:
    sentence = "Drug-{0} (DX{0}) gave 12% (95% CI: 9-15; p<0.01) of patients on drug-{0} {0} mg vs. placebo. "
    return read_document(pipeline(), text_document("".join(sentence.format(k) for k in range(repeats))))


def test_names_of_arms_are_compared_with_the_nearest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(treatments, "ARMS_BACK", 10)
    few, many = _counted(monkeypatch, treatments, "alike", _new_names)
    assert 60 < few < many <= 2.5 * few
    monkeypatch.setattr(treatments, "ARMS_BACK", 1_000)
    few, many = _counted(monkeypatch, treatments, "alike", _new_names)
    assert many > 3.5 * few


def test_unfinished_tags_are_read_again_a_few_times_only() -> None:
    text = "<a href='" * 2_000
    read = list(tokens(text))
    assert "".join(shown for kind, shown, *_ in read if kind == "text").startswith("<a href=")
    assert len(read) < 20


# --- submissions that are mostly pictures -----------------------------------------------------------------------------
LINE = binascii.b2a_uu(bytes(range(45))).decode()
PROSE = (
    "Relief – later – in 12 of 34 patients.\n",
    "- \n",
    "--- 54%\n",
    "caf\xe9 12%\r\n",
    "M short line\n",
    " \n",
    LINE,
)
PICTURES = st.builds(lambda count: f"begin 644 a.jpg\n{LINE * count}`\nend\n", st.sampled_from([1, 63, 64, 200]))
CONTENT = st.lists(
    st.one_of(st.sampled_from(PROSE), PICTURES, st.sampled_from(["<p>12%</p>\n", LINE * 70])), max_size=6
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.tuples(st.sampled_from(["8-K", "EX-99.1", "GRAPHIC"]), CONTENT), min_size=1, max_size=4))
def test_pictures_left_out_move_no_place(encoding: str, parts: list[tuple[str, list[str]]]) -> None:
    text = HEADER + "".join(part(kind, f"Part {k}. " + "".join(content)) for k, (kind, content) in enumerate(parts))
    data = text.replace("–", "-").encode(encoding) if encoding == "cp1252" else text.encode(encoding)
    reason = ""
    try:
        documents = read_bytes(data, "filing.txt")
    except FilingError as error:
        reason = error.reason
        documents = []
    assert documents or reason in ("no_prose", "uuencoded")
    decoded = decode(data)
    for document in documents:
        verify(document, decoded, 0, len(document.text))
        taken = [(item.source_start, item.source_end) for item in document.exclusions]
        assert all(low <= high <= len(decoded) for low, high in taken)
        for item in document.exclusions:
            if item.reason == "uuencoded" and LINE * 64 in decoded:
                assert "M" in decoded[item.source_start : item.source_end]
    for document in documents[:1]:
        assert document.exclusions[0].source_start == 0
        assert max(item.source_end for item in document.exclusions) == len(decoded)


def test_pictures_within_prose_are_accounted_for() -> None:
    text = HEADER + part("8-K", f"Of 54 patients\n{LINE * 100}12 responded.")
    [document] = read_bytes(text.encode(), "filing.txt")
    assert document.text == "Of 54 patients\n12 responded.\n"
    [item] = [item for item in document.exclusions if item.reason == "uuencoded"]
    assert text[item.source_start : item.source_end] == LINE * 100
    start = document.text.index("12")
    assert document.source_ranges(start, start + 2) == ((text.index("12 responded"), text.index(" responded")),)


def test_a_shifted_gap_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEADER + part("8-K", "Of 54 patients") + part("GRAPHIC", LINE * 100) + part("EX-99", "12 responded.")
    monkeypatch.setattr(intake, "_characters", lambda *given: [0])
    with pytest.raises(Exception, match="but the file holds"):  # noqa: PT012
        for document in read_bytes(text.encode(), "filing.txt"):
            verify(document, text, 0, len(document.text))


_READ = """
import sys
from topline import filings
from topline.filings import intake
if sys.argv[2:]:
    intake._BODY = intake.re.compile(rb"(?!)")
def peak():  # not `ru_maxrss`, which a process takes over from the one that started it
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
base = peak()
print(len(filings.read(sys.argv[1])), peak() - base)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_memory_for_pictures_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "filing.txt"
    path.write_text(HEADER + part("8-K", "Of 54, 12 responded.") + part("GRAPHIC", f"begin 644 a\n{LINE * 1_000_000}"))
    grown = []
    for options in ([], ["--whole"]):
        command = [sys.executable, "-c", _READ, str(path), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        count, megabytes = done.stdout.split()
        assert count == "1"
        grown.append(float(megabytes))
    assert path.stat().st_size > 60_000_000
    assert grown[0] < 40 < 60 < grown[1]  # with the pictures held: the harness can fail


# --- the benchmark ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def bounds() -> ModuleType:
    script = Path(__file__).resolve().parents[1] / "benchmarks" / "bounds.py"
    spec = importlib.util.spec_from_file_location("bounds", script)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_slopes(bounds: ModuleType) -> None:
    sizes = [1 << k for k in range(16, 21)]
    measured = [{"linear": n / 1e6, "square": n * n / 1e9, "quick": 1e-4} for n in sizes]
    found = bounds.slopes(sizes, measured)
    assert found["linear"] == pytest.approx(1)
    assert found["square"] == pytest.approx(2)
    assert math.isnan(found["quick"])
    assert "2.00!" in bounds.format_row("digits", found, measured[-1], 1.15)
    assert "1.00!" not in bounds.format_row("digits", found, measured[-1], 1.15)


@pytest.mark.parametrize("size", [1_000, 20_000])
def test_generators(bounds: ModuleType, size: int) -> None:
    assert len(bounds.GENERATORS) >= 12
    for name, unit in bounds.GENERATORS.items():
        assert abs(len(bounds.generate(name, size)) - size) <= len(unit) + 12


def test_every_stage_is_measured(bounds: ModuleType) -> None:
    assert set(bounds.measure(pipeline(), "wide cells", 2_000, sabotage=True)) == {
        *("filings, HTML", "filings, submission", "filings, plain", "relevance", "tokenizer"),
        *(*bounds.COMPONENTS, "sabotage"),
    }

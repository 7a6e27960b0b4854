"""From what the user names to documents: inputs, charsets, refusals, and the proof of places."""

import gc
import io
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from topline import filings
from topline.errors import FilingError, InputError, OffsetError
from topline.filings import decode, find_inputs, read, read_bytes, verify
from topline.schema import Segment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.htm", "a.txt", "sub/c.md", "sub/d", "e.nc", "f.jpg", ".hidden/g.txt", ".h.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("Of 54, 12 responded.")
    return tmp_path


def test_a_folder_gives_its_filings_sorted(folder: Path) -> None:
    names = [path.relative_to(folder).as_posix() for path in find_inputs([str(folder)]) if isinstance(path, Path)]
    assert names == ["a.txt", "b.htm", "e.nc", "sub/c.md", "sub/d"]


def test_files_patterns_and_standard_input(folder: Path) -> None:
    found = find_inputs([str(folder / "f.jpg"), "-", str(folder / "*.htm"), str(folder / "b.htm")])
    assert found == [folder / "f.jpg", "-", folder / "b.htm"]


@pytest.mark.parametrize("name", ["missing.txt", "*.pdf", "empty"])
def test_paths_that_lead_nowhere(folder: Path, name: str) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(InputError, match=r"\.$") as caught:
        find_inputs([str(folder / name)])
    assert "\n" not in str(caught.value)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Of 54, 12 responded.")))
    [document] = read("-")
    assert (document.source.file, document.text) == ("-", "Of 54, 12 responded.")


def test_the_source_is_named_by_file_name_and_digest(folder: Path) -> None:
    [document] = read(folder / "a.txt")
    assert document.source.file == "a.txt"
    assert document.source.sha256 == "3bc449aa39d95d05d61861c4e2a318af9c619c7307ca9679349930d015cb9337"
    assert document.source.document is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf45\xe2\x80\x9312", "45–12"),
        ("45–12".encode("utf-16"), "45–12"),
        (b"45\xe2\x80\x9312", "45–12"),
        (b"45\x9612 \x93x\x94 \xe9", "45–12 “x” é"),
        (b"45\x81\x96", "45\x81–"),
        (b"a\r\nb\rc", "a\r\nb\rc"),
    ],
)
def test_charset(data: bytes, text: str) -> None:
    assert decode(data) == text


BLOCKED = (
    "<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body>Wait</body></html>",
    "<html><body><h1>Your Request Originates from an Undeclared Automated Tool</h1></body></html>",
    "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>",
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"<html><body><!-- nothing --></body></html>", "empty"),
        (b"%PDF-1.7\n12 of 54", "pdf"),
        (b"PK\x03\x04 12 of 54", "binary"),
        (bytes(range(256)) * 20, "binary"),
        *((page.encode(), "block_page") for page in BLOCKED),
    ],
)
def test_refused_bytes(data: bytes, reason: str) -> None:
    with pytest.raises(FilingError) as caught:
        read_bytes(data, "a.htm")
    assert caught.value.reason == reason
    assert str(caught.value).startswith("a.htm: ")


def test_a_filing_that_speaks_of_limits_is_read() -> None:
    text = "The request rate exceeded all expectations; 403 patients were forbidden to smoke."
    assert read_bytes(text.encode(), "a.txt")[0].text == text


@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize(
    ("data", "seen"),
    [(b"<html><body>Relief in 12%</body></html>", [False]), (b"%PDF-1.4", [])],
    ids=["page", "refused"],
)
def test_the_collector_rests_while_a_page_is_read(
    data: bytes, seen: list[bool], wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[bool] = []
    monkeypatch.setattr(filings, "decode", lambda data: found.append(gc.isenabled()) or decode(data))
    was_on = gc.isenabled()
    try:
        (gc.enable if wanted else gc.disable)()
        with suppress(FilingError):
            read_bytes(data, "page.htm")
        assert gc.isenabled() is wanted
        assert found == seen
    finally:
        (gc.enable if was_on else gc.disable)()


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(FilingError) as caught:
            read(path)
        assert caught.value.reason == "unreadable"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_locked_file_is_refused(folder: Path) -> None:
    (folder / "a.txt").chmod(0)
    with pytest.raises(FilingError):
        read(folder / "a.txt")


@pytest.mark.parametrize(
    ("name", "text"), [("a.md", "x <b>54</b> <p>y</p>"), ("a.txt", "x 54\n\ny"), ("a", "x 54\n\ny")]
)
def test_markdown_is_plain_text_and_pages_are_told_by_content(name: str, text: str) -> None:
    assert read_bytes(b"x <b>54</b> <p>y</p>", name)[0].text == text


def test_places_are_proved_both_ways() -> None:
    source = "<p>caf\u00e9 12&#150;15 &nbsp; m<b>g</b>&amp;</p><p>54</p>"
    [document] = read_bytes(source.encode(), "a.htm")
    for start in range(len(document.text)):
        for end in range(start, len(document.text) + 1):
            verify(document, source, start, end)


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_wrong_place_is_an_error(shift: int) -> None:
    source = "<p>Of 54 patients, 12&#150;15 responded.</p>"
    [document] = read_bytes(source.encode(), "a.htm")
    moved = tuple(
        Segment(item.start, item.end, item.source_start + shift, item.source_end + shift) for item in document.segments
    )
    with pytest.raises(OffsetError, match=r"a\.htm: \[3, 5\)"):
        verify(replace(document, segments=moved), source, 3, 5)


def test_text_without_a_source_is_an_error() -> None:
    source = "<p>Of 54 patients</p>"
    [document] = read_bytes(source.encode(), "a.htm")
    with pytest.raises(OffsetError):
        verify(replace(document, segments=(Segment(0, 2, 3, 5),)), source, 3, 5)
    with pytest.raises(OffsetError):
        verify(document, source, 3, 500)


def test_plain_text_is_compared_too() -> None:
    [document] = read_bytes(b"Of 54 patients", "a.txt")
    verify(document, "Of 54 patients", 3, 5)
    with pytest.raises(OffsetError):
        verify(document, "Of 55 patients", 3, 5)


def test_every_real_file_is_read_or_refused_with_a_reason(shared: Path) -> None:
    reasons = set()
    for path in find_inputs([str(shared / "filings" / "raw")]):
        assert isinstance(path, Path)
        try:
            documents = read(path)
        except FilingError as error:
            reasons.add(error.reason)
            continue
        decoded = decode(path.read_bytes())
        for document in documents:
            verify(document, decoded, 0, len(document.text))
            places = [(block.start, block.end) for block in document.blocks]
            assert places == sorted(places)
            assert all(document.text[start:end].strip() for start, end in places)
    assert reasons == {"block_page", "header_only"}

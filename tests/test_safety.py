"""Filings are untrusted: what stands in them opens no file, expands to nothing, steers no screen and no spreadsheet."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from marked import pipeline
from zip_rows import BLANK, HOSTILE, Member, zipped
from zip_rows import hostile as hostile_archive

from topline.errors import FilingError
from topline.evaluation.report import visible
from topline.extraction import read_document
from topline.filings import packed, read, read_bytes
from topline.filings.inputs import open_input
from topline.filings.intake import take_in
from topline.outputs import clean, dump, spreadsheet_safe
from topline.terminal import details, make_console, table

# --- names ------------------------------------------------------------------------------------------------------------
NAMES = (
    "../../../etc/passwd", "/etc/passwd", "..\\..\\windows\\win.ini", "C:\\autoexec.bat", "\\\\host\\share\\a",
    "file:///etc/passwd", "link.txt", "folder/../../outside.txt", "/dev/zero", "/dev/tcp/127.0.0.1/80", "CON",
    "NUL.txt", "a\x00.txt", "~/.ssh/id_rsa", "http://127.0.0.1:9/a",
)  # fmt: skip
_PART = "<SEC-HEADER>\nACCESSION NUMBER: {0}\n</SEC-HEADER>\n<DOCUMENT>\n<TYPE>{0}\n<FILENAME>{0}\n<TEXT>\n"
_RESULT = (
    "The objective response rate was 12% of 54 patients on velotinib in the trial of cancer. The patients were treated "
    "until progression of the disease, and followed for survival in all parts of the study."
)
CARRIERS = {
    "file name": _PART + _RESULT + "\n</TEXT>\n</DOCUMENT>\n",
    "encoded part": _PART + "begin 644 {0}\nM12345\n`\nend\n</TEXT>\n</DOCUMENT>\n"
    "<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n" + _RESULT + "\n</TEXT>\n</DOCUMENT>\n",
    "markup": "<html><head><base href='{0}'><link rel=stylesheet href='{0}'><style>@import url({0});</style></head>"
    "<body><img src='{0}'><iframe src='{0}'></iframe><object data='{0}'></object><script src='{0}'></script>"
    "<xi:include href='{0}'/><ix:references><link:schemaRef xlink:href='{0}'/></ix:references><p>" + _RESULT + "</p>",
    "entity": "<?xml version='1.0'?><!DOCTYPE html SYSTEM '{0}' [<!ENTITY a SYSTEM '{0}'> <!ENTITY % b '{0}'> %b;]>"
    "<html><body><p>&a; " + _RESULT + "</p></body></html>",
}
# Runs in a process of its own: an audit hook cannot be taken out again.
_AUDIT = """
import os, sys
from pathlib import Path
from topline import extraction
from topline.batch.survey import survey
from topline.filings import find_inputs
from topline.outputs import dump
nlp = extraction.load("rules")
files = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".in", ".zip"))
for path in find_inputs([str(files[0])]):  # what is loaded at first use is the program's own
    extraction.extract(nlp, path)
seen, watched = [], ("open", "os.", "shutil.", "subprocess.", "socket.", "urllib.", "tempfile.", "exec", "ctypes.")
sys.addaudithook(lambda event, given: seen.append((event, given)) if event.startswith(watched) else None)
for path in files:
    seen.clear()
    if len(sys.argv) > 2:
        open(sys.argv[2]).close()
    statuses = []
    for one in find_inputs([str(path)]):
        if one != path:
            survey(one, 64_000_000)
        extracted = extraction.extract(nlp, one)
        [dump(row.to_dict()) for row in extracted.rows]
        statuses.append(extracted.status.status)
    found = [said for said in seen if not (said[0] == "open" and str(said[1][0]) == str(path))]
    own = [said for said in seen if said not in found]
    print(path.name, " ".join(statuses), len(own), repr(found)[:300], sep="\\t")
"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "outside.txt").write_text("secret")
    folder = tmp_path / "inputs"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    for k, (name, text) in enumerate(sorted(CARRIERS.items())):
        for number, hostile_name in enumerate(NAMES):
            (folder / f"{k}-{name.replace(' ', '-')}-{number:02}.in").write_text(text.format(hostile_name))
    return folder


def _audited(folder: Path, *options: str) -> list[list[str]]:
    command = [sys.executable, "-c", _AUDIT, str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_names_in_a_submission_never_become_paths(hostile: Path) -> None:
    lines = _audited(hostile)
    assert len(lines) == 60
    for name, status, opened, others in lines:
        assert (name, others) == (name, "[]")
        assert (status, opened) == ("results", "1"), name


def test_the_hook_sees_an_open_outside(hostile: Path) -> None:
    outside = hostile.parent / "outside.txt"
    assert all(str(outside) in others for *_, others in _audited(hostile, str(outside)))


@pytest.fixture
def hostile_archives(tmp_path: Path) -> Path:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "inputs").mkdir()
    for number, case in enumerate(HOSTILE):
        (tmp_path / "inputs" / f"{number:02}.zip").write_bytes(hostile_archive(case))
    return tmp_path / "inputs"


def test_names_in_an_archive_never_become_paths(hostile_archives: Path) -> None:
    lines = _audited(hostile_archives)
    assert len(lines) == len(HOSTILE) > 40
    for name, statuses, opened, others in lines:
        assert (name, others) == (name, "[]")
        assert "error" in statuses
        assert "results" in statuses
        assert int(opened) > 0
    assert {path.name for path in hostile_archives.parent.iterdir()} == {"inputs", "outside.txt"}


def test_the_hook_sees_an_open_outside_an_archive(hostile_archives: Path) -> None:
    outside = hostile_archives.parent / "outside.txt"
    assert all(str(outside) in others for *_, others in _audited(hostile_archives, str(outside)))


# --- entities ---------------------------------------------------------------------------------------------------------
_LAUGHS = "".join(f"<!ENTITY l{k} '{f'&l{k - 1};' * 10}'>" for k in range(1, 10))
ENTITIES = {
    name: f"<!DOCTYPE html [{declared}]><html><body><p>{used} 54 patients</p></body></html>"
    for name, declared, used in (
        ("laughs", f"<!ENTITY l0 'lol'>{_LAUGHS}", "&l9;"),
        ("one long entity", f"<!ENTITY a '{'12%' * 1000}'>", "&a;" * 1000),
        ("a file", "<!ENTITY a SYSTEM 'file:///etc/passwd'>", "&a;"),
        ("a parameter", "<!ENTITY % a '<!ENTITY b \"12%\">'> %a;", "&b;"),
    )
}


def is_expanded(text: str, page: str) -> bool:
    return len(text) >= len(page) or any(said in text for said in ("lol", "12%", "root:"))


@pytest.mark.parametrize("name", ENTITIES)
def test_declared_entities_are_never_expanded(name: str) -> None:
    [document] = read_bytes(ENTITIES[name].encode(), "page.htm")
    assert document.text.endswith(" 54 patients")
    assert not is_expanded(document.text, ENTITIES[name])


def test_a_parser_that_expands_entities_is_found_out() -> None:
    page = ENTITIES["laughs"].replace("&l9;", "&l3;")
    assert is_expanded("".join(ElementTree.fromstring(page).itertext()), page)


def test_the_references_of_html_are_read() -> None:
    assert read_bytes(b"<html><body><p>&ge;12&#37; &amp;amp;</p>", "page.htm")[0].text == "≥12% &amp;"


@pytest.mark.parametrize("name", ENTITIES)
def test_xbrl_parts_are_left_unread(name: str) -> None:
    content = f"<XML>\n{ENTITIES[name]}\n</XML>"
    text = f"<SEC-HEADER>\n{_document('8-K', _RESULT)}{_document('EX-101.INS', content)}{_document('XML', content)}"
    [document] = read_bytes(text.encode(), "filing.txt")
    assert document.text == _RESULT
    assert [item.reason for item in document.exclusions].count("data") == 2


def _document(kind: str, content: str) -> str:
    return f"<DOCUMENT>\n<TYPE>{kind}\n<TEXT>\n{content}</TEXT>\n</DOCUMENT>\n"


# --- archives ---------------------------------------------------------------------------------------------------------
_BOMB = b"12% of 54 patients. " * 500_000


def _zipped(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, _BOMB)
    return held.getvalue()


ARCHIVES = {
    "gzip in gzip": gzip.compress(gzip.compress(_BOMB)),
    "zip": _zipped("a.txt"),
    "zip that climbs": _zipped("../../outside.txt"),
    "bzip2": bz2.compress(_BOMB),
    "xz": lzma.compress(_BOMB),
}
GZIP_BOMB = gzip.compress(_BOMB * 2)  # 20 MB, 400 times its size


@pytest.mark.parametrize("name", ["a.txt", "a.htm.gz", "a.md"])
@pytest.mark.parametrize("archive", ARCHIVES)
def test_archives_are_refused_and_never_unpacked(archive: str, name: str) -> None:
    data = ARCHIVES[archive]
    caught = []

    def refuse() -> None:
        with pytest.raises(FilingError, match="; unpack it with `") as error:
            read_bytes(data, name)
        caught.append(error.value.reason)

    assert _peak(refuse) < len(_BOMB) / 2  # the buffer for the first lines is one of 4 MB
    assert caught == ["binary"]


def test_unpacking_would_be_seen() -> None:
    assert _peak(lambda: gzip.decompress(GZIP_BOMB)) > len(_BOMB) / 2


def test_what_grows_like_a_bomb_is_unpacked_as_far_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        with pytest.raises(FilingError, match="more than 200 times its size") as error:
            read_bytes(GZIP_BOMB, "a.txt.gz")
        assert error.value.reason == "ratio"

    assert _peak(refuse) < packed.FREE * 2
    monkeypatch.setattr(packed, "MAX_RATIO", 10_000)  # the guard taken out
    assert _peak(lambda: take_in(io.BytesIO(GZIP_BOMB), "a.txt.gz")) > len(_BOMB) * 2


def _peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_member_that_lies_about_its_size_is_unpacked_as_far_as_the_list_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"

    def refuse(reason: str) -> None:
        with pytest.raises(FilingError) as error:
            read(f"{path}/a.txt")
        assert error.value.reason == reason

    for size, reason in ((2_560, "damaged"), (None, "ratio")):
        path.write_bytes(zipped([Member(b"a.txt", _BOMB * 2, size=size)]))
        assert _peak(lambda reason=reason: refuse(reason)) < packed.FREE * 2  # type: ignore[misc]
    monkeypatch.setattr(packed, "MAX_RATIO", 10_000)  # the guard taken out
    path.touch()
    assert _peak(lambda: read_head(path)) > len(_BOMB) * 2


def read_head(path: Path) -> object:
    file, name = open_input(f"{path}/a.txt")
    with file:
        return take_in(file, name)


def test_a_member_of_blanks_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped([Member(b"a.txt", _RESULT.encode() + BLANK)]))
    assert read(tmp_path / "a.zip" / "a.txt")[0].text.startswith(_RESULT)


def test_a_page_that_was_unpacked_is_read() -> None:
    assert read_bytes(gzip.decompress(GZIP_BOMB)[:200], "a.txt")[0].text.startswith("12% of 54")


# --- screens ----------------------------------------------------------------------------------------------------------
STEERING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b\x9b\x07\x08\x7f\r\u2028"


@pytest.mark.parametrize("sign", STEERING, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_steers_a_screen_is_shown_as_a_mark(sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"The objective response rate{sign} was 12% of 54 patients on velo{sign}tinib in the trial of cancer. "
    text += "Patients were treated until progression of the disease."  # fewer controls than binary files hold
    document = read_bytes(text.encode(), f"a{sign}.txt")[0]
    rows = read_document(pipeline(), document)._.results
    assert rows
    console = make_console()
    console.print(table(tuple(rows)))
    console.print(details(rows[0]))
    drawn = capsys.readouterr().out
    assert sign not in drawn
    assert sign not in visible(text)
    assert clean(sign, keep="") != sign
    lines = [dump(row.to_dict()).decode() for row in rows]
    assert not any(sign in line for line in lines)
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(row.to_dict())) for row in rows]


@pytest.mark.parametrize("sign", "\u202e\u2066", ids=lambda sign: f"U+{ord(sign):04X}")
@pytest.mark.parametrize("cleaned", [True, False])
def test_a_sign_in_a_quote_is_drawn_only_when_it_is_left_in(
    sign: str, cleaned: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = read_document(pipeline(), read_bytes(_RESULT.encode(), "a.txt")[0])._.results[0]
    row = replace(row, endpoint=replace(row.endpoint, text=f"response{sign} rate"))
    if not cleaned:
        monkeypatch.setattr("topline.terminal.clean", lambda text, keep="": text)
    make_console().print(table((row,)))
    assert (sign in capsys.readouterr().out) != cleaned


def test_letters_of_other_scripts_are_shown_as_they_are() -> None:
    assert clean("תגובה ≥12% ответ") == visible("תגובה ≥12% ответ") == "תגובה ≥12% ответ"


# --- spreadsheets -----------------------------------------------------------------------------------------------------
FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://127.0.0.1","a")', '=IMPORTXML(A1,"//a")', "=A1", "==1",
    "= 1", "+1+1", "+cmd|'/C calc'!A0", "+A1", "+", "+(1)", "-1+1", "-cmd|'/C calc'!A0", "-A1", "-", "-(1)", "--1",
    "-+1", "@SUM(1+1)*cmd|'/C calc'!A0", "@A1", "@", "|calc", "|'cmd'!A1", "%0A=1+1", "%", "-1-1", "-1,5", "-1 2",
    "-1;=1",
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\xa0=1+1", "\u3000=1+1", "\ufeff=1+1", "\u200b=1+1", "\u00ad=1+1", "\x00=1",
    "\x0b=1+1", "\x1f-A1", "\u202e=1+1", "\u2066@A1", "\u2060+A1", " \t\u200b =1", "＝1+1", "＋A1", "－A1", "＠SUM(A1)",
    "-1e", "-1e5+A1", "-0x1F", "-1%%", "-.e1", "-12% (p<0.01)", "+12% vs 3%", "-1\n=1+1", '="1"', "-１",
    "-1 A1", "-1 mg(1)", "-12 mmHg|calc", "-12 mmHg!A", "-3 days+1", "-1 a b c d e", "-1  mm", "-1 mg/", "-1 a/b/c",
)  # fmt: skip
NUMBERS = (
    "-1", "-0.5", "-.5", "-12.25%", "-1,389", "-1,389.5", "-1e-5", "-1.5E+10", "+3", "+3.5%", "-0", "39.3%", "54",
    "1,389", "-5.",
)  # fmt: skip
PLAIN = (
    "", "ORR", "a=1", "n=54", "p<0.001", "<0.001", "≥50", "−12", "–", "(-1)", "'=1", "12-15", "3 of 54", "é@b",
    "-12.3 mmHg", "-0.4 percentage points", "-1.2 mg/dL", "+3.5% points", "-15 µmol/L",
)  # fmt: skip


def test_there_are_sixty_formulas() -> None:
    assert len(set(FORMULAS)) >= 60


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_stays_text(text: str) -> None:
    assert spreadsheet_safe(text) == "'" + text
    assert spreadsheet_safe(spreadsheet_safe(text)) == "'" + text


@pytest.mark.parametrize("text", [*NUMBERS, *PLAIN])
def test_numbers_and_plain_text_stay_what_they_are(text: str) -> None:
    assert spreadsheet_safe(text) == text


@pytest.mark.parametrize("text", NUMBERS)
def test_the_numbers_are_numbers(text: str) -> None:
    float(text.rstrip("%").replace(",", ""))

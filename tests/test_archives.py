"""Zip archives: members are inputs like files, what is hostile or broken is one status, and the others go on."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from marked import pipeline
from typer.testing import CliRunner
from zip_rows import BEFORE, BEHIND, HARMLESS, HOSTILE, SENTENCE, TEXT, WHOLE, Member, _members, hostile, zipped

from topline import batch, filings
from topline.batch import Settings
from topline.batch.survey import survey
from topline.cli import app
from topline.errors import FilingError
from topline.extraction import extract
from topline.filings import archives, find_inputs
from topline.review.run import read_run

SAMPLES = Path(__file__).parents[1] / "annotations" / "samples"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def outcomes(path: str) -> dict[str, tuple[str | None, str | None]]:
    """Return, for each input that a path names, the reason and the sentence of its status, found before it is read."""
    found = {}
    for name in find_inputs([path]):
        status = extract(pipeline(), name).status
        entry = survey(name, 64_000_000)
        assert entry.file == status.file == str(name)
        if entry.refusal:
            assert (entry.refusal.reason, entry.refusal.message) == (status.reason, status.message)
        found[str(name)] = status.reason, status.message
    return found


# Which of the good members, the one before or the one behind, a hostile one claims bytes of.
SHARED_WITH = {"the header of another": 0, "a bomb said to be of many bytes": 1, "a part of the list": 1}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_member_has_one_status_and_the_others_go_on(case: str) -> None:
    members, reason, words = HOSTILE[case]
    Path("a.zip").write_bytes(hostile(case))
    found = outcomes("a.zip")
    good = [found.pop(f"a.zip/{member.name.decode()}", None) for member in (BEFORE, BEHIND)]
    if case in SHARED_WITH:  # which of two members owns the bytes that both claim, nothing says
        assert (good.pop(SHARED_WITH[case]) or ("",))[0] == "overlap"
    assert good == [(None, None)] * len(good)
    assert set(found) == {f"a.zip/{member.name.decode('cp437')}" for member in members}
    for name, (why, sentence) in found.items():
        assert why == reason
        assert str(sentence).startswith(f"{name}: ")
        assert words in str(sentence)
        assert str(sentence).count(". ") == 0


@pytest.mark.parametrize("case", HARMLESS)
def test_what_is_like_it_is_read(case: str) -> None:
    Path("a.zip").write_bytes(zipped([BEFORE, HARMLESS[case], BEHIND]))
    assert len(found := outcomes("a.zip")) == 3
    assert {why for why, _ in found.values()} <= {None, "no_result_numbers", "all_numbers_set_aside"}


@pytest.mark.parametrize("case", WHOLE)
def test_an_archive_that_cannot_be_read_is_one_sentence(case: str) -> None:
    data, reason, words = WHOLE[case]
    Path("in").mkdir()
    Path("in/a.zip").write_bytes(data)
    Path("in/b.txt").write_bytes(TEXT)
    found = outcomes("in")
    assert found.pop("in/b.txt") == (None, None)
    ((name, (why, sentence)),) = found.items()
    assert (name, why) == ("in/a.zip", reason)
    assert str(sentence).startswith("a.zip: ")
    assert words in str(sentence)
    assert survey(name, 64_000_000).sha256 == hashlib.sha256(data).hexdigest()


def test_an_archive_may_have_ten_thousand_members() -> None:
    Path("a.zip").write_bytes(zipped(_members(10_000)))
    assert len(find_inputs(["a.zip"])) == 10_000


def test_large_members_of_a_usual_ratio_are_read() -> None:
    lines = b"".join(b"%d patients\n" % number for number in range(700_000))
    Path("a.zip").write_bytes(zipped([Member(b"a.txt", lines), Member(b"b.txt", lines)]))
    assert [survey(name, 64_000_000).refusal for name in find_inputs(["a.zip"])] == [None, None]


# --- what an archive is -----------------------------------------------------------------------------------------------
def test_members_are_chosen_and_sorted_as_a_folders_files_are() -> None:
    names = ["b/c.htm", "b.txt", "b-a/d.txt", "B.TXT", "a.jpg", ".e.txt", "__MACOSX/._b.txt", "f.txt.gz", "g/", "h.pdf"]
    Path("a.zip").write_bytes(zipped(Member(name.encode(), b"x") for name in names))
    Path("a").mkdir()
    with zipfile.ZipFile("a.zip") as archive:
        archive.extractall("a")
    assert find_inputs(["a.zip"]) == [f"a.zip/{path.relative_to('a')}" for path in map(Path, find_inputs(["a"]))]
    assert find_inputs(["a.zip"]) == [
        f"a.zip/{name}" for name in ("B.TXT", "b/c.htm", "b-a/d.txt", "b.txt", "f.txt.gz")
    ]


def test_a_folder_and_a_page_named_like_archives_stay_what_they_are() -> None:
    Path("in/a.zip/b.zip").mkdir(parents=True)
    Path("in/a.zip/c.txt").write_bytes(TEXT)
    Path("in/a.zip/b.zip/d.zip").write_bytes(zipped([Member(b"e.txt")]))
    Path("in/f.zip").write_bytes(TEXT)  # a page saved under the name
    assert list(map(str, find_inputs(["in"]))) == ["in/a.zip/b.zip/d.zip/e.txt", "in/a.zip/c.txt", "in/f.zip"]
    assert {why for why, _ in outcomes("in").values()} == {None}


@pytest.mark.parametrize("path", ["a.zip", "*.zip", "in", "a.zip/b.jpg", "./a.zip/b.jpg"])
def test_an_archive_is_found_however_it_is_named(path: str) -> None:
    Path("in").mkdir()
    for place in ("a.zip", "in/a.zip"):
        Path(place).write_bytes(zipped([Member(b"b.htm"), Member(b"b.jpg")]))
    found = {"in": "in/a.zip/b.htm", "a.zip": "a.zip/b.htm", "*.zip": "a.zip/b.htm"}.get(path, "a.zip/b.jpg")
    assert find_inputs([path]) == [found]  # a member that is named outright counts whatever its ending
    assert extract(pipeline(), found).rows[0].source.file == f"a.zip/{Path(found).name}"


def test_packing_again_changes_no_digest_and_no_row() -> None:
    found = []
    for method, order in ((8, (BEFORE, BEHIND)), (0, (BEHIND, BEFORE))):
        Path("a.zip").write_bytes(zipped(Member(member.name, method=method) for member in order))
        extracted = [extract(pipeline(), name) for name in find_inputs(["a.zip"])]
        found.append([(held.status, held.rows) for held in extracted])
        assert {survey(name, 10**8).sha256 for name in find_inputs(["a.zip"])} == {hashlib.sha256(TEXT).hexdigest()}
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("path", "reason", "words"),
    [
        ("a.zip", "archive", "name one in it, as a.zip/a.txt"),
        ("a.zip/b.txt", "not_found", "a.zip/b.txt: the archive has no such member; check the spelling"),
        ("a.zip/y", "not_found", "no such member"),
        ("a.zip/../a.zip", "not_found", "no such member"),
        ("b.zip/a.txt", "unreadable", "No such file or directory"),
    ],
)
def test_what_names_no_member(path: str, reason: str, words: str) -> None:
    Path("a.zip").write_bytes(zipped([BEFORE, BEHIND]))
    with pytest.raises(FilingError) as caught:
        filings.read(path)
    assert caught.value.reason == reason
    assert words in str(caught.value)


def test_the_list_is_read_once_and_again_when_the_archive_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.zip").write_bytes(zipped([BEFORE, BEHIND]))
    made = []
    monkeypatch.setattr(archives, "ZipFile", lambda file: made.append(file) or zipfile.ZipFile(file))
    for name in find_inputs(["a.zip"]):
        survey(name, 10**8)
        extract(pipeline(), name)
    assert len(made) == 1
    Path("a.zip").write_bytes(zipped([BEHIND]))
    assert find_inputs(["a.zip"]) == ["a.zip/y/z.txt"]


# --- the command ------------------------------------------------------------------------------------------------------
def invoke(*given: object) -> object:
    return CliRunner().invoke(app, [*map(str, given)])


def records(path: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


@pytest.fixture
def packed() -> int:
    """Write a folder of filings, and an archive of them; return how many they are."""
    files = sorted(SAMPLES.glob("a*.txt")) + sorted(SAMPLES.glob("v*.htm"))
    with zipfile.ZipFile("in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, file in enumerate([*files, *files]):
            place = Path("in", f"{number % 3}", f"{number}-{file.name}")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
            archive.write(place, place.relative_to("in"))
    return 2 * len(files)


def as_unpacked(output: str) -> bytes:
    """Return a run's rows and statuses as they would be of the unpacked members."""
    rows = Path(output, "results.jsonl").read_bytes().splitlines(keepends=True)
    names = {bytes(held["source"]["file"], "utf-8") for held in map(json.loads, rows)}  # type: ignore[arg-type]
    said = b"".join([*rows, Path(output, "statuses.jsonl").read_bytes().replace(b"in.zip/", b"in/")])
    for name in names:
        said = said.replace(b'"source": {"file": "%s"' % name, b'"source": {"file": "%s"' % name.split(b"/")[-1])
    return said


def test_rows_are_those_of_the_unpacked_folder_with_any_processes_and_after_a_kill(packed: int) -> None:
    options = ("--model", "rules", "--shard-size", 2)
    for source, output, jobs in (("in", "plain", 1), ("in.zip", "one", 1), ("in.zip", "two", 2)):
        assert invoke("extract", source, "-o", output, "--jobs", jobs, *options).exit_code == 0  # type: ignore[attr-defined]
    command = [sys.executable, "-c", "from topline.cli import main; main()", "extract", "in.zip", "-o", "killed"]
    with subprocess.Popen([*command, "--jobs", "1", *map(str, options)], start_new_session=True) as run:
        while not Path("killed/shards/0000000.lines").exists() and run.poll() is None:
            time.sleep(0.002)
        os.killpg(run.pid, signal.SIGKILL)
    assert not Path("killed/results.jsonl").exists()
    assert invoke("extract", "in.zip", "-o", "killed", "--resume", *options).exit_code == 0  # type: ignore[attr-defined]
    for name in ("results.jsonl", "statuses.jsonl", "manifest.jsonl"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes() == Path("killed", name).read_bytes()
    assert len(records("one/statuses.jsonl")) == packed
    assert as_unpacked("one") == as_unpacked("plain")
    assert as_unpacked("one") != Path("one/results.jsonl").read_bytes() + Path("one/statuses.jsonl").read_bytes()
    pairs = [(held["file"], held["sha256"]) for held in records("one/manifest.jsonl")[1:]]
    assert pairs == [(str(p).replace("in/", "in.zip/", 1), hashlib.sha256(Path(p).read_bytes()).hexdigest())
                     for p in find_inputs(["in"])]  # fmt: skip
    run_ = read_run(Path("one"))  # a review finds its filings in the archive
    assert len(run_.documents) == packed // 2
    assert all("it is reviewed under that name" in sentence for sentence in run_.refused)


def test_a_run_goes_on_with_the_same_members_only(packed: int) -> None:
    run = ("extract", "in.zip", "-o", "out", "--model", "rules", "--resume")
    assert invoke(*run).exit_code == 0  # type: ignore[attr-defined]
    with zipfile.ZipFile("in.zip") as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    Path("in.zip").write_bytes(zipped(Member(name.encode(), text, 0) for name, text in held.items()))
    assert invoke(*run).exit_code == 0  # type: ignore[attr-defined]
    first = min(held)
    Path("in.zip").write_bytes(
        zipped(Member(name.encode(), text + b" " * (name == first)) for name, text in held.items())
    )
    assert f"in.zip/{first} changed since it was started" in str(invoke(*run).exception)  # type: ignore[attr-defined]


def test_show_text_and_a_file_of_rows_take_members() -> None:
    Path("a.zip").write_bytes(zipped([BEFORE, BEHIND]))
    assert invoke("text", "a.zip/y/z.txt").stdout == TEXT.decode()  # type: ignore[attr-defined]
    assert "41.2%" in invoke("show", "a.zip/a.txt", "--model", "rules").stdout  # type: ignore[attr-defined]
    result = invoke("extract", "a.zip", "--model", "rules", "--status", "status.jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]  # type: ignore[attr-defined]
    assert {row["source"]["file"] for row in rows} == {"a.zip/a.txt", "a.zip/y/z.txt"}
    assert [held["file"] for held in records("status.jsonl")] == ["a.zip/a.txt", "a.zip/y/z.txt"]
    before = Path("a.zip").read_bytes()
    assert "would be written over" in str(invoke("extract", "a.zip/a.txt", "-o", "a.zip").exception)  # type: ignore[attr-defined]
    assert Path("a.zip").read_bytes() == before


PART = "<SEC-HEADER>\nACCESSION NUMBER: 0\n</SEC-HEADER>\n<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n{}\n</TEXT>\n</DOCUMENT>\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SENTENCE * 100, None),
        (SENTENCE * 200, "too_large"),
        (PART.format(SENTENCE * 200), None),  # a submission gets more
        (PART.format(SENTENCE * 2_000), "too_large"),
    ],
)
def test_the_size_of_a_member_is_that_of_what_it_unpacks_to(text: str, reason: str | None) -> None:
    Path("a.zip").write_bytes(zipped([BEFORE, Member(b"b.txt", text.encode())]))
    plan = batch.make_plan(find_inputs(["a.zip"]), [], Settings(max_size=10_000))
    refusals = [entry.refusal and entry.refusal.reason for entry in plan.entries]
    assert refusals == [None, reason]
    assert (plan.entries[1].sha256 is None) == bool(reason)


def test_a_member_that_changed_since_the_plan_gives_no_rows() -> None:
    Path("a.zip").write_bytes(zipped([BEFORE, BEHIND]))
    entries = batch.make_plan(find_inputs(["a.zip"]), [], Settings("rules")).entries
    Path("a.zip").write_bytes(zipped([Member(BEFORE.name, TEXT * 2), BEHIND]))
    lines = batch.extract_shard(Settings("rules"), entries).splitlines()
    statuses = [json.loads(line.split(b"\t")[1]) for line in lines if line.startswith(b"statuses")]
    assert [held["reason"] for held in statuses] == ["changed", None]

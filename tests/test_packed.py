"""Gzip: what is read of it, what is refused and why, and that neither costs more memory than a filing."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from marked import pipeline
from typer.testing import CliRunner

from topline import batch, filings
from topline.batch import Settings
from topline.cli import app
from topline.errors import FilingError
from topline.extraction import document_id, extract
from topline.filings import find_inputs, packed, read_bytes

SENTENCE = "Of 34 patients, 14 (41.2%) had a partial response to zelnotide.\n"
TEXT = (SENTENCE * 40).encode()
WHOLE = gzip.compress(TEXT)
PAGE = b"<html><body><p>" + TEXT + b"</body></html>"
PART = "<SEC-HEADER>\nACCESSION NUMBER: 0\n</SEC-HEADER>\n<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n{}\n</TEXT>\n</DOCUMENT>\n"
TAR = b"a.txt".ljust(257, b"\0") + b"ustar" + bytes(250) + b"Of 54 patients, 12 responded. " * 3_000

# What is packed is read as what it was before.
READ = {
    "a text": (WHOLE, "a.txt.gz", TEXT),
    "with a name inside": (WHOLE[:3] + b"\x08" + WHOLE[4:10] + b"../a.htm\0" + WHOLE[10:], "a", TEXT),
    "two streams": (WHOLE + WHOLE, "a.txt.gz", TEXT * 2),
    "an empty stream before": (gzip.compress(b"") + WHOLE, "a.txt.gz", TEXT),
    "zeros that fill a block": (WHOLE + bytes(20_000), "a.txt.gz", TEXT),
    "zeros between": (WHOLE + bytes(20_000) + WHOLE, "a.txt.gz", TEXT * 2),
    "under the page's own name": (gzip.compress(PAGE), "a.htm", PAGE),
    "a page": (gzip.compress(PAGE), "a.HTM.GZ", PAGE),
    "not packed after all": (TEXT, "a.txt.gz", TEXT),
    "Markdown": (gzip.compress(b"x <b>54</b> <p>y</p>"), "a.md.gz", b"x <b>54</b> <p>y</p>"),
    "a byte at a time": (b"".join(gzip.compress(TEXT[k : k + 1]) for k in range(400)), "a.txt.gz", TEXT[:400]),
    "a long blank": (gzip.compress(TEXT + b" " * 4_000_000), "a.txt.gz", TEXT + b" " * 4_000_000),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_what_is_packed_is_read_as_what_it_was(case: str) -> None:
    data, name, unpacked = READ[case]
    [document], [bare] = read_bytes(data, name), read_bytes(unpacked, name.lower().removesuffix(".gz"))
    assert (document.text, document.segments, document.blocks) == (bare.text, bare.segments, bare.blocks)
    assert document.source.file == name
    assert document.source.sha256 == hashlib.sha256(data).hexdigest()


# (bytes, reason, words of the sentence)
REFUSED = {
    "nothing in it": (gzip.compress(b""), "empty", "is empty"),
    "blanks in it": (gzip.compress(b" \n" * 50), "empty", "is empty"),
    "a PDF in it": (gzip.compress(b"%PDF-1.7\n12 of 54"), "pdf", "is a PDF"),
    "an archive in it": (gzip.compress(TAR), "binary", "unpack it with `tar xf`"),
    "a zip archive in it": (gzip.compress(b"PK\x03\x04"), "binary", "unpack it with `unzip`"),
    "packed twice": (gzip.compress(WHOLE), "binary", "unpack it with `gunzip`"),
    "two bytes": (WHOLE[:2], "damaged", "ends too early"),
    "half a head": (WHOLE[:5], "damaged", "ends too early"),
    "half": (WHOLE[: len(WHOLE) // 2], "damaged", "ends too early"),
    "no last byte": (WHOLE[:-1], "damaged", "ends too early"),
    "no checksum": (WHOLE[:-8], "damaged", "ends too early"),
    "half a second stream": (WHOLE + WHOLE[:-4], "damaged", "ends too early"),
    "a wrong length": (WHOLE[:-1] + b"\x01", "damaged", "is broken inside"),
    "a wrong checksum": (WHOLE[:-8] + b"abcd" + WHOLE[-4:], "damaged", "is broken inside"),
    "a wrong method": (WHOLE[:2] + b"\x07" + WHOLE[3:], "damaged", "is broken inside"),
    "rubbish inside": (WHOLE[:30] + b"rubbish" + WHOLE[37:], "damaged", "is broken inside"),
    "text behind": (WHOLE + b"\nOf 54 patients", "damaged", "other bytes behind its end"),
    "a byte behind": (WHOLE + b"\x1f", "damaged", "other bytes behind its end"),
    "text behind zeros": (WHOLE + bytes(9_000) + b"a", "damaged", "other bytes behind its end"),
    "zeros": (gzip.compress(bytes(20_000_000)), "ratio", "more than 200 times its size"),
    "a line again and again": (gzip.compress(b"12% of 54 patients\n" * 900_000), "ratio", "more than 200 times"),
    "a bomb behind a text": (WHOLE + gzip.compress(b"%" * 20_000_000), "ratio", "more than 200 times its size"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why(case: str) -> None:
    data, reason, words = REFUSED[case]
    with pytest.raises(FilingError, match=words) as caught:
        read_bytes(data, "a.txt.gz")
    assert caught.value.reason == reason
    assert str(caught.value).startswith("a.txt.gz: ")
    assert str(caught.value).count(". ") == 0


def _outcome(data: bytes) -> str:
    """Return the text that is read, or the reason why it is not."""
    try:
        return read_bytes(data, "a.txt.gz")[0].text
    except FilingError as error:
        return error.reason


@pytest.mark.parametrize("place", range(2, len(WHOLE)))
def test_every_cut_and_every_changed_byte_is_noticed_or_harmless(place: int) -> None:
    assert _outcome(WHOLE[:place]) == "damaged"
    harmless = 4 <= place < 10  # time, level and system in the head
    changed = WHOLE[:place] + bytes([WHOLE[place] ^ 0x55]) + WHOLE[place + 1 :]
    assert _outcome(changed) == (TEXT.decode() if harmless else "damaged")


def test_streams_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_STREAMS", 50)
    assert read_bytes(gzip.compress(b"") * 49 + WHOLE, "a.gz")[0].text.encode() == TEXT
    with pytest.raises(FilingError, match="made of more than 50 streams"):
        read_bytes(gzip.compress(b"") * 50 + WHOLE, "a.gz")


@pytest.mark.parametrize(("size", "refused"), [(90, False), (110, True)])
def test_the_limits_are_those_of_the_unpacked_file(monkeypatch: pytest.MonkeyPatch, size: int, refused: bool) -> None:
    monkeypatch.setattr(filings.intake, "MAX_LENGTH", 100)
    data = gzip.compress(b"x" * size)
    assert len(data) < 100
    if not refused:
        assert len(read_bytes(data, "a.txt.gz")[0].text) == size
        return
    with pytest.raises(FilingError, match=r"a\.txt\.gz: has more than 100 bytes"):
        read_bytes(data, "a.txt.gz")


def test_places_and_pictures_of_a_packed_submission_are_those_of_the_unpacked() -> None:
    picture = "M" + "!" * 60 + "\n"
    text = PART.format("Of 54 patients\n" + picture * 5_000 + "12 responded – later.")
    [document], [bare] = (read_bytes(data, "a.txt") for data in (gzip.compress(text.encode()), text.encode()))
    assert (document.text, document.segments, document.exclusions) == (bare.text, bare.segments, bare.exclusions)
    assert "uuencoded" in {item.reason for item in document.exclusions}
    filings.verify(document, text, 0, len(document.text))


def test_rows_and_ids_of_a_packed_filing(tmp_path: Path) -> None:
    for name, data in (("a.txt", TEXT), ("a.txt.gz", WHOLE)):
        (tmp_path / name).write_bytes(data)
    bare, packed_ = (extract(pipeline(), tmp_path / name) for name in ("a.txt", "a.txt.gz"))
    assert [row.value for row in packed_.rows] == [row.value for row in bare.rows]
    assert packed_.rows[0].source.file == "a.txt.gz"
    assert packed_.status.sha256 == packed_.rows[0].source.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert packed_.rows[0].id != bare.rows[0].id  # an id belongs to the bytes of the file on the disk
    assert document_id(packed_.docs[0]) == document_id(bare.docs[0]) == "a"  # the gold's does not


def test_a_pipe_of_packed_bytes_is_read(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["extract", "-", "--model", "rules"], input=WHOLE)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[0])["source"]["sha256"] == hashlib.sha256(WHOLE).hexdigest()


# --- folders and batches ----------------------------------------------------------------------------------------------
def test_a_folder_gives_what_is_packed_and_leaves_out_no_archive(tmp_path: Path) -> None:
    counted = ["a.htm.gz", "b.NC.GZ", "c.gz", "d.txt.bz2", "e.tar.gz", "f.tgz", "g.txt.xz", "h.zip", "i.txt.Z"]
    for name in [*counted, "j.jpg.gz", "k.pdf", "l.pdf.gz", ".m.txt.gz"]:
        (tmp_path / name).write_bytes(WHOLE)
    assert [path.name for path in find_inputs([str(tmp_path)]) if isinstance(path, Path)] == counted


# (name, bytes, reason) of a batch's inputs with --max-size 0.01 MB
BATCH = [
    ("a.txt", TEXT, None),
    ("b.txt.gz", WHOLE, None),
    ("c.txt.gz", gzip.compress(SENTENCE.encode() * 200), "too_large"),
    ("d.txt.gz", gzip.compress(PART.format(SENTENCE * 200).encode()), None),  # a submission gets more
    ("e.txt.gz", gzip.compress(PART.format(SENTENCE * 2_000).encode()), "too_large"),
    ("f.txt.gz", WHOLE[:-9], "damaged"),
    ("g.txt.gz", bytes(range(256)) * 30, "binary"),
    ("h.txt.bz2", b"BZh91AY&SY", "binary"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name, data, _ in BATCH:
        (tmp_path / "in" / name).write_bytes(data)
    return tmp_path / "in"


def _invoke(*given: object) -> int | str:
    """Return a run's exit code, or what it says when it cannot go on."""
    options = ["--model", "rules", "--max-size", 0.01, "--shard-size", 2]
    result = CliRunner().invoke(app, ["extract", *map(str, [*given, *options])])
    said = re.search(r"[\w.]+ changed since it was started", str(result.exception))
    return said[0] if said else result.exit_code


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_batch_gives_each_its_status_and_goes_on(folder: Path, tmp_path: Path) -> None:
    assert _invoke(folder, "-o", tmp_path / "out", "--jobs", 2) == 1
    statuses = _lines(tmp_path / "out" / "statuses.jsonl")
    assert [(Path(str(held["file"])).name, held["reason"]) for held in statuses] == [
        (name, why) for name, _, why in BATCH
    ]
    for held in statuses:
        assert held["sha256"] == hashlib.sha256(Path(str(held["file"])).read_bytes()).hexdigest()
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert _invoke(folder, "-o", tmp_path / "out", "--resume") == 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()} == before
    (folder / "b.txt.gz").write_bytes(gzip.compress(TEXT, 1))  # the same text, but another file
    assert _invoke(folder, "-o", tmp_path / "out", "--resume") == "b.txt.gz changed since it was started"


def test_the_sentence_of_a_packed_file_that_is_too_large(folder: Path) -> None:
    (entry,) = batch.make_plan([folder / "c.txt.gz"], [], Settings(max_size=10_000)).entries
    assert entry.refusal
    assert str(entry.refusal.message).endswith(
        "c.txt.gz: unpacks to more than 10,000 bytes; raise --max-size to read it."
    )


# --- memory -----------------------------------------------------------------------------------------------------------
_GROWN = """
import sys
from topline import filings
from topline.batch.survey import survey
from topline.errors import FilingError
from topline.filings import packed
if "--no-cap" in sys.argv:
    packed.MAX_RATIO = 10**9
def peak():  # not `ru_maxrss`, which a process takes over from the one that started it
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
base = peak()
reasons = [survey(sys.argv[1], 64_000_000).refusal.reason]
surveyed = peak() - base
try:
    filings.read(sys.argv[1])
except FilingError as error:
    reasons.append(error.reason)
print(*reasons, surveyed, peak() - base)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_a_bomb_costs_little_memory_and_the_cap_is_why(tmp_path: Path) -> None:
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    line = b"12% of 54 patients\n" * 50_000
    (tmp_path / "bomb.gz").write_bytes(b"".join(stream.compress(line) for _ in range(250)) + stream.flush())
    found = []
    for options in ([], ["--no-cap"]):
        command = [sys.executable, "-c", _GROWN, str(tmp_path / "bomb.gz"), *options]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout.split()
        found.append((said[:2], float(said[2]), float(said[3])))
    (reasons, surveyed, grown), (others, surveyed_too, more) = found
    assert (reasons, others) == (["ratio", "ratio"], ["too_large", "too_large"])
    assert max(surveyed, surveyed_too) < 10  # nothing is kept while the sizes are looked at
    assert grown < 40 < 90 < more  # MB, of 240 packed in less than one


def test_the_digest_is_that_of_the_packed_bytes() -> None:
    stream, raw = packed.opened(io.BytesIO(WHOLE), "a")
    assert stream.read() == TEXT
    assert raw.digest.hexdigest() == hashlib.sha256(WHOLE).hexdigest()

"""Filings, cut and damaged: what the fuzzer reads. Case N of a seed is always the same bytes, given the same files."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "annotations" / "samples", ROOT.parent / "shared" / "filings")
HEAD = 600  # bytes from a file's start that a slice may keep: the header, `<html>`, the marks of the first document
LENGTHS = (200, 400, 900, 2500)  # bytes of a slice: a case then takes 25 ms on average, half of it per document
NAMES = (".htm", ".txt", ".md", "")

_TAG = re.compile(rb"<[^<>]{1,200}>")
_NUMBER = re.compile(rb"\d")
_WORD = re.compile(rb"(?<=[a-z]) (?=[a-z])")
ENTITIES = (
    b"&#150;", b"&nbsp;", b"&#0;", b"&#x110000;", b"&#55296;", b"&amp;lt;", b"&fjlig;", b"&#", b"&", b"&lt;b&gt;",
    b"&NotEqualTilde;", b"&#8238;", b"&#x200b;", b"&ampnbsp", b"&#10;", b"&#173;",
)  # fmt: skip
MARKS = "\u202e \u202c \u200b \u200d \u2066 \u2069 \ufeff \u00ad \u2028 \x85 \x1b[2J \x00 \x0b \ud7ff \U000e0041".split(
    " "
)
SPLICES = (
    b"<table><tr><td colspan=376967340 rowspan=0>", b"</table></table>", b"<!--", b"-->", b"<title>", b"</html>",
    b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n", b"</TEXT>\n</DOCUMENT>\n", b"<PAGE>", b"\n\n\n", b"| 12 | 34% |\n|---|---|\n",
    b"begin 644 a.jpg\nM" + b"8" * 60 + b"\n`\nend\n", b"<div style='display:none'>", b"</div>" * 30, b"<pre>", b"\r",
    b" the objective response rate was 42% (21/50; 95% CI, 28-57; p<0.001) ", b"<TABLE>\n<S> <C>\n", b"<sup>2</sup>",
    b"<ix:hidden>", b"<a href='", b"99999999999999999999% ", b"1e400 ", b"9" * 400 + b"% ", b"of 0 patients ",
    b"&" * 40, b"\xff\xfe",
)  # fmt: skip


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    held = bytearray(data)
    for _ in range(chance.randint(1, 20) if held else 0):
        held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
    return bytes(held)


def splice(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(data))
        piece = chance.choice(SPLICES) if chance.random() < 0.7 else _cut(chance, 400)[1]
        data = data[:place] + piece + data[place + chance.choice((0, 0, 50)) :]
    return data


def truncate(data: bytes, chance: random.Random) -> bytes:
    low = chance.choice((0, 0, chance.randint(0, len(data) // 2)))
    return data[low : chance.randint(low, len(data))]


def shuffle_tags(data: bytes, chance: random.Random) -> bytes:
    tags = _TAG.findall(data)
    chance.shuffle(tags)
    rest = iter(tags)
    return _TAG.sub(lambda found: next(rest) if chance.random() < 0.9 else b"", data)


def storm(data: bytes, chance: random.Random) -> bytes:
    return _sprinkled(data, chance, lambda: chance.choice(ENTITIES) * chance.choice((1, 1, 1, 40)))


def mark(data: bytes, chance: random.Random) -> bytes:
    return _sprinkled(data, chance, lambda: chance.choice(MARKS).encode("utf-8", "surrogatepass"))


def widen_digits(data: bytes, chance: random.Random) -> bytes:
    zero = ord(chance.choice("０٠०𝟎²"))
    kept = chance.random()
    return _NUMBER.sub(lambda found: found[0] if chance.random() < kept else chr(zero + int(found[0])).encode(), data)


def repeat(data: bytes, chance: random.Random) -> bytes:
    low = chance.randint(0, len(data))
    return data[:low] + data[low : low + chance.randint(1, 60)] * chance.randint(2, 30) + data[low:]


def break_words(data: bytes, chance: random.Random) -> bytes:
    kept = chance.random()
    return _WORD.sub(
        lambda found: found[0] if chance.random() < kept else chance.choice((b"\n", b"", b"\t", b" \xa0")), data
    )


def _sprinkled(data: bytes, chance: random.Random, piece: Callable[[], bytes]) -> bytes:
    places = sorted(chance.randint(0, len(data)) for _ in range(chance.randint(1, 30)))
    pieces = [data[low:high] + piece() for low, high in zip([0, *places], places, strict=False)]
    return b"".join([*pieces, data[places[-1] :]])


MUTATIONS = (flip_bits, splice, truncate, shuffle_tags, storm, mark, widen_digits, repeat, break_words)


PACKED = 0.1  # of the cases are read from an archive, half of these from a damaged one


@dataclass(frozen=True, slots=True)
class Case:
    """One input: its number, its file's name, its bytes, how they were damaged, and the file that it is packed in."""

    number: int
    name: str
    data: bytes
    mutations: tuple[str, ...]
    packed: bytes | None = None


def make_case(seed: int, number: int) -> Case:
    """Return the case of that number."""
    chance = random.Random(f"{seed}:{number}")
    ending, data = _cut(chance, chance.choice(LENGTHS))
    chosen = [chance.choice(MUTATIONS) for _ in range(chance.randint(1, 3))]
    for mutate in chosen:
        data = mutate(data, chance)
    name = f"{number}{chance.choice(NAMES) if chance.random() < 0.2 else ending}"
    case = Case(number, name, data, tuple(mutate.__name__ for mutate in chosen))
    return pack(case, chance) if chance.random() < PACKED else case


def pack(case: Case, chance: random.Random) -> Case:
    """Return the case as a gzip or zip file, whole or damaged in its own bytes."""
    mutations = case.mutations
    if chance.random() < 0.5:
        name, packed = f"{case.name}.gz", gzip.compress(case.data, mtime=0)
    else:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            member = zipfile.ZipInfo(f"a/{case.name}")
            member.compress_type = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            archive.writestr(member, case.data)
        name, packed = f"{case.number}.zip", held.getvalue()
    if chance.random() < 0.5:
        damage = chance.choice((flip_bits, truncate, repeat))
        packed, mutations = damage(packed, chance), (*mutations, f"{damage.__name__} of the archive")
    return Case(case.number, name, case.data, mutations, packed)


@cache
def _corpus() -> tuple[tuple[tuple[str, bytes], ...], ...]:
    """Return the files that slices are cut from, a folder at a time, sorted, each with its ending."""
    found = []
    for folder in FOLDERS:
        files = sorted(path for path in folder.rglob("*") if path.is_file())  # none in a folder that is absent
        found.append(tuple((path.suffix, path.read_bytes()) for path in files))
    return tuple(files for files in found if files)


def _cut(chance: random.Random, length: int) -> tuple[str, bytes]:
    """Return a file's ending and a run of it, its head in front half of the time."""
    ending, data = chance.choice(chance.choice(_corpus()))
    low = chance.randrange(max(1, len(data) - length // 2))
    head = data[: min(low, HEAD)] if chance.random() < 0.5 else b""
    return ending, head + data[low : low + length]

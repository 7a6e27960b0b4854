"""Bytes as they come in: bounded, digested, and without the bodies of a submission's uuencoded parts.

Submissions of 200 MB are mostly pictures, encoded in lines of sixty-one characters. Those lines are counted while the
file is read and never held; every place found without them is moved to where it stands in the whole file.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import BinaryIO

from topline.filings.packed import opened
from topline.filings.refusals import MAX_LENGTH, MAX_SUBMISSION, refuse_size
from topline.filings.sgml import is_submission
from topline.schema import Document, Exclusion, Segment

_CHUNK = 1 << 22
_HEAD = 20_000
_BODY = re.compile(rb"^(?:M[ -`]{60}\r?\n){64,}+", re.MULTILINE)  # 64 such lines in a row are never prose
_LATER_BYTES = bytes(range(0x80, 0xC0))  # in UTF-8, those that begin no character


@dataclass(frozen=True, slots=True)
class Intake:
    """A file's bytes without what is left out; `gaps` are places in `data` and how many bytes are missing there.

    `sha256` is that of the file as it stands on the disk, packed if it is packed.
    """

    data: bytes
    sha256: str
    gaps: tuple[tuple[int, int], ...] = ()


def take_in(file: BinaryIO, name: str) -> Intake:
    """Read a file, unpacked if it is packed, or as much of it as shows that it is too large.

    Raises:
        FilingError: with reason `too_large`, `ratio` or `damaged`.
    """
    stream, raw = opened(file, name)
    head = stream.read(_HEAD)
    submission = is_submission(head.decode("latin-1")) and not head.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    )
    limit = MAX_SUBMISSION if submission else MAX_LENGTH
    kept: list[bytes] = []
    gaps: list[tuple[int, int]] = []
    held = 0
    chunk = head + _next_lines(stream)
    while chunk:
        for piece, missing in _pieces(chunk) if submission else [(chunk, 0)]:
            kept.append(piece)
            held += len(piece)
            gaps += [(held, missing)] if missing else []
        refuse_size(held, limit, name)
        chunk = _next_lines(stream)
    return Intake(b"".join(kept), raw.digest.hexdigest(), tuple(gaps))


def _next_lines(file: BinaryIO) -> bytes:
    """Return some whole lines, so that no encoded line is cut."""
    return file.read(_CHUNK) + file.readline(_CHUNK)


def _pieces(chunk: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield what is kept of a chunk, with the number of bytes that are left out behind each piece."""
    if b"\nM" not in chunk:  # so a body's second line begins; the pattern would be tried at each byte
        yield chunk, 0
        return
    position = 0
    for body in _BODY.finditer(chunk):
        yield chunk[position : body.start()], len(body[0])
        position = body.end()
    yield chunk[position:], 0


def in_whole_file(documents: list[Document], intake: Intake, text: str) -> list[Document]:
    """Return the documents with their places moved to where they stand in the whole decoded file."""
    if not intake.gaps:
        return documents
    gaps = Gaps(_characters(intake, text), [missing for _, missing in intake.gaps])
    return [gaps.moved(document) for document in documents]


def _characters(intake: Intake, text: str) -> list[int]:
    """Return the gaps' places in the decoded text."""
    places = [place for place, _ in intake.gaps]
    if len(text) == len(intake.data):
        return places
    mark = 1 if intake.data.startswith(codecs.BOM_UTF8) else 0
    pieces = (intake.data[low:high] for low, high in zip([0, *places], places, strict=False))
    return [held - mark for held in accumulate(len(piece.translate(None, _LATER_BYTES)) for piece in pieces)]


class Gaps:
    """Where characters of a file are left out; moves places that were found without them."""

    def __init__(self, places: Sequence[int], missing: Sequence[int]):
        self.places, self.missing = places, missing
        self._sums = [0, *accumulate(missing)]

    def moved(self, document: Document) -> Document:
        """Return a document with its places in the whole file; a gap in its text is an exclusion."""
        segments = [piece for segment in document.segments for piece in self._segments(segment)]
        exclusions = [
            replace(item, source_start=self._start(item.source_start), source_end=self._end(item.source_end))
            for item in document.exclusions
        ]
        inner = [
            Exclusion("uuencoded", *self._range(k)) for segment in document.segments for k in self._within(segment)
        ]
        exclusions = sorted([*exclusions, *inner], key=lambda item: item.source_start) if inner else exclusions
        return replace(document, segments=tuple(segments), exclusions=tuple(exclusions))

    def _segments(self, segment: Segment) -> Iterator[Segment]:
        """Yield a segment in the pieces that gaps cut it into; white space that spans one ends before it."""
        low, start = segment.source_start, segment.start
        copies = segment.source_end - low == segment.end - start
        for k in self._within(segment):
            place = self.places[k]
            if not copies:
                yield Segment(start, segment.end, self._start(low), self._end(place))
                return
            yield Segment(start, start + place - low, self._start(low), self._end(place))
            low, start = place, start + place - low
        yield Segment(start, segment.end, self._start(low), self._end(segment.source_end))

    def _within(self, segment: Segment) -> range:
        """Return the numbers of the gaps inside a segment."""
        return range(bisect_right(self.places, segment.source_start), bisect_left(self.places, segment.source_end))

    def _range(self, k: int) -> tuple[int, int]:
        start = self.places[k] + self._sums[k]
        return start, start + self.missing[k]

    def _start(self, place: int) -> int:
        return place + self._sums[bisect_right(self.places, place)]

    def _end(self, place: int) -> int:
        return place + self._sums[bisect_left(self.places, place)]

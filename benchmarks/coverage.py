"""Measure how much of what a file prints reaches the reading text.

`python benchmarks/coverage.py PATH...` strips the tags from each file with a tag pattern of its own, and prints the
share of the digits left over that stand in the reading text or in an exclusion with a reason. Exits with 1 when the
share over all files is below 99.9 %.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from topline.errors import FilingError, InputError
from topline.filings import decode, find_inputs, read
from topline.schema import Document

FLOOR = 0.999
_TAG = re.compile(r"</?[a-zA-Z][^<>]*+>|<!--(?:[^-]|-(?!->))*+-->|<![a-zA-Z][^<>]*+>|<\?[^<>]*+>")
_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{1,8};?")
_DIGIT = re.compile(r"\d")


@dataclass
class Tally:
    """Digits of files: how many there are, are read, are left out for which reason, or are lost."""

    digits: int = 0
    read: int = 0
    lost: int = 0
    size: int = 0
    seconds: float = 0.0
    excluded: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add the counts of another file."""
        self.digits += other.digits
        self.read += other.read
        self.lost += other.lost
        self.size += other.size
        self.seconds += other.seconds
        self.excluded += other.excluded

    @property
    def share(self) -> float:
        """Return the share of digits that are read or accounted for."""
        return 1 - self.lost / self.digits if self.digits else 1.0

    def line(self, name: str) -> str:
        """Return the counts as a row of the table."""
        reasons = ", ".join(f"{reason} {count}" for reason, count in self.excluded.most_common())
        return f"{self.share:9.4%} {self.digits:9} {self.read:9} {self.lost:6}  {name}  {reasons}"


def stripped(decoded: str, markup: bool) -> bytearray:
    """Return one byte a character: 1 where a digit stands outside of tags and numeric references."""
    marks = bytearray(len(decoded))
    for match in _DIGIT.finditer(decoded):
        marks[match.start()] = 1
    for pattern in (_TAG, _REFERENCE) if markup else ():
        for match in pattern.finditer(decoded):
            marks[match.start() : match.end()] = bytes(match.end() - match.start())
    return marks


def tally(decoded: str, documents: list[Document]) -> Tally:
    """Count what became of each digit of a file."""
    markup = any(document.segments for document in documents)
    marks = stripped(decoded, markup)
    result = Tally(digits=sum(marks))
    for document in documents:
        spans = [(segment.source_start, segment.source_end) for segment in document.segments]
        for start, end in spans if markup else [(0, len(decoded))]:
            result.read += sum(marks[start:end])
            marks[start:end] = bytes(end - start)
    for document in documents:
        for item in document.exclusions:
            result.excluded[item.reason] += sum(marks[item.source_start : item.source_end])
            marks[item.source_start : item.source_end] = bytes(item.source_end - item.source_start)
    result.excluded = +result.excluded
    result.lost = sum(marks)
    return result


def main(paths: list[str]) -> int:
    total = Tally()
    refused: Counter[str] = Counter()
    print("    share    digits      read   lost  file")
    for path in find_inputs(paths):
        if not isinstance(path, Path):
            continue
        started = time.perf_counter()
        try:
            documents = read(path)
        except FilingError as error:
            refused[error.reason] += 1
            print(f"  refused                            {path.name}  {error.reason}")
            continue
        seconds = time.perf_counter() - started
        data = path.read_bytes()
        counted = tally(decode(data), documents)
        counted.size, counted.seconds = len(data), seconds
        total.add(counted)
        print(counted.line(path.name))
    print(total.line("all files"))
    print(f"refused: {dict(refused)}; {total.seconds / max(total.size, 1) * 1e6:.2f} s per MB")
    return 0 if total.share >= FLOOR else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(str(error))

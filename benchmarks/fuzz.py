"""Damage filings, run them from file to rows, and hold what comes out against what is promised.

`python benchmarks/fuzz.py [--seed 6] [--count 2000] [--limit 30] [--model default]` takes slices of the filings in
`../shared` and of our own samples (of these alone where `../shared` is absent) and damages them: see `mutations.py`;
a tenth of them come packed, in archives that may be damaged as well.
A child process reads them one by one; where it dies or a document takes longer than the limit, the case is recorded
and another child goes on behind it. Every input must have a status, every quote must equal its text, every source
range must hold, the ledger must add up, and a batch must come to the same rows. Exits with 1 if a promise was broken;
`--replay N` runs case N in this process and leaves it as a file. `--sabotage shift|abort|backtrack` breaks a promise on
purpose: the command must then fail.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from select import select

from mutations import Case, make_case
from spacy.language import Language
from spacy.tokens import Doc

from topline import extraction
from topline.errors import OffsetError
from topline.extraction import Extracted
from topline.filings import decode, find_inputs, verify
from topline.outputs import dump

START_LIMIT = 300.0  # seconds to load a model
SABOTAGES = ("shift", "abort", "backtrack")
GZIP = b"\x1f\x8b"
QUICK = 7  # every seventh case is read a second time, as a batch reads it: without details
SABOTAGED = 3  # the case that a sabotage befalls
_BACKTRACKING = re.compile(r"(?:1+)+2")


@dataclass(slots=True)
class Record:
    """What became of the cases: how many ended in which way, the broken promises, the slowest case."""

    ends: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)

    def add(self, number: int, line: str) -> None:
        """Take a child's line about a case: the seconds, the rows, how it ended, which promise was broken."""
        seconds, rows, end, broken = line.split("\t", 3)
        self.slowest = max(self.slowest, (float(seconds), number))
        self.rows += int(rows)
        self.ends[end] += 1
        if broken:
            self.failures.append((number, broken))

    def fail(self, number: int, end: str, sentence: str) -> None:
        """Take a case of which no line came."""
        self.ends[end] += 1
        self.failures.append((number, sentence))


def broken_promises(data: bytes, extracted: Extracted) -> Iterator[str]:
    """Yield what does not hold of an input's rows, status and ledger, each in a sentence."""
    status, decoded = extracted.status, decode(data)
    documents = {doc._.document.source.document: doc for doc in extracted.docs}
    reason = status.reason if status.status != "results" else "none"
    if status.status not in ("results", "no_results", "error") or not reason or status.rows != len(extracted.rows):
        yield f"the status does not stand: {status.status}, {status.reason}, {status.rows} rows"
    if (status.status == "results") != bool(extracted.rows) or (status.status == "error") != bool(status.message):
        yield f"the status {status.status} does not fit {len(extracted.rows)} rows and its message"
    if status.reason == "unreadable":  # the file is there: a model that is refused must not pass for a clean run
        yield f"nothing was read: {status.message}"
    numbers = status.numbers
    if numbers.total != numbers.used + numbers.unlinked + sum(numbers.set_aside.values()):
        yield f"the ledger does not add up: {numbers}"
    if len({row.id for row in extracted.rows}) < len(extracted.rows):
        yield "two rows have one id"
    for row in extracted.rows:
        dump(row.to_dict()).decode()
        for name, quote in extraction.quotes(row):
            yield from _misplaced(documents[row.source.document], decoded, name, quote)
    for doc in extracted.docs:
        yield from _misread(doc, decoded)


def _misplaced(doc: Doc, decoded: str, name: str, quote: dict[str, object]) -> Iterator[str]:
    start, end = quote["start"], quote["end"]
    document = doc._.document
    if not isinstance(start, int) or not isinstance(end, int) or not start < end <= len(document.text):
        yield f"{name} has the offsets [{start}, {end})"
        return
    if document.text[start:end] != quote["text"]:
        yield f"{name} is not at [{start}, {end})"
    if quote["source"] != document.source_ranges(start, end):
        yield f"{name} at [{start}, {end}) has other source ranges than its document gives"
    yield from _unproved(doc, decoded, start, end)


def _misread(doc: Doc, decoded: str) -> Iterator[str]:
    document = doc._.document
    if doc.text != document.text:
        yield "the tokens do not give the text back"
    places = [place for block in document.blocks for place in (block.start, block.end)]
    if places != sorted(places):
        yield "blocks overlap or are out of order"
    yield from _unproved(doc, decoded, 0, len(document.text))


def _unproved(doc: Doc, decoded: str, start: int, end: int) -> Iterator[str]:
    try:
        verify(doc._.document, decoded, start, end)
    except OffsetError as error:
        yield str(error)


def run_case(nlp: Language, case: Case, folder: Path, sabotage: str = "") -> str:
    """Run a case from file to rows and return its line: seconds, rows, how it ended, the first broken promise."""
    path = folder / case.name
    path.write_bytes(case.data if case.packed is None else case.packed)
    started = time.perf_counter()
    try:
        named, *others = find_inputs([str(path)])
        extracted = extraction.extract(nlp, named)
        differs = case.number % QUICK == 0 and _differs(extracted, extraction.extract(nlp, named, details=False))
        if sabotage and case.number >= SABOTAGED:
            extracted = _sabotaged(extracted, sabotage)
        seconds = time.perf_counter() - started
        broken = next(
            broken_promises(_told(case, path, named), extracted),
            "of one file came more inputs" if others else "without details the rows are others" if differs else "",
        )
        end = f"{extracted.status.status}: {extracted.status.reason}" if extracted.status.reason else "results"
        return f"{seconds:.3f}\t{len(extracted.rows)}\t{end}\t{' '.join(broken.split())}"
    except Exception as error:  # what no caller should ever see
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
        return f"0\t0\texception\t{type(error).__name__} at {place}: {' '.join(str(error).split())[:200]}"
    finally:
        path.unlink()


def _differs(extracted: Extracted, quick: Extracted) -> bool:
    return (quick.rows, quick.status) != (extracted.rows, extracted.status)


def _told(case: Case, path: Path, named: Path | str) -> bytes:
    """Return the bytes that rows quote: those packed, or the file's own where damage left no archive of it.

    A damaged gzip file may hold the packed bytes twice, one member behind the other.
    """
    held = case.data if case.packed is None else case.packed
    if held.startswith(GZIP):
        with suppress(OSError, EOFError, zlib.error):
            return gzip.decompress(held)
    return case.data if named != path or held.startswith(GZIP) else held


def _sabotaged(extracted: Extracted, sabotage: str) -> Extracted:
    if sabotage == "abort":
        os.abort()
    if sabotage == "backtrack":
        _BACKTRACKING.search("1" * 60)
    if not extracted.rows:
        return extracted
    row = extracted.rows[0]
    moved = replace(row, value=replace(row.value, start=row.value.start + 1, end=row.value.end + 1))
    return replace(extracted, rows=(moved, *extracted.rows[1:]))


def serve(given: argparse.Namespace) -> None:
    """Run the cases from `--start` on and print a line for each: what the child does."""
    nlp = extraction.load(None if given.model == "default" else given.model)
    print("ready", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.start, given.start + given.count):
            print(run_case(nlp, make_case(given.seed, number), Path(folder), given.sabotage), flush=True)


def fuzz(given: argparse.Namespace) -> Record:
    """Run all cases in children and return what became of them."""
    record = Record()
    number, end = given.start, given.start + given.count
    while number < end:
        number = _run_child(given, number, end, record)
    return record


def _run_child(given: argparse.Namespace, number: int, end: int, record: Record) -> int:
    """Run the cases from `number` to `end` until one is lost; return the number to go on with."""
    options = [f"--{name}={getattr(given, name)}" for name in ("seed", "model", "sabotage")]
    command = [sys.executable, __file__, "--child", f"--start={number}", f"--count={end - number}", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as child:
        assert child.stdout is not None
        lines = _lines(child.stdout.fileno(), given.limit)
        if next(lines, None) != "ready":
            child.kill()
            raise SystemExit("the child ended before it was ready; its own message stands above")
        for line in lines:
            if line is None:
                child.kill()
                record.fail(number, "over the limit", f"took longer than {given.limit:g} s")
                return number + 1
            record.add(number, line)
            number += 1
        if child.wait() == 0:
            return end
        record.fail(number, "died", f"the process ended with {child.returncode}")
    return number + 1


def _lines(handle: int, limit: float) -> Iterator[str | None]:
    """Yield a child's lines as they come, None once when the next takes too long."""
    held, left = b"", START_LIMIT
    while True:
        if not select([handle], [], [], left)[0]:
            yield None
            return
        read = os.read(handle, 65_536)
        if not read:
            return
        *whole, held = (held + read).split(b"\n")
        yield from (line.decode() for line in whole)
        left = limit


def replay(given: argparse.Namespace) -> None:
    """Run one case in this process, print its line, and leave its bytes in the working folder."""
    case = make_case(given.seed, given.replay)
    nlp = extraction.load(None if given.model == "default" else given.model)
    with tempfile.TemporaryDirectory() as folder:
        line = run_case(nlp, case, Path(folder), given.sabotage)
    place = Path(f"fuzz-{given.seed}-{case.name}")
    place.write_bytes(case.data if case.packed is None else case.packed)
    print(f"{place}: {len(case.data)} bytes, damaged by {', '.join(case.mutations)}\n{line}")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0, help="the first case's number")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds that a document may take")
    parser.add_argument("--model", default="default", help="a model's folder, or `rules` for none")
    parser.add_argument("--sabotage", choices=("", *SABOTAGES), default="")
    parser.add_argument("--replay", type=int, help="run this case alone, here")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def main() -> None:
    given = arguments().parse_args()
    if given.child:
        serve(given)
        return
    if given.replay is not None:
        replay(given)
        return
    started = time.monotonic()
    record = fuzz(given)
    for number, sentence in record.failures[:40]:
        print(f"case {number}: {sentence}")
    for end, count in record.ends.most_common():
        print(f"{count:8,}  {end}")
    print(f"{record.rows:,} rows; the slowest case, {record.slowest[1]}, took {record.slowest[0]:.2f} s")
    cases, seconds = sum(record.ends.values()), time.monotonic() - started
    print(f"seed {given.seed}: {cases:,} cases in {seconds:,.0f} s, {len(record.failures):,} broken promises")
    sys.exit(bool(record.failures))


if __name__ == "__main__":
    main()

"""Measure the pipeline's speed against spaCy's default tokenizer on the same text, in the same run.

`python benchmarks/speed.py [--megabytes 2] [--model rules] [--documents 10000]` prints what each stage costs for mixed
text (nine tenths filings from `../shared`, a tenth the gold's texts or our samples, which hold three times as many
results) and for the gold's texts alone; then the reading of HTML, one and two processes, the start, the cost of a
document among many, and the peak memory. Times are the process's own, but for processes and start: the clock's.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, starmap
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from topline import collector, filings
from topline.errors import FilingError
from topline.extraction import load, make_ledger, read_document
from topline.relations.candidates import can_hold_results
from topline.relevance import is_relevant, skim
from topline.schema import Document
from topline.segmentation import make_doc

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "annotations" / "samples"
SHARED = ROOT.parent / "shared"
FILINGS = SHARED / "filings" / "8-K"
GOLD = SHARED / "gold" / "texts"
COMMAND = (sys.executable, "-c", "from topline.cli import main; main()", "extract")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that a step takes by itself."""

    name: str
    seconds: float


def read_texts(folder: Path, characters: float) -> list[Document]:
    """Return documents of at least so many characters in all, the folder's files again from the start if need be."""
    found: list[Document] = []
    held = 0
    files = sorted(path for path in folder.iterdir() if path.is_file())
    while held < characters:
        before = held
        for path in files:
            found += (documents := _read(path))
            held += sum(len(document.text) for document in documents)
            if held >= characters:
                return found
        if held == before:
            raise SystemExit(f"{folder}: holds no readable filing")
    return found


def _read(path: Path) -> list[Document]:
    try:
        return filings.read(path)
    except FilingError:
        return []


def texts(characters: float, dense: float) -> list[tuple[list[Document], str]]:
    """Return the texts to measure on, and what each is in words: filings with a share of dense text, and that alone."""
    if not FILINGS.is_dir() or not GOLD.is_dir():
        return [
            (read_texts(SAMPLES, characters), "our samples alone, which are dense in results (../shared is absent)")
        ]
    plain = read_texts(FILINGS, characters * (1 - dense)) if dense < 1 else []
    gold, ours = (read_texts(folder, characters * dense) if dense > 0 else [] for folder in (GOLD, SAMPLES))
    return [
        (plain + gold, f"{1 - dense:.0%} filings, {dense:.0%} the gold's texts"),
        (plain + ours, f"{1 - dense:.0%} filings, {dense:.0%} our samples"),
        (read_texts(GOLD, characters / 5), "the gold's texts, dense throughout"),
    ]


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the processor time that the work takes, in seconds, and its result."""
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def default_tokenizer() -> Callable[[str], Doc]:
    """Return spaCy's tokenizer for English as it comes."""
    plain = spacy.blank("en")
    plain.max_length = 100_000_000
    plain.tokenizer("Relief was seen in 41% of 60 patients.")
    tokenizer: Callable[[str], Doc] = plain.tokenizer
    return tokenizer


class Clock:
    """Adds up the processor time of each step, in seconds, over all documents."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, step: str, work: Callable[..., T], *given: object) -> T:
        """Do the work, and count its time to the step."""
        seconds, found = timed(lambda: work(*given))
        self.seconds[step] = self.seconds.get(step, 0.0) + seconds
        return found


def measure(nlp: Language, documents: Sequence[Document]) -> tuple[list[Timing], int]:
    """Return the time of each step over all documents, the default tokenizer's first, and the number of rows.

    A document goes through all steps before the next one is read, as in a run; so does the default tokenizer's turn,
    for a machine is seldom as fast in one minute as in the next.
    """
    plain, clock, docs = default_tokenizer(), Clock(), []
    for document in documents:
        clock.time("spaCy's default tokenizer", plain, document.text)
        if (doc := _read_in_steps(nlp, document, clock)) is not None:
            docs.append(doc)
    return [*starmap(Timing, clock.seconds.items())], sum(len(doc._.results) for doc in docs)


def _read_in_steps(nlp: Language, document: Document, clock: Clock) -> Doc | None:
    """Return the document with its rows; None where its bare text shows that it can have none."""
    if not clock.time("relevance", is_relevant, document):
        clock.time("ledger", skim, document)
        return None
    pipes = {name.removeprefix("topline_"): component for name, component in nlp.pipeline}
    doc = clock.time("topline's tokenizer", make_doc, nlp, document)
    clock.time("segmentation", pipes["segmentation"], doc)
    clock.time("numbers", pipes["mentions"].read, doc)
    if can_hold_results(doc, doc._.numbers, doc._.reading.tables):
        clock.time("other mentions", lambda: doc._.mentions)
    clock.time("relations", pipes["relations"], doc)
    clock.time("results", pipes["results"], doc)
    clock.time("ledger", make_ledger, doc)
    return doc


def format_table(timings: Sequence[Timing], words: int) -> str:
    """Return the table: each step's words per second, its share, and its time as a part of the default tokenizer's."""
    floor, *steps = timings
    whole = sum(timing.seconds for timing in steps)
    lines = [f"{'step':28} {'seconds':>8} {'words/s':>12} {'share':>7} {'times the tokenizer':>20}"]
    for timing in (*timings, Timing("all", whole)):
        share = "" if timing is floor else f"{timing.seconds / whole:.1%}"
        speed, ratio = words / max(timing.seconds, 1e-9), timing.seconds / floor.seconds
        lines.append(f"{timing.name:28} {timing.seconds:8.2f} {speed:12,.0f} {share:>7} {ratio:20.2f}")
    return "\n".join(lines)


def report_stages(nlp: Language, documents: Sequence[Document], what: str) -> None:
    """Print what each stage costs on some documents, with a pipeline that has seen none of their words."""
    words = count_words(documents)
    timings, rows = measure(nlp, documents)
    dense = 1000 * rows / words
    print(f"\n{what}: {words:,} words in {len(documents):,} documents, {rows:,} rows, {dense:.1f} in 1,000 words")
    print(format_table(timings, words))


def count_words(documents: Sequence[Document]) -> int:
    """Return how many words stand between white space."""
    return sum(len(document.text.split()) for document in documents)


def report_reading(characters: float) -> None:
    """Print what the reading of HTML costs, beside the default tokenizer on the text that comes of it."""
    files = [path for path in sorted(FILINGS.iterdir()) if path.suffix in (".htm", ".html")]
    sizes = 0
    chosen = [path for path in files if (sizes := sizes + path.stat().st_size) < 4 * characters]
    plain, clock, words = default_tokenizer(), Clock(), 0
    for path in chosen:
        documents = clock.time("reading", _read, path)
        clock.time("tokenizer", lambda found=documents: [len(plain(document.text)) for document in found])
        words += count_words(documents)
    reading, floor = clock.seconds["reading"], clock.seconds["tokenizer"]
    print(
        f"\nreading {len(chosen)} HTML files: {words / reading:,.0f} words/s, {reading / floor:.2f} times the tokenizer"
    )


def report_documents(nlp: Language, documents: Sequence[Document], most: int) -> None:
    """Print what a document costs when there are 10, 100 and so on of them, the same ones again and again."""
    short = [document for document in documents if len(document.text) < 10_000][:10]
    print()
    count = 10
    while short and count <= most:
        seconds, _ = timed(
            lambda count=count: [make_ledger(read_document(nlp, d)) for d in islice(cycle(short), count)]
        )
        print(f"{count:6,} documents: {1000 * seconds / count:.1f} ms each")
        count *= 10


def report_processes(paths: Sequence[Path], model: str) -> None:
    """Print how much faster two processes read a folder than one, by the clock."""
    taken = []
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory() as out:
            named = map(str, paths)
            started = time.monotonic()
            command = [*COMMAND, *named, "-o", out, "--jobs", str(jobs), "--model", model]
            subprocess.run(command, check=False, capture_output=True)
            taken.append(time.monotonic() - started)
    print(
        f"\n{len(paths)} files: {taken[0]:.1f} s with one process, {taken[1]:.1f} s with two: {taken[0] / taken[1]:.2f}"
    )


def report_start(model: str) -> None:
    """Print the time from the command to its first row, the second of two runs."""
    path = min((p for p in SAMPLES.iterdir() if p.suffix == ".txt"), key=lambda p: (p.stat().st_size, p.name))
    for _ in range(2):
        started = time.monotonic()
        with subprocess.Popen(
            [*COMMAND, str(path), "--model", model], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            row = process.stdout.readline() if process.stdout else b""
            seconds = time.monotonic() - started
    print(
        f"\nfrom the start to {'the first row' if row else 'the end, without a row,'} of {path.name}: {seconds:.2f} s"
    )


def parse() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=2.0, help="how much reading text, in millions of characters")
    parser.add_argument("--model", default="default", help="a model's folder, `default`, or `rules` for none")
    parser.add_argument("--dense", type=float, default=0.1, help="the share of result-dense text")
    parser.add_argument("--documents", type=int, default=1000, help="the most documents to find one's cost among")
    parser.add_argument("--stages", action="store_true", help="the stages alone")
    return parser.parse_args()


def main() -> None:
    collector.rest()  # as the command and its workers do
    given = parse()
    characters = given.megabytes * 1_000_000
    model = None if given.model == "default" else given.model
    nlp = load(model)
    assert read_document(nlp, read_texts(SAMPLES, 1)[0])._.mentions  # the tables of terms are read now
    measured = texts(characters, given.dense)
    for documents, what in measured:
        report_stages(load(model), documents, what)
    if not given.stages:
        report_documents(nlp, measured[0][0], given.documents)
        if FILINGS.is_dir():
            report_reading(characters)
        report_processes(sorted(FILINGS.iterdir() if FILINGS.is_dir() else SAMPLES.iterdir())[:100], given.model)
        report_start(given.model)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(f"\npeak memory {peak:,.0f} MB, with all documents held at once; scored by {given.model}")


if __name__ == "__main__":
    main()

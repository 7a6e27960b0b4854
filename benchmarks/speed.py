"""Measure the pipeline's speed: words per second with each stage added, each stage's share, and the peak memory.

`python benchmarks/speed.py [--megabytes 2] [--model rules] [--dense 0.1]` reads mixed text, nine tenths from the
filings in `../shared` and a tenth from our result-dense samples, and prints a table. The time is the process's own.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from topline import filings
from topline.errors import FilingError
from topline.extraction import load
from topline.mentions import cohorts, drugs, endpoint_terms, quantities, schedules, time_frames
from topline.schema import Document
from topline.segmentation import make_doc

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "annotations" / "samples"
FILINGS = ROOT.parent / "shared" / "filings" / "8-K"
# These read plain text, so they are timed alone; the component's time is theirs, the phrases' and the writing.
KINDS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("quantities", quantities.match),
    ("drugs", drugs.match),
    ("groups", cohorts.match),
    ("time frames", time_frames.match),
    ("doses, schedules", schedules.match),
    ("endpoint terms", endpoint_terms.match),
)
STAGES = ("segmentation", "mentions", "relations", "results")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that a step takes by itself; `part` marks the steps that are counted in the one before."""

    name: str
    seconds: float
    part: bool = False


def read_texts(folder: Path, characters: int) -> list[Document]:
    """Return documents of at least so many characters in all, the folder's files again from the start if need be."""
    found: list[Document] = []
    held = 0
    files = sorted(path for path in folder.iterdir() if path.is_file())
    while held < characters:
        before = held
        for path in files:
            for document in _read(path):
                found.append(document)
                held += len(document.text)
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


def mixed_documents(characters: int, dense: float) -> tuple[list[Document], str]:
    """Return the documents to measure on, and what they are in words."""
    if not FILINGS.is_dir():
        return read_texts(SAMPLES, characters), "our samples alone, which are dense in results (../shared is absent)"
    real = read_texts(FILINGS, round(characters * (1 - dense))) if dense < 1 else []
    ours = read_texts(SAMPLES, round(characters * dense)) if dense > 0 else []
    return real + ours, f"{1 - dense:.0%} filings, {dense:.0%} result-dense samples"


def measure(nlp: Language, documents: Sequence[Document]) -> tuple[list[Timing], list[Doc]]:
    """Return the time of each step over all documents, and the finished Docs."""
    plain = spacy.blank("en")
    plain.max_length = nlp.max_length
    plain.tokenizer("Relief was seen in 41% of 60 patients.")
    default, _ = timed(lambda: [len(plain.tokenizer(document.text)) for document in documents])
    ours, docs = timed(lambda: [make_doc(nlp, document) for document in documents])
    timings = [Timing("spaCy's default tokenizer", default), Timing("topline's tokenizer", ours)]
    for name in STAGES:
        component = nlp.get_pipe(f"topline_{name}")
        seconds, docs = timed(lambda component=component, docs=docs: [component(doc) for doc in docs])
        timings.append(Timing(name, seconds))
        timings.extend(_kinds(documents) if name == "mentions" else ())
    return timings, docs


def _kinds(documents: Sequence[Document]) -> Iterator[Timing]:
    for name, match in KINDS:
        seconds, _ = timed(lambda match=match: [len(match(document.text)) for document in documents])
        yield Timing(name, seconds, part=True)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the processor time that the work takes, in seconds, and its result."""
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def format_table(timings: Sequence[Timing], words: int) -> str:
    """Return the table: each step's own words per second and share, and the speed with all steps up to it."""
    whole = sum(timing.seconds for timing in timings[1:] if not timing.part)
    lines = [f"{'step':28} {'seconds':>8} {'alone, words/s':>15} {'so far, words/s':>16} {'share':>7}"]
    total = 0.0
    for k, timing in enumerate(timings):
        total += 0.0 if timing.part or k == 0 else timing.seconds
        far = "" if timing.part or k == 0 else f"{words / total:,.0f}"
        share = "" if k == 0 else f"{timing.seconds / whole:.1%}"
        name = f"  of it {timing.name}" if timing.part else timing.name
        lines.append(f"{name:28} {timing.seconds:8.2f} {words / max(timing.seconds, 1e-9):15,.0f} {far:>16} {share:>7}")
    lines.append(f"the whole takes {whole / timings[0].seconds:.1f} times as long as the default tokenizer alone")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=2.0, help="how much reading text, in millions of characters")
    parser.add_argument("--model", default="rules", help="a model's folder, or `rules` for none")
    parser.add_argument("--dense", type=float, default=0.1, help="the share of result-dense text")
    given = parser.parse_args()
    documents, what = mixed_documents(round(given.megabytes * 1_000_000), given.dense)
    words = sum(len(document.text.split()) for document in documents)
    nlp = load(given.model)
    timings, docs = measure(nlp, documents)
    rows = sum(len(doc._.results) for doc in docs)
    print(f"{words:,} words in {len(documents):,} documents: {what}; {rows:,} rows, scored by {given.model}")
    print(format_table(timings, words))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(f"peak memory {peak:,.0f} MB, with all documents held at once")


if __name__ == "__main__":
    main()

"""Measure how each stage's time grows with hostile input: the slope of log time against log size, 1 for linear work.

`python benchmarks/bounds.py [--largest 1048576] [--steps 5] [--bound 1.15] [--only NAME ...] [--model rules]` makes
texts by generators that once broke readers like this one, in sizes each twice the one before, and prints a table of
stage by generator. Exits with 1 if a slope is above the bound. The time is the process's own, and a slope above the
bound is measured once more: a busy machine is no reason. `--sabotage` adds a stage with a quadratic pattern: the
command must then fail.

`--memory` instead writes a submission of 200 MB that is mostly pictures, and pages of 200 MB and of just below the
limit, and prints what becomes of each and the peak memory of the process that reads it.
"""

from __future__ import annotations

import argparse
import gc
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from spacy.language import Language

from topline import filings
from topline.errors import FilingError
from topline.extraction import load
from topline.relevance import is_relevant
from topline.schema import Document
from topline.segmentation import make_doc

TRUST = 0.02  # seconds: when the largest input takes less, the slope is the clock's
COMPONENTS = ("segmentation", "mentions", "relations", "results")
_BACKTRACKING = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?\s*%")

# Each is repeated up to the size; `{}` is the number of the repeat, so that no two are alike.
TEXTS = MappingProxyType(
    {
        "digits": "1234567890",
        "number list": "1,",
        "open parentheses": "pain (12% (in 34 patients ",
        "one sentence": "Relief in 12% of 34 patients and ",
        "result lines": "12 of 34 patients\n\n",
        "new names": "Drug-{} (DX{}) gave 12% (95% CI: 9-15; p<0.01) of patients vs. placebo. ",
        "pipe rows": "| Group {} | 12 of 34 | 35% |\n",
    }
)
PAGES = MappingProxyType(
    {
        "nested tags": "<div><b>12 ",
        "nested tables": "<table><tr><td>Relief in 12%",
        "wide cells": "<tr><td colspan=376967340 rowspan=9999>12%",
        "nested lists": "<ul><li>Relief in 12% of 34 patients",
        "broken markup": "<a href='<!-- <title>&#150;12 <br",
    }
)
GENERATORS: Mapping[str, str] = MappingProxyType({**TEXTS, **PAGES})

Times = dict[str, float]
Found = TypeVar("Found")


def generate(name: str, size: int) -> str:
    """Return the generator's text of so many characters, or a few less."""
    unit = GENERATORS[name]
    if "{" not in unit:
        return unit * (size // len(unit))
    pieces: list[str] = []
    held = 0
    while held < size:
        pieces.append(unit.replace("{}", str(len(pieces))))
        held += len(pieces[-1])
    return "".join(pieces)


def measure(nlp: Language, name: str, size: int, sabotage: bool = False) -> Times:
    """Return the seconds that each stage takes for the generator's text of that size."""
    text = generate(name, size)
    times: Times = {}
    page = _timed(times, "filings, HTML", lambda: _read(f"<html><body><table>Response: {text}", "page.htm"))
    _timed(times, "filings, submission", lambda: _read(_submission(text), "filing.txt"))
    plain = _timed(times, "filings, plain", lambda: [filings.text_document(text)])
    document = (page if name in PAGES else plain)[0]
    _timed(times, "relevance", lambda: is_relevant(document))
    doc = _timed(times, "tokenizer", lambda: make_doc(nlp, document))
    for component in COMPONENTS:
        _timed(times, component, lambda name=component: nlp.get_pipe(f"topline_{name}")(doc))  # type: ignore[misc]
    if sabotage:
        _timed(times, "sabotage", lambda: _BACKTRACKING.findall(text[: size // 32]))
    return times


# Name, what each file begins with, what is repeated in it, what it ends with, megabytes, the limit in megabytes.
_PROSE = "Relief was seen in 12 of 34 patients (35%) of the group on placebo."
_LINES = ("M" + "8" * 60 + "\n") * 100_000
FILES = (
    (
        "pictures.txt",
        f"<SEC-HEADER>\n<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n{_PROSE}\n</TEXT>\n</DOCUMENT>\n",
        f"<DOCUMENT>\n<TYPE>GRAPHIC\n<TEXT>\nbegin 644 a.jpg\n{_LINES}`\nend\n</TEXT>\n</DOCUMENT>\n",
        200,
        400,
    ),
    ("prose.htm", "<html><body>", f"<p>{_PROSE}</p>\n" * 1000, 200, 2500),
    ("cells.htm", "<html><body><table>", "<tr><td>12</td><td>34</td></tr>\n" * 1000, 95, 2500),
    ("pieces.htm", "<html><body>", "<b>1</b>\n" * 1000, 60, 2500),
)
_CHILD = """
import sys
from topline.extraction import extract, load
status = extract(load(sys.argv[2]), sys.argv[1]).status
peak = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak, status.status, status.reason, status.message, sep="\\t")
"""


def measure_memory(model: str) -> bool:
    """Print what becomes of each large file and the peak memory in MB; return whether all stay below their limits."""
    within = True
    with tempfile.TemporaryDirectory() as folder:
        for name, opening, unit, megabytes, limit in FILES:
            path = Path(folder) / name
            with path.open("w") as file:
                file.write(opening)
                for _ in range(megabytes * 1_000_000 // len(unit)):
                    file.write(unit)
            child = subprocess.run(
                [sys.executable, "-c", _CHILD, str(path), model], capture_output=True, text=True, check=True
            )
            peak, *said = child.stdout.strip().split("\t")
            print(f"{name:14} {path.stat().st_size / 1e6:5.0f} MB  peak {peak:>5} MB of {limit}  {' '.join(said)}")
            path.unlink()
            within &= int(peak) <= limit
    return within


def _read(text: str, name: str) -> list[Document]:
    try:
        return filings.read_bytes(text.encode(), name)
    except FilingError:
        return [filings.text_document("")]


def _submission(text: str) -> str:
    return f"<SEC-HEADER>\n<DOCUMENT>\n<TYPE>8-K\n<TEXT>\nResponse: {text}\n</TEXT>\n</DOCUMENT>\n"


def _timed(times: Times, stage: str, work: Callable[[], Found]) -> Found:
    gc.collect()
    started = time.process_time()
    found = work()
    times[stage] = time.process_time() - started
    return found


def slopes(sizes: Sequence[int], measured: Sequence[Times]) -> dict[str, float]:
    """Return each stage's slope; nan where the largest input takes no time worth measuring."""
    found: dict[str, float] = {}
    for stage, last in measured[-1].items():
        seconds = np.maximum([times[stage] for times in measured], TRUST / 64)
        found[stage] = math.nan if last < TRUST else float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
    return found


def measure_slopes(
    nlp: Language, name: str, sizes: Sequence[int], bound: float, sabotage: bool = False
) -> tuple[dict[str, float], Times]:
    """Return the slopes of all stages for one generator, the lower of two where the first is above the bound."""
    measured = [measure(nlp, name, size, sabotage) for size in sizes]
    found = slopes(sizes, measured)
    if any(slope > bound for slope in found.values()):
        again = slopes(sizes, [measure(nlp, name, size, sabotage) for size in sizes])
        found = {stage: min(slope, again[stage]) for stage, slope in found.items()}
    return found, measured[-1]


def format_row(name: str, found: dict[str, float], seconds: Times, bound: float) -> str:
    """Return one generator's row: slope and, for the largest size, seconds."""
    cells = []
    for stage, slope in found.items():
        said = "-" if math.isnan(slope) else f"{slope:.2f}{'!' if slope > bound else ''}"
        cells.append(f"{said:>6} {seconds[stage]:6.2f}s")
    return f"{name:18}" + " |".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1 << 20, help="the largest size, in characters")
    parser.add_argument("--steps", type=int, default=5, help="how many sizes, each twice the one before")
    parser.add_argument("--bound", type=float, default=1.15)
    parser.add_argument("--only", nargs="*", choices=GENERATORS, default=list(GENERATORS))
    parser.add_argument("--model", default="rules", help="a model's folder, or `rules` for none")
    parser.add_argument("--sabotage", action="store_true", help="add a stage that is quadratic")
    parser.add_argument("--memory", action="store_true", help="measure the memory for large files instead")
    given = parser.parse_args()
    if given.memory:
        sys.exit(not measure_memory(given.model))
    sizes = [given.largest >> step for step in reversed(range(given.steps))]
    nlp = load(given.model)
    measure(nlp, "one sentence", 10_000)  # what is loaded at first use is no stage's
    print(f"slope, and seconds for {sizes[-1]:,} characters; sizes from {sizes[0]:,}, bound {given.bound}")
    above: list[str] = []
    for name in given.only:
        found, seconds = measure_slopes(nlp, name, sizes, given.bound, given.sabotage)
        if name == given.only[0]:
            print(" " * 18 + " |".join(f"{stage[-14:]:>14}" for stage in found))
        print(format_row(name, found, seconds, given.bound), flush=True)
        above += [f"{stage} on {name}" for stage, slope in found.items() if slope > given.bound]
    print(f"{len(above)} above the bound" + (": " + "; ".join(above) if above else ""))
    sys.exit(bool(above))


if __name__ == "__main__":
    main()

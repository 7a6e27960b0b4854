"""Measure a batch over many files with one and more processes, and what a million such files would cost.

`python benchmarks/scale.py FOLDER... [--jobs 1 --jobs 2] [--repeat 10] [--model default]` runs `topline extract` into a
new folder for each number of processes, over every file so many times (links under other names), and prints files and
megabytes a second, processor time a file, rows, the memory of the largest process, and what is written a file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from topline.errors import InputError
from topline.filings import find_inputs

COMMAND = "from topline.cli import main; main()"
HEADS = ("processes", "files/s", "MB/s", "x first", "processor s/file", "rows", "largest, MB")
MILLION = 1_000_000
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run took: seconds by the clock and of processors, megabytes of the largest process, bytes written."""

    jobs: int
    clock: float
    processor: float
    memory: float
    rows: int
    written: int
    digest: str


def link_inputs(folder: Path, paths: Sequence[str], repeat: int, limit: int | None) -> tuple[int, int]:
    """Fill a folder with links to the files of paths, each so many times; return how many they are, and their bytes."""
    files = [file.resolve() for file in find_inputs(paths) if isinstance(file, Path)][:limit]
    for turn in range(repeat):
        (folder / f"{turn:04d}").mkdir(parents=True)
        for number, file in enumerate(files):
            (folder / f"{turn:04d}" / f"{number:06d}{file.suffix}").symlink_to(file)
    return repeat * len(files), repeat * sum(file.stat().st_size for file in files)


def measure(inputs: Path, output: Path, jobs: int, model: str) -> Measured:
    """Run a batch and return what it took."""
    options = ("--jobs", str(jobs), "--model", model, "--timeout", "600")
    command = [sys.executable, "-c", COMMAND, "extract", str(inputs), "-o", str(output), *options]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [*command, "--jobs", str(jobs), "--model", model, "--timeout", "600"], capture_output=True, text=True
    )
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not (output / "results.jsonl").exists():
        raise SystemExit(f"the run over {inputs} ended with {done.returncode}: {done.stderr[-2000:]}")
    results = (output / "results.jsonl").read_bytes()
    return Measured(
        jobs,
        clock,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        after.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
        results.count(b"\n"),
        sum(file.stat().st_size for file in output.iterdir()),
        hashlib.sha256(results).hexdigest(),
    )


def lines(count: int, size: int, runs: Sequence[Measured]) -> Iterator[str]:
    """Yield the table, and what a million files cost by the first run."""
    yield f"{count:,} files, {size / 1e6:,.1f} MB, {os.cpu_count()} processors"
    yield "  ".join(HEADS)
    for run in runs:
        numbers = (count / run.clock, size / 1e6 / run.clock, runs[0].clock / run.clock, run.processor / count)
        speeds = (f"{number:.3g}" for number in numbers)
        cells = (str(run.jobs), *speeds, f"{run.rows:,}", f"{run.memory:,.0f}")
        yield "  ".join(cell.rjust(len(head)) for head, cell in zip(HEADS, cells, strict=True))
    hours = runs[0].processor / count * MILLION / HOUR
    read, written = size / count * MILLION / 1e9, runs[0].written / count * MILLION / 1e9
    yield f"a million such files: {hours:,.0f} processor hours, {read:,.1f} GB read, {written:,.1f} GB written"
    if len({run.digest for run in runs}) > 1:
        yield "the results differ between the runs!"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", help="files, folders or patterns")
    parser.add_argument("--jobs", type=int, action="append", help="processes; may be given again (1 and 2)")
    parser.add_argument("--repeat", type=int, default=1, help="how many times each file is read")
    parser.add_argument("--limit", type=int, help="only so many of the files")
    parser.add_argument("--model", default="default")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="scale-"))
    try:
        count, size = link_inputs(folder / "inputs", given.paths, given.repeat, given.limit)
        runs = [
            measure(folder / "inputs", folder / f"output-{jobs}", jobs, given.model) for jobs in given.jobs or (1, 2)
        ]
    except InputError as error:
        raise SystemExit(str(error)) from error
    finally:
        shutil.rmtree(folder)
    print("\n".join(lines(count, size, runs)))
    if len({run.digest for run in runs}) > 1:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

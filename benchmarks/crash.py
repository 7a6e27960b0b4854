"""Kill a run into a folder again and again, go on with it, and compare its files with those of a run left alone.

`python benchmarks/crash.py [--files 2000] [--kills 200] [--faults 60] [--seed 1] [--jobs 2]` writes small invented
filings, runs `topline extract` over them, ends the whole process group at random instants, and at random writes,
fsyncs and renames kills it or lets them fail (ENOSPC, EIO); each time `--resume` follows. Prints how many of how many
folders are the same, name for name and byte for byte, and exits with 1 if one is not.
`--sabotage in-place` takes the temporary files out of the writer: the command must then fail.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from topline.batch import storage

FAULTS = ("kill", "ENOSPC", "EIO")
DRUGS = ("zelnotide", "marivextin", "quorlimab", "tebrasorin")
ENDPOINTS = ("objective response rate", "disease control rate", "complete remission rate", "clinical benefit rate")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the inputs are, how they are run, and what an undisturbed run leaves behind in which time."""

    inputs: Path
    options: tuple[str, ...]
    whole: dict[str, str]
    seconds: float
    calls: int


class Disturbed:
    """The `os` module as the storage sees it, with one call that fails or is the process group's last."""

    def __init__(self, fault: str, place: int, log: Path | None):
        self.fault, self.place, self.log, self.calls = fault, place, log, 0

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def write(self, handle: int, block: memoryview) -> int:
        """Write half of the block before it fails: a full disk takes what it can."""
        if self._is_it():
            os.write(handle, block[: len(block) // 2])
            self._strike()
        return os.write(handle, block)

    def fsync(self, handle: int) -> None:
        """Sync, or fail before it."""
        if self._is_it():
            self._strike()
        os.fsync(handle)

    def replace(self, old: Path, new: Path) -> None:
        """Rename, or fail before it."""
        if self._is_it():
            self._strike()
        os.replace(old, new)

    def _is_it(self) -> bool:
        self.calls += 1
        if self.log:
            self.log.write_text(str(self.calls))
        return self.calls == self.place

    def _strike(self) -> None:
        if self.fault == "kill":
            os.killpg(0, signal.SIGKILL)
        number = getattr(errno, self.fault)
        raise OSError(number, os.strerror(number))


def write_filings(folder: Path, count: int, seed: int) -> None:
    """Write small filings: most with a result, some without, one in fifty unreadable."""
    chance = random.Random(seed)
    folder.mkdir()
    for number in range(count):
        n = chance.randint(20, 400)
        sentence = (
            f"In the trial of {chance.choice(DRUGS)}, the {chance.choice(ENDPOINTS)} was "
            f"{100 * chance.randint(1, n) / n:.1f}% among {n} evaluable patients.\n"
        )
        plain = f"The company signed a lease of {n},000 square feet for ${n} million a year.\n"
        text = "" if number % 50 == 49 else plain if number % 5 == 4 else sentence * chance.randint(1, 3)
        (folder / f"{number:06d}.txt").write_text(text)


def start(bench_options: Sequence[str], inputs: Path, output: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a run in a process group of its own; `more` are this file's own options for it."""
    command = [sys.executable, __file__, "--child", *more, "--", "extract", str(inputs), "-o", str(output), "--resume"]
    return subprocess.Popen([*command, *bench_options], start_new_session=True, stderr=subprocess.PIPE)


def child(arguments: Sequence[str]) -> None:
    """Run the command line, disturbed as asked: `[FAULT PLACE LOG] [SABOTAGE] --`."""
    from topline import cli

    cut = arguments.index("--")
    asked = dict(zip(arguments[:cut:2], arguments[1:cut:2], strict=True))
    if "--fault" in asked or "--log" in asked:
        fault, _, place = asked.get("--fault", "kill:0").partition(":")
        storage.os = Disturbed(fault, int(place), Path(asked["--log"]) if "--log" in asked else None)  # type: ignore
    if asked.get("--sabotage") == "in-place":
        storage.partial = lambda path: path  # type: ignore[assignment]
    sys.argv = ["topline", *arguments[cut + 1 :]]
    cli.main()


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder by its name."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def undisturbed(work: Path, options: tuple[str, ...]) -> Bench:
    """Run once without disturbance: what every other run must come to, how long it takes, how often it writes."""
    inputs, log = work / "inputs", work / "calls"
    begun = time.monotonic()
    process = start(options, inputs, work / "whole", "--log", str(log))
    said = process.communicate()[1].decode()
    seconds = time.monotonic() - begun
    whole = digests(work / "whole")
    if set(whole) != {"manifest.jsonl", "results.jsonl", "statuses.jsonl"}:
        raise SystemExit(f"the undisturbed run left {sorted(whole)}: {said}")
    return Bench(inputs, options, whole, seconds, int(log.read_text()))


def disturb(bench: Bench, output: Path, kind: str, chance: random.Random, sabotage: Sequence[str]) -> None:
    """Run until the disturbance; a run that ends before it is a disturbance too late, and counts."""
    if kind == "instant":
        process = start(bench.options, bench.inputs, output, *sabotage)
        try:
            process.wait(chance.uniform(0.0, bench.seconds))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    else:
        fault = f"{kind}:{chance.randint(1, bench.calls)}"
        process = start(bench.options, bench.inputs, output, "--fault", fault, *sabotage)
    said = process.communicate()[1].decode()
    if "Traceback" in said:
        raise SystemExit(f"{kind}: {said}")


def outcome(bench: Bench, output: Path, kind: str, chance: random.Random, sabotage: Sequence[str]) -> str:
    """Return what a disturbed run and one that goes on with it come to: `equal`, `left over` or `different`."""
    disturb(bench, output, kind, chance, sabotage)
    start(bench.options, bench.inputs, output, *sabotage).communicate()
    found = digests(output)
    if found == bench.whole:
        return "equal"
    return "left over" if {**found, **bench.whole} == found else "different"


def measure(work: Path, args: argparse.Namespace) -> int:
    """Print the table; return the number of runs that did not come to the same."""
    chance = random.Random(args.seed)
    write_filings(work / "inputs", args.files, args.seed)
    bench = undisturbed(work, ("--model", args.model, "--jobs", str(args.jobs), "--shard-size", str(args.shard_size)))
    print(f"{args.files} files, undisturbed: {bench.seconds:.1f} s, {bench.calls} writes, fsyncs and renames")
    kinds = ["instant"] * args.kills + [FAULTS[k % len(FAULTS)] for k in range(args.faults)]
    sabotage = ("--sabotage", args.sabotage) if args.sabotage else ()
    found: dict[str, Counter[str]] = {}
    for kind in kinds:
        output = work / "disturbed"
        found.setdefault(kind, Counter())[outcome(bench, output, kind, chance, sabotage)] += 1
        shutil.rmtree(output, ignore_errors=True)
    for kind, count in found.items():
        name = "killed at an instant" if kind == "instant" else f"{kind} at a call"
        print(f"{name:<22} {count['equal']:>4} of {count.total():>4} equal, {count['left over']} with files left over")
    equal = sum(count["equal"] for count in found.values())
    print(f"{equal} of {len(kinds)} equal, seed {args.seed}")
    return len(kinds) - equal


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shard-size", type=int, default=50)
    parser.add_argument("--model", default="rules")
    parser.add_argument("--sabotage", choices=["in-place"], help="break the writer: the command must then fail")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        return 1 if measure(Path(work), args) else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2:])
    else:
        sys.exit(main())

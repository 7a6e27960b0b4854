"""Run other text systems on the texts that topline reads, in one run, and print what each finds and how fast.

`python benchmarks/peers.py --environments FOLDER [--kilobytes 300]` makes a virtual environment for each system below
FOLDER with pip (once; about 1 GB in all) and runs medspaCy, EDS-NLP, quantulum3 and topline one after the other on our
gold's texts. `--only NAME` leaves the others out. docs/peers.md tells who does which part of the job.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topline.gold.records import GoldRecord
from topline.gold.texts import load_gold

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT.parent / "shared" / "gold" / "texts"
SCRIPT = Path(__file__).with_name("peer_systems.py")
# quantulum3's classifier was stored by scikit-learn 1.8 and fails in 1.9.
PEERS = {
    "medspacy": ("medspacy==1.3.1", "setuptools<81"),
    "edsnlp": ("edsnlp==0.23.0",),
    "quantulum3": ("quantulum3[classifier]==0.10.0", "scikit-learn==1.8.*"),
}
HERE = ("topline", "spacy")
# For the systems that look for terms which they are given; topline brings its own table.
TERMS = """
objective response rate|overall response rate|complete response|partial response|stable disease|disease control rate
overall survival|progression-free survival|duration of response|time to progression|hazard ratio|adverse events
serious adverse events|discontinuation|remission|relapse|nausea|vomiting|diarrhea|fatigue|headache|rash|neutropenia
thrombocytopenia|anemia|pruritus|pain|infection|death|toxicity
""".replace("\n", "|").strip("|").split("|")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a system made of the texts."""

    name: str
    version: str
    seconds: float
    failed: int
    found: list[dict[str, Any]]


def gold_records(characters: int) -> tuple[list[GoldRecord], str]:
    """Return annotated documents of at most so many characters, filings and samples in turn."""
    ours = load_gold(ROOT / "annotations" / "samples.jsonl")
    theirs = load_gold(ROOT / "annotations" / "filings.jsonl", TEXTS) if TEXTS.is_dir() else []
    kept: list[GoldRecord] = []
    left = characters
    for record in [*theirs, *ours]:
        if len(record.text or "") <= left:
            kept.append(record)
            left -= len(record.text or "")
    return kept, "gold of filings and of our samples" if theirs else "our samples alone (../shared is absent)"


def environment(folder: Path, name: str) -> Path:
    """Return the Python of a system's environment, made if it is not there."""
    python = folder / name / "bin" / "python"
    done = folder / name / ".installed"
    wanted = "\n".join(PEERS[name])
    if not done.exists() or done.read_text() != wanted:
        print(f"installing {', '.join(PEERS[name])}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[name]], check=True)
        done.write_text(wanted)
    return python


def read_all(python: str | Path, name: str, texts: Sequence[str]) -> Reading:
    """Return what a system makes of texts, in a process of its own."""
    given = json.dumps({"texts": list(texts), "terms": TERMS})
    done = subprocess.run([str(python), str(SCRIPT), name], input=given, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name}: ended with {done.returncode}\n{done.stderr[-2000:]}")
    return Reading(name, **json.loads(done.stdout))


def values_met(records: Sequence[GoldRecord], reading: Reading) -> int | None:
    """Count the gold values that share a character with a quantity found; None for systems without quantities."""
    if all(found["quantities"] is None for found in reading.found):
        return None
    return sum(
        any(start < until and since < end for since, until in found["quantities"] or ())
        for record, found in zip(records, reading.found, strict=True)
        for start, end in values(record)
    )


def values(record: GoldRecord) -> list[tuple[int, int]]:
    """Return the places of a record's values, each once."""
    mentions = record.by_id()
    return sorted({(mentions[result.value].start, mentions[result.value].end) for result in record.results})


def total(reading: Reading, what: str) -> int | None:
    """Add up what was found; None is what the system does not look for."""
    held = [found[what] for found in reading.found if found[what] is not None]
    return sum(len(item) if isinstance(item, list) else item for item in held) if held else None


def format_table(records: Sequence[GoldRecord], readings: Sequence[Reading]) -> str:
    """Return a line a system."""
    words = sum(len((record.text or "").split()) for record in records)
    gold = sum(len(values(record)) for record in records)
    base = next(reading.seconds for reading in readings if reading.name == "spacy")
    head = ("system", "version", "words/s", "× tokenizer", "sentences", "quantities", f"of {gold:,} values")
    lines = [(*head, "terms", "negated", "rows", "failed")]
    for reading in readings:
        counts = [total(reading, what) for what in ("sentences", "quantities")]
        counts += [values_met(records, reading)] + [total(reading, what) for what in ("terms", "negated", "rows")]
        said = ["" if count is None else f"{count:,}" for count in counts]
        speed = (f"{words / reading.seconds:,.0f}", f"{reading.seconds / base:.1f}")
        lines.append((reading.name, reading.version, *speed, *said, str(reading.failed)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, required=True, help="folder of the systems' environments")
    parser.add_argument("--kilobytes", type=float, default=300.0, help="how much text, in thousands of characters")
    parser.add_argument("--only", action="append", choices=sorted(PEERS), help="run this system; may be given again")
    given = parser.parse_args()
    records, what = gold_records(round(given.kilobytes * 1_000))
    texts = [record.text or "" for record in records]
    pythons = {name: environment(given.environments, name) for name in given.only or PEERS}
    readings = [read_all(sys.executable, name, texts) for name in HERE]
    readings += [read_all(python, name, texts) for name, python in pythons.items()]
    size = f"{sum(map(len, texts)):,} characters, {sum(len(text.split()) for text in texts):,} words"
    print(f"{size} in {len(texts)} texts: {what}; processor time of reading, without loading")
    print(format_table(records, readings))


if __name__ == "__main__":
    main()

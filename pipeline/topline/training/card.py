"""The model card: what a model was trained on, how it scores on documents that it has not seen, and with what."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from topline.evaluation.scorer import Scores
from topline.gold import GoldRecord
from topline.training.config import Plan

LIBRARIES = ("scikit-learn", "numpy", "scipy", "spacy")
LEVELS = ("value", "endpoint", "cohort", "n", "time_frame", "ci", "p_value", "comparator", "row")

STUDIES = {
    "learning curve": "Learning curve: F1 of all documents, quick models",
    "rules": "Without each rule of decoding: F1 of all documents, this model's settings",
    "features": "Without each group of features: F1 of the documents of two folds, quick models",
}


def gold_digest(records: Iterable[GoldRecord]) -> str:
    """Return a digest of what was annotated: ids, text hashes and results, whatever their order."""
    lines = sorted(f"{record.id} {record.sha256} {len(record.results)} {hash_results(record)}" for record in records)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def hash_results(record: GoldRecord) -> str:
    """Return a digest of one record's results."""
    return hashlib.sha256(repr([sorted(_plain(result).items()) for result in record.results]).encode()).hexdigest()[:16]


def _plain(result: Any) -> dict[str, str]:
    return {name: repr(getattr(result, name)) for name in result.__slots__}


def make_meta(
    plan: Plan,
    records: Sequence[GoldRecord],
    scores: Mapping[str, Scores],
    studies: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> dict[str, Any]:
    """Return what the card says, as plain data for the model folder; `studies` are the curve and the ablation."""
    return {
        "gold": {
            "digest": gold_digest(records),
            "documents": len(records),
            "results": sum(len(record.results) for record in records),
        },
        "folds": plan.folds,
        "seed": plan.settings.seed,
        "scores": {name: _levels(measured) for name, measured in scores.items()},
        "studies": {
            study: {run: {level: round(f1, 4) for level, f1 in levels.items()} for run, levels in runs.items()}
            for study, runs in studies.items()
        },
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
    }


def _levels(scores: Scores) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for level in LEVELS:
        tally = scores.levels[level].tally
        found[level] = {
            "precision": _share(tally.right, tally.predicted),
            "recall": _share(tally.right, tally.gold),
            "f1": _share(2 * tally.right, tally.predicted + tally.gold),
        }
    return found


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def write_card(meta: Mapping[str, Any], title: str) -> str:
    """Return the model card as Markdown."""
    lines = [
        f"# {title}",
        "",
        "Links numbers of clinical-trial reports to endpoints and cohorts. Plain arrays: loading it runs nothing.",
        "",
        f"Trained on {meta['gold']['documents']} documents with {meta['gold']['results']} results, gold digest "
        f"`{meta['gold']['digest'][:16]}`. The scores are cross-validated by document in {meta['folds']} folds; "
        "documents that share text are in one fold, and no figure is of a document that the model had seen.",
    ]
    for name, levels in meta["scores"].items():
        lines += ["", f"## {name}", "", "| level | precision | recall | F1 |", "|---|---|---|---|"]
        lines += [
            f"| {level} | {_cell(s['precision'])} | {_cell(s['recall'])} | {_cell(s['f1'])} |"
            for level, s in levels.items()
        ]
    for study, runs in meta["studies"].items():
        named = list(next(iter(runs.values())))
        lines += ["", f"## {STUDIES[study]}", "", f"| | {' | '.join(named)} |", "|---" * (len(named) + 1) + "|"]
        lines += [f"| {run} | {' | '.join(f'{f1:.3f}' for f1 in levels.values())} |" for run, levels in runs.items()]
    libraries = ", ".join(f"{name} {number}" for name, number in meta["libraries"].items())
    return "\n".join([*lines, "", f"Made with Python {meta['python']}, {libraries}, seed {meta['seed']}.", ""])


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"

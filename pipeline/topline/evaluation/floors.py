"""Pinned floors: the figures that a change must not fall below, with the digest of the gold they belong to.

A floors file is JSON: `gold` (digest), `documents`, and `floors`, F1 by level in four decimals.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from topline.errors import FloorError, InputError
from topline.evaluation.scorer import Scores
from topline.gold import GoldRecord
from topline.gold.files import write_whole

# A figure may differ by rounding between machines, not by a row: one row of 1,000 moves F1 by 0.001.
SLACK = 0.0001


@dataclass(frozen=True, slots=True)
class Floors:
    """F1 by level that was once reached on the gold of that digest."""

    gold: str
    documents: int
    floors: Mapping[str, float]


def gold_digest(gold: Sequence[GoldRecord]) -> str:
    """Return the SHA-256 of the annotations, whatever the order of documents and with or without texts."""
    plain = sorted(({**record.to_dict(), "text": None} for record in gold), key=lambda record: record["id"])
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def measured_floors(scores: Scores, gold: Sequence[GoldRecord]) -> Floors:
    """Return the figures of a run as floors, rounded down; levels that the gold does not have are left out."""
    levels = {
        name: math.floor(figure.tally.f1 * 10_000) / 10_000
        for name, figure in scores.levels.items()
        if figure.tally.gold and figure.tally.f1 is not None
    }
    return Floors(gold_digest(gold), scores.documents, levels)


def read_floors(path: Path) -> Floors:
    """Return the floors of a file.

    Raises:
        InputError: the file is not there or is no floors file.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        return Floors(data["gold"], data["documents"], {name: float(f1) for name, f1 in data["floors"].items()})
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such floors file; `--update` makes one") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a floors file") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no floors file ({error}); `--update` makes one") from error


def check_floors(measured: Floors, pinned: Floors, name: str) -> None:
    """Accept figures that reach their floors.

    Raises:
        FloorError: a figure fell, with both figures; or the floors belong to other gold.
    """
    if measured.gold != pinned.gold:
        raise FloorError(f"{name}: the floors belong to other gold (digest {pinned.gold[:12]}…); pin them: `--update`")
    fallen = list(_fallen(measured, pinned))
    if fallen:
        raise FloorError(f"{name}: below the floor: {'; '.join(fallen)}")


def update_floors(path: Path, measured: Floors, *, allow_regression: bool = False) -> None:
    """Raise the floors of a file to what was measured; make the file when there is none.

    Raises:
        FloorError: a floor would sink and `allow_regression` is not given; the file is left as it is.
    """
    pinned = read_floors(path) if path.exists() else None
    fallen = list(_fallen(measured, pinned)) if pinned else []
    if fallen and not allow_regression:
        raise FloorError(f"{path.name}: would lower {'; '.join(fallen)}; `--allow-regression` if that is meant")
    floors = dict(measured.floors)
    if pinned and pinned.gold == measured.gold and not allow_regression:
        # Within the slack a figure may lie below its floor: the floor stays.
        floors = {name: max(f1, pinned.floors.get(name, 0.0)) for name, f1 in floors.items()}
    data = {**asdict(measured), "floors": dict(sorted(floors.items()))}
    write_whole(path, json.dumps(data, indent=2) + "\n")


def hold_floors(
    path: Path, scores: Scores, gold: Sequence[GoldRecord], *, update: bool = False, allow_regression: bool = False
) -> str:
    """Check a run against a floors file, or raise the file to the run; return what was done in a few words."""
    measured = measured_floors(scores, gold)
    if update:
        update_floors(path, measured, allow_regression=allow_regression)
        return f"floors -> {path}"
    check_floors(measured, read_floors(path), path.name)
    return f"{path.name}: all {len(measured.floors)} levels reach their floors"


def _fallen(measured: Floors, pinned: Floors) -> Iterator[str]:
    """Yield the levels below their floors; an undefined figure is below any."""
    for level, floor in sorted(pinned.floors.items()):
        f1 = measured.floors.get(level)
        if f1 is None or f1 < floor - SLACK:
            yield f"{level} F1 {'undefined' if f1 is None else f'{f1:.4f}'} < {floor:.4f}"

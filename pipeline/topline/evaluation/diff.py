"""What changed between two runs: rows added, lost, and changed field by field; and nearer to the gold or farther."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from topline.errors import InputError
from topline.evaluation.outcomes import Outcome
from topline.evaluation.rows import record_id
from topline.evaluation.scorer import evaluate
from topline.gold import GoldRecord

FIELDS = ("value", "endpoint", "cohort", "comparator", "numerator", "time_frame", "ci", "p_value", "treatment", "trial")
Ends = tuple[str, int, int]
Place = tuple[str, int, int, int]
Plain = Mapping[str, Any]
Trend = Literal["nearer", "farther"]
# How far a matched row is from the gold: the sum over its wrong fields, 1 for a field not named here.
_WEIGHTS = {"endpoint": 4, "cohort": 4, "n": 2}
# No row is farther than any matched row, and a row that the gold does not have is farther than none.
_NO_ROW, _NO_MATCH = 50, 100


@dataclass(frozen=True, slots=True)
class Change:
    """A row in one of the runs or in both; `fields` holds what differs as (name, old, new) in short words.

    `trend` says whether the change comes nearer to the gold; None without gold, or when neither is nearer.
    """

    state: Literal["added", "lost", "changed"]
    document: str
    start: int
    value: str
    fields: tuple[tuple[str, str, str], ...] = ()
    trend: Trend | None = None


def diff_rows(old: Sequence[Plain], new: Sequence[Plain], gold: Sequence[GoldRecord] | None = None) -> list[Change]:
    """Return the changes from old rows to new ones in order of place; rows are the same when their values' places are.

    Raises:
        InputError: a row has no value or no source file; with gold, also a row that quotes another text.
    """
    before, after = _by_place(old), _by_place(new)
    distances = (_distances(gold, old), _distances(gold, new)) if gold else None
    changes = []
    for place in sorted(before.keys() | after.keys()):
        change = _change(place, before.get(place), after.get(place), distances)
        if change:
            changes.append(change)
    return changes


def _by_place(rows: Sequence[Plain]) -> dict[Place, Plain]:
    """Return rows by document and place of their value; a second row at a place follows under a number."""
    held: dict[Place, Plain] = {}
    # Sorted by what they say, so that the order of a file is no difference.
    for row in sorted(rows, key=lambda row: [_shown(row.get(name)) for name in FIELDS]):
        if not row.get("value"):
            raise InputError(f"a row of {record_id(row)} has no value")
        ends = (record_id(row), int(row["value"]["start"]), int(row["value"]["end"]))
        number = next(number for number in count() if (*ends, number) not in held)
        held[(*ends, number)] = row
    return held


def _change(
    place: Place,
    old: Plain | None,
    new: Plain | None,
    distances: tuple[Mapping[Ends, int], Mapping[Ends, int]] | None,
) -> Change | None:
    """Return what happened to the row at a place; None when nothing did."""
    fields = tuple(_field_changes(old, new)) if old and new else ()
    if old and new and not fields:
        return None
    row = new or old or {}
    trend = _trend(place[:3], distances) if distances else None
    state: Literal["added", "lost", "changed"] = "changed" if old and new else "added" if new else "lost"
    return Change(state, place[0], place[1], str(row["value"].get("text", "")), fields, trend)


def _field_changes(old: Plain, new: Plain) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that differ in what a reader sees: text, place, kind, n, number."""
    for name in FIELDS:
        before, after = _shown(old.get(name)), _shown(new.get(name))
        if before != after:
            yield name, before, after


def _shown(field: Plain | None) -> str:
    """Return a field in short words; confidence and source ranges are left out: they change without a meaning."""
    if not field:
        return "—"
    if "text" not in field:
        return ", ".join(str(value) for value in field.values() if value is not None) or "—"
    extra = [f"{key}={field[key]}" for key in ("kind", "number", "low", "high", "n") if field.get(key) is not None]
    return f"{field['text']} [{field['start']}, {field['end']})" + (f" {', '.join(extra)}" if extra else "")


def _distances(gold: Sequence[GoldRecord], rows: Sequence[Plain]) -> dict[Ends, int]:
    """Return how far the rows at each place are from the gold, together."""
    far: Counter[Ends] = Counter()
    for outcome in evaluate(gold, rows).outcomes:
        for row in outcome.predicted:
            far[(outcome.document, row.value.start, row.value.end)] += _distance(outcome)
    return far


def _distance(outcome: Outcome) -> int:
    """Return how far the rows of an outcome are from the gold."""
    matched = outcome.gold and (outcome.faults or outcome.kind == "correct")
    return sum(_WEIGHTS.get(fault, 1) for fault in outcome.faults) if matched else _NO_MATCH


def _trend(place: Ends, distances: tuple[Mapping[Ends, int], Mapping[Ends, int]]) -> Trend | None:
    """Return whether the new run is nearer to the gold at a place; None when neither is."""
    before, after = (side.get(place, _NO_ROW) for side in distances)
    if before == after:
        return None
    return "nearer" if after < before else "farther"

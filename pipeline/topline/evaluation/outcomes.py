"""What became of every gold result and every prediction.

Each gold row and each predicted row stands in exactly one outcome. In this order, the first that applies:

    a matched value (overlaps, says the same number)
        wrong endpoint     the endpoint is another, or only one side names one
        wrong cohort       the endpoint is right, the cohort is not
        wrong n            both are right, the stated size differs or only one side states it
        wrong kind         all of that is right, the kind of value is not
        correct            all of that is right
    no match, yet overlapping
        wrong boundaries   one gold value and one prediction overlap but say different numbers
        split              one gold value is reported in two or more pieces; or a piece more beside a matched row
        merged             one prediction covers two or more gold values; or one more beside the one it matched
    neither
        missed             a gold value that no prediction touches
        spurious           a prediction that touches no gold value, or repeats a matched one

A whole row is right when value, endpoint and cohort are: `wrong n` and `wrong kind` are right rows with a blemish.
Hence correct + wrong + missed = gold results, where wrong is everything between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from topline.evaluation.agreement import agrees, overlaps, same_number
from topline.evaluation.matching import Matched
from topline.evaluation.reasons import pair_reason, spurious_reason, unmatched_reason
from topline.evaluation.rows import Pages, Row
from topline.evaluation.statistics import Tally

OutcomeKind = Literal[
    "correct",
    "wrong endpoint",
    "wrong cohort",
    "wrong n",
    "wrong kind",
    "wrong boundaries",
    "split",
    "merged",
    "missed",
    "spurious",
]
KINDS: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
# The fields whose faults make a matched row's outcome, the gravest first.
_FAULTS = ("endpoint", "cohort", "n", "kind")
_OTHER_FAULTS = ("numerator", "time_frame", "ci", "p_value", "comparator")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some rows: usually one of each side; `faults` are the fields of a matched pair that differ."""

    document: str
    kind: OutcomeKind
    gold: tuple[Row, ...] = ()
    predicted: tuple[Row, ...] = ()
    faults: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """How many gold and predicted rows an outcome holds, and the row F1 gained if all of them were put right."""

    gold: int
    predicted: int
    gain: float | None


def document_outcomes(
    pages: Pages,
    matched: Sequence[Matched],
    ledger: Mapping[str, Any] | None = None,
    mentions: Mapping[str, Any] | None = None,
) -> list[Outcome]:
    """Return a document's outcomes in order of place; `ledger` and `mentions` are its detail records, for reasons."""
    outcomes: list[Outcome] = []
    for part in matched:
        for gold, predicted in part.rows():
            faults = tuple(name for name in (*_FAULTS, *_OTHER_FAULTS) if not agrees(name, gold, predicted))
            reason = pair_reason(faults, gold, predicted, mentions)
            outcomes.append(Outcome(pages.id, _pair_kind(faults), (gold,), (predicted,), faults, reason))
        for golds, rows in _loose(part):
            kind = _loose_kind(part, golds, rows)
            reason = unmatched_reason(golds, rows, ledger) if golds else spurious_reason(part.cluster.gold, rows, pages)
            outcomes.append(Outcome(pages.id, kind, golds, rows, reason=reason))
    return sorted(outcomes, key=_place)


def fixing_fields(outcomes: Iterable[Outcome], row: Tally) -> dict[str, float | None]:
    """Return row F1 as it is, and if all endpoints, all cohorts or all values were right.

    With all values right, nothing is missed or spurious, and what was missed is linked as well as what was matched.
    """
    pairs = [outcome for outcome in outcomes if _is_pair(outcome)]
    cohorts, endpoints = (sum(name not in pair.faults for pair in pairs) for name in ("cohort", "endpoint"))
    share = row.right / len(pairs) if pairs else None
    return {
        "now": row.f1,
        "all cohorts right": Tally(endpoints, row.predicted, row.gold).f1,
        "all endpoints right": Tally(cohorts, row.predicted, row.gold).f1,
        # Every gold value is then matched and predicted once, so F1 is the share of the matched that is right.
        "all values right": share if row.gold else None,
    }


def fixing_kinds(outcomes: Sequence[Outcome], row: Tally) -> dict[str, Worth]:
    """Return each kind's counts and what putting it right would add to row F1; found values link as the matched do."""
    pairs = sum(_is_pair(outcome) for outcome in outcomes)
    share = row.right / pairs if pairs else None
    table: dict[str, Worth] = {}
    for kind in KINDS:
        held = [outcome for outcome in outcomes if outcome.kind == kind]
        gold, predicted = (sum(len(getattr(outcome, side)) for outcome in held) for side in ("gold", "predicted"))
        table[kind] = Worth(gold, predicted, _gain(held, row, share))
    return table


def _gain(held: Sequence[Outcome], row: Tally, share: float | None) -> float | None:
    """Return the row F1 gained by putting these outcomes right."""
    right, predicted = float(row.right), row.predicted
    for outcome in held:
        if _is_pair(outcome):
            grave = {"endpoint", "cohort"} & set(outcome.faults)
            right += len(grave) == 1 and outcome.kind in {"wrong endpoint", "wrong cohort"}
        elif share is None and outcome.gold:
            return None
        else:
            right += len(outcome.gold) * (share or 0)
            predicted += len(outcome.gold) - len(outcome.predicted)
    both = predicted + row.gold
    return 2 * right / both - (row.f1 or 0) if both else None


def _is_pair(outcome: Outcome) -> bool:
    """Return whether the outcome is that of a matched value."""
    return outcome.kind in KINDS[:5]


def _pair_kind(faults: Sequence[str]) -> OutcomeKind:
    """Return the outcome of a matched pair: its gravest fault."""
    kinds = dict(zip(_FAULTS, KINDS[1:5], strict=True))
    return next((kinds[name] for name in _FAULTS if name in faults), "correct")


def _loose(part: Matched) -> Iterator[tuple[tuple[Row, ...], tuple[Row, ...]]]:
    """Yield the unmatched rows of a cluster in groups that touch one another."""
    golds = [row for i, row in enumerate(part.cluster.gold) if i not in {pair[0] for pair in part.pairs}]
    rows = [row for j, row in enumerate(part.cluster.predicted) if j not in {pair[1] for pair in part.pairs}]
    for row in sorted((*golds, *rows), key=lambda row: (row.value, row.name)):
        group = _grow(row, golds, rows)
        if any(group):
            yield group


def _grow(row: Row, golds: list[Row], rows: list[Row]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Take a row and all that it touches, directly or through others, out of both lists and return them."""
    group: tuple[list[Row], list[Row]] = ([], [])
    waiting = [(side, row) for side, held in enumerate((golds, rows)) if any(item is row for item in held)]
    while waiting:
        side, current = waiting.pop()
        lists = (golds, rows)
        if not any(item is current for item in lists[side]):
            continue
        lists[side][:] = [item for item in lists[side] if item is not current]
        group[side].append(current)
        # Gold touches predictions and predictions gold: two of one side do not hold a group together.
        waiting += [(1 - side, item) for item in lists[1 - side] if overlaps(item.value, current.value)]
    return tuple(group[0]), tuple(group[1])


def _loose_kind(part: Matched, golds: Sequence[Row], rows: Sequence[Row]) -> OutcomeKind:
    """Return the outcome of unmatched rows that touch one another."""
    if not rows:
        return "merged" if any(overlaps(golds[0].value, row.value) for row in part.cluster.predicted) else "missed"
    if not golds:
        touched = [gold for gold in part.cluster.gold if overlaps(gold.value, rows[0].value)]
        return "split" if touched and not any(same_number(gold, rows[0]) for gold in touched) else "spurious"
    if len(golds) == 1:
        return "wrong boundaries" if len(rows) == 1 else "split"
    return "merged" if len(rows) == 1 else "wrong boundaries"


def _place(outcome: Outcome) -> tuple[int, int, str]:
    """Return the sort key of an outcome within its document."""
    first = min(row.value for row in (*outcome.gold, *outcome.predicted))
    return first.start, first.end, outcome.kind

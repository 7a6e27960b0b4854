"""Score predicted rows against the gold, counted from the gold outward: what was never proposed counts as missed.

Levels:
    value       a predicted value that overlaps a gold value and says the same number
    kind … comparator
                fields, given a matched value: right, of those that predicted and gold state
    row         value, endpoint and cohort right, of all predicted rows and all gold results
    mentions    by label, exact and overlapping, when the predicted mentions are given
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from topline.evaluation.agreement import FIELDS, agrees, states
from topline.evaluation.matching import Matched, match_document
from topline.evaluation.mentions import add_values, mention_figures
from topline.evaluation.outcomes import Outcome, Worth, document_outcomes, fixing_fields, fixing_kinds
from topline.evaluation.rows import Pages, Row, gold_names, pair_documents
from topline.evaluation.statistics import Figure, Reliability, Tally, figure, reliability
from topline.gold import GoldRecord

LEVELS = ("value", *FIELDS, "row")


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything measured; `levels` holds the totals, the groups hold `value` and `row` tallies by group."""

    documents: int
    levels: Mapping[str, Figure]
    mentions: Mapping[str, Figure]
    by_kind: Mapping[str, Mapping[str, Tally]]
    by_where: Mapping[str, Mapping[str, Tally]]
    by_document: Mapping[str, Mapping[str, Tally]]
    reliability: Reliability
    fixing: Mapping[str, float | None]
    outcomes: Mapping[str, Worth]
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as plain data for `--json`, with precision, recall and F1 beside each count."""
        groups = {name: getattr(self, name) for name in ("by_kind", "by_where", "by_document")}
        plain = {name: {key: _tallies(value) for key, value in group.items()} for name, group in groups.items()}
        return {
            "schema": "topline-scores/1",
            "documents": self.documents,
            "levels": {name: _plain_figure(value) for name, value in self.levels.items()},
            "mentions": {name: _plain_figure(value) for name, value in self.mentions.items()},
            **plain,
            "reliability": asdict(self.reliability),
            "fixing": dict(self.fixing),
            "outcomes": {name: asdict(value) for name, value in self.outcomes.items()},
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores, and what became of every gold result and every prediction."""

    scores: Scores
    documents: tuple[Pages, ...]
    outcomes: tuple[Outcome, ...]


def score(
    gold: Sequence[GoldRecord],
    predicted: Iterable[Mapping[str, Any]],
    mentions: Iterable[Mapping[str, Any]] = (),
) -> Scores:
    """Return the scores of predicted rows (as `Result.to_dict` gives them) against gold records with texts."""
    return evaluate(gold, predicted, mentions).scores


def evaluate(
    gold: Sequence[GoldRecord],
    predicted: Iterable[Mapping[str, Any]],
    mentions: Iterable[Mapping[str, Any]] = (),
    ledger: Iterable[Mapping[str, Any]] = (),
) -> Evaluation:
    """Return scores and outcomes; `mentions` and `ledger` are the pipeline's optional detail records.

    Raises:
        GoldError: a gold record has no text.
        InputError: a predicted row has no value or quotes another text.
    """
    sides = pair_documents(gold, predicted)
    names = gold_names(gold)
    fates, found = ({names.get(str(record.get("id"))): record for record in side} for side in (ledger, mentions))
    matched = {pages.id: match_document(pages) for pages in sides.documents}
    outcomes = tuple(
        outcome
        for pages in sides.documents
        for outcome in document_outcomes(pages, matched[pages.id], fates.get(pages.id), found.get(pages.id))
    )
    with_values = {page.id: add_values(found[page.id], page.predicted) for page in sides.documents if page.id in found}
    row = _total(matched, "row")
    scores = Scores(
        documents=len(sides.documents),
        levels={name: figure([level_tally(parts, name) for parts in matched.values()]) for name in LEVELS},
        mentions=mention_figures(gold, with_values),
        by_kind=_grouped(matched, lambda item: item.kind),
        by_where=_grouped(matched, lambda item: item.where),
        by_document={name: {key: level_tally(parts, key) for key in LEVELS} for name, parts in matched.items()},
        reliability=reliability([pair for parts in matched.values() for pair in _confidences(parts)]),
        fixing=fixing_fields(outcomes, row),
        outcomes=fixing_kinds(outcomes, row),
        warnings=sides.warnings,
    )
    return Evaluation(scores, sides.documents, outcomes)


def level_tally(parts: Sequence[Matched], name: str) -> Tally:
    """Return one document's counts at one level."""
    pairs = [pair for part in parts for pair in part.rows()]
    if name in FIELDS:
        return Tally(
            sum(states(gold, name) and states(row, name) and agrees(name, gold, row) for gold, row in pairs),
            sum(states(row, name) for _, row in pairs),
            sum(states(gold, name) for gold, _ in pairs),
        )
    predicted = sum(len(part.cluster.predicted) for part in parts)
    gold = sum(len(part.cluster.gold) for part in parts)
    return Tally(sum(name == "value" or row_right(*pair) for pair in pairs), predicted, gold)


def row_right(gold: Row, predicted: Row) -> bool:
    """Return whether a matched row has endpoint and cohort right."""
    return agrees("endpoint", gold, predicted) and agrees("cohort", gold, predicted)


def _total(matched: Mapping[str, Sequence[Matched]], name: str) -> Tally:
    """Return the counts of a level over all documents."""
    return sum((level_tally(parts, name) for parts in matched.values()), Tally())


def _grouped(matched: Mapping[str, Sequence[Matched]], key: Callable[[Row], str]) -> dict[str, dict[str, Tally]]:
    """Return value and row counts by a property of the row; a matched prediction counts in its gold row's group."""
    gold: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    right: dict[str, Counter[str]] = {"value": Counter(), "row": Counter()}
    for part in (part for parts in matched.values() for part in parts):
        partner = {j: part.cluster.gold[i] for i, j in part.pairs}
        gold.update(key(row) for row in part.cluster.gold)
        predicted.update(key(partner.get(j, row)) for j, row in enumerate(part.cluster.predicted))
        right["value"].update(key(left) for left, _ in part.rows())
        right["row"].update(key(left) for left, row in part.rows() if row_right(left, row))
    names = sorted(gold | predicted, key=lambda name: (-gold[name], name))
    return {
        name: {level: Tally(hits[name], predicted[name], gold[name]) for level, hits in right.items()} for name in names
    }


def _confidences(parts: Sequence[Matched]) -> Iterator[tuple[float | None, bool]]:
    """Yield each predicted row's confidence and whether the row is right."""
    for part in parts:
        right = {j for (i, j), pair in zip(part.pairs, part.rows(), strict=True) if row_right(*pair)}
        yield from ((row.confidence, j in right) for j, row in enumerate(part.cluster.predicted))


def _tallies(group: Mapping[str, Tally]) -> dict[str, dict[str, float | None]]:
    """Return a group's tallies as plain data."""
    return {name: plain_tally(tally) for name, tally in group.items()}


def plain_tally(tally: Tally) -> dict[str, float | None]:
    """Return counts with precision, recall and F1 as plain data."""
    return {**asdict(tally), "precision": tally.precision, "recall": tally.recall, "f1": tally.f1}


def _plain_figure(value: Figure) -> dict[str, Any]:
    """Return a figure as plain data."""
    spans = {name: span and [span.low, span.high] for name, span in value.intervals.items()}
    return {**plain_tally(value.tally), "intervals": spans}

"""Gold documents as training samples: candidates, what the model sees of them, and which are right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from topline.evaluation.agreement import overlaps, same_name
from topline.evaluation.rows import Span
from topline.gold import GoldRecord, says
from topline.gold.records import ROW_FIELDS, GoldResult
from topline.relations.attachments import LEARNED
from topline.relations.candidates import Pairs
from topline.relations.context import Candidates
from topline.relations.scoring import Evidence, evidence, propose
from topline.relations.view import View
from topline.schema import Document

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labels:
    """Which candidates are right; pairs of values that are no results teach nothing about links (`taught`)."""

    right: dict[str, Bools]
    taught: dict[str, Bools]


@dataclass(frozen=True, slots=True)
class Sample:
    """One gold document; `weight` is how much it counts in training."""

    id: str
    document: Document
    view: View
    candidates: Candidates
    seen: dict[str, Evidence]
    labels: Labels
    # For each attached role, what the gold states of each value that was found: its mention, or None.
    stated: dict[str, dict[int, Span | None]] = field(default_factory=dict)
    weight: float = 1.0


def make_sample(record: GoldRecord, document: Document, view: View, weight: float = 1.0) -> Sample:
    """Return the sample of a gold record whose text was read as `view`."""
    candidates = propose(view)
    labels, stated = label(record, view, candidates), stated_by(record, view, candidates)
    return Sample(record.id, document, view, candidates, evidence(view, candidates), labels, stated, weight)


def label(record: GoldRecord, view: View, candidates: Candidates) -> Labels:
    """Tell right candidates from wrong ones by the evaluator's own rules of agreement."""
    spans, gold = _spans(record), _found(record, view, candidates)
    right = {"result": np.isin(candidates.values, list(gold))}
    taught = {"result": np.ones(len(candidates.values), dtype=bool)}
    for role, pairs in (("endpoint", candidates.endpoint), ("cohort", candidates.cohort)):
        named = {value: spans.get(getattr(result, role) or "") for value, result in gold.items()}
        wanted = {value: [span] for value, span in named.items() if span is not None}
        right[role] = right_pairs(view, pairs, wanted)
        taught[role] = np.isin(pairs.value, list(wanted))
    return Labels(right, taught)


def stated_by(record: GoldRecord, view: View, candidates: Candidates) -> dict[str, dict[int, Span | None]]:
    """Return for each attached role what the gold states of each of its values that was found."""
    spans, gold = _spans(record), _found(record, view, candidates)
    links = {role: link for link, role in ROW_FIELDS.items() if role in LEARNED}
    return {
        role: {value: spans.get(getattr(result, link) or "") for value, result in gold.items()}
        for role, link in links.items()
    }


def _spans(record: GoldRecord) -> dict[str, Span]:
    text = record.text or ""
    return {
        mention.id: Span(mention.start, mention.end, text[mention.start : mention.end]) for mention in record.mentions
    }


def _found(record: GoldRecord, view: View, candidates: Candidates) -> dict[int, GoldResult]:
    """Return the gold results by the mention of their value, those whose value was found."""
    spans = _spans(record)
    places = ((value_of(view, candidates, spans[result.value]), result) for result in record.results)
    return {value: result for value, result in places if value is not None}


def value_of(view: View, candidates: Candidates, span: Span, *, same_number: bool = True) -> int | None:
    """Return the value mention that overlaps a gold value and says the same number; the longest overlap wins."""
    best, most = None, 0
    for value in candidates.values.tolist():
        mention = view.mentions[value]
        shared = min(mention.end, span.end) - max(mention.start, span.start)
        if shared > most and (not same_number or _agrees(view, value, span)):
            best, most = value, shared
    return best


def _agrees(view: View, value: int, span: Span) -> bool:
    quantity = view.mentions[value].quantity
    if quantity is None:
        return True
    low, high = (quantity.number, quantity.number) if quantity.number is not None else (quantity.low, quantity.high)
    return low is None or high is None or says(span.text, low, high)


def right_pairs(view: View, pairs: Pairs, wanted: Mapping[int, Sequence[Span]]) -> Bools:
    """Tell which pairs link a value to (or name the same as) one of the spans wanted for it."""
    right = np.zeros(len(pairs), dtype=bool)
    for i, (value, target) in enumerate(zip(pairs.value.tolist(), pairs.target.tolist(), strict=True)):
        mention = view.mentions[target]
        found = Span(mention.start, mention.end, view.text[mention.start : mention.end])
        right[i] = any(overlaps(span, found) or same_name(span, found) for span in wanted.get(value, ()))
    return right


def ceilings(samples: Iterable[Sample], records: Iterable[GoldRecord]) -> dict[str, tuple[int, int]]:
    """Return for each role how many gold links are proposed at all, and how many there are."""
    found = {role: [0, 0] for role in ("result", "endpoint", "cohort")}
    for sample, record in zip(samples, records, strict=True):
        found["result"][0] += int(sample.labels.right["result"].sum())
        found["result"][1] += len(record.results)
        for role, pairs in (("endpoint", sample.candidates.endpoint), ("cohort", sample.candidates.cohort)):
            found[role][0] += len(np.unique(pairs.value[sample.labels.right[role]]))
            found[role][1] += sum(getattr(result, role) is not None for result in record.results)
    return {role: (hits, total) for role, (hits, total) in found.items()}

"""Cross-validation by document: every figure is of documents that the model has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topline.evaluation.statistics import Reliability, reliability
from topline.relations import Relations, link_with
from topline.relations.model import Model
from topline.results.rows import assemble
from topline.training.fit import Settings
from topline.training.rows import train
from topline.training.samples import Sample

Tick = Callable[[], None]


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Rows of all documents by models that have not seen them, and each link's probability with whether it is right."""

    rows: tuple[dict[str, Any], ...]
    links: dict[str, tuple[tuple[float, bool], ...]]

    def reliability(self, role: str) -> Reliability:
        """Return the calibration of one role's probabilities."""
        return reliability(list(self.links[role]))


def assign(family: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """Return each document's fold; families stay together, and folds get about equally many documents."""
    order = np.random.default_rng(seed).permutation(int(family.max(initial=0)) + 1)
    sizes = np.bincount(family)
    load = np.zeros(folds, dtype=np.int64)
    chosen = np.zeros(len(sizes), dtype=np.int64)
    for member in sorted(order.tolist(), key=lambda f: -sizes[f]):
        chosen[member] = int(np.argmin(load))
        load[chosen[member]] += sizes[member]
    return chosen[family]


def cross_validate(
    samples: Sequence[Sample], fold: NDArray[np.int64], settings: Settings, tick: Tick = lambda: None
) -> OutOfFold:
    """Train on all folds but one, predict that one, for every fold."""
    rows: list[dict[str, Any]] = []
    links: dict[str, list[tuple[float, bool]]] = {"result": [], "endpoint": [], "cohort": []}
    for k in np.unique(fold).tolist():
        held = [sample for sample, f in zip(samples, fold.tolist(), strict=True) if f != k]
        model = train(held, settings)
        for sample in (sample for sample, f in zip(samples, fold.tolist(), strict=True) if f == k):
            found = link_with(model, sample.view)
            rows.extend(row.to_dict() for row in assemble(sample.document, found))
            for role, p, right in judged(sample, found):
                links[role].append((p, right))
        tick()
    return OutOfFold(tuple(rows), {role: tuple(pairs) for role, pairs in links.items()})


def judged(sample: Sample, found: Relations) -> Iterator[tuple[str, float, bool]]:
    """Yield for each decided value and link its probability and whether it is right."""
    results = dict(zip(sample.candidates.values.tolist(), sample.labels.right["result"].tolist(), strict=True))
    right = {
        role: set(zip(pairs.value[held].tolist(), pairs.target[held].tolist(), strict=True))
        for role, pairs, held in (
            ("endpoint", sample.candidates.endpoint, sample.labels.right["endpoint"]),
            ("cohort", sample.candidates.cohort, sample.labels.right["cohort"]),
        )
    }
    for decision in found.decisions:
        yield "result", decision.result_confidence, results[decision.value]
        if not results[decision.value]:
            continue
        for role in ("endpoint", "cohort"):
            target = getattr(decision, role)
            if target is not None:
                yield role, getattr(decision, f"{role}_confidence"), (decision.value, target) in right[role]


def learning_curve(
    samples: Sequence[Sample], fold: NDArray[np.int64], settings: Settings, shares: Sequence[float]
) -> Iterator[tuple[int, OutOfFold]]:
    """Yield for growing shares of the training documents how many there are, and the out-of-fold rows."""
    for share in shares:
        kept = np.random.default_rng(settings.seed).random(len(samples)) < share
        rows: list[dict[str, Any]] = []
        used = 0
        for k in np.unique(fold).tolist():
            held = [s for s, f, keep in zip(samples, fold.tolist(), kept.tolist(), strict=True) if f != k and keep]
            used = max(used, len(held))
            model = train(held, settings)
            for sample in (s for s, f in zip(samples, fold.tolist(), strict=True) if f == k):
                rows.extend(_rows(model, sample))
        yield used, OutOfFold(tuple(rows), {})


def _rows(model: Model, sample: Sample) -> list[dict[str, Any]]:
    return [row.to_dict() for row in assemble(sample.document, link_with(model, sample.view))]



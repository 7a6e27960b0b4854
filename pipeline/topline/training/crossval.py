"""Cross-validation by document: every figure is of documents that the model has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
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
    """Rows of all documents by models that have not seen them, and each link's probability with whether it is right.

    `without` holds the rows that come out when one rule of decoding is left out.
    """

    rows: tuple[dict[str, Any], ...]
    links: dict[str, tuple[tuple[float, bool], ...]]
    without: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)

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
    samples: Sequence[Sample],
    fold: NDArray[np.int64],
    settings: Settings,
    *,
    jobs: int = 1,
    share: float = 1.0,
    rules: Sequence[str] = (),
    held: int | None = None,
    tick: Tick = lambda: None,
) -> OutOfFold:
    """Train on all folds but one, predict that one, for every fold; `jobs` folds at a time, the same result.

    `share` of the training documents are used, chosen by the seed (for a learning curve); `rules` of decoding are each
    left out once; only the first `held` folds are predicted.
    """
    kept = np.random.default_rng(settings.seed).random(len(samples)) < share
    rows: list[dict[str, Any]] = []
    links: dict[str, list[tuple[float, bool]]] = {"result": [], "endpoint": [], "cohort": [], "row": []}
    without: dict[str, list[dict[str, Any]]] = {rule: [] for rule in rules}
    tasks = [
        (
            [s for s, f, use in zip(samples, fold.tolist(), kept.tolist(), strict=True) if f != k and use],
            [s for s, f in zip(samples, fold.tolist(), strict=True) if f == k],
            settings,
            tuple(rules),
        )
        for k in np.unique(fold).tolist()[:held]
    ]
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        for found, judgements, left in pool.map(_fold, tasks) if pool else map(_fold, tasks):
            rows.extend(found)
            for rule in rules:
                without[rule].extend(left[rule])
            for role, p, right in judgements:
                links[role].append((p, right))
            tick()
    return OutOfFold(
        tuple(rows),
        {role: tuple(pairs) for role, pairs in links.items()},
        {rule: tuple(found) for rule, found in without.items()},
    )


Rows = list[dict[str, Any]]


def _fold(
    task: tuple[list[Sample], list[Sample], Settings, tuple[str, ...]],
) -> tuple[Rows, list[tuple[str, float, bool]], dict[str, Rows]]:
    """Train on some documents; return rows and judged links of the others, and their rows without each rule."""
    train_on, held, settings, rules = task
    model = train(train_on, settings)
    rows: Rows = []
    judgements: list[tuple[str, float, bool]] = []
    for sample in held:
        found = link_with(model, sample.view)
        rows.extend(row.to_dict() for row in assemble(sample.document, found))
        judgements.extend(judged(sample, found))
    without = {rule: [row for sample in held for row in _rows(model, sample, rule)] for rule in rules}
    return rows, judgements, without


def _rows(model: Model, sample: Sample, rule: str) -> Iterator[dict[str, Any]]:
    """Yield a document's rows when one rule of decoding is left out."""
    for row in assemble(sample.document, link_with(model, sample.view, {rule})):
        yield row.to_dict()


def judged(sample: Sample, found: Relations) -> Iterator[tuple[str, float, bool]]:
    """Yield for each decided value, link and row its probability and whether it is right."""
    results = dict(zip(sample.candidates.values.tolist(), sample.labels.right["result"].tolist(), strict=True))
    right = {
        role: set(zip(pairs.value[held].tolist(), pairs.target[held].tolist(), strict=True))
        for role, pairs, held in (
            ("endpoint", sample.candidates.endpoint, sample.labels.right["endpoint"]),
            ("cohort", sample.candidates.cohort, sample.labels.right["cohort"]),
        )
    }
    for decision in found.decisions:
        whole = results[decision.value]
        yield "result", decision.result_confidence, whole
        for role in ("endpoint", "cohort"):
            target = getattr(decision, role)
            linked = (decision.value, target) in right[role]
            whole = whole and linked
            if target is not None and results[decision.value]:
                yield role, getattr(decision, f"{role}_confidence"), linked
        yield "row", decision.confidence, whole

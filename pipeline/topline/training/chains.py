"""Count how often neighbouring results of the gold share an endpoint or a group, by what stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from topline.relations.candidates import Pairs
from topline.relations.chains import BETWEEN, NAMES, between
from topline.relations.model import Ensemble, Logistic
from topline.training.samples import Bools, Sample

PRIOR = 4.0  # pairs of neighbours, spread as they are over all contexts, that each context has beside its own


def fit_chain(samples: Sequence[Sample]) -> Ensemble:
    """Return log-probabilities by context as the weights of one logistic model over their names."""
    counts = np.zeros((len(BETWEEN) * 4, 2, 2))
    for sample in samples:
        for context, same_endpoint, same_group in _neighbours(sample):
            counts[context, int(same_endpoint), int(same_group)] += 1
    everywhere = (counts.sum(axis=0) + 1) / (counts.sum() + 4)
    shares = (counts + PRIOR * everywhere) / (counts.sum(axis=(1, 2), keepdims=True) + PRIOR)
    width = len(NAMES)
    return Ensemble((Logistic(np.zeros(width), np.ones(width), np.log(shares).ravel(), 0.0),), (1.0,))


def _neighbours(sample: Sample) -> Iterator[tuple[int, bool, bool]]:
    """Yield the context of each two gold results in a row that have both links, and which of them they share."""
    labels, candidates = sample.labels.right, sample.candidates
    endpoints = _right(candidates.endpoint, labels["endpoint"])
    groups = _right(candidates.cohort, labels["cohort"])
    values = [value for value in candidates.values[labels["result"]].tolist() if value in endpoints and value in groups]
    for value, following in pairwise(values):
        context = between(sample.view, value, following)
        if context is not None:
            same_endpoint, same_group = (not held[value].isdisjoint(held[following]) for held in (endpoints, groups))
            yield context, same_endpoint, same_group


def _right(pairs: Pairs, right: Bools) -> dict[int, set[int]]:
    """Return the right targets of each value."""
    found: dict[int, set[int]] = {}
    for value, target in zip(pairs.value[right].tolist(), pairs.target[right].tolist(), strict=True):
        found.setdefault(value, set()).add(target)
    return found

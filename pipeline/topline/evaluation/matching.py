"""Pair predicted rows with gold results: one to one, and the best pairing of all, not the first that fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from topline.evaluation.agreement import cohort_agrees, endpoint_agrees, shared_part, value_agrees
from topline.evaluation.rows import Pages, Row


@dataclass(frozen=True, slots=True)
class Cluster:
    """Gold and predicted rows whose values touch one another, directly or through others; nothing outside does."""

    gold: tuple[Row, ...]
    predicted: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """A cluster, and which pairs in it (indices into `gold` and `predicted`) are matched values."""

    cluster: Cluster
    pairs: tuple[tuple[int, int], ...]

    def rows(self) -> Iterator[tuple[Row, Row]]:
        """Yield the matched pairs of gold and predicted row."""
        for left, right in self.pairs:
            yield self.cluster.gold[left], self.cluster.predicted[right]


def match_document(pages: Pages) -> tuple[Matched, ...]:
    """Return a document's rows in clusters, each with its best pairing, in order of place."""
    return tuple(Matched(cluster, best_pairs(cluster)) for cluster in clusters(pages))


def clusters(pages: Pages) -> Iterator[Cluster]:
    """Yield the groups of rows whose values overlap; pairing inside each is then independent and small."""
    rows = [(row.value.start, row.value.end, 0, row) for row in pages.gold]
    rows += [(row.value.start, row.value.end, 1, row) for row in pages.predicted]
    group: tuple[list[Row], list[Row]] = ([], [])
    reach = -1
    for start, end, side, row in sorted(rows, key=lambda item: item[:3]):
        if start >= reach and any(group):
            yield Cluster(tuple(group[0]), tuple(group[1]))
            group = ([], [])
        group[side].append(row)
        reach = max(reach, end)
    if any(group):
        yield Cluster(tuple(group[0]), tuple(group[1]))


def best_pairs(cluster: Cluster) -> tuple[tuple[int, int], ...]:
    """Return the pairs that match the most values; then the most endpoints and cohorts; then overlap the most."""
    if not cluster.gold or not cluster.predicted:
        return ()
    weights = _weights(cluster.gold, cluster.predicted)
    left, right = linear_sum_assignment(weights, maximize=True)
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return tuple((i, j) for i, j in pairs if weights[i, j] > 0)


def _weights(gold: Sequence[Row], predicted: Sequence[Row]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return each pair's worth, 0 for a pair that is no match.

    The overlaps of all pairs together weigh less than one link, and all links less than one matched value.
    """
    link = min(len(gold), len(predicted)) + 1.0
    match = link * (2 * link + 1)
    weights = np.zeros((len(gold), len(predicted)))
    for i, left in enumerate(gold):
        for j, right in enumerate(predicted):
            if value_agrees(left, right):
                links = endpoint_agrees(left, right) + cohort_agrees(left, right)
                weights[i, j] = match + link * links + shared_part(left.value, right.value)
    return weights

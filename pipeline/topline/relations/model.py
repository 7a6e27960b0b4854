"""Score candidates from plain arrays: logistic regression, tree ensembles, their calibrated mean.

scikit-learn trains these (`convert.py` takes its estimators apart); nothing here imports it. Every function works on
all rows at once. Features must be finite: missing values are no part of the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from topline.errors import ModelError

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
TreeKind = Literal["boosting", "forest"]

# Bounds the work that one row can cause; 300 extra trees grown on 3,000 rows had at most 30 levels.
MAX_DEPTH = 128
# Rows times trees walked at once. Swept from 16,384 to 262,144 on three kinds of trees: the best or within 5 % of it.
PAIRS = 65_536
# Walks that have ended are set aside every few levels: in 0.4 of the time without, of trees that end at level 7 in the
# mean and at 24 at most.
LEVELS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """A logistic regression on standardised features; `mean`, `scale` and `weights` are (features,)."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Many binary trees in flat arrays over all their nodes; siblings stand side by side.

    A row at an inner node goes to `left` when its `feature` is at most `threshold`, else to `left + 1`. A leaf is its
    own `left` and has an infinite `threshold`, so walking on stays there. `boosting` is the sigmoid of `baseline` plus
    the sum of the leaves' values; `forest` is their mean, for features rounded to float32 as in scikit-learn's forests.
    """

    feature: Indices
    threshold: Floats
    left: Indices
    value: Floats
    roots: Indices
    depth: int
    kind: TreeKind
    baseline: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """An increasing, piecewise linear map from scores `x` to probabilities `y`, constant outside of `x`."""

    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """The weighted mean of its members' probabilities, then calibrated."""

    members: tuple[Logistic | Trees, ...]
    weights: tuple[float, ...]
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """All that the relation stage has learned: named scorers with the names of their features.

    `thresholds` are the decoder's, `terms` are small vocabularies behind lexical features, and `meta` (plain JSON) says
    what the model was trained on and how it scored.
    """

    scorers: dict[str, Ensemble]
    feature_names: dict[str, tuple[str, ...]]
    thresholds: dict[str, float] = field(default_factory=dict)
    terms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


def check_names(model: Model, scorer: str, names: tuple[str, ...]) -> None:
    """Raise ModelError when a scorer was trained on other features than this version computes."""
    if model.feature_names.get(scorer) != names:
        raise ModelError(
            f"the model's scorer {scorer!r} was trained by another version of topline; "
            "train it anew with `topline train`"
        )


def score(model: Model, scorer: str, features: Floats) -> Floats:
    """Return each row's probability by a named scorer; raise ValueError when the rows are of another width."""
    width = len(model.feature_names[scorer])
    if features.ndim != 2 or features.shape[1] != width:
        raise ValueError(f"{scorer} takes {width} features a row, not an array of {features.shape}")
    return predict(model.scorers[scorer], features)


def predict(model: Ensemble, features: Floats) -> Floats:
    """Return each row's probability: (rows, features) to (rows,)."""
    rows = np.ascontiguousarray(features, dtype=np.float64)
    total = sum(model.weights)
    mean = np.zeros(len(rows))
    for member, weight in zip(model.members, model.weights, strict=True):
        mean += weight / total * predict_member(member, rows)
    return mean if model.calibration is None else calibrate(model.calibration, mean)


def predict_member(member: Logistic | Trees, rows: Floats) -> Floats:
    """Return each row's probability by one member: (rows, features), contiguous, to (rows,)."""
    if isinstance(member, Logistic):
        return sigmoid(((rows - member.mean) / member.scale) @ member.weights + member.bias)
    if member.kind == "boosting":
        return sigmoid(member.baseline + sum_leaves(member, rows))
    return sum_leaves(member, rows.astype(np.float32).astype(np.float64)) / len(member.roots)


def calibrate(calibration: Calibration, scores: Floats) -> Floats:
    """Return the probabilities that the scores stand for."""
    return np.asarray(np.interp(scores, calibration.x, calibration.y), dtype=np.float64)


def sigmoid(raw: Floats) -> Floats:
    """Return 1 / (1 + exp(-raw)) without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -raw)), dtype=np.float64)


def sum_leaves(trees: Trees, rows: Floats) -> Floats:
    """Return for each row the sum of the values of the leaves that it reaches."""
    sums = np.zeros(len(rows))
    step = max(1, PAIRS // len(trees.roots))
    for start in range(0, len(rows), step):
        leaves = _walk(trees, rows[start : start + step])
        sums[start : start + step] = trees.value.take(leaves).sum(axis=0)
    return sums


def _walk(trees: Trees, rows: Floats) -> Indices:
    """Return the leaf that each row reaches in each tree, (trees, rows), walking all of them a level at a time."""
    count, width = rows.shape
    flat = rows.ravel()
    nodes = np.repeat(trees.roots, count)
    starts = np.tile(np.arange(count) * width, len(trees.roots))
    going = np.arange(nodes.size)
    for level in range(0, trees.depth, LEVELS):
        here, start = nodes[going], starts[going]
        for _ in range(min(LEVELS, trees.depth - level)):
            beyond = flat.take(start + trees.feature.take(here)) > trees.threshold.take(here)
            here = trees.left.take(here) + beyond
        nodes[going] = here
        going = going[trees.threshold.take(here) < np.inf]
    return nodes.reshape(len(trees.roots), count)


def plant(feature: NDArray[np.integer[Any]], number: Floats, sizes: NDArray[np.integer[Any]], kind: TreeKind) -> Trees:
    """Return trees from their shortest form, in which no walk can run in a circle.

    Each tree's nodes stand in level order, so the k-th inner node's children are nodes 2k+1 and 2k+2, and no link is
    kept. `feature` is -1 at a leaf, `number` an inner node's threshold or a leaf's value, `sizes` count trees' nodes.
    Raises ValueError when the arrays are no trees.
    """
    if not len(sizes) or sizes.min() < 1 or sizes.sum(dtype=np.int64) != len(feature) or len(feature) != len(number):
        raise ValueError("the sizes of the trees do not add up to their nodes")
    if feature.min() < -1:
        raise ValueError("a tree asks for a negative feature")
    inner = feature >= 0
    roots = np.cumsum(sizes, dtype=np.intp) - sizes
    if (np.add.reduceat(inner.astype(np.intp), roots) * 2 + 1 != sizes).any():
        raise ValueError("a tree's inner nodes do not have two children each")
    here = np.arange(len(feature))
    before: Indices = np.cumsum(inner, dtype=np.intp) - inner
    left = np.where(inner, np.repeat(roots - 2 * before[roots], sizes) + 2 * before + 1, here)
    if (left[inner] <= here[inner]).any():
        raise ValueError("a tree runs in a circle")
    return Trees(
        feature=np.where(inner, feature, 0).astype(np.intp),
        threshold=np.where(inner, number, np.inf),
        left=left.astype(np.intp),
        value=np.where(inner, 0.0, number),
        roots=roots.astype(np.intp),
        depth=_depth(inner, left, roots),
        kind=kind,
    )


def _depth(inner: NDArray[np.bool_], left: Indices, roots: Indices) -> int:
    level = roots
    for depth in range(MAX_DEPTH + 1):
        level = left[level[inner[level]]]
        if not level.size:
            return depth
        level = np.concatenate((level, level + 1))
    raise ValueError(f"a tree is deeper than {MAX_DEPTH} levels")

"""Fit the scorers of what is attached to a value: comparators, on out-of-fold decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from topline.relations.attachments import LEARNED, attach
from topline.relations.attachments.labels import Labels
from topline.relations.attachments.scored import proposed
from topline.relations.decoding import Decision
from topline.relations.features import stack
from topline.relations.model import Ensemble
from topline.training.fit import Settings, Table, calibrate, fit_pass
from topline.training.samples import Sample, right_pairs

SEED = 4  # of the folds of these; the passes before have 1 to 3


def fit_attached(
    samples: Sequence[Sample], decided: Sequence[Sequence[Decision]], settings: Settings
) -> dict[str, tuple[Ensemble, tuple[str, ...]]]:
    """Return the scorer and the feature names of each role that the gold has enough links of.

    `decided` are each sample's decisions, from scores of models that have not seen it.
    """
    found: dict[str, tuple[Ensemble, tuple[str, ...]]] = {}
    small = replace(
        settings,
        leaves=settings.attached_leaves,
        learning_rate=settings.attached_learning_rate,
        split_features=settings.attached_split_features,
    )
    for role in LEARNED:
        table = attached_table(samples, decided, role, settings)
        if table is None or (table.right & table.taught).sum() < settings.attached_links:
            continue
        ensemble, scores = fit_pass(table.numbers, table, small, SEED)
        taught = table.taught
        calibration = calibrate(scores[taught], table.right[taught], table.weight[taught])
        found[role] = replace(ensemble, calibration=calibration), table.names
    return found


def attached_table(
    samples: Sequence[Sample], decided: Sequence[Sequence[Decision]], role: str, settings: Settings
) -> Table | None:
    """Stack a role's proposed pairs of all samples; only those of gold results teach. None where there are none."""
    numbers, right, taught, group, weight = [], [], [], [], []
    names: tuple[str, ...] = ()
    for k, (sample, decisions) in enumerate(zip(samples, decided, strict=True)):
        pairs, columns = proposed(Labels(sample.view, decisions), role, attach(sample.view, decisions))
        stated = sample.stated.get(role, {})
        if not len(pairs) or not stated:
            continue
        names = tuple(columns)
        numbers.append(stack(columns))
        wanted = {value: [span] for value, span in stated.items() if span is not None}
        right.append(right_pairs(sample.view, pairs, wanted))
        taught.append(np.isin(pairs.value, list(stated)))
        group.append(np.full(len(pairs), k))
        weight.append(np.full(len(pairs), sample.weight))
    if not numbers:
        return None
    rows = np.vstack(numbers)
    rows[:, [name.startswith(settings.drop) if settings.drop else False for name in names]] = 0.0
    return Table(
        numbers=rows,
        terms=csr_matrix((len(rows), 0)),
        right=np.concatenate(right),
        taught=np.concatenate(taught),
        group=np.concatenate(group),
        names=names,
        weight=np.concatenate(weight),
    )

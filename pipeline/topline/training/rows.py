"""The last scores: what is attached to a value, and how sure a whole row is; learned on out-of-fold links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from topline.relations import relate
from topline.relations.chains import transitions
from topline.relations.context import Scores
from topline.relations.convert import from_sklearn
from topline.relations.decoding import THRESHOLDS, Decision, decode
from topline.relations.model import Ensemble, Model
from topline.relations.model import calibrate as calibrated
from topline.relations.scoring import ROLES, row_features
from topline.training.attached import fit_attached
from topline.training.fit import Fitted, Settings, fit
from topline.training.samples import Sample

FEATURES = ("result", "endpoint", "cohort")
FEWEST = 20  # rows; below this a row's confidence stays the product of its links'


def train(samples: Sequence[Sample], settings: Settings) -> Model:
    """Return a model trained on the samples, with calibrated confidences for links and rows."""
    fitted = fit(samples, settings)
    model = replace(fitted.model, thresholds=dict(THRESHOLDS))
    seen = [_scores(fitted, model, k) for k in range(len(samples))]
    chain = transitions(model)
    decided = [
        decode(s.view, s.candidates, p, model.thresholds, chain=chain) for s, p in zip(samples, seen, strict=True)
    ]
    row = _fit_rows(samples, seen, model)
    for role, (scorer, names) in fit_attached(samples, decided, settings).items():
        model = _with(model, role, scorer, names)
    return model if row is None else _with(model, "row", row, FEATURES)


def _with(model: Model, name: str, scorer: Ensemble, features: tuple[str, ...]) -> Model:
    return replace(
        model, scorers={**model.scorers, name: scorer}, feature_names={**model.feature_names, name: features}
    )


def _fit_rows(samples: Sequence[Sample], seen: Sequence[Scores], model: Model) -> Ensemble | None:
    """Return a logistic model of the log-odds of the three links (Platt 1999)."""
    decisions: list[Decision] = []
    right: list[bool] = []
    weight: list[float] = []
    for sample, scores in zip(samples, seen, strict=True):
        found = relate(sample.view, sample.candidates, scores, model.thresholds, model=model).decisions
        decisions.extend(found)
        right.extend(_all_right(sample, decision) for decision in found)
        weight.extend([sample.weight] * len(found))
    if len(decisions) < FEWEST or len(set(right)) < 2:
        return None
    estimator = LogisticRegression(C=1.0).fit(row_features(decisions), np.array(right), np.array(weight))
    return Ensemble((from_sklearn(estimator),), (1.0,))


def _scores(fitted: Fitted, model: Model, k: int) -> Scores:
    """Return the calibrated out-of-fold probabilities of the k-th sample."""
    return Scores(**{role: _calibrated(fitted, model, role)[fitted.tables[role].group == k] for role in ROLES})


def _calibrated(fitted: Fitted, model: Model, role: str) -> np.ndarray:
    scorer = model.scorers.get(f"{role}_2", model.scorers[f"{role}_1"])
    scores = fitted.scores[role]
    return scores if scorer.calibration is None else calibrated(scorer.calibration, scores)


def _all_right(sample: Sample, decision: Decision) -> bool:
    """Tell whether value, endpoint and cohort of a decision are all right."""
    labels = sample.labels.right
    value = sample.candidates.values == decision.value
    if not labels["result"][value].any():
        return False
    for role, pairs in (("endpoint", sample.candidates.endpoint), ("cohort", sample.candidates.cohort)):
        target = getattr(decision, role)
        if target is None or not labels[role][(pairs.value == decision.value) & (pairs.target == target)].any():
            return False
    return True

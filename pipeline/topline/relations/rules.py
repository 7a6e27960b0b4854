"""Scores without training: what a careful reader would assume first.

They stand in where no model is given, and are the floor that a trained model is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from topline.relations.candidates import Pairs
from topline.relations.context import Candidates, Scores
from topline.relations.features import Columns, Floats, pair_features
from topline.relations.model import sigmoid
from topline.relations.values import value_features
from topline.relations.view import Bools, View

# Log-odds a feature adds. Set by hand from what the words mean; then stepped through once
# on the press releases and our sample filings, not on the filings that the figures are of.
RESULT: Mapping[str, float] = MappingProxyType({
    "kind_percent": 2.0, "kind_ratio": 0.2, "kind_duration": -1.4, "kind_count": -0.2, "kind_number": 0.3,
    "kind_p_value": -4.0, "decimals": 1.4, "with_people": 0.35, "with_drug": 0.15, "with_term": 0.35,
    "sentence_achieve": 0.4, "sentence_be": 0.1, "with_p": 0.6, "with_ci": 0.6, "near_before_median": 0.8,
    "sentence_future": -0.7, "near_before_future": -1.0, "near_before_business": -1.0, "near_after_business": -1.5,
    "sentence_population": -0.8, "sentence_animal": -1.2, "near_after_animal": -0.5, "sentence_design": -0.25,
    "attributive": -2.5, "block_trial": 8.0, "block_business": -15.0, "opens_group": -1.2, "group_then_have": 1.5,
    "group_then_achieve": 1.5, "group_then_be": 0.3, "worded": 0.9, "relation_~": -0.3, "sentence_present": -1.1,
    "near_before_past": 0.8, "relation_>=": -0.8, "near_after_more": -0.8, "depth": -0.6, "in_group": -1.4,
})  # fmt: skip
BIAS: Mapping[str, float] = MappingProxyType({"result": -1.6, "endpoint": 2.0, "cohort": 2.0})
ENDPOINT: Mapping[str, float] = MappingProxyType({
    "log_gap": -0.9, "between_values": -0.6, "same_sentence": 1.7, "same_clause": 1.1, "same_part": 0.8,
    "clauses": -0.3, "target_coded": 1.6, "between_cohorts": -0.1, "target_has_rate": 0.3, "target_has_more": 0.6,
    "between_rivals": -0.15, "between_contrast": -0.4, "aligned": 0.9, "same_run_place": 0.3, "opens_sentence": 1.1,
    "target_in_other_paren": -1.1, "before_target_time": -0.8, "before_target_in": -0.3, "target_heading": 0.5,
    "target_drug": -2.0,
})  # fmt: skip
COHORT: Mapping[str, float] = MappingProxyType({
    "log_gap": -0.6, "between_values": -0.9, "same_sentence": 1.5, "same_part": 0.6, "target_study": -1.2,
    "target_drug": -0.6, "target_phrase": -3.6, "before_target_in": 0.5, "before_target_for": 0.3, "aligned": 0.8,
    "between_contrast": -1.4, "sentences": -0.3, "mutual": 0.4, "target_these": 0.2, "opens_sentence": 0.3,
})  # fmt: skip


def score(view: View, candidates: Candidates) -> Scores:
    """Return the rules' probabilities for every candidate."""
    return Scores(
        result=_odds(value_features(view, candidates.values), RESULT, BIAS["result"])
        if len(candidates.values)
        else np.zeros(0),
        endpoint=_pairs(view, candidates.endpoint, view.is_endpoint, ENDPOINT, BIAS["endpoint"]),
        cohort=_pairs(view, candidates.cohort, view.is_cohort, COHORT, BIAS["cohort"]),
    )


def _pairs(view: View, pairs: Pairs, competes: Bools, weights: Mapping[str, float], bias: float) -> Floats:
    return _odds(pair_features(view, pairs, competes), weights, bias) if len(pairs) else np.zeros(0)


def _odds(columns: Columns, weights: Mapping[str, float], bias: float) -> Floats:
    rows = len(next(iter(columns.values())))
    total = np.full(rows, bias)
    for name, weight in weights.items():
        if name in columns:
            total += weight * columns[name].astype(np.float64)
    return sigmoid(total)

"""Score all candidates of a document with a trained model, in two passes and six calls in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from topline.relations.candidates import cohort_pairs, endpoint_pairs, values
from topline.relations.context import Candidates, Scores, pair_contexts, result_context
from topline.relations.decoding import Decision, is_taken
from topline.relations.features import Columns, Floats, pair_features, stack
from topline.relations.groups import Groups
from topline.relations.identity import identity_features
from topline.relations.lexical import Terms, margins, pair_terms, value_terms
from topline.relations.model import Logistic, Model, check_names, predict
from topline.relations.standing import standing_features
from topline.relations.values import value_features
from topline.relations.versus import versus_features
from topline.relations.view import Bools, View

ROLES = ("result", "endpoint", "cohort")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The first pass' input for one role: columns of numbers, and hashed words."""

    columns: Columns
    terms: Terms


def propose(view: View) -> Candidates:
    """Return all candidates of a document."""
    return Candidates(values(view), endpoint_pairs(view), cohort_pairs(view), Groups(view))


def evidence(view: View, candidates: Candidates) -> dict[str, Evidence]:
    """Return what the first pass sees of each role's candidates; roles without candidates are left out."""
    found: dict[str, Evidence] = {}
    if len(candidates.values):
        found["result"] = Evidence(value_features(view, candidates.values), value_terms(view, candidates.values))
    if len(pairs := candidates.endpoint):
        found["endpoint"] = Evidence(pair_features(view, pairs, view.is_endpoint), pair_terms(view, pairs))
    if len(pairs := candidates.cohort):
        columns = pair_features(view, pairs, view.is_cohort) | standing_features(view, pairs)
        columns |= identity_features(view, pairs, candidates.groups) | versus_features(view, pairs, view.is_cohort)
        found["cohort"] = Evidence(columns, pair_terms(view, pairs))
    return found


def context(view: View, candidates: Candidates, first: Scores) -> dict[str, Columns]:
    """Return what the second pass sees besides: the first pass' probabilities around each candidate."""
    found: dict[str, Columns] = {}
    if len(candidates.values):
        found["result"] = result_context(view, candidates, first)
    return found | pair_contexts(view, candidates, first)


def score(model: Model, view: View, candidates: Candidates, threshold: float = 0.0) -> Scores:
    """Return the model's calibrated probability for every candidate.

    Links of values below the threshold, which no decision asks for, keep those of the first pass: half of all links.
    """
    seen = evidence(view, candidates)
    inputs: dict[str, Floats] = {}
    first: dict[str, Floats] = {role: np.zeros(0) for role in ROLES}
    for role, found in seen.items():
        check_names(model, f"{role}_1", (*found.columns, "words"))
        inputs[role] = stack(found.columns | {"words": word_margins(model, role, found.terms)})
        first[role] = predict(model.scorers[f"{role}_1"], inputs[role])
    second = dict(first)
    if not any(name.endswith("_2") for name in model.scorers):
        return Scores(**first)
    for role, columns in context(view, candidates, Scores(**first)).items():
        rows = _asked(view, candidates, role, second["result"], threshold)
        seen_now = np.column_stack([inputs[role][rows], stack(columns)[rows]])
        second[role] = first[role].copy()
        second[role][rows] = predict(model.scorers[f"{role}_2"], seen_now)
    return Scores(**second)


def _asked(view: View, candidates: Candidates, role: str, result: Floats, threshold: float) -> Bools:
    """Tell which of a role's candidates a decision asks for; `result` are the values' final probabilities."""
    if role == "result":
        return np.ones(len(candidates.values), dtype=bool)
    taken = is_taken(view, candidates.values, result, threshold)
    pairs = candidates.endpoint if role == "endpoint" else candidates.cohort
    asked = taken[np.searchsorted(candidates.values, pairs.value)]
    # Of a lone row numpy adds up the leaves in another order than of one among others: the last digit would differ.
    return asked if asked.sum() != 1 else np.ones(len(asked), dtype=bool)


def word_margins(model: Model, role: str, terms: Terms) -> Floats:
    """Return what the words alone say of each candidate, in log-odds."""
    words = model.scorers[f"{role}_words"].members[0]
    assert isinstance(words, Logistic)
    return margins(terms, words.weights, words.bias)


def rate(model: Model, decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions with each row's confidence: that value, endpoint and cohort are all right."""
    if "row" not in model.scorers or not decisions:
        return list(decisions)
    rows = predict(model.scorers["row"], row_features(decisions))
    return [replace(decision, confidence=p) for decision, p in zip(decisions, rows.tolist(), strict=True)]


def row_features(decisions: Sequence[Decision]) -> Floats:
    """Return the log-odds of a row's three links, (rows, 3)."""
    p = np.array([(d.result_confidence, d.endpoint_confidence, d.cohort_confidence) for d in decisions])
    inside = np.clip(p, 0.005, 0.995)
    return np.asarray(np.log(inside / (1 - inside)))

"""What part a target's name plays in the document: the tested drug, the control, the group that was spoken of last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.sequence import name_ids, ranks
from topline.relations.view import Ints, View

Columns = dict[str, NDArray[np.generic]]

REACH = 4  # tokens behind "versus" or "than" in which the compared group's name begins
MOST = 8


def standing_features(view: View, pairs: Pairs) -> Columns:
    """Return the features of cohort pairs."""
    columns = {f"standing_{name}": column[pairs.target] for name, column in _names(view, pairs.target).items()}
    columns |= {f"standing_{name}": column for name, column in _here(view, pairs).items()}
    return columns | {f"standing_{name}": column for name, column in _across(view, pairs).items()}


def _names(view: View, targets: Ints) -> Columns:
    """Return for each mention how often its name is compared with, and how its drug ranks among the document's."""
    size = len(view.mentions)
    everything = np.union1d(np.flatnonzero(view.is_cohort), targets)
    names = np.zeros(size, dtype=np.int64)
    names[everything] = name_ids(view, everything)
    first = view.first[everything]
    compared = view.between("contrast", np.maximum(first - REACH, 0), first) > 0
    counts = np.bincount(names[everything])
    share = np.bincount(names[everything], compared, minlength=len(counts)) / np.maximum(counts, 1)
    return {"compared_share": share[names], "drug_rank": _drug_ranks(view)}


def _drug_ranks(view: View) -> Ints:
    """Return for each mention the place of its drug among the document's drugs by frequency; MOST without a drug."""
    drugs = np.array([i for i, mention in enumerate(view.mentions) if mention.label == "DRUG"], dtype=np.int64)
    found = np.full(len(view.mentions), MOST, dtype=np.int64)
    if not len(drugs):
        return found
    _, first, names = np.unique(name_ids(view, drugs), return_index=True, return_inverse=True)
    names = np.argsort(np.argsort(first))[names]  # numbered by the first drug of each
    order = np.argsort(-np.bincount(names), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    found[drugs] = np.minimum(place[names], MOST)
    starts = view.first[drugs]
    for group in np.flatnonzero(view.is_cohort).tolist():
        k = int(np.searchsorted(starts, view.first[group]))
        if k < len(drugs) and starts[k] < view.last[group]:
            found[group] = found[drugs[k]]
    return found


def _here(view: View, pairs: Pairs) -> Columns:
    """Count the groups and the drugs of the value's sentence, and rank the target among those of its label."""
    sentence = view.at(pairs.value, view.sentence)
    is_drug = np.array([mention.label == "DRUG" for mention in view.mentions], dtype=bool)
    columns: Columns = {}
    for name, mask in (("groups", view.is_cohort & ~is_drug), ("drugs", view.is_cohort & is_drug)):
        held = view.at(np.flatnonzero(mask), view.sentence)
        columns[f"{name}_here"] = np.minimum(np.bincount(held, minlength=len(view.sentence_first))[sentence], MOST)
    before = view.first[pairs.target] < view.first[pairs.value]
    gap = np.abs(view.first[pairs.value] - view.first[pairs.target])
    label = np.where(view.is_cohort[pairs.target], np.where(is_drug[pairs.target], 1, 0), 2)
    columns["label_rank"] = np.minimum(ranks((pairs.value * 3 + label) * 2 + before, gap), MOST)
    return columns


def _across(view: View, pairs: Pairs) -> Columns:
    """Tell on which side of "versus" the value stands in its sentence, and whether it stands right behind it."""
    sentence = view.at(pairs.value, view.sentence)
    left, right = view.sentence_first[sentence], view.sentence_first[sentence + 1]
    first, last = view.first[pairs.value], view.last[pairs.value]
    return {
        "value_compared": view.between("contrast", np.maximum(first - REACH - 1, left), first) > 0,
        "value_behind_contrast": view.between("contrast", left, first) > 0,
        "contrast_ahead": view.between("contrast", last, right) > 0,
    }

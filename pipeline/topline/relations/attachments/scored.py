"""Comparators by learned scores, in place of what structure alone attaches.

The gold has 318 comparators in 104 documents: F1 out of fold 0.73 instead of 0.65 with the gold's decisions, 0.63
instead of 0.60 with a small model's, and more on each of the three gold files. Left to structure after trial: time
frames (1,241 in 155 documents: 0.81 instead of 0.78, but less on the real filings, by 0.015) and p-values (227 in 93:
0.834 instead of 0.828). Intervals and numerators, 0.95 and 0.92 by structure, were not tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topline.relations.attachments.evidence import attached_features
from topline.relations.attachments.labels import Attachment, Labels
from topline.relations.attachments.proposals import attached_pairs
from topline.relations.candidates import Pairs
from topline.relations.decoding import THRESHOLDS
from topline.relations.features import Columns, Floats, stack
from topline.relations.model import Model, check_names, predict

LEARNED = ("comparator",)


def proposed(found: Labels, role: str, attachments: Sequence[Attachment]) -> tuple[Pairs, Columns]:
    """Return the proposed targets of a role and their features; `attachments` are structure's."""
    chosen = {a.value: a.target for a in attachments if a.role == role}
    pairs = attached_pairs(found, chosen)
    return pairs, attached_features(found, pairs, chosen) if len(pairs) else {}


def rescored(found: Labels, attachments: Sequence[Attachment], model: Model) -> list[Attachment]:
    """Return the attachments, those of the roles that the model has learned by its scores, ordered by value.

    A model without a role leaves it to structure. What a table states stands.
    """
    kept = list(attachments)
    for role in (role for role in LEARNED if role in model.scorers):
        pairs, columns = proposed(found, role, attachments)
        if not len(pairs):
            continue
        check_names(model, role, tuple(columns))
        best = _best(pairs, predict(model.scorers[role], stack(columns)), _threshold(model.thresholds, role))
        asked = set(pairs.value.tolist())
        kept = [a for a in kept if a.role != role or a.value not in asked]
        kept += [Attachment(value, role, target, p) for value, (p, target) in best.items()]
    return sorted(kept, key=lambda a: (a.value, a.role))


def _threshold(thresholds: Mapping[str, float], role: str) -> float:
    return thresholds.get(role, THRESHOLDS[role])


def _best(pairs: Pairs, p: Floats, threshold: float) -> dict[int, tuple[float, int]]:
    """Return each value's most probable target with its probability, unless none reaches the threshold."""
    found: dict[int, tuple[float, int]] = {}
    for value, target, q in zip(pairs.value.tolist(), pairs.target.tolist(), p.tolist(), strict=True):
        if q >= threshold and q > found.get(value, (0.0, 0))[0]:
            found[value] = q, target
    return found

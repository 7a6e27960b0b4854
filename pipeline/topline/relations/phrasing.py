"""How a target is worded: of empty words alone, inside a group's phrase, with a verb first.

"levels", "the primary endpoint" or "patients" by themselves say nothing of what was measured or in whom; a phrase that
lies inside a group's phrase describes the group.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from topline.relations.candidates import Pairs
from topline.relations.view import Ints, View

Columns = dict[str, NDArray[np.generic]]

_WORD = re.compile(r"[A-Za-z][\w'’-]{0,40}")
# Words that say nothing of what was measured when no other stands beside them.
_VAGUE = frozenset(
    """
    level levels rate rates risk risks difference differences change changes result results reduction reductions
    decrease decreases increase increases improvement improvements decline declines drop benefit benefits effect effects
    relative absolute overall average median mean total additional consistent similar respective numerical numerically
    endpoint endpoints outcome outcomes primary secondary key composite measure measures objective objectives score
    scores value values percentage proportion number numbers incidence range baseline significant significantly
    statistically clinically meaningful greater lower higher fewer more less finally notably furthermore however
    progressed experienced received achieved achieving enrolled completed evaluable evaluated treated treatment
    responders observed reported demonstrated showed showing seen met reached had having dropped fell reduced improved
    increased decreased conditions combined described old history period portion weeks months days years visit
    therapy dose doses study trial patients subjects participants people individuals group groups arm arms cohort
    of in on at to for with from and or the a an by after before during
    """.split()
)
_WHEN = frozenset(
    """
    period periods portion phase withdrawal randomized randomised double-blind extension open-label treatment study
    follow-up followup follow up end initiation beginning visit week weeks month months day days year years baseline
    long-term the of in during after at to on-treatment run-in dosing cycle cycles course
    """.split()
)
_PEOPLE = frozenset(
    """
    patients patient subjects subject participants participant people individuals persons adults those these them whom
    all both each the a an of in with evaluable treated enrolled study trial
    """.split()
)


def phrasing_features(view: View, pairs: Pairs) -> Columns:
    """Return the features of the pairs' targets."""
    unique, inverse = pairs.targets
    columns = _worded(view, unique)
    group = _around(view, unique)
    columns["in_group"] = group >= 0
    return {f"worded_{name}": column[inverse] for name, column in columns.items()}


def _worded(view: View, targets: Ints) -> Columns:
    table = np.zeros((len(targets), 8), dtype=np.float64)
    for i, target in enumerate(targets.tolist()):
        mention = view.mentions[target]
        text = view.text[mention.start : mention.end]
        words = _WORD.findall(text)
        lower = [word.lower() for word in words]
        vague = sum(map(_VAGUE.__contains__, lower))
        table[i] = (
            vague / max(1, len(words)),
            vague == len(words),
            bool(lower) and lower[-1] in _VAGUE,
            bool(lower) and lower[0] in _VAGUE,
            bool(lower) and _WHEN.issuperset(lower),
            bool(lower) and _PEOPLE.issuperset(lower),
            bool(lower) and lower[0].endswith(("ed", "ing")),
            sum(map(str.isupper, text)) / len(text),
        )
    names = ("vague_share", "vague", "vague_end", "vague_start", "when", "people", "verb", "capitals")
    return dict(zip(names, table.T, strict=True))


def _around(view: View, targets: Ints) -> Ints:
    """Return for each target the longer group phrase that holds it, or -1."""
    groups = np.array([i for i, m in enumerate(view.mentions) if m.label == "COHORT"], dtype=np.int64)
    if not len(groups):
        return np.full(len(targets), -1, dtype=np.int64)
    k = np.maximum(np.searchsorted(view.first[groups], view.first[targets], side="right") - 1, 0)
    found = groups[k]
    held = (view.first[found] <= view.first[targets]) & (view.last[targets] <= view.last[found])
    longer = view.last[found] - view.first[found] > view.last[targets] - view.first[targets]
    return np.where(held & longer, found, -1)

"""How a target is worded: of empty words alone, as a trial's name, inside a group's phrase, with a verb first.

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
_CODE = r"[A-Z][A-Za-z]{0,20}-?[A-Z0-9][\w-]{0,20}+"  # a second capital or a digit: "KESTREL-2", "NorThStar", "AD1"
_TRIALS = re.compile(
    rf"""\b(?P<one>{_CODE})(?:(?:,\s|\s?/\s?|,?\sand\s)(?P<two>{_CODE})){{0,1}}   # "KESTREL-1 and KESTREL-2 trials"
         \s(?:(?:clinical|pivotal|phase\s\w{{1,4}}|randomi[sz]ed|registrational)\s){{0,3}}(?:trials?|stud(?:y|ies)|program)\b
    |   \b(?P<apart>{_CODE}),\s(?:an?|the|our)\s(?:[\w-]{{1,20}}\s){{0,6}}(?:trial|study)\b  # "KESTREL, a small study"
    |   \b(?:trials?|study|studies|program)[\s,(:]{{1,3}}(?P<three>{_CODE})            # "two trials, KESTREL-1 and …"
        (?:,?\sand\s(?P<four>{_CODE}))?""",
    re.X,
)
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
    unique, inverse = np.unique(pairs.target, return_inverse=True)
    columns = _worded(view, unique)
    group = _around(view, unique)
    columns["in_group"] = group >= 0
    found = {f"worded_{name}": column[inverse] for name, column in columns.items()}
    own = group[inverse]
    inside = (view.first[own] <= view.first[pairs.value]) & (view.first[pairs.value] < view.last[own])
    return found | {"worded_in_group_of_value": (own >= 0) & inside, "worded_label": _is_label(view, pairs)}


def _is_label(view: View, pairs: Pairs) -> NDArray[np.bool_]:
    """Tell whether the target alone stands in the brackets behind the value: "+0.15 L (70 mg)", "84% (A)"."""
    ends = len(view.starts) - 1
    first, last = view.first[pairs.target], np.minimum(view.last[pairs.target], ends)
    opens, closes = np.diff(view.cues["open"]), np.diff(view.cues["close"])
    bracketed = (opens[np.maximum(first - 1, 0)] > 0) & (closes[last] > 0)
    return np.asarray(bracketed & (view.last[pairs.value] == first - 1), dtype=np.bool_)


def _worded(view: View, targets: Ints) -> Columns:
    trials = _trials(view)
    table = np.zeros((len(targets), 9), dtype=np.float64)
    for i, target in enumerate(targets.tolist()):
        mention = view.mentions[target]
        text = view.text[mention.start : mention.end]
        words = _WORD.findall(text)
        lower = [word.lower() for word in words]
        vague = sum(word in _VAGUE for word in lower)
        table[i] = (
            vague / max(1, len(words)),
            vague == len(words),
            bool(lower) and lower[-1] in _VAGUE,
            bool(lower) and lower[0] in _VAGUE,
            bool(lower) and all(word in _WHEN for word in lower),
            bool(lower) and all(word in _PEOPLE for word in lower),
            bool(lower) and lower[0].endswith(("ed", "ing")),
            any(name in text for name in trials) if trials else False,
            sum(c.isupper() for c in text) / len(text),
        )
    names = ("vague_share", "vague", "vague_end", "vague_start", "when", "people", "verb", "trial", "capitals")
    return dict(zip(names, table.T, strict=True))


def _trials(view: View) -> frozenset[str]:
    """Return the names that the document gives to trials, without those of drugs."""
    drugs = {view.text[m.start : m.end] for m in view.mentions if m.label == "DRUG"}
    found = (name for match in _TRIALS.finditer(view.text) for name in match.groups() if name)
    return frozenset(found) - drugs


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

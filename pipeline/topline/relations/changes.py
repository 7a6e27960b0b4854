"""Words of change that leave it to the next phrase what changed: "a 54% reduction (p=0.003) in wound infections"."""

from __future__ import annotations

import re

import numpy as np

from topline.relations.view import Bools, View

REACH = 25  # characters behind "reduction in" in which what was reduced begins

_CHANGE = re.compile(
    r"""(?:\W|\b(?:relative|absolute|further|significant(?:ly)?|statistically|clinically|meaningful|mean|median|average
        |overall|the|an?|risk|achieved|showed|demonstrated|experienced|greater|higher|lower|(?:de|in)creases?|reductions?
        |improvements?|differences?|declines?|drops?|changes?|slow(?:down|ing)|benefits?)\b)++""",
    re.X | re.I,
)
_OF_WHAT = re.compile(r"\s(?:\([^()]{1,40}\)\s)?(?:from\sbaseline\s)?(?:in|of|on)\s", re.I)


def bare_changes(view: View) -> Bools:
    """Tell which mentions say that something changed, right before another endpoint that says what.

    Of 177 such words beside results of the gold one alone was the endpoint; nineteen were part of a longer one.
    """
    found = np.zeros(len(view.mentions), dtype=bool)
    endpoints = np.flatnonzero(view.is_endpoint)
    starts = np.array([view.mentions[i].start for i in endpoints.tolist()], dtype=np.int64)
    for i in endpoints.tolist():
        mention = view.mentions[i]
        behind = _OF_WHAT.match(view.text, mention.end)
        if behind and _CHANGE.fullmatch(view.text, mention.start, mention.end):
            k = int(np.searchsorted(starts, behind.end() - 1))
            found[i] = k < len(starts) and starts[k] <= behind.end() + REACH
    return found

"""Which of several values is of a control, and which compares two groups."""

from __future__ import annotations

import re

from topline.relations.attachments.labels import Labels, once_each
from topline.relations.decoding import Decision

BESIDE = 40  # characters on either side of a value

_CONTROL = re.compile(
    r"\b(?:placebo|controls?|vehicle|sham|comparator|alone|standard(?:[\s-]of)?[\s-]care|usual[\s-]care|untreated)\b"
)
# Words that compare groups wherever they stand: "the hazard ratio for death", "vaccine efficacy", "a difference"
_COMPARES = re.compile(
    r"\b(?:(?:hazard|odds|risk|rate|incidence) ratio|relative (?:risk|reduction)|diff(?:erences?)?|separation"
    r"|(?:vaccine|protective) efficacy|efficacy (?:of|was)|risk of|slowing|fewer|as a % of|treatment effect"
    r"|(?:reduction in|lower|reduced) (?:the )?(?:risk|odds|hazard)|risk reduction"
    r"|absolute (?:increase|reduction|improvement|decrease|difference)"
    r"|(?:higher|lower|greater|better) (?:chance|odds|likelihood|risk|rate|use|utilization)"
    r"|(?:placebo|vehicle|control)[\s-](?:adjusted|corrected|subtracted))\b"
)
# Words of a change, which may be one against another group or one over time.
_CHANGES = re.compile(
    r"\b(?:reduc|improve|increas|decreas|declin|lower|higher|greater|fewer|slow|fell|rose|gain|benefit|separat)[a-z]{0,8}\b"
)


@once_each
def names_control(found: Labels, group: int) -> bool:
    """Tell whether a group is a control by its name."""
    return bool(_CONTROL.search(found.said(group)))


@once_each
def is_control(found: Labels, decision: Decision) -> bool:
    """Tell whether a value is of a control: by its group's name, or because it is what another is compared with."""
    if decision.cohort is not None and names_control(found, decision.cohort):
        return True
    earlier = next((d for d in found.before(decision.value) if d.endpoint == decision.endpoint), None)
    if earlier is None or earlier.cohort == decision.cohort:
        return False
    contrast = found.view.cues["contrast"]
    return bool(contrast[found.first[decision.value]] - contrast[found.last[earlier.value]])


@once_each
def compares(found: Labels, decision: Decision) -> bool:
    """Tell whether a value says how two groups differ: a ratio, a difference, a lower risk, vaccine efficacy."""
    quantity = found.view.mentions[decision.value].quantity
    if quantity is not None and quantity.kind in ("ratio", "p_value") and quantity.unit != "fold":
        return True
    return _said(found, decision, _COMPARES)


@once_each
def changes(found: Labels, decision: Decision) -> bool:
    """Tell whether a value says how much something changed, over time or against another group."""
    return _said(found, decision, _CHANGES)


def _said(found: Labels, decision: Decision, words: re.Pattern[str]) -> bool:
    """Tell whether a value's endpoint, or the text beside it in its sentence, has any of the words."""
    mention, (low, high) = found.view.mentions[decision.value], found.sentence(decision.value)
    first = max(mention.start - BESIDE, int(found.view.starts[low]))
    last = min(mention.end + BESIDE, int(found.view.ends[high - 1]))
    named = found.said(decision.endpoint) if decision.endpoint is not None else ""
    return bool(words.search(named) or words.search(found.view.text[first:last].lower()))

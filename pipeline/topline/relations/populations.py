"""What kind of group a phrase names: `efficacy evaluable`, `intent-to-treat`, `randomized`, `responders`, `arm`, …"""

from __future__ import annotations

import re
from functools import lru_cache

from topline.mentions import populations

# The kinds of the term table that say who was counted; the others (`previously_treated`) say what patients have.
COUNTED = frozenset(
    """intent_to_treat modified_intent_to_treat full_analysis per_protocol efficacy_evaluable safety as_treated treated
    enrolled screened randomized vaccinated completers responders non_responders immunogenicity pharmacokinetic
    extension""".split()
)
# Sets of their own: whoever counts them counts fewer than the trial's patients, so that neither lends the other its n.
SETS = COUNTED - {"full_analysis", "treated", "enrolled", "randomized", "vaccinated"}
_ARM = re.compile(r"\b(?:arm|group|cohort|recipients|placebo|vehicle|sham)\b|\d\s?(?:mg|mcg|µg|μg)\b", re.I)
_WITH = re.compile(r"(?:treated|dosed|vaccinated)\s(?:with|for|on|at)\b|-treated", re.I)
_PLURAL = re.compile(r"\b(?:all|any|both|each|either|most|other|no)\b|\b(?:age|control)\sgroup", re.I)


@lru_cache(maxsize=4096)
def counted_kind(phrase: str) -> str | None:
    """Return the analysis population that a phrase names, by its code; a group given a drug is no population."""
    for start, _, kind in populations.find(phrase):
        if kind in COUNTED and not _WITH.match(phrase, start) and not (kind == "treated" and _WITH.search(phrase)):
            return kind
    return None


def population_name(phrase: str) -> str | None:
    """Return the kind of population for a reader: the one that is named, or `arm`."""
    kind = counted_kind(phrase)
    if kind:
        return kind.replace("_", "-" if kind.endswith("to_treat") else " ")
    return "arm" if _ARM.search(phrase) and not _PLURAL.search(phrase) else None

"""Are two names the same? Groups, endpoints, times and comparators compared by the words that tell them apart."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from topline.mentions.gates import fold
from topline.schema import Quote, Result

Likeness = Literal["same", "unsure", "different"]

_WORD = re.compile(r"[a-zα-ω]+(?:[-/][a-z0-9]+)*|\d+(?:\.\d+)?", re.I)
# Words that every phrase of the sort may have or lack.
_PLAIN = frozenset(
    """a an the of in on at with to and or for by from who that which were was is are had have has been their its our
    as than this these those all each both it also only then there""".split()
)
_PLAIN_GROUP = _PLAIN | frozenset(
    """patient subject participant people person individual volunteer adult treated treatment receiving received taking
    given using assigned randomized randomised arm group cohort population recipient study trial enrolled entire total
    whole overall evaluable once daily twice weekly active most some any""".split()
)
_PLAIN_ENDPOINT = _PLAIN | frozenset(
    """rate percentage proportion incidence achieved achieving achieve achieves experienced experience reported
    occurred observed demonstrated showed median mean average overall patient subject participant estimated
    stood result""".split()
)
# Words that make another endpoint of the same code.
_MODIFIERS = frozenset(
    """confirmed unconfirmed grade serious severe moderate mild related emergent investigator independent central
    blinded bicr irc best complete partial intracranial discontinuation death ongoing sustained durable new worsening
    difference ratio risk baseline extracranial local distant primary secondary
    any""".split()
)

_QUALIFIER = re.compile(
    r"\b(?:variants?|strains?|subgroups?|subsets?|subpopulations?|interim|final|updated|previous(?:ly)?|prior|earlier"
    r"|baseline|adjusted|sensitivity|per[-\s]protocol|intent|naive|refractory|resistant|positive|negative|historical"
    r"|first-line|second-line|third-line|screening|unadjusted|post[-\s]hoc|severe|mild|moderate|pooled|confirmed"
    r"|investigator|independent|aged|older|younger|men|women|male|female|high-dose|low-dose)\b"
)


@lru_cache(maxsize=4096)
def _words(text: str, plain: frozenset[str]) -> frozenset[str]:
    found = (word.lower() for word in _WORD.findall(text[:300]))
    stems = (word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in found)
    return frozenset(word for word in stems if word not in plain)


def words_of(quote: Quote | None) -> frozenset[str]:
    """Return the words of a time frame or a comparator: "at Week 12" and "week 12" have the same."""
    return _words(quote.text, _PLAIN_GROUP) if quote is not None else frozenset()


def endpoint_words(row: Result) -> frozenset[str]:
    """Return the words that tell the row's endpoint from others."""
    return _words(row.endpoint.text, _PLAIN_ENDPOINT) if row.endpoint is not None else frozenset()


def exact_endpoint(row: Result) -> frozenset[str]:
    """Return all the words of the row's endpoint but the smallest: "overall efficacy" is not "efficacy" here."""
    return _words(row.endpoint.text, _PLAIN) if row.endpoint is not None else frozenset()


@lru_cache(maxsize=1024)  # the rows of a sentence ask one after another
def qualifiers(said: str) -> frozenset[str]:
    """Return the words of a sentence that narrow its results: to a part of the group, a moment, a way of counting."""
    return frozenset(_QUALIFIER.findall(fold(said)))


def group_words(row: Result) -> frozenset[str]:
    """Return the words that tell the row's group from others, its size not among them."""
    if row.cohort is None:
        return frozenset()
    return _words(row.cohort.text, _PLAIN_GROUP) - {str(row.cohort.n)}


def same_endpoint(one: Result, other: Result) -> bool:
    """Tell whether two rows have one endpoint: the same words, or the same code and no word that makes it another."""
    mine, its = endpoint_words(one), endpoint_words(other)
    if one.endpoint is None or other.endpoint is None:
        return False
    if mine == its and mine:
        return True
    return (
        one.endpoint.code is not None and one.endpoint.code == other.endpoint.code and _special(mine) == _special(its)
    )


def _special(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word in _MODIFIERS or word[0].isdigit())


def same_group(one: Result, other: Result) -> Likeness:
    """Tell whether two rows are about one group of people."""
    sizes = [row.cohort.n if row.cohort else None for row in (one, other)]
    known = None not in sizes
    if (known and sizes[0] != sizes[1]) or _conflict(_population(one), _population(other)):
        return "different"
    mine, its = group_words(one), group_words(other)
    if mine == its:
        return "same" if mine or known else "unsure"
    if not mine or not its:
        return "same" if known else "unsure"
    return "unsure" if mine <= its or its <= mine or known else "different"


def _population(row: Result) -> str | None:
    return row.cohort.population if row.cohort else None


def _conflict(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def same_trial(one: Result, other: Result) -> bool:
    """Tell whether nothing says that two rows belong to different trials."""
    return not _conflict(one.trial.name, other.trial.name) and not _conflict(one.trial.nct_id, other.trial.nct_id)

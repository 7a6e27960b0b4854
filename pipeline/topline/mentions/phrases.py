"""Phrases that may say what was measured, beyond the table of endpoints: "achieved normalization of CRP levels".

A sentence is cut at what cannot be part of an endpoint (numbers, groups, time frames, punctuation, finite auxiliaries);
what remains are the phrases, and each is a candidate. The relation stage decides; on the 30
filings of the gold 385 of 386 endpoints overlap such a phrase or a term of the table.
"""

import re
from collections.abc import Iterable, Iterator

from topline.mentions.gates import fold_document
from topline.schema import Mention

# Words and marks at which a phrase ends. "of", "in", "for", "from", "to", "with" may stand inside, never at an edge.
# For folded text, which is cut twice as fast.
_CUT = re.compile(
    r"""
      [;:!?"“”|•()\[\]\t\n]                              # marks
    | [,.](?=\s|$) | \s[-–—]\s | —
    | (?<![\w-])(?:was|were|is|are|been|being|be|am                 # auxiliaries
        |has|have|will|would|can|could|may|might|shall|should|must|did|does|do
        |while|whereas|although|though|but|because|since|if|when|where|which|who|whose|whom|that|than|as
        |compared|versus|vs|relative|respectively|approximately|about|nearly|almost|roughly|around
        |at|by|after|before|during|through|throughout|until|within|among|amongst|between|across|via|per
        |a|an|the|this|these|those|their|its|our|his|her|it|they|we|there|each|every
        |median|mean|average|averaging|averaged|total|up|only|just|even|still|also|both|either|respective
        |for\sexample|including|included|includes|such|compared|whether|and|plus|not
        |or(?!\s(?:[0-9](?![\w.%])|(?:higher|greater|above|worse|more|lower|less)(?!\w)))  # "grade 3 or 4 bleeding"
        |showed|shown|show|demonstrated|demonstrates?|reported|observed|noted|announced|said|found|resulted|results?
        |trial|study|data|phase
      )(?![\w-])
      # what was given parts from what it changed: "the injection | lowered LDL", not "failure with reduced output"
    | (?<!\b(?:with|from|been|have))(?<!\b(?:has|had|and|the|for|not))(?<!\b(?:of|in|or|by|to|an|on|is))(?<!ly)(?<!,)
      \s(?=(?:lowered|reduced|raised|improved|slowed|cut|lifted|shrank|delayed|prevented|extended|prolonged|doubled|halved
      |tripled|increased|decreased|trims|cuts|lowers|reduces|improves|raises|slows)\s(?:[a-z]{2,12}ly\s)?
      (?!(?:by|from|to|in|at|and|or|with|for|on|over|after|during|more|less|only|about|nearly|further|as|than)\s)[a-z])
    """,
    re.X,
)
_EDGE = frozenset(
    """of in on for from to with without into over under against upon by a an the more less greater lower higher fewer
    and or no all some any most other another than treatment dose one had having having saw reached was
    primary secondary""".split()
)
# Phrases of these words alone say nothing of what was measured: beside 4,174 results of the gold those of the last five
# lines were proposed 2,357 times, and never was one of them the only right endpoint.
_EMPTY = frozenset(
    """hr endpoint endpoints hazard odds ratio significant significantly statistically highly clinically meaningful
    analysis evaluable confidence interval trial period portion part number table note following fully
    first second third final least most compared respectively p value
    seen recorded occurred experienced experiencing achieved achieving attained measured assessed showing shows rose
    demonstrating described report reporting according conducted entered common frequent similar range out down
    patient patients participant participants investigators company nasdaq inc et al what together start presentation
    details background design research highlights topline saturday sunday monday tuesday wednesday thursday friday
    embargoed furthermore moreover additionally notably importantly however finally meanwhile therefore""".split()
)
_WORD = re.compile(r"[\w%≥≤<>=/+*'’®™.-]*[\w%®™*]")
_ABBREVIATION = re.compile(r"(?=[a-z]?[A-Z])[\w-]{2,10}")
_LETTERS = re.compile(r"[A-Za-z]{2}")


def match(text: str, start: int, end: int, taken: Iterable[Mention]) -> list[Mention]:
    """Return the phrases of the sentence `text[start:end]`, label PHRASE; none overlaps a mention of `taken`."""
    phrases: list[Mention] = []
    place = start
    for mention in [*taken, Mention(end, end, "END")]:
        if place < mention.start:
            phrases.extend(_phrases(text, place, min(mention.start, end)))
        place = max(place, mention.end)
    return list(_with_abbreviations(text, phrases))


def _with_abbreviations(text: str, phrases: list[Mention]) -> Iterator[Mention]:
    """Yield the phrases, a long form and its bracketed abbreviation as one: "objective response rate (ORR)"."""
    k = 0
    while k < len(phrases):
        phrase = phrases[k]
        short = phrases[k + 1] if k + 1 < len(phrases) else None
        k += 1
        if (
            short
            and text[phrase.end : short.start] == " ("
            and text[short.end : short.end + 1] == ")"
            and _ABBREVIATION.fullmatch(text, short.start, short.end)
        ):
            phrase, k = Mention(phrase.start, short.end + 1, phrase.label), k + 1
        yield phrase


def _phrases(text: str, start: int, end: int) -> Iterable[Mention]:
    place = start
    for cut in _CUT.finditer(fold_document(text), start, end):
        yield from _trimmed(text, place, cut.start())
        place = cut.end()
    yield from _trimmed(text, place, end)


def _trimmed(text: str, start: int, end: int) -> Iterable[Mention]:
    """Yield the stretch without function words at its edges, if a word remains."""
    if end - start < 2:
        return
    words = list(_WORD.finditer(text, start, end))
    while words and _is_edge(words[0][0]):
        del words[0]
    while words and _is_edge(words[-1][0]):
        del words[-1]
    if any(_LETTERS.search(word[0]) and word[0].lower() not in _EMPTY for word in words):
        yield Mention(words[0].start(), words[-1].end(), "PHRASE")


def _is_edge(word: str) -> bool:
    """Tell whether a phrase neither begins nor ends with a word: a small one, or a bullet's mark."""
    return word.lower() in _EDGE or not any(map(str.isalnum, word))

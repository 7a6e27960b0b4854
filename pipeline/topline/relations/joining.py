"""An endpoint named in several phrases, "full or nearly full recovery", is one from the first to the last of them."""

from __future__ import annotations

import re

from topline.relations.view import View

JOINED = 0.5  # a phrase this likely belongs to the endpoint beside it; not swept

# What may stand between the parts of one endpoint phrase.
_JOINT = re.compile(
    r"(?:\s{1,3}(?:or|and|a|an|the|of|in|to|from|for|nearly|any|their|its|both|either)){0,3}\s{1,3}|,\s(?:or\s|and\s)?|-"
)


def widen(view: View, endpoint: int | None, options: list[tuple[float, int]]) -> tuple[int | None, int | None]:
    """Join neighbouring phrases to the endpoint where each is as likely as not and only small words part them."""
    if endpoint is None:
        return None, None
    likely = sorted({target for p, target in options if p >= JOINED} | {endpoint}, key=lambda t: view.mentions[t].start)
    place = likely.index(endpoint)
    first = last = endpoint
    for target in reversed(likely[:place]):
        if not _JOINT.fullmatch(view.text[view.mentions[target].end : view.mentions[first].start][:40]):
            break
        first = target
    for target in likely[place + 1 :]:
        if not _JOINT.fullmatch(view.text[view.mentions[last].end : view.mentions[target].start][:40]):
            break
        last = target
    return first, _with_drug(view, last)


# "received lapatinib", "time on trastuzumab", "duration of treatment with lapatinib": the drug says of what.
_TO_DRUG = re.compile(r"(?:\s(?:on|of|with|prior|treatment|therapy)){0,3}\s")


def _with_drug(view: View, phrase: int) -> int:
    """Return the drug behind a phrase of one word, if it belongs to the endpoint; else the phrase."""
    mention = view.mentions[phrase]
    if any(c.isspace() for c in view.text[mention.start : mention.end]):
        return phrase
    for k in range(phrase + 1, min(phrase + 6, len(view.mentions))):
        behind = view.mentions[k]
        if behind.label == "DRUG" and _TO_DRUG.fullmatch(view.text[mention.end : behind.start][:30]):
            return k
    return phrase

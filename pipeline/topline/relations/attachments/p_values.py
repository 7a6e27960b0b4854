"""Which value a p-value belongs to: of compared arms, to the one that is no control."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from topline.relations.attachments.arms import is_control
from topline.relations.attachments.labels import Attachment, Labels
from topline.relations.decoding import Decision

# "p<0.001 for both doses", "both p<0.001", "each p<0.05"
_ALL_BEHIND = re.compile(r"\s?,?\s?(?:for|in|at|with)\s(?:both|each|all|either)\b")
_ALL_BEFORE = re.compile(r"\b(?:both|each|all)\s?,?\s?$")


def p_values(found: Labels) -> Iterator[Attachment]:
    """Give each p-value to a value of its sentence; several in a row go to as many values, in order."""
    taken: set[int] = set()
    for run in _runs(found):
        for mention, chosen in _paired(found, run, taken):
            taken.update(decision.value for decision in chosen)
            yield from (Attachment(decision.value, "p_value", mention) for decision in chosen)


def _runs(found: Labels) -> list[list[int]]:
    """Return the p-values that are no results themselves; those between which no value stands are together."""
    runs: list[list[int]] = []
    for mention in found.by_label.get("P_VALUE", []):
        own = found.by_value.get(mention)
        if own is not None and not any(d.endpoint == own.endpoint for d in _effects(found, mention)):
            continue
        last = runs[-1][-1] if runs else None
        if last is not None and found.sentence(last) == found.sentence(mention) and not _between(found, last, mention):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return runs


def _between(found: Labels, one: int, other: int) -> bool:
    return any(not _is_p(found, d) for d in found.decided(found.first[one] + 1, found.first[other]))


def _is_p(found: Labels, decision: Decision) -> bool:
    return found.view.mentions[decision.value].label == "P_VALUE"


def _effects(found: Labels, mention: int) -> list[Decision]:
    """Return the values before a p-value in its sentence that are no p-values, the nearest first."""
    return [decision for decision in found.before(mention) if not _is_p(found, decision)]


def _paired(found: Labels, run: Sequence[int], taken: set[int]) -> Iterator[tuple[int, Sequence[Decision]]]:
    """Yield each p-value of a run with the values that it belongs to."""
    free = [d for d in _effects(found, run[0]) if d.value not in taken]
    treated = [d for d in free if not is_control(found, d)]
    if len(run) > 1 and len(treated) >= len(run):
        yield from zip(run, ([d] for d in reversed(treated[: len(run)])), strict=True)
        return
    for mention in run:
        chosen = _chosen(found, mention, free, treated)
        yield mention, chosen
        free = [d for d in free if d not in chosen]
        treated = [d for d in treated if d not in chosen]


def _chosen(found: Labels, mention: int, free: list[Decision], treated: list[Decision]) -> list[Decision]:
    """Return the value before that is compared, in all trials named, or the nearest; else the first behind."""
    if not free:
        return [d for d in found.behind(mention) if not _is_p(found, d)][:1]
    alike = [d for d in treated if d.endpoint == free[0].endpoint]
    if _of_all(found, mention):
        return alike or free[:1]
    # "46% and 54% of patients on the drug in two trials, against 18% and 13% on placebo (p<0.001)"
    both = [d for d in alike if d.cohort is not None and d.cohort == alike[0].cohort and free[0] not in alike]
    return both or alike[:1] or free[:1]


def _of_all(found: Labels, mention: int) -> bool:
    text, place = found.view.text, found.view.mentions[mention]
    return bool(
        _ALL_BEHIND.match(text[place.end : place.end + 16])
        or _ALL_BEFORE.search(text[max(0, place.start - 8) : place.start])
    )

"""The count behind a percentage, and the number that it is a part of; the arithmetic must hold."""

from __future__ import annotations

from collections.abc import Iterator

from topline.relations.attachments.labels import Attachment, Labels
from topline.relations.parts import part_and_whole, whole_of


def numerators(found: Labels) -> Iterator[Attachment]:
    """Find "23 of 60 patients (38.3%)", "38.3% (23/60)", "9 patients, or 33%", and the number that they are of."""
    for decision in found.decisions:
        quantity = found.view.mentions[decision.value].quantity
        if quantity is not None and quantity.kind == "percent" and quantity.digits:
            part, whole = part_and_whole(found.view, decision.value)
        else:
            part, whole = None, whole_of(found.view, decision.value)
        if part is not None:
            yield Attachment(decision.value, "numerator", part)
        if whole is not None:
            yield Attachment(decision.value, "n", whole)

"""Which value an interval belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from topline.relations.attachments.labels import Attachment, Labels

REACH = 14  # tokens between a value and its interval


def intervals(found: Labels) -> Iterator[Attachment]:
    """Give each interval to the nearest value before it that it contains."""
    taken: set[int] = set()
    for mention in found.by_label.get("CI", []):
        bounds = found.view.mentions[mention].quantity
        for decision in found.before(mention):
            if found.first[mention] - found.last[decision.value] > REACH or decision.value in taken:
                break
            number = found.view.mentions[decision.value].quantity
            known = (
                bounds and number and number.number is not None and bounds.low is not None and bounds.high is not None
            )
            if not known or bounds.low <= number.number <= bounds.high:  # type: ignore[union-attr,operator]
                taken.add(decision.value)
                yield Attachment(decision.value, "ci", mention)
                break

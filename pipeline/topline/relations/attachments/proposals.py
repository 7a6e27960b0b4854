"""Which groups a value may be compared with, for learned scores: what is never proposed here counts as missed.

A group that stands as the other of two, or is a control by its name, is proposed from the value's sentence, from those
before in its block and from its heads; the group of a value beside from the sentence and the one before. What structure
alone attaches is always proposed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np

from topline.relations.attachments.arms import names_control
from topline.relations.attachments.comparators import is_opposed
from topline.relations.attachments.heads import leads_of
from topline.relations.attachments.labels import Labels
from topline.relations.block_heads import layout_of
from topline.relations.candidates import Pairs
from topline.relations.decoding import Decision
from topline.relations.tables import tables_of

LABELS = ("COHORT", "DRUG")
SIDE = 12  # mentions on either side in the value's sentence
BACK = 6  # mentions in the sentences before
SENTENCES_BACK = 4
HEAD = 4  # mentions of one head, and values whose groups are proposed from the sentence before
BESIDE = 6  # values on either side whose groups are proposed


def attached_pairs(found: Labels, chosen: Mapping[int, int]) -> Pairs:
    """Propose comparators for every decided value of which no table states one; `chosen` is structure's choice."""
    tables = tables_of(found.view)
    told = {links.value for links in tables.links.values() if "comparator" in dict(links.attached)}
    places = _Places(found)
    rows: list[tuple[int, int]] = []
    for decision in found.decisions:
        value = decision.value
        if value in told:
            continue
        targets = {t for t in places.around(decision) if t != decision.cohort and _apart(found, value, t)}
        rows.extend((value, target) for target in sorted(targets | ({chosen[value]} if value in chosen else set())))
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


def _apart(found: Labels, value: int, target: int) -> bool:
    return found.last[target] <= found.first[value] or found.first[target] >= found.last[value]


class _Places:
    """Looks up the groups that may be the other around a value."""

    def __init__(self, found: Labels):
        self.found = found
        groups = sorted(i for label in LABELS for i in found.by_label.get(label, []))
        self.targets = [i for i in groups if is_opposed(found, i) or names_control(found, i)]
        self.tokens = [found.first[i] for i in self.targets]
        self.layout, self.leads = layout_of(found.view), leads_of(found.view.blocks)

    def around(self, decision: Decision) -> set[int]:
        """Return the mentions that may be the value's."""
        found, value = self.found, decision.value
        low, high = found.sentence(value)
        first, block = found.first[value], found.block(value)
        back = found.view.sentence_first[max(0, int(found.view.sentence[low]) - SENTENCES_BACK)]
        held = {*self._within(low, first)[-SIDE:], *self._within(first, high)[:SIDE]}
        held.update(self._within(max(int(back), self.layout.first[block] if block >= 0 else 0), low)[-BACK:])
        for head in (*self.layout.heads[block], *self.leads[block]) if block >= 0 else ():
            held.update(self._of_block(head)[-HEAD:])
        return held | self._groups_beside(value, low)

    def _groups_beside(self, value: int, low: int) -> set[int]:
        """Return the groups of the values beside, and of the last values of the sentence before."""
        found = self.found
        near = [*found.before(value)[:BESIDE], *found.behind(value)[:BESIDE]]
        if low:
            near += found.decided(int(found.view.sentence_first[found.view.sentence[low] - 1]), low)[-HEAD:]
        return {decision.cohort for decision in near if decision.cohort is not None}

    def _of_block(self, block: int) -> list[int]:
        return self._within(self.layout.first[block], self.layout.last[block])

    def _within(self, low: int, high: int) -> list[int]:
        return self.targets[bisect_left(self.tokens, low) : bisect_left(self.tokens, high)]

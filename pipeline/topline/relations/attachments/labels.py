"""Where things stand: the mentions of a label and the decided values, by sentence, token range and block."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from topline.relations.decoding import Decision
from topline.relations.view import VALUE_LABELS, View

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)

NEARBY = 60  # mentions looked at on either side in one sentence; a table run together can hold thousands


@dataclass(frozen=True, slots=True)
class Attachment:
    """A mention that belongs to a value, both by index.

    `role` is `ci`, `p_value`, `numerator`, `n`, `time_frame` or `comparator`; by structure `confidence` is 1.
    """

    value: int
    role: str
    target: int
    confidence: float = 1.0


def once_each(ask: Callable[[Labels, H], T]) -> Callable[[Labels, H], T]:
    """Make a question about a mention or a decision keep its answers: most are asked by several rules."""

    @wraps(ask)
    def kept(found: Labels, about: H) -> T:
        key = (ask.__name__, about)
        if key not in found.kept:
            found.kept[key] = ask(found, about)
        answer: T = found.kept[key]
        return answer

    return kept


class Labels:
    """Finds mentions by label, and decisions, which are in order, by token range; `first` and `last` are tokens."""

    def __init__(self, view: View, decisions: Sequence[Decision]):
        self.view = view
        self.decisions = decisions
        self.kept: dict[tuple[str, Hashable], Any] = {}
        self.by_value = {decision.value: decision for decision in decisions}
        self.by_label: dict[str, list[int]] = {}
        for i, mention in enumerate(view.mentions):
            self.by_label.setdefault(mention.label, []).append(i)
        self.first: list[int] = view.first.tolist()
        self.last: list[int] = view.last.tolist()
        # A semicolon in brackets ends no clause: "38.3% (95% CI: 26.1-51.8; p=0.04) at week 12".
        strong = (np.diff(view.cues["strong"]) > 0) & (view.depth == 0)
        self.clauses: list[int] = (np.cumsum(strong) + view.sentence).tolist()

    def within(self, label: str, low: int, high: int) -> list[int]:
        """Return the mentions of a label that begin in the token range [low, high)."""
        held = self.by_label.get(label, [])
        return held[
            bisect_left(held, low, key=self.first.__getitem__) : bisect_left(held, high, key=self.first.__getitem__)
        ]

    def around(self, label: str, mention: int) -> list[int]:
        """Return the mentions of a label in the sentence of a mention, but for those that overlap it."""
        low, high = self.sentence(mention)
        first = self.first[mention]
        near = [*self.within(label, low, first)[-NEARBY:], *self.within(label, first, high)[:NEARBY]]
        return [i for i in near if self.last[i] <= first or self.first[i] >= self.last[mention]]

    def sentence(self, mention: int) -> tuple[int, int]:
        """Return the token range of a mention's sentence."""
        s = int(self.view.sentence[self._token(mention)])
        return int(self.view.sentence_first[s]), int(self.view.sentence_first[s + 1])

    def block(self, mention: int) -> int:
        """Return the index of a mention's block; -1 where it stands in none."""
        return int(self.view.block[self._token(mention)])

    def clause(self, mention: int) -> int:
        """Return the number of a mention's clause."""
        return self.clauses[self._token(mention)]

    def opens(self, mention: int, front: int) -> bool:
        """Tell whether at most `front` tokens stand before a mention in its sentence."""
        return self.first[mention] - self.sentence(mention)[0] <= front

    def numbers(self, low: int, high: int) -> list[int]:
        """Return the mentions of numbers that begin in the token range [low, high)."""
        return [i for label in sorted(VALUE_LABELS) for i in self.within(label, low, high)]

    def decided(self, low: int, high: int) -> Sequence[Decision]:
        """Return the decisions whose values begin in the token range [low, high)."""

        def first(decision: Decision) -> int:
            return self.first[decision.value]

        return self.decisions[
            bisect_left(self.decisions, low, key=first) : bisect_left(self.decisions, high, key=first)
        ]

    def before(self, mention: int) -> Sequence[Decision]:
        """Return the decisions before a mention in its sentence, the nearest first."""
        low, _ = self.sentence(mention)
        return self.decided(low, self.first[mention])[-NEARBY:][::-1]

    def behind(self, mention: int) -> Sequence[Decision]:
        """Return the decisions behind a mention in its sentence, the nearest first."""
        _, high = self.sentence(mention)
        return self.decided(self.first[mention] + 1, high)[:NEARBY]

    def said(self, mention: int) -> str:
        """Return a mention's text in small letters."""
        found = self.view.mentions[mention]
        return self.view.text[found.start : found.end].lower()

    def _token(self, mention: int) -> int:
        return min(self.first[mention], len(self.view.sentence) - 1)

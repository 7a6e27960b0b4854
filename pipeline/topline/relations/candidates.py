"""Which mentions a value may be linked to: what is never proposed here counts as missed.

A value's endpoint and cohort are proposed from its sentence, from the earlier sentences of its block, from the head of
its list, its heading, its table's stub and column heads. Cohorts are proposed also from the groups that the document
named last, from those whose size it stated last, and from the drug that it speaks of most.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from spacy.attrs import IDX, LENGTH, LOWER
from spacy.strings import get_string_id

from topline.mentions.drugs import classes, controls
from topline.mentions.lexicon import read_words
from topline.mentions.tables import TableReading
from topline.relations.block_heads import heads_of, layout_of
from topline.relations.changes import bare_changes
from topline.relations.sizes import assigned, statements
from topline.relations.tables import tables_of
from topline.relations.view import VALUE_LABELS, Bools, Ints, View, is_among, once, prefix_sums
from topline.schema import Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc

CONTEXT = 120  # tokens
DENSITY = 60  # tokens for each clinical word
SENTENCES_BACK = 4
GROUPS_BACK = 8
ENROLLED_BACK = 3  # groups that a trial is said to have enrolled
SIZED_BACK = 2  # other groups with a stated size
LEAST = 10  # people in a group that is proposed for its stated size
# Of all values together; the 60 largest real texts at hand propose under a thousand. Above it a value keeps its
# nearest alone: 1 MB in one sentence would propose ten million, whose features no memory holds.
PAIR_LIMIT = 400_000
FEWEST = 8  # targets that a value keeps in any case
SENTENCE_LIMIT = 60  # mentions proposed on either side in one sentence; a table run together can hold thousands

# Without what a contract says many times over, of defaults and of what harms a business.
CLINICAL_WORDS = read_words("clinical_words.tsv", "word", "what") - {"adverse", "cured"}
_CLINICAL = np.array(sorted(map(get_string_id, CLINICAL_WORDS)), dtype=np.uint64)
_ENROLLED = re.compile(
    r"\b(?:enrol|randomi|recruit|involv|includ|in\sthis\s(?:\w{2,12}\s)?(?:trial|study)|(?:trial|study)\sof)", re.I
)
# A phrase that says nothing of its people but their number, "three patients", or with its size: "the 64 men".
_MERE_COUNT = re.compile(
    r"""(?:the(?!\s\S{1,12}\s(?:that|who)\sdid\b)|an?|some|at\sleast|only|other)\b.*
      | \S{1,20}(?:\s(?:other|additional|more|further|remaining))?
        \s(?:patients?|subjects?|participants?|people|persons?|adults?|individuals?|children|women|men|eyes|cases?)""",
    re.X | re.I | re.S,
)


class Distinct(NamedTuple):
    """The different mentions of a column of pairs, in order, and where among them each row's stands."""

    mentions: Ints
    place: Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """Proposed links: `value[i]` to `target[i]`, both indices of mentions; ordered by value, then by target.

    Each different value and target is described once, and most features ask which there are.
    """

    value: Ints
    target: Ints
    values: Distinct = field(init=False, repr=False, compare=False)
    targets: Distinct = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", Distinct(*np.unique(self.value, return_inverse=True)))
        object.__setattr__(self, "targets", Distinct(*np.unique(self.target, return_inverse=True)))

    def __len__(self) -> int:
        return len(self.value)


@once
def values(view: View) -> Ints:
    """Return the mentions that may be results: numbers that stand among clinical words, and clinical tables' values.

    In a table that is read, its heads, stubs and sizes are none, and in one of another matter no cell of numbers is.
    Nor are counts that say who was there (`sizes.assigned`).
    Of 120 tokens either side one in sixty must be clinical: four in all. Of the gold's 7,256 values none stands among
    fewer; of 291 8-Ks six hold a number that stands among as many.
    """
    found = np.flatnonzero(view.is_value)
    clinical = among_clinical_words(view.first[found], view.cues["clinical"])
    given = np.array([view.mentions[value].label == "VALUE" for value in found.tolist()], dtype=bool)
    tables = tables_of(view)
    linked = np.array([value in tables.links for value in found.tolist()], dtype=bool)
    inert = np.array([tables.is_inert(value) for value in found.tolist()], dtype=bool)
    chosen: Ints = found[given | linked | (clinical & ~inert & ~np.isin(found, assigned(view)))]
    return chosen


def among_clinical_words(tokens: Ints, clinical: Ints) -> Bools:
    """Tell at which tokens one in sixty around is a clinical word; `clinical[i]` counts them before token i.

    Where one in sixty of the whole text is, one in 120 will do: a report of a trial in everyday words.
    """
    low = np.maximum(tokens - CONTEXT, 0)
    high = np.minimum(tokens + CONTEXT, len(clinical) - 1)
    density = 2 * DENSITY if clinical[-1] * DENSITY >= len(clinical) - 1 else DENSITY
    return np.asarray((clinical[high] - clinical[low]) * density >= high - low, dtype=np.bool_)


def can_hold_results(doc: Doc, numbers: Sequence[Mention], tables: Sequence[TableReading]) -> bool:
    """Tell whether any number may be one of `values`, before anything but the numbers is read.

    Of 291 8-Ks one in 25 can; for the others all further work is left out.
    """
    if any(cell.parts for table in tables for cell in table.cells):
        return True
    starts = [number.start for number in numbers if number.label in VALUE_LABELS]
    if not starts:
        return False
    table = doc.to_array([IDX, LENGTH, LOWER])
    ends = (table[:, 0] + table[:, 1]).astype(np.int64)
    clinical = prefix_sums(is_among(table[:, 2].astype(np.uint64), _CLINICAL))
    return bool(among_clinical_words(np.searchsorted(ends, starts, side="right"), clinical).any())


def endpoint_pairs(view: View) -> Pairs:
    """Propose an endpoint for every value; "reduction" is none where what was reduced follows."""
    targets = np.flatnonzero(view.is_endpoint & ~bare_changes(view))
    return _pairs(view, targets, _Places(view, np.zeros(0, dtype=np.int64)), None)


def cohort_pairs(view: View) -> Pairs:
    """Propose a cohort for every value; phrases that stand where a group would are proposed in their own sentence."""
    like = _group_like(view)
    return _pairs(view, np.flatnonzero(view.is_cohort), _Places(view, like[~_led(view, like)]), _Standing(view))


def _led(view: View, phrases: Ints) -> Bools:
    """Tell which phrases open an item of a list whose head names a group: they say what was measured in it."""
    heads = heads_of(view.blocks, [False] * len(view.blocks))
    people = {
        int(view.block[view.first[i]])
        for i, m in enumerate(view.mentions)
        if m.label == "COHORT" and m.code == "people"
    }
    led = np.zeros(len(phrases), dtype=bool)
    for k, phrase in enumerate(phrases.tolist()):
        token = int(view.first[phrase])
        block = int(view.block[token])
        if block >= 0 and view.blocks[block].kind == "list_item" and block not in people:
            opens = token - int(np.searchsorted(view.starts, view.blocks[block].start)) <= 2
            led[k] = opens and any(head in people and view.blocks[head].kind != "heading" for head in heads[block])
    return led


def _group_like(view: View) -> Ints:
    """Return the phrases that stand where a group does, and the doses.

    Behind a preposition or a word of giving, "in cervical cancer", "taking velocet"; before what it did, "the film cut
    pain"; at a sentence's start. Known endpoints are left out: of 1,766 such pairs beside gold results 5 were right and
    had no other right group.
    """
    before = view.back[np.maximum(view.first - 1, 0)]
    mask = np.zeros(len(view.mentions), dtype=bool)
    for name in ("in", "for", "of", "have", "by", "to", "contrast", "while"):
        mask |= view.is_cue(name, before)
    top = len(view.starts) - 1
    mask |= view.is_cue("while", np.minimum(view.first, top))  # a phrase may begin with "taking"
    for name in ("less", "more", "achieve"):
        mask |= view.is_cue(name, np.minimum(view.last, top))
    everything = np.arange(len(view.mentions))
    mask |= view.first - view.sentence_first[view.at(everything, view.sentence)] <= 1
    labels = np.array([mention.label for mention in view.mentions], dtype=object)
    return np.flatnonzero((mask & (labels == "PHRASE")) | (labels == "DOSE"))


def _pairs(view: View, targets: Ints, own_sentence: _Places, standing: _Standing | None) -> Pairs:
    rows: list[tuple[int, int]] = []
    places = _Places(view, targets)
    headed = _headed(view, standing is not None)
    asking = values(view).tolist()
    limit = max(FEWEST, PAIR_LIMIT // max(1, len(asking)))
    for value in asking:
        if value in headed:
            rows.append((value, headed[value]))
            continue
        found = set(places.in_reach(value))
        if standing:
            found.update(places.named_last(value, GROUPS_BACK))
            found.update(standing.before(value))
        found.update(own_sentence.beside(value))
        found.update(own_sentence.column_heads(value))
        rows.extend((value, target) for target in _nearest(found, value, limit) if not places.overlap(value, target))
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


def _nearest(targets: set[int], value: int, limit: int) -> list[int]:
    """Return the targets in order; of more than `limit` those nearest to the value."""
    if len(targets) > limit:
        targets = set(sorted(targets, key=lambda target: (abs(target - value), target))[:limit])
    return sorted(targets)


def _headed(view: View, cohort: bool) -> dict[int, int]:
    """Return the one endpoint, or cohort, that a table gives each of its values."""
    links = tables_of(view).links.values()
    named = ((found.value, found.cohort if cohort else found.endpoint) for found in links)
    return {value: target for value, target in named if target is not None}


class _Places:
    """Looks targets up by place: token ranges are found by bisection in the targets' first tokens."""

    def __init__(self, view: View, targets: Ints):
        self.view = view
        self.targets: list[int] = targets.tolist()
        self.tokens = view.first[targets].tolist()
        layout = layout_of(view)
        self.heads, self.block_first, self.block_last = layout.heads, layout.first, layout.last
        self.spans = [(mention.start, mention.end) for mention in view.mentions]

    def within(self, low: int, high: int) -> list[int]:
        """Return the targets that begin in the token range [low, high)."""
        return self.targets[bisect_left(self.tokens, low) : bisect_left(self.tokens, high)]

    def overlap(self, value: int, target: int) -> bool:
        """Tell whether a target holds the value as its own count and says no more: "Five patients", "the 64 men".

        "Three patients on the combination" is proposed: those three are counted among all on the combination; and
        "these three patients", of whom all were.
        """
        (a, b), (c, d) = self.spans[value], self.spans[target]
        if a >= d or c >= b or self.view.first[value] - self.view.first[target] >= 4:
            return False
        return not self.view.is_cohort[target] or bool(_MERE_COUNT.fullmatch(self.view.text, c, d))

    def beside(self, value: int) -> Iterator[int]:
        """Yield the targets of the value's sentence."""
        token = int(self.view.first[value])
        sentence = int(self.view.sentence[token])
        yield from self.within(int(self.view.sentence_first[sentence]), token)[-SENTENCE_LIMIT:]
        yield from self.within(token, int(self.view.sentence_first[sentence + 1]))[:SENTENCE_LIMIT]

    def column_heads(self, value: int) -> Iterator[int]:
        """Yield the targets of the cells that head the value's cell."""
        block = int(self.view.block[int(self.view.first[value])])
        if block >= 0 and self.view.blocks[block].kind == "table_cell":
            for head in self.heads[block]:
                if self.view.blocks[head].kind == "table_cell":
                    yield from self.within(self.block_first[head], self.block_last[head])[:5]

    def in_reach(self, value: int) -> Iterator[int]:
        """Yield the targets of the value's sentence, of those before it in its block, and of its heads."""
        view = self.view
        token = int(view.first[value])
        sentence, block = int(view.sentence[token]), int(view.block[token])
        low = int(view.sentence_first[sentence])
        yield from self.beside(value)
        back = max(
            int(view.sentence_first[max(0, sentence - SENTENCES_BACK)]), self.block_first[block] if block >= 0 else 0
        )
        yield from self.within(back, low)[-SENTENCE_LIMIT:]
        for head in self.heads[block] if block >= 0 else ():
            yield from self.within(self.block_first[head], self.block_last[head])[-20:]

    def named_last(self, value: int, count: int) -> Iterator[int]:
        """Yield the last `count` groups of different names that stand before the value."""
        names: set[str] = set()
        k = bisect_right(self.tokens, int(self.view.first[value])) - 1
        low = max(-1, k - 10 * count)
        while k > low and len(names) < count:
            start, end = self.spans[self.targets[k]]
            name = self.view.text[start:end].lower()
            if name not in names:
                names.add(name)
                yield self.targets[k]
            k -= 1


def _number(view: View, count: int) -> float:
    quantity = view.mentions[count].quantity
    return quantity.number or 0.0 if quantity else 0.0


class _Standing:
    """The groups that a document keeps speaking of: those whose size it states, and its own drug."""

    def __init__(self, view: View):
        self.view = view
        stated = [each for each in statements(view) if not each.planned and view.is_cohort[each.group]]
        large = [each.group for each in stated if _number(view, each.count) >= LEAST]
        self.enrolled = [group for group in large if self._is_enrolled(group)]
        self.sized = [group for group in large if group not in set(self.enrolled)]
        self.drug = self._own_drug()

    def _is_enrolled(self, group: int) -> bool:
        mention = self.view.mentions[group]
        return bool(_ENROLLED.search(self.view.text, max(0, mention.start - 50), mention.end + 40))

    def _own_drug(self) -> list[int]:
        """Return the mentions of the drug that is named most often."""
        others = controls() | classes()
        named = {i: m.code for i, m in enumerate(self.view.mentions) if m.label == "DRUG" and m.code not in others}
        most = {code for code, _ in Counter(named.values()).most_common(1)}
        return [i for i, code in named.items() if code in most]

    def before(self, value: int) -> Iterator[int]:
        """Yield the groups enrolled and sized last before a value, and the nearest mention of the document's drug."""
        for held, count in ((self.enrolled, ENROLLED_BACK), (self.sized, SIZED_BACK)):
            k = bisect_left(held, value)
            yield from held[max(0, k - count) : k]
        if self.drug:
            k = bisect_left(self.drug, value)
            yield min(self.drug[max(0, k - 1) : k + 1], key=lambda drug: abs(drug - value))

"""Tell from its bare text that a document can hold no result, before a token is made of it.

Of 291 8-Ks of real companies 279 speak of leases, notes and officers alone. What is kept out here is a part of what
`relations.can_hold_results` would keep out: the rows are the same with and without (tests/test_relevance.py).
"""

from __future__ import annotations

import re

import numpy as np

from topline.mentions.gates import fold_document, holds_any
from topline.mentions.numbers import DIGITS, fold_case, scan_words
from topline.mentions.tables import tables
from topline.relations.candidates import CLINICAL_WORDS, CONTEXT, DENSITY
from topline.relations.view import prefix_sums
from topline.results.wordings import MENTIONED
from topline.schema import Document

NOT_CLINICAL = "not_clinical"  # why the numbers of such a document are set aside

_LETTERS = re.compile(r"[a-z]+")
# Every token that is a clinical word has its longest run of letters as a run of its own: no rule of the tokenizer cuts
# between two letters but in contractions.
_RUNS = frozenset(max(_LETTERS.findall(word), key=len) for word in CLINICAL_WORDS)


def is_relevant(document: Document) -> bool:
    """Tell whether a document can hold a result: clinical words stand close, a clinical table, a primary endpoint.

    A document that is not relevant has no row, no verdict and no link.
    """
    text = document.text
    return (
        _is_clinical(text)
        or (holds_any(fold_document(text), ("primary",)) and MENTIONED.search(text) is not None)
        or any(cell.parts for table in tables(text, document.blocks) for cell in table.cells)
    )


def skim(document: Document) -> list[tuple[int, int]]:
    """Return the places of all numbers of a document that is not relevant, in order; what they say is not read."""
    lowered = fold_case(document.text)
    words = (number[:2] for number in scan_words(lowered) if number.form != "none")  # a "no" that counts nobody
    return sorted([*(found.span() for found in DIGITS.finditer(lowered)), *words])


def _is_clinical(text: str) -> bool:
    """Tell whether anywhere as many clinical words may stand together as beside a value (`among_clinical_words`).

    That counts tokens; a stretch between white space makes one or more, so that as many tokens reach over as many
    stretches at most. At either end of a text fewer words will do, and in a text that is full of them.
    """
    stretches = text.lower().split()
    held = {stretch: count for stretch in set(stretches) if (count := _count(stretch))}
    places = np.array([place for place, stretch in enumerate(stretches) if stretch in held], dtype=np.int64)
    counts = prefix_sums(np.array([held[stretches[place]] for place in places.tolist()], dtype=np.int64))
    total, width = counts[-1], 2 * CONTEXT + 1
    if len(stretches) <= width or total * DENSITY >= len(stretches):
        return bool(total)
    first, last = np.searchsorted(places, [width, len(stretches) - width])
    at_ends = max(counts[first], total - counts[last])
    together = counts[np.searchsorted(places, places + width)] - counts[:-1]
    return bool(at_ends * DENSITY >= CONTEXT or together.max(initial=0) * DENSITY >= 2 * CONTEXT)


def _count(stretch: str) -> int:
    """Count the clinical words in a stretch, "dose/response" being two."""
    return int(stretch in _RUNS) if stretch.isalpha() else sum(map(_RUNS.__contains__, _LETTERS.findall(stretch)))

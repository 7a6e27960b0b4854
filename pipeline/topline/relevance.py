"""Tell from its bare text that a document can hold no result, before a token is made of it.

Nineteen in twenty 8-Ks of real companies speak of leases, notes and officers. What is kept out here is a part of what
`relations.can_hold_results` would keep out: the rows are the same with and without (tests/test_relevance.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from topline.mentions.gates import fold_document, holds_any
from topline.mentions.numbers import fold_case, scan
from topline.mentions.tables import tables
from topline.relations.candidates import CLINICAL_WORDS, CONTEXT, DENSITY
from topline.relations.view import prefix_sums
from topline.results.wordings import MENTIONED
from topline.schema import Document, Mention

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


def skim(document: Document) -> Iterator[Mention]:
    """Yield the numbers of a document that is not relevant, all set aside for that."""
    for number in scan(fold_case(document.text)):
        if number.form != "none":  # a "no" that counts nobody is no number
            yield Mention(number.start, number.end, "SET_ASIDE", NOT_CLINICAL)


def _is_clinical(text: str) -> bool:
    """Tell whether anywhere as many clinical words may stand together as beside a value (`among_clinical_words`).

    That counts tokens; a stretch between white space makes one or more, so that as many tokens reach over as many
    stretches at most. At either end of a text fewer words will do, and in a text that is full of them.
    """
    stretches = text.lower().split()
    held = {stretch: _count(stretch) for stretch in set(stretches)}
    counts = prefix_sums(np.array([held[stretch] for stretch in stretches], dtype=np.int64))
    total, width = counts[-1], 2 * CONTEXT + 1
    if len(stretches) <= width or total * DENSITY >= len(stretches):
        return bool(total)
    at_ends = max(counts[width], total - counts[-1 - width])
    most = (counts[width:] - counts[:-width]).max()
    return bool(at_ends * DENSITY >= CONTEXT or most * DENSITY >= 2 * CONTEXT)


def _count(stretch: str) -> int:
    """Count the clinical words in a stretch, "dose/response" being two."""
    return int(stretch in _RUNS) if stretch.isalpha() else sum(map(_RUNS.__contains__, _LETTERS.findall(stretch)))

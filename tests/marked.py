"""Sentences marked inline, as views: `"<PERCENT>38.3%</PERCENT> of <COHORT>patients on velotinib</COHORT>"`.

The marks stand in for the mention stage, so that a test of the relation stage fails for its own reasons alone.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language

from topline.extraction import load
from topline.filings import text_document
from topline.relations.decoding import Decision
from topline.relations.view import View, make_view
from topline.schema import Document, Mention, Quantity
from topline.segmentation import make_doc

TAG = re.compile(r"<(/?)([A-Z_]+)(?::([\w ]+))?>")
NUMBER = re.compile(r"(?:(?<![\w.])[+-])?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
KINDS = {
    "PERCENT": "percent",
    "COUNT": "count",
    "DURATION": "duration",
    "RATIO": "ratio",
    "NUMBER": "number",
    "P_VALUE": "p_value",
    "CI": "interval",
}


@cache
def pipeline() -> Language:
    """Return the pipeline with the untrained scores."""
    return load("rules")


def unmark(marked: str) -> tuple[str, tuple[Mention, ...]]:
    """Return the bare text and its mentions in order; an unclosed or crossed tag fails."""
    text, found, opened, position = "", [], [], 0
    for tag in TAG.finditer(marked):
        text += marked[position : tag.start()]
        position = tag.end()
        if not tag[1]:
            opened.append((tag[2], tag[3], len(text)))
            continue
        label, code, start = opened.pop()
        assert label == tag[2], f"crossed tags in {marked!r}"
        found.append(Mention(start, len(text), label, code, _quantity(label, text[start:])))
    assert not opened, f"unclosed tag in {marked!r}"
    return text + marked[position:], tuple(sorted(found))


def _quantity(label: str, said: str) -> Quantity | None:
    if label not in KINDS:
        return None
    numbers = [(digits, float(digits.replace(",", ""))) for digits in NUMBER.findall(said)]
    if label == "CI":
        (_, low), (_, high) = numbers[-2:]
        return Quantity("interval", low=low, high=high, level=numbers[0][1] if "%" in said else None)
    (digits, number), *_ = numbers
    relation = next((mark for mark in ("<", ">", "~") if mark in said), "=")
    return Quantity(KINDS[label], number=number, digits=digits, relation=relation)


def read_marked(marked: str, document: Document | None = None) -> View:
    """Return the view of a marked text, with real tokens, sentences and blocks."""
    text, mentions = unmark(marked)
    document = document or text_document(text)
    assert document.text == text
    nlp = pipeline()
    doc = nlp.get_pipe("topline_segmentation")(make_doc(nlp, document))
    return make_view(doc, mentions, document.blocks)


def at(view: View, quote: str, nth: int = 1) -> int:
    """Return the index of the nth mention with this text; of two at one place, the later label of the alphabet."""
    held = [i for i, mention in enumerate(view.mentions) if view.text[mention.start : mention.end] == quote]
    assert len(held) >= nth, f"{quote!r} is marked {len(held)} times in {view.text!r}"
    return held[nth - 1]


def said(view: View, mention: int | None) -> str | None:
    """Return a mention's text."""
    return None if mention is None else view.text[view.mentions[mention].start : view.mentions[mention].end]


def decision(
    view: View, value: str | int, endpoint: str | int | None = None, cohort: str | int | None = None
) -> Decision:
    """Return a certain decision between mentions given by their text or index."""
    value, endpoint, cohort = (at(view, name) if isinstance(name, str) else name for name in (value, endpoint, cohort))
    return Decision(value, 1.0, endpoint, 1.0, cohort, 1.0, 1.0)

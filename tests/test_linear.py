"""Every stage takes time in proportion to its input, whatever the input: filings are untrusted text.

The slope of log time against log size is 1 for linear work and 2 for quadratic work. The sizes span a factor of 16, so
that fixed costs (which pull the slope down) and the machine's noise leave the two well apart.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from marked import pipeline
from spacy.tokens import Doc

from topline.filings import read_blocks, read_bytes, text_document
from topline.mentions import cohorts, find, quantities
from topline.mentions.tables import tables
from topline.segmentation import make_doc, sentence_starts

SIZES = (16_384, 32_768, 65_536, 131_072, 262_144)
BOUND = 1.5  # linear stages measure 0.85-1.15, the quadratic pattern below 1.9-2.0
TRUST = 0.005  # seconds: shorter times are the clock's

SHAPES = {
    "digits": "1234567890",
    "commas": "1,",
    "parentheses": "(",
    "comments": "<!--",
    "nested tags": "<div>",
    "spaces": " ",
    "spaced digits": "12 ",
    "lines": "12 of 34 patients\n\n",
    "bars": "| 12 of 34 ",
}
MARKUP_SHAPES = {
    "references": "12&#150;34 ",
    "cells": "<td colspan=9999 rowspan=9999>1",
    "nested tables": "<table><tr><td>12",
    "misnested tags": "<b>1<i>2</b>",
    "quotes": "<a href='",
    "titles": "<title>",
    "documents": "<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n12%\n</TEXT>\n</DOCUMENT>\n",
}


def _read_page(text: str) -> object:
    return read_bytes(f"<html><body>Response: {text}".encode(), "page.htm")


def _read_submission(text: str) -> object:
    part = f"<SEC-HEADER>\n<DOCUMENT>\n<TYPE>8-K\n<TEXT>\nResponse: {text}\n</TEXT>\n</DOCUMENT>\n"
    return read_bytes(part.encode(), "filing.txt")


# A stage that is slow but linear is measured on smaller sizes: what it does per number costs 40 µs.
SMALLER = dict.fromkeys(["mentions, quantities", "mentions, cohorts"], tuple(size // 8 for size in SIZES))

# One row a stage: other stages add theirs here.
STAGES: dict[str, Callable[[str], object]] = {
    "filings, HTML": _read_page,
    "filings, submission": _read_submission,
    "filings, plain text": read_blocks,
    "segmentation": sentence_starts,
    "mentions, quantities": quantities.match,
    "mentions, cohorts": cohorts.match,
    "mentions, tables": lambda text: tables(text, read_blocks(text)[0]),
}


def _find_mentions(text: str) -> object:
    document = text_document(text)
    return find(document, list(pairwise([*sentence_starts(text, document.blocks), len(text)])))


def _mentioned(text: str) -> Doc:
    """Return the text with all that the relation stage needs."""
    doc = make_doc(pipeline(), text_document(text))
    for name in ("topline_segmentation", "topline_mentions"):
        doc = pipeline().get_pipe(name)(doc)
    return doc


def _relate(doc: Doc) -> object:
    return pipeline().get_pipe("topline_relations")(doc)


# What these do grows with the mentions, not the characters, so that their texts are dense in results.
DENSE_SHAPES = {
    "sentences": "Relief was seen in 12% of 34 patients. ",
    "one sentence": "Relief in 12% of 34 patients and ",
    "blocks": "Relief in 12% of patients\n\n",
    "parentheses": "pain (12% (in 34 patients ",
    "intervals": "pain 12% (95% CI: 9-15; p<0.01) of patients vs. placebo ",
    "digits in patients": "12 patients ",
    **{name: SHAPES[name] for name in ("lines", "bars", "commas", "spaced digits")},
}
DENSE_SIZES = tuple(size // 16 for size in SIZES)


def slope(
    work: Callable[[Any], object], shape: str, sizes: tuple[int, ...] = SIZES, prepare: Callable[[str], object] = str
) -> float:
    """Return the slope of log time against log size; 0 when even the largest input takes no time worth measuring.

    The time that `prepare` takes to make the work's input of a text is not counted.
    """
    times = [_seconds(work, prepare(shape * (size // len(shape)))) for size in sizes]
    if times[-1] < TRUST:
        return 0.0
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(times, TRUST / 16)), 1)[0])


def _seconds(work: Callable[[Any], object], given: object) -> float:
    gc.collect()
    started = time.process_time()
    work(given)
    return time.process_time() - started


def _is_linear(work: Callable[[str], object], shape: str, sizes: tuple[int, ...] = SIZES) -> bool:
    """Measure again before a stage is called quadratic: a busy machine is no reason."""
    return slope(work, shape, sizes) < BOUND or slope(work, shape, sizes) < BOUND


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stage", STAGES)
def test_time_grows_with_size(stage: str, shape: str) -> None:
    assert _is_linear(STAGES[stage], SHAPES[shape], SMALLER.get(stage, SIZES))


@pytest.mark.parametrize("shape", MARKUP_SHAPES)
def test_time_grows_with_the_size_of_hostile_markup(shape: str) -> None:
    assert _is_linear(_read_page, MARKUP_SHAPES[shape])


@pytest.mark.parametrize("shape", DENSE_SHAPES)
def test_time_to_find_mentions_grows_with_size(shape: str) -> None:
    assert _is_linear(_find_mentions, DENSE_SHAPES[shape], DENSE_SIZES)


@pytest.mark.parametrize("shape", DENSE_SHAPES)
def test_time_to_relate_grows_with_size(shape: str) -> None:
    slopes = (slope(_relate, DENSE_SHAPES[shape], DENSE_SIZES, _mentioned) for _ in range(2))
    assert any(measured < BOUND for measured in slopes)


def test_a_quadratic_pattern_breaks_the_bound() -> None:
    percent = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?\s*%")
    assert slope(percent.findall, SHAPES["digits"], (1024, 2048, 4096)) > BOUND

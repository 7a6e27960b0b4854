"""Every stage takes time in proportion to its input, whatever the input: filings are untrusted text.

The slope of log time against log size is 1 for linear work and 2 for quadratic work. The sizes span a factor of 16, so
that fixed costs (which pull the slope down) and the machine's noise leave the two well apart.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable

import numpy as np
import pytest

from topline.filings import read_blocks, read_bytes
from topline.mentions import quantities
from topline.segmentation import sentence_starts

SIZES = (65_536, 131_072, 262_144, 524_288, 1_048_576)
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


# One row a stage: other stages add theirs here.
STAGES: dict[str, Callable[[str], object]] = {
    "filings, HTML": _read_page,
    "filings, submission": _read_submission,
    "filings, plain text": read_blocks,
    "segmentation": sentence_starts,
    "mentions, quantities": quantities.match,
}


def slope(work: Callable[[str], object], shape: str, sizes: tuple[int, ...] = SIZES) -> float:
    """Return the slope of log time against log size; 0 when even the largest input takes no time worth measuring."""
    times = [_seconds(work, shape * (size // len(shape))) for size in sizes]
    if times[-1] < TRUST:
        return 0.0
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(times, TRUST / 16)), 1)[0])


def _seconds(work: Callable[[str], object], text: str) -> float:
    gc.collect()
    started = time.process_time()
    work(text)
    return time.process_time() - started


def _is_linear(work: Callable[[str], object], shape: str) -> bool:
    """Measure again before a stage is called quadratic: a busy machine is no reason."""
    return slope(work, shape) < BOUND or slope(work, shape) < BOUND


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stage", STAGES)
def test_time_grows_with_size(stage: str, shape: str) -> None:
    assert _is_linear(STAGES[stage], SHAPES[shape])


@pytest.mark.parametrize("shape", MARKUP_SHAPES)
def test_time_grows_with_the_size_of_hostile_markup(shape: str) -> None:
    assert _is_linear(_read_page, MARKUP_SHAPES[shape])


def test_a_quadratic_pattern_breaks_the_bound() -> None:
    percent = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?\s*%")
    assert slope(percent.findall, SHAPES["digits"], (1024, 2048, 4096)) > BOUND

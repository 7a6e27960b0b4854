"""Reads company filings and turns every clinical-trial result in them into a row that can be checked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

    from topline.extraction import Extracted

__all__ = ["__version__", "extract", "load"]
__version__ = "0.1.0"

# Both functions import spaCy (0.6 s) when they are called: `import topline` itself costs nothing.


def load(model: str | Path | None = None) -> Language:
    """Return the spaCy pipeline with a model's folder, the shipped model by default, or `rules` for none.

    Raises:
        ModelError: the folder is no model that this version reads.
    """
    from topline import extraction

    return extraction.load(None if model == "default" else model)


def extract(path: str | Path, nlp: Language | None = None) -> Extracted:
    """Return the rows, the status and the documents of one filing; `nlp` is a loaded pipeline, else the shipped one.

    A file that cannot be read gives no exception but a status that says why.
    """
    from topline import extraction

    return extraction.extract(nlp or _shipped(), path)


@lru_cache(maxsize=1)
def _shipped() -> Language:
    return load()

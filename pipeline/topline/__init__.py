"""Reads company filings and turns every clinical-trial result in them into a row that can be checked.

>>> import topline
>>> nlp = topline.load("rules")
>>> doc = nlp("The objective response rate was 40.3% in Cohort A (n=62).")
>>> [(row.value.number, row.endpoint.text, row.cohort.text, row.cohort.n) for row in doc._.results]
[(40.3, 'objective response rate', 'Cohort A', 62)]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    from spacy.language import Language

    from topline.extraction import Extracted
    from topline.schema import Result

__all__ = ["__version__", "extract", "load", "to_frame"]
__version__ = "0.1.0"

# The functions import spaCy (0.6 s) and pandas when they are called: `import topline` itself costs nothing.


def load(model: str | Path | None = None) -> Language:
    """Return the spaCy pipeline with a model's folder, the shipped model by default, or `rules` for none.

    Its Docs hold the rows in `doc._.results`, the primary endpoints' verdicts in `doc._.verdicts`, and what was found
    on the way in `doc._.mentions` and `doc._.links`.

    >>> topline.load("rules").pipe_names
    ['topline_segmentation', 'topline_mentions', 'topline_relations', 'topline_results']

    Raises:
        ModelError: the folder is no model that this version reads.
    """
    from topline import extraction

    return extraction.load(None if model == "default" else model)


def extract(path: str | Path, nlp: Language | None = None) -> Extracted:
    """Return one filing's rows, with its status and its Docs; `nlp` is a loaded pipeline, else the shipped one.

    What is returned is a sequence of its rows. A file that cannot be read gives no rows
    and no exception, but a status that says why.

    >>> rows = topline.extract("annotations/samples/velorin-8k-2019.htm", topline.load("rules"))
    >>> len(rows) == len(rows.rows), rows.status.status
    (True, 'results')
    >>> [(row.endpoint.text, row.cohort.n) for row in rows if row.value.text == "7.4 months"]
    [('progression-free survival', 62)]
    >>> topline.extract("annotations/samples/none.htm", topline.load("rules")).status.message
    'annotations/samples/none.htm: cannot be read: No such file or directory.'
    """
    from topline import extraction

    return extraction.extract(nlp or _shipped(), path)


def to_frame(rows: Iterable[Result | Mapping[str, Any]]) -> pandas.DataFrame:
    """Return rows as a pandas table, with a typed column for each field by its dotted path; needs `topline[pandas]`.

    The columns are those of `topline export`, all of them in every table; `rows` may be what `extract` returns, several
    of those chained, or rows read from JSON Lines.

    >>> rows = topline.extract("annotations/samples/velorin-8k-2019.htm", topline.load("rules"))
    >>> table = topline.to_frame(rows)
    >>> table.loc[table["value.text"] == "7.4 months", ["value.number", "cohort.text", "cohort.n"]].values.tolist()
    [[7.4, 'Cohort A', 62]]

    Raises:
        ExtraError: pandas is not installed.
        InputError: a row is none of this version.
    """
    from topline.exports import frame

    return frame.to_frame(rows)


@lru_cache(maxsize=1)
def _shipped() -> Language:
    return load()

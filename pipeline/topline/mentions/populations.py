"""Analysis populations as documents name them: `intent-to-treat`, `efficacy evaluable`, `safety population`."""

from __future__ import annotations

from functools import cache

from topline.mentions import lexicon
from topline.mentions.lexicon import Lexicon, Term

TABLE = "populations.tsv"
COLUMNS = ("phrase", "kind")


def find(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, kind) of the population phrases in a text, in order, without overlaps."""
    return [(found.start, found.end, found.term.code) for found in lexicon.find(population_lexicon(), text)]


@cache
def population_lexicon() -> Lexicon:
    """Return the matcher of the population table; abbreviations (`ITT`, `mITT`) are matched as written."""
    return lexicon.build(
        Term(row.cells["kind"], phrase, exact=len(phrase) <= 4 and phrase[-1].isupper(), place=row.place)
        for row in lexicon.read_table(TABLE, COLUMNS)
        for phrase in (row.cells["phrase"],)
    )

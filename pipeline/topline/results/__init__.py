"""Links to rows that can be checked: quotes, groups and their sizes, treatment, trial, checks."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from topline.results.rows import assemble

if not Doc.has_extension("results"):
    Doc.set_extension("results", default=())


@Language.factory("topline_results", retokenizes=False)
def make_results(nlp: Language, name: str) -> Results:
    """Make the component that assembles rows."""
    return Results()


class Results:
    """Write `doc._.results`; needs `doc._.relations`."""

    def __call__(self, doc: Doc) -> Doc:
        """Assemble the rows of a document and return it."""
        doc._.results = assemble(doc._.document, doc._.relations)
        return doc

"""Links to rows that can be checked: quotes, groups and their sizes, treatment, trial, checks, duplicates, verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from topline.errors import PipelineError
from topline.mentions.trials import find
from topline.results import verdicts, wordings
from topline.results.duplicates import join, once
from topline.results.reductions import compare
from topline.results.rows import assemble
from topline.results.trials import Trials

__all__ = ["Results", "join_documents", "once"]

if not Doc.has_extension("results"):
    Doc.set_extension("results", default=())
if not Doc.has_extension("verdicts"):
    Doc.set_extension("verdicts", default=())


@Language.factory(
    "topline_results",
    requires=["doc._.linked"],
    assigns=["doc._.results", "doc._.verdicts"],
    retokenizes=False,
)
def make_results(nlp: Language, name: str) -> Results:
    """Make the component that assembles rows."""
    return Results()


class Results:
    """Write `doc._.results` and `doc._.verdicts`; needs `doc._.linked`."""

    def __call__(self, doc: Doc) -> Doc:
        """Assemble the rows of a document, compare them with each other, judge its primary endpoints; return it.

        Raises:
            PipelineError: nothing before it has linked mentions.
        """
        if not doc._.asked:
            raise PipelineError("topline_results: the Doc has no relations; add `topline_relations` before it")
        document = doc._.document
        doc._.results, doc._.verdicts = [], []
        if doc._.linked is None and not wordings.MENTIONED.search(document.text):
            return doc  # neither a result nor a primary endpoint: nothing to say
        found = doc._.relations
        trials = Trials(document.text, find(document.text, found.view.mentions))
        rows = compare(assemble(document, found, trials), document.text)
        (doc._.results,) = join([(document.text, rows)])
        starts = found.view.starts[found.view.sentence_first[:-1]].tolist()
        doc._.verdicts = verdicts.judge(document, starts, found.view.mentions, trials, doc._.results)
        return doc


def join_documents(docs: Sequence[Doc]) -> None:
    """Join the duplicates among all documents of an input, in their `doc._.results`."""
    joined = join([(doc._.document.text, doc._.results) for doc in docs])
    for doc, rows in zip(docs, joined, strict=True):
        doc._.results = rows

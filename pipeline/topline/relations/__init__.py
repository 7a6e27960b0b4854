"""Which numbers are results, and of what, in whom: candidates, features, scores, decoding.

`relate` is the way through; the component writes what it finds to `doc._.relations` and, as records, `doc._.links`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from topline.relations import rules
from topline.relations.attachments import Attachment, attach
from topline.relations.context import Candidates, Scores
from topline.relations.decoding import THRESHOLDS, Decision, decode
from topline.relations.model import Model
from topline.relations.model_io import read_model
from topline.relations.scoring import propose, score
from topline.relations.view import View, make_view
from topline.schema import Link

Scorer = Callable[[View, Candidates], Scores]


@dataclass(frozen=True, slots=True)
class Relations:
    """What the stage found in a document."""

    view: View
    decisions: tuple[Decision, ...]
    attachments: tuple[Attachment, ...]

    def links(self) -> Iterator[Link]:
        """Yield every link as a record."""
        mentions = self.view.mentions
        for decision in self.decisions:
            for role in ("endpoint", "cohort"):
                target = getattr(decision, role)
                if target is not None:
                    yield Link(mentions[decision.value], role, mentions[target], getattr(decision, f"{role}_confidence"))
        for attachment in self.attachments:
            yield Link(mentions[attachment.value], attachment.role, mentions[attachment.target], 1.0)


if not Doc.has_extension("relations"):
    Doc.set_extension("relations", default=None)
    Doc.set_extension("links", getter=lambda doc: list(doc._.relations.links()) if doc._.relations else [])


def relate(view: View, scorer: Scorer, thresholds: dict[str, float]) -> Relations:
    """Return a document's results with all that belongs to them."""
    candidates = propose(view)
    decisions = decode(view, candidates, scorer(view, candidates), thresholds)
    return Relations(view, tuple(decisions), tuple(attach(view, decisions)))


@Language.factory("topline_relations", default_config={"model": None}, retokenizes=False)
def make_relations(nlp: Language, name: str, model: str | None) -> RelationLinker:
    """Make the component that links; `model` is a model's folder, or `rules` for the untrained scores."""
    return RelationLinker(None if model is None else model)


class RelationLinker:
    """Write `doc._.relations`; needs `doc._.mentions`."""

    def __init__(self, model: str | None):
        self.model: Model | None = None
        self.rules = model == "rules"
        if model is not None and not self.rules:
            self.model = read_model(Path(model))

    def __call__(self, doc: Doc) -> Doc:
        view = make_view(doc, tuple(doc._.mentions), doc._.document.blocks)
        doc._.relations = relate(view, self.score, self.thresholds)
        return doc

    @property
    def thresholds(self) -> dict[str, float]:
        """Return the decoder's thresholds: the model's own, or the rules'."""
        return dict(self.model.thresholds) if self.model else dict(THRESHOLDS)

    def score(self, view: View, candidates: Candidates) -> Scores:
        """Score candidates by the model, or by rules without one."""
        return score(self.model, view, candidates) if self.model else rules.score(view, candidates)

    def from_disk(self, path: str | Path, exclude: tuple[str, ...] = ()) -> RelationLinker:
        """Read the model from the pipeline's folder, which is the model's folder."""
        self.model = read_model(Path(path).parent)
        return self

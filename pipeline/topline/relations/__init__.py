"""Which numbers are results, and of what, in whom: candidates, features, scores, decoding.

`relate` is the way through; the component writes what it finds to `doc._.relations` and, as records, `doc._.links`.
`doc._.linked` is the same, or None where no number can be a result: then nothing but the numbers was read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from topline.errors import PipelineError
from topline.relations import rules
from topline.relations.attachments import Attachment, attach
from topline.relations.candidates import can_hold_results
from topline.relations.chains import transitions
from topline.relations.context import Candidates, Scores
from topline.relations.decoding import THRESHOLDS, Decision, decode
from topline.relations.model import Model
from topline.relations.model_io import MANIFEST, read_model, write_model
from topline.relations.scoring import propose, rate, score
from topline.relations.view import View, view_of
from topline.schema import Link
from topline.segmentation import StretchTokenizer, create_tokenizer, retokenized


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
                    yield Link(
                        mentions[decision.value], role, mentions[target], getattr(decision, f"{role}_confidence")
                    )
        for attachment in self.attachments:
            yield Link(mentions[attachment.value], attachment.role, mentions[attachment.target], attachment.confidence)


def _relations(doc: Doc) -> Relations | None:
    """Return what the stage found; of a document that it left out, the view without any result."""
    if doc._.linked is None and doc._.reading is not None:
        return Relations(view_of(doc), (), ())
    linked: Relations | None = doc._.linked
    return linked


if not Doc.has_extension("relations"):
    Doc.set_extension("asked", default=False)  # whether the stage has run: most documents have no links
    Doc.set_extension("linked", default=None)
    Doc.set_extension("relations", getter=_relations)
    Doc.set_extension("links", getter=lambda doc: list(doc._.linked.links()) if doc._.linked else [])


def relate(
    view: View,
    candidates: Candidates,
    scores: Scores,
    thresholds: Mapping[str, float],
    without: Collection[str] = (),
    model: Model | None = None,
) -> Relations:
    """Return a document's results with all that belongs to them; a count or p-value that does is no result itself.

    `model` scores attachments; without it structure alone decides.
    """
    decisions = decode(view, candidates, scores, thresholds, without, transitions(model))
    attachments = attach(view, decisions, None if "attached" in without else model)
    counted = {attachment.target for attachment in attachments if attachment.role in ("numerator", "n", "p_value")}
    return Relations(
        view,
        tuple(decision for decision in decisions if decision.value not in counted),
        tuple(attachment for attachment in attachments if attachment.value not in counted),
    )


def link_with(model: Model, view: View, without: Collection[str] = ()) -> Relations:
    """Return a document's results by a trained model, each row with its calibrated confidence.

    `without` names rules of decoding to leave out.
    """
    candidates, thresholds = propose(view), model.thresholds or THRESHOLDS
    scores = score(model, view, candidates, thresholds["result"])
    found = relate(view, candidates, scores, thresholds, without, model)
    return replace(found, decisions=tuple(rate(model, found.decisions)))


def link_by_rules(view: View) -> Relations:
    """Return a document's results by hand-set scores."""
    candidates = propose(view)
    # Hand-set scores are no probabilities: however high, the arithmetic overrules them.
    found = relate(view, candidates, rules.score(view, candidates), {**THRESHOLDS, "sure": 1.0})
    rated = (
        replace(d, confidence=d.result_confidence * d.endpoint_confidence * d.cohort_confidence)
        for d in found.decisions
    )
    return replace(found, decisions=tuple(rated))


@Language.factory(
    "topline_relations",
    default_config={"model": None},
    requires=["doc._.mentions"],
    assigns=["doc._.linked"],
    retokenizes=False,
)
def make_relations(nlp: Language, name: str, model: str | None) -> RelationLinker:
    """Make the component that links; `model` is a model's folder, or `rules` for the untrained scores."""
    return RelationLinker(model, nlp)


class RelationLinker:
    """Write `doc._.linked`; needs `doc._.mentions`.

    Links are learned on topline's tokens, which cut `(n=62)` apart: a Doc of another tokenizer is read in those too,
    and keeps its own.
    """

    def __init__(self, model: str | None, nlp: Language):
        self.nlp = nlp
        self.model = read_model(Path(model)) if model not in (None, "rules") else None

    @cached_property
    def tokenize(self) -> Callable[[str], Doc]:
        """Topline's tokenizer, made when a Doc of another one comes."""
        tokenizer: Callable[[str], Doc] = create_tokenizer()(self.nlp)
        return tokenizer

    def __call__(self, doc: Doc) -> Doc:
        """Link the mentions of a document and return it.

        Raises:
            PipelineError: nothing before it has looked for mentions.
        """
        if doc._.reading is None:
            raise PipelineError("topline_relations: the Doc has no mentions; add `topline_mentions` before it")
        own = doc if isinstance(self.nlp.tokenizer, StretchTokenizer) else retokenized(doc, self.tokenize)
        doc._.linked, doc._.asked = None, True
        if can_hold_results(own, doc._.numbers, doc._.reading.tables):
            view = view_of(doc, own)
            doc._.linked = link_with(self.model, view) if self.model else link_by_rules(view)
        return doc

    def to_disk(self, path: str | Path, exclude: tuple[str, ...] = ()) -> None:
        """Write the model, if there is one, to a folder of its own."""
        if self.model is not None:
            write_model(Path(path), self.model, "A topline model; its card is kept with the original.\n", "")

    def from_disk(self, path: str | Path, exclude: tuple[str, ...] = ()) -> RelationLinker:
        """Read the model from its own folder, or else from the pipeline's: a trained model's folder is both."""
        own, pipeline = Path(path), Path(path).parent
        if own.is_dir() or (pipeline / MANIFEST).is_file():
            self.model = read_model(own if own.is_dir() else pipeline)
        return self

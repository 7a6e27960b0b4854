"""A file in, rows and an account of every number out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib import resources
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_config_from_str, load_model_from_config

from topline import filings, schema
from topline.errors import FilingError, ModelError, OffsetError, ToplineError
from topline.mentions import Mentions
from topline.relations.view import VALUE_LABELS
from topline.relevance import NOT_CLINICAL, is_relevant, skim
from topline.results import join_documents
from topline.results.verdicts import merge
from topline.schema import Document, Ledger, Mention, Result, Status
from topline.segmentation import make_doc

MAX_LENGTH = 100_000_000  # characters; spaCy's own limit is for its parser, which is not used here


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came out of one input: its rows, its status, and the documents as they were read."""

    rows: tuple[Result, ...]
    status: Status
    docs: tuple[Doc, ...] = ()

    def __iter__(self) -> Iterator[Result]:
        """Yield the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __getitem__(self, index: int) -> Result:
        """Return a row by its number."""
        return self.rows[index]


def load(model: str | Path | None = None) -> Language:
    """Return the pipeline with a model's folder, the shipped model by default, or `rules` for none."""
    config = load_config_from_str(resources.files("topline.configs").joinpath("default.cfg").read_text("utf-8"))
    config.pop("topline", None)
    config["components"]["topline_relations"]["model"] = str(model or default_model())
    nlp = load_model_from_config(config, auto_fill=True)
    nlp.max_length = MAX_LENGTH
    return nlp


def pipeline_config() -> str:
    """Return the whole pipeline's config as text, without a model: what stands in a model's folder for `spacy.load`."""
    config = load("rules").config.copy()
    config["components"]["topline_relations"]["model"] = None
    return str(config.to_str())


def default_model() -> Path:
    """Return the folder of the shipped model."""
    return Path(str(resources.files("topline.models") / "default"))


def read_document(nlp: Language, document: Document) -> Doc:
    """Run the pipeline on one document; mentions are found when they are asked for, and no spans are written."""
    doc = make_doc(nlp, document)
    for _, component in nlp.pipeline:
        doc = component.read(doc) if isinstance(component, Mentions) else component(doc)
    return doc


def extract(nlp: Language, path: str | Path, *, details: bool = True) -> Extracted:
    """Return the rows of one input file; an input that cannot be read gives a status with the reason, no exception.

    Without `details` its documents that can hold no result are not made into Docs: rows and status are the same.

    Raises:
        ModelError: the model was trained by another version, which would fail on every input.
    """
    name = str(path)
    try:
        documents = filings.read(path)
        wanted = [details or is_relevant(document) for document in documents]
        docs = tuple(read_document(nlp, document) for document in compress(documents, wanted))
        if len(docs) > 1:
            join_documents(docs)
        rows = tuple(row for doc in docs for row in doc._.results)
        for doc in docs:
            verify(doc)
    except ModelError:
        raise
    except ToplineError as error:
        return Extracted((), Status(name, None, "error", error_reason(error), str(error)))
    skimmed = compress(documents, map(not_, wanted))
    ledger = add([*map(make_ledger, docs), *map(_skimmed_ledger, skimmed)])
    status = "results" if rows else "no_results"
    reason = None if rows else no_results_reason(ledger)
    sha256 = documents[0].source.sha256 if documents else None
    verdicts = tuple(merge([verdict for doc in docs for verdict in doc._.verdicts]))
    return Extracted(
        rows,
        Status(name, sha256, status, reason, None, len(documents), len(rows), ledger, verdicts=verdicts),  # type: ignore[arg-type]
        docs,
    )


def error_reason(error: ToplineError) -> str:
    """Return the status' short name for an error."""
    if isinstance(error, FilingError):
        return error.reason
    return "offsets" if isinstance(error, OffsetError) else "unreadable"


def no_results_reason(ledger: Ledger) -> str:
    """Say why a readable input gave no rows."""
    if not ledger.total:
        return "no_numbers"
    if ledger.set_aside.get(NOT_CLINICAL) == ledger.total:
        return NOT_CLINICAL
    return "no_result_numbers" if ledger.unlinked else "all_numbers_set_aside"


def number_fates(doc: Doc) -> Iterator[tuple[Mention, str, str]]:
    """Yield every number of a document with its fate (`used`, `set_aside`, `unlinked`) and the reason."""
    if not is_relevant(doc._.document):
        for start, end in skim(doc._.document):
            yield Mention(start, end, "SET_ASIDE", NOT_CLINICAL), "set_aside", NOT_CLINICAL
        return
    linked = doc._.linked
    decided = {linked.view.mentions[d.value] for d in linked.decisions} if linked else set()
    attached = {link.target: link.role for link in doc._.links}
    for mention in doc._.numbers:
        if mention.quantity is None:
            continue
        if mention in decided:
            yield mention, "used", "value"
        elif mention in attached:
            yield mention, "used", attached[mention]
        elif mention.label in VALUE_LABELS:
            yield mention, "unlinked", "below_threshold"
        else:
            yield mention, "set_aside", mention.code or mention.label.lower()


def make_ledger(doc: Doc) -> Ledger:
    """Count what became of a document's numbers."""
    fates = [(fate, reason) for _, fate, reason in number_fates(doc)]
    totals = Counter(fate for fate, _ in fates)
    aside = Counter(reason for fate, reason in fates if fate == "set_aside")
    return Ledger(len(fates), totals["used"], totals["unlinked"], dict(sorted(aside.items())))


def _skimmed_ledger(document: Document) -> Ledger:
    count = len(skim(document))
    return Ledger(count, 0, 0, {NOT_CLINICAL: count} if count else {})


def add(ledgers: Iterable[Ledger]) -> Ledger:
    """Add ledgers up."""
    total = Ledger()
    for ledger in ledgers:
        aside = Counter(total.set_aside) + Counter(ledger.set_aside)
        total = replace(
            total,
            total=total.total + ledger.total,
            used=total.used + ledger.used,
            unlinked=total.unlinked + ledger.unlinked,
            set_aside=dict(sorted(aside.items())),
        )
    return total


def verify(doc: Doc) -> None:
    """Raise OffsetError unless every quote of every row stands where its offsets point."""
    text = doc._.document.text
    for row in doc._.results:
        for name, quote in quotes(row):
            if text[quote["start"] : quote["end"]] != quote["text"]:
                raise OffsetError(
                    f"{row.source.file}: {name} of row {row.id} is not at [{quote['start']}, {quote['end']}); "
                    "this is a bug, please report it"
                )


def quotes(row: Result) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the quoted fields of a row as plain data."""
    for name, held in asdict(row).items():
        if isinstance(held, dict) and "start" in held and "text" in held:
            yield name, held
    for held in row.evidence:
        yield f"evidence for {held.role}", asdict(held)


def document_id(doc: Doc) -> str:
    """Return the id by which the gold knows a document."""
    source = doc._.document.source
    return schema.document_id(source.file, source.document)


def mention_record(doc: Doc) -> dict[str, Any]:
    """Return a document's mentions as a record for the evaluator."""
    linked = {link.target for link in doc._.links}
    mentions = [
        {"start": m.start, "end": m.end, "label": "ENDPOINT" if m.label == "PHRASE" else m.label}
        for m in doc._.mentions
        if m.label not in ("PHRASE", "SET_ASIDE") or (m.label == "PHRASE" and m in linked)
    ]
    return {"schema": "topline-mentions/1", "id": document_id(doc), "mentions": mentions}


def ledger_record(doc: Doc) -> dict[str, Any]:
    """Return the fate of every number of a document as a record for the evaluator."""
    numbers = [
        {"start": m.start, "end": m.end, "label": m.label, "fate": fate, "reason": reason}
        for m, fate, reason in number_fates(doc)
    ]
    return {"schema": "topline-ledger/1", "id": document_id(doc), "numbers": numbers}

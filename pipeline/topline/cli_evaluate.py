"""`topline evaluate`, `topline report` and `topline diff`.

Each command parses, calls one function and prints. Libraries are imported inside the functions: `--help` stays quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

if TYPE_CHECKING:
    from topline.evaluation.scorer import Evaluation
    from topline.excerpts import Layout
    from topline.gold import GoldRecord

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalPath = Optional[Path]  # noqa: UP045
OptionalText = Optional[str]  # noqa: UP045
GoldPath = Annotated[Path, typer.Argument(help="A gold file, or a folder of *.jsonl.", metavar="GOLD")]
Predicted = Annotated[
    OptionalPath, typer.Argument(help="Predicted rows, as `topline extract` writes them.", metavar="PREDICTED")
]
ModelName = Annotated[
    OptionalText, typer.Option("--model", help="Extract first: a model folder, `default` or `rules`.", metavar="MODEL")
]
Texts = Annotated[OptionalPath, typer.Option(help="Folder of ID.txt for gold of offsets only.", metavar="DIR")]
Split = Annotated[OptionalPath, typer.Option(help="Split file for --part; split.json beside GOLD.", metavar="FILE")]
Part = Annotated[OptionalText, typer.Option(help="Only this part of the split.", metavar="train|dev")]
Mentions = Annotated[OptionalPath, typer.Option(help="Predicted mentions, to score them too.", metavar="FILE")]
LedgerFile = Annotated[
    OptionalPath, typer.Option("--ledger", help="Ledger details, for the reasons of misses.", metavar="FILE")
]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a command compares: gold (and where its texts are), and rows from a file or from a model."""

    gold: Path
    predicted: Path | None = None
    model: str | None = None
    texts: Path | None = None
    split: Path | None = None
    part: str | None = None
    mentions: Path | None = None
    ledger: Path | None = None

    @property
    def folder(self) -> Path:
        """Return the folder that the gold stands in."""
        return self.gold if self.gold.is_dir() else self.gold.parent

    @property
    def title(self) -> str:
        """Return what is compared, in words."""
        name = self.gold.name + (f" ({self.part})" if self.part else "")
        return f"{name} against {self.predicted.name if self.predicted else f'model {self.model}'}"


def evaluate(
    gold: GoldPath,
    predicted: Predicted = None,
    *,
    model: ModelName = None,
    texts: Texts = None,
    split: Split = None,
    part: Part = None,
    mentions: Mentions = None,
    ledger: LedgerFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
    documents: Annotated[bool, typer.Option("--documents", help="Print a line for each document.")] = False,
    floor: Annotated[OptionalPath, typer.Option(help="Fail below these pinned figures.", metavar="FILE")] = None,
    update: Annotated[bool, typer.Option("--update", help="Raise the floors to what is measured.")] = False,
    allow_regression: Annotated[bool, typer.Option("--allow-regression", help="Let --update lower floors.")] = False,
) -> None:
    """Score predicted rows, or a model, against gold."""
    import json

    from topline.evaluation.floors import hold_floors
    from topline.evaluation.tables import format_scores

    records, evaluation = _measure(Inputs(gold, predicted, model, texts, split, part, mentions, ledger))
    scores = evaluation.scores
    typer.echo(json.dumps(scores.to_dict(), indent=1) if as_json else format_scores(scores, documents=documents))
    if floor:
        typer.echo(hold_floors(floor, scores, records, update=update, allow_regression=allow_regression), err=True)


def report(
    gold: GoldPath,
    predicted: Predicted = None,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="HTML file to write.")] = Path("report.html"),
    model: ModelName = None,
    texts: Texts = None,
    split: Split = None,
    part: Part = None,
    mentions: Mentions = None,
    ledger: LedgerFile = None,
) -> None:
    """Write the error report: one HTML file that opens from disk."""
    from topline.evaluation.report import render_report
    from topline.gold.files import write_whole

    inputs = Inputs(gold, predicted, model, texts, split, part, mentions, ledger)
    records, evaluation = _measure(inputs)
    layouts = {record.id: _layout(record, inputs) for record in records}
    write_whole(output, render_report(evaluation, inputs.title, layouts))
    typer.echo(f"{len(evaluation.outcomes)} outcomes -> {output}", err=True)


def _layout(record: GoldRecord, inputs: Inputs) -> Layout:
    """Return a document's layout: as its file has it, or else as its text shows it."""
    from topline import filings
    from topline.errors import FilingError
    from topline.layouts import document_layout

    text = record.text or ""
    try:
        read = filings.read(inputs.folder / record.file) if record.file else []
    except FilingError:
        read = []
    same = next((document for document in read if document.text == text), None) or filings.text_document(text)
    return document_layout(same)


def diff(
    old: Annotated[Path, typer.Argument(help="Rows of the old run.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="Rows of the new run.", metavar="NEW")],
    *,
    gold: Annotated[OptionalPath, typer.Option(help="Say which changes come nearer to this gold.")] = None,
    texts: Texts = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a change.")] = False,
) -> None:
    """Compare two runs row by row: added, lost, and changed field by field."""
    import json
    from dataclasses import asdict

    from topline.evaluation.diff import diff_rows
    from topline.evaluation.rows import read_records
    from topline.evaluation.tables import format_changes

    records = _load(Inputs(gold, texts=texts)) if gold else None
    changes = diff_rows(read_records(old), read_records(new), records)
    if not as_json:
        typer.echo(format_changes(changes))
        return
    for change in changes:
        typer.echo(json.dumps(asdict(change), ensure_ascii=False))


def _measure(inputs: Inputs) -> tuple[list[GoldRecord], Evaluation]:
    """Return the gold and the evaluation of a file of rows, or of a model that is run first; print warnings."""
    from topline.errors import InputError
    from topline.evaluation.scorer import evaluate as evaluate_rows

    if (inputs.predicted is None) == (inputs.model is None):
        raise InputError("name either a file of predicted rows or `--model MODEL`")
    records = _load(inputs)
    predictions = _read(inputs) if inputs.predicted else _run(inputs, records)
    evaluation = evaluate_rows(records, *predictions)
    # Rows of the split's other part are left out on purpose: no warning about those.
    for warning in () if inputs.part else evaluation.scores.warnings:
        typer.echo(f"warning: {warning}", err=True)
    return records, evaluation


def _load(inputs: Inputs) -> list[GoldRecord]:
    """Return the gold, or one part of it."""
    from topline.gold import load_gold
    from topline.gold.split import choose_part, load_split

    records = load_gold(inputs.gold, inputs.texts)
    if inputs.part is None:
        return records
    return choose_part(records, load_split(inputs.split or inputs.folder / "split.json"), inputs.part)


def _read(inputs: Inputs) -> tuple[list[dict[str, Any]], ...]:
    """Return predicted rows, mentions and ledger records out of files."""
    from topline.evaluation.rows import read_records

    files = {"topline": inputs.predicted, "topline-mentions": inputs.mentions, "topline-ledger": inputs.ledger}
    return tuple(read_records(path, schema) if path else [] for schema, path in files.items())


def _run(inputs: Inputs, records: Sequence[GoldRecord]) -> tuple[list[dict[str, Any]], ...]:
    """Return the rows, mentions and ledger records of a model; a file that cannot be read counts as all missed."""
    from tempfile import TemporaryDirectory

    from topline import extraction

    nlp = extraction.load(None if inputs.model == "default" else inputs.model)
    rows: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    ledger: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        for path in dict.fromkeys(_input_file(record, inputs, Path(folder)) for record in records):
            extracted = extraction.extract(nlp, path)
            if extracted.status.status == "error":
                typer.echo(f"warning: {extracted.status.message}", err=True)
            rows += [row.to_dict() for row in extracted.rows]
            mentions += map(extraction.mention_record, extracted.docs)
            ledger += map(extraction.ledger_record, extracted.docs)
    return rows, mentions, ledger


def _input_file(record: GoldRecord, inputs: Inputs, folder: Path) -> Path:
    """Return the file to extract from: the annotated file itself, or its text, written into `folder` if need be."""
    original = inputs.folder / (record.file or "")
    if original.is_file():
        return original
    if inputs.texts and (inputs.texts / f"{record.id}.txt").is_file():
        return inputs.texts / f"{record.id}.txt"
    path = folder / f"{record.id}.txt"
    path.write_bytes((record.text or "").encode())
    return path

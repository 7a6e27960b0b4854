"""`topline extract`: files in, rows out, and an account of every input.

No input stops another: what cannot be read, and what fails on the way, becomes a status and a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from topline.errors import InputError

if TYPE_CHECKING:
    from jsonlines import Writer
    from spacy.language import Language

    from topline.extraction import Extracted
    from topline.filings.inputs import Input
    from topline.schema import Status

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalPath = Optional[Path]  # noqa: UP045
ModelName = Annotated[
    str, typer.Option("--model", help="A model's folder, `default`, or `rules` for none.", metavar="DIR|rules")
]


@dataclass(frozen=True, slots=True)
class Written:
    """What comes out of one input, as plain data."""

    status: Status
    rows: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)


def extract(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, patterns, or `-` for standard input.", metavar="PATH")
    ],
    *,
    output: Annotated[
        OptionalPath,
        typer.Option("-o", "--output", help="File for the rows; standard output without it.", metavar="FILE"),
    ] = None,
    model: ModelName = "default",
    status: Annotated[OptionalPath, typer.Option(help="File for one status record an input.", metavar="FILE")] = None,
    mentions: Annotated[
        OptionalPath, typer.Option(help="File for the mentions of each document.", metavar="FILE")
    ] = None,
    ledger: Annotated[
        OptionalPath, typer.Option(help="File for the fate of every number of each document.", metavar="FILE")
    ] = None,
) -> None:
    """Write a row for every clinical-trial result in filings, as JSON Lines.

    Exit code 0: all inputs were read, with rows or without; 1: at least one failed; 2: wrong usage.
    """
    from topline.outputs import open_lines

    targets = {"rows": output or Path("-"), "status": status, "mentions": mentions, "ledger": ledger}
    inputs, missing = expand(paths)
    _keep_apart(inputs, [path for path in targets.values() if path])
    with ExitStack() as stack:
        writers = {name: stack.enter_context(open_lines(path)) for name, path in targets.items() if path}
        statuses = [_write(writers, Written(status)) for status in missing]
        nlp = load(model) if inputs else None
        with progress(len(inputs), shown=bool(output)) as advance:
            for path in inputs:
                statuses.append(_write(writers, extract_one(nlp, path)))  # type: ignore[arg-type]
                advance()
    typer.echo(summary(statuses), err=True)
    if any(status.status == "error" for status in statuses):
        raise typer.Exit(1)


def load(model: str) -> Language:
    """Return the pipeline of a model's name as the command line has it."""
    from topline import extraction

    return extraction.load(None if model == "default" else model)


def expand(paths: Sequence[str]) -> tuple[list[Input], list[Status]]:
    """Return the inputs that the paths name, each once, and a status for each path that leads nowhere."""
    from topline.filings import find_inputs
    from topline.schema import Status

    inputs: dict[Input, None] = {}
    missing: list[Status] = []
    for path in paths:
        try:
            inputs.update(dict.fromkeys(find_inputs([path])))
        except InputError as error:
            missing.append(Status(path, None, "error", "not_found", str(error)))
    return list(inputs), missing


def _keep_apart(inputs: Sequence[Input], outputs: Sequence[Path]) -> None:
    """Refuse to write over an input, or two outputs into one file.

    Raises:
        InputError: a file is named twice.
    """
    taken = {Path(path).resolve() for path in inputs if path != "-"}
    for path in outputs:
        if path.resolve() in taken:
            raise InputError(f"{path}: would be written over; name another file for the output")
        taken.add(path.resolve())


def extract_one(nlp: Language, path: Input) -> Written:
    """Return what comes out of one input; any failure is a status that says so."""
    from topline import extraction
    from topline.schema import Status

    try:
        return _plain(extraction.extract(nlp, path))
    except Exception as error:  # a fault of ours in one file must not cost the user the other files
        return Written(Status(str(path), None, "error", "internal", _fault(path, error)))


def _plain(extracted: Extracted) -> Written:
    from topline.extraction import ledger_record, mention_record

    return Written(
        extracted.status,
        [row.to_dict() for row in extracted.rows],
        [mention_record(doc) for doc in extracted.docs],
        [ledger_record(doc) for doc in extracted.docs],
    )


def _fault(path: Input, error: Exception) -> str:
    """Return the sentence about an unexpected exception, with the line of code it came from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{path}: topline failed on this file ({type(error).__name__}{where}); please report it with the file."


def _write(writers: dict[str, Writer], written: Written) -> Status:
    """Write one input's records, and its sentence if it failed."""
    from topline.outputs import clean

    for name, writer in writers.items():
        writer.write_all([asdict(written.status)] if name == "status" else getattr(written, name))
    if written.status.message:
        typer.echo(clean(written.status.message), err=True)
    return written.status


@contextmanager
def progress(total: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error while it is a terminal; yield the function that moves it on."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task("extracting", total=total)
        yield lambda: bar.advance(task)


def summary(statuses: Sequence[Status]) -> str:
    """Return one line about a run: inputs, rows and numbers."""
    count = Counter(status.status for status in statuses)
    numbers = [status.numbers for status in statuses]
    aside = sum(sum(ledger.set_aside.values()) for ledger in numbers)
    return (
        f"{len(statuses)} {'input' if len(statuses) == 1 else 'inputs'}: {count['results']} with results, "
        f"{count['no_results']} without, {count['error']} failed; {sum(status.rows for status in statuses)} rows; "
        f"{sum(ledger.total for ledger in numbers)} numbers: {sum(ledger.used for ledger in numbers)} used, "
        f"{aside} set aside, {sum(ledger.unlinked for ledger in numbers)} unlinked"
    )

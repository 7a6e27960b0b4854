"""`topline extract`: files in, rows out, and an account of every input.

No input stops another: what cannot be read, and what fails on the way, becomes a status and a sentence. Into a folder,
the work goes through processes that may die and a run that may stop and go on (`topline.batch`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from topline.cli_export import FormatName
from topline.errors import InputError

if TYPE_CHECKING:
    from spacy.language import Language

    from topline.batch import Engine, Settings
    from topline.batch.shards import Written
    from topline.filings.inputs import Input
    from topline.schema import Status

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalPath = Optional[Path]  # noqa: UP045
ModelName = Annotated[
    str, typer.Option("--model", help="A model's folder, `default`, or `rules` for none.", metavar="DIR|rules")
]


LINE_EVERY = 60.0  # seconds between lines of progress where no bar can be drawn
Jobs = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(help="Processes; the output is a folder then.", metavar="N", min=1),
]
DaskAddress = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--dask", help="Scheduler of a Dask cluster, or `local`; the output is a folder.", metavar="ADDRESS"),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run that stopped in the output folder.")]
Timeout = Annotated[float, typer.Option(help="Into a folder: the time that a file may take.", metavar="S", min=0.1)]
MaxSize = Annotated[float, typer.Option(help="Into a folder: the size that a file may have.", metavar="MB", min=0.0)]
ShardSize = Annotated[int, typer.Option(help="Into a folder: files that are kept together.", metavar="N", min=1)]


def extract(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, zip archives, patterns, or `-` for standard input.", metavar="PATH"),
    ],
    *,
    output: Annotated[
        OptionalPath,
        typer.Option("-o", "--output", help="File for the rows, or a folder; else standard output.", metavar="PATH"),
    ] = None,
    form: FormatName = None,
    model: ModelName = "default",
    status: Annotated[OptionalPath, typer.Option(help="File for one status record an input.", metavar="FILE")] = None,
    mentions: Annotated[
        OptionalPath, typer.Option(help="File for the mentions of each document.", metavar="FILE")
    ] = None,
    ledger: Annotated[
        OptionalPath, typer.Option(help="File for the fate of every number of each document.", metavar="FILE")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="One row a result: leave out rows that state a fuller row's result again.")
    ] = False,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    resume: Resume = False,
    timeout: Timeout = 30.0,
    max_size: MaxSize = 64.0,
    shard_size: ShardSize = 100,
) -> None:
    """Write a row for every clinical-trial result in filings, as JSON Lines, CSV, Parquet or an Excel workbook.

    Exit code 0: all inputs were read, with rows or without; 1: at least one failed; 2: wrong usage.
    """
    targets = {"rows": output or Path("-"), "status": status, "mentions": mentions, "ledger": ledger}
    if jobs or dask or resume or (output and output.is_dir()):
        from topline.batch import Settings

        folder = _folder(targets, form)
        settings = Settings(model, once, timeout, round(max_size * 1_000_000), shard_size)
        count = extract_into(folder, paths, settings, _engine(jobs, dask), resume)
    else:
        count = extract_to(targets, paths, model, once, form)
    typer.echo(_summary(count), err=True)
    if count["error"]:
        raise typer.Exit(1)


def _engine(jobs: int | None, dask: str | None) -> Engine:
    """Return what reads the shards: processes of this machine, or a Dask cluster."""
    from topline.batch import run_local

    if dask is None:
        return partial(run_local, jobs=jobs or 1)
    from topline.batch.cluster import LOCAL, run_dask

    if jobs and dask != LOCAL:
        raise typer.BadParameter("--jobs is for --dask local; a cluster's own threads count: `dask worker --nthreads`")
    return partial(run_dask, address=dask, jobs=jobs)


def _folder(targets: dict[str, Path | None], form: str | None) -> Path:
    """Return the folder to write into; it takes the place of all the files."""
    from topline.exports import format_of

    folder = targets["rows"]
    if form is not None:
        raise typer.BadParameter(
            "--format is for a file; `topline export FOLDER -o FILE` turns a folder's rows into one"
        )
    if folder is None or str(folder) == "-" or (format_of(folder) and not folder.is_dir()):
        raise typer.BadParameter("--jobs, --dask and --resume write into a folder; name one with -o")
    if any(targets[name] for name in ("status", "mentions", "ledger")):
        raise typer.BadParameter("--status, --mentions and --ledger need a file for -o; a folder gets the statuses")
    return folder


def extract_to(
    targets: dict[str, Path | None], paths: Sequence[str], model: str, once: bool, form: str | None = None
) -> Counter[str]:
    """Write what the paths hold into files, one input after the other, and count it."""
    from topline.batch.shards import Written, extract_input
    from topline.exports import format_of, open_rows
    from topline.outputs import open_lines

    rows = targets["rows"] or Path("-")
    chosen = format_of(rows, form) or "jsonl"
    inputs, missing = expand(paths)
    _keep_apart(inputs, [path for path in targets.values() if path])
    details = bool(targets["mentions"] or targets["ledger"])
    with ExitStack() as stack:
        writers: dict[str, Any] = {
            name: stack.enter_context(open_lines(path)) for name, path in targets.items() if path and name != "rows"
        }
        writers["rows"] = stack.enter_context(open_rows(rows, chosen, _say))
        count = _tally(_write(writers, Written(status)) for status in missing)
        nlp = load(model) if inputs else None
        with progress(len(inputs), shown=targets["rows"] != Path("-")) as advance:
            for path in inputs:
                written = extract_input(nlp, path, once=once, details=details)  # type: ignore[arg-type]
                count += _tally([_write(writers, written)])
                advance(written.status.status == "error")
    return count


def extract_into(folder: Path, paths: Sequence[str], settings: Settings, engine: Engine, resume: bool) -> Counter[str]:
    """Write what the paths hold into a folder, by an engine whose processes may die, and count it.

    Raises:
        BatchError: the run cannot start or go on.
    """
    from topline import batch

    with batch.open_folder(folder, resume=resume) as held:
        plan = batch.make_plan(*expand(paths), settings)
        with progress(len(plan.entries), shown=True) as advance:
            seen = partial(_show_failures, advance)
            batch.extract_folder(folder, plan, held, engine, seen)
        return _tally(batch.read_statuses(folder))


def _show_failures(advance: Callable[[bool], None], lines: bytes) -> None:
    """Move the bar on by the inputs of some lines, with the sentence of each that failed."""
    from topline.batch.shards import statuses_of

    for status in statuses_of(lines):
        _say(status["message"])
        advance(status["status"] == "error")


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
    from topline.filings.inputs import on_disk

    taken = {path.resolve() for path in {on_disk(path) for path in inputs if path != "-"}}
    for path in outputs:
        if path.resolve() in taken:
            raise InputError(f"{path}: would be written over; name another file for the output")
        taken.add(path.resolve())


def _write(writers: dict[str, Any], written: Written) -> Status:
    """Write one input's records, and its sentence if it failed."""
    status = asdict(written.status)
    for name, writer in writers.items():
        writer.write_all([status] if name == "status" else getattr(written, name))
    writers["rows"].write_status(status, written.status.file)
    _say(written.status.message)
    return written.status


def _say(message: str | None) -> None:
    from topline.outputs import clean

    if message:
        typer.echo(clean(message), err=True)


@contextmanager
def progress(total: int, *, shown: bool, doing: str = "extracting") -> Iterator[Callable[[bool], None]]:
    """Show a bar on standard error, or a line a minute in a file; yield what counts an input and its failure."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TextColumn("{task.fields[said]}"))
    hidden = not (shown and console.is_terminal)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(doing, total=total, said="", failed=0)
        told = monotonic()

        def advance(failed: bool) -> None:
            nonlocal told
            held = bar.tasks[0]
            failures = held.fields["failed"] + failed
            said = f"{held.speed or 0:.1f}/s, {failures:,} failed,"
            bar.update(task, advance=1, failed=failures, said=said)
            if shown and hidden and monotonic() - told > LINE_EVERY:
                told = monotonic()
                left = f"{held.time_remaining:,.0f} s left" if held.time_remaining is not None else "time left unknown"
                typer.echo(f"{held.completed:,.0f} of {total:,} inputs, {said} {left}", err=True)

        yield advance


def summary(statuses: Iterable[Status]) -> str:
    """Return one line about a run: inputs, rows and numbers."""
    return _summary(_tally(statuses))


def _tally(statuses: Iterable[Status]) -> Counter[str]:
    """Count inputs by status, rows, and numbers by what became of them."""
    count: Counter[str] = Counter()
    for status in statuses:
        numbers = status.numbers
        count.update((status.status, "inputs"))
        count.update(rows=status.rows, numbers=numbers.total, used=numbers.used, unlinked=numbers.unlinked)
        count["set_aside"] += sum(numbers.set_aside.values())
    return count


def _summary(count: Counter[str]) -> str:
    return (
        f"{count['inputs']} {'input' if count['inputs'] == 1 else 'inputs'}: {count['results']} with results, "
        f"{count['no_results']} without, {count['error']} failed; {count['rows']} rows; "
        f"{count['numbers']} numbers: {count['used']} used, {count['set_aside']} set aside, "
        f"{count['unlinked']} unlinked"
    )

"""`topline gold`: check, fetch, resolve, count, compile, draft, import and export the annotations.

Each command parses, calls one function and prints. Libraries are imported inside the commands: `--help` stays quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

if TYPE_CHECKING:
    from topline.gold import GoldRecord

gold_app = typer.Typer(
    help="Check, fetch, resolve, count, compile, draft, import and export gold annotations.", no_args_is_help=True
)

GoldPath = Annotated[Path, typer.Argument(help="A gold file, or a folder of *.jsonl.", metavar="GOLD")]
# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
TextsOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--texts", help="Folder of ID.txt for gold that holds offsets only.", metavar="DIR"),
]


class ToolFormat(StrEnum):
    """The formats of annotation tools, as `topline.exchange` names them."""

    prodigy = "prodigy"
    label_studio = "label-studio"
    doccano = "doccano"
    brat = "brat"
    docbin = "docbin"


FormatOption = Annotated[
    ToolFormat, typer.Option("-f", "--format", help="prodigy, label-studio, doccano, brat or docbin.", metavar="FORMAT")
]


@gold_app.command()
def check(gold: GoldPath, texts: TextsOption = None) -> None:
    """Refuse whatever does not hold in gold annotations, naming file, line and id."""
    from topline.gold import find_problems

    problems = find_problems(gold, texts)
    _refuse(problems)
    typer.echo(f"{gold}: holds", err=True)


@gold_app.command()
def fetch(
    folder: Annotated[Path, typer.Argument(help="Where the texts go, as ID.txt.", metavar="DIR")],
    sources: Annotated[Path, typer.Option(help="Where each text is public.", metavar="FILE")] = Path(
        "annotations/sources.jsonl"
    ),
    base_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Address before REPOSITORY/COMMIT/PATH, for a mirror.", metavar="URL"),
    ] = None,
) -> None:
    """Get the texts that the gold's offsets point into, and check each sha256."""
    from topline.gold.fetch import BASE_URL, fetch_texts, load_sources

    states: dict[str, int] = {}
    for text in fetch_texts(load_sources(sources), folder, base_url or BASE_URL):
        states[text.state] = states.get(text.state, 0) + 1
        _say([text.message] if text.message else [])
    typer.echo(", ".join(f"{count} {state}" for state, count in sorted(states.items())), err=True)
    if states.get("refused"):
        raise typer.Exit(1)


@gold_app.command()
def resolve(
    gold: GoldPath,
    texts: Annotated[Path, typer.Option(help="Folder of ID.txt.", metavar="DIR")],
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("-o", "--output", help="File to write; the terminal without it.", metavar="FILE"),
    ] = None,
) -> None:
    """Put texts and offsets together into gold that stands alone."""
    import json

    from topline.gold import load_gold
    from topline.gold.files import write_lines

    records = [record.to_dict() for record in load_gold(gold, texts)]
    if output:
        typer.echo(f"{write_lines(output, records)} documents -> {output}", err=True)
        return
    for record in records:
        typer.echo(json.dumps(record, ensure_ascii=False))


@gold_app.command()
def stats(
    gold: GoldPath,
    texts: TextsOption = None,
    split: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Count each part of this split by itself too.", metavar="FILE"),
    ] = None,
) -> None:
    """Count documents, results, kinds, places, fields and mentions."""
    from topline.gold import load_gold
    from topline.gold.split import choose_part, count_gold, load_split

    records = load_gold(gold, texts)
    counted = {"all": count_gold(records)}
    if split:
        parts = load_split(split)
        counted |= {part: count_gold(choose_part(records, parts, part)) for part in parts}
    for part, counts in counted.items():
        typer.echo(f"{part}: {counts.documents} documents ({counts.empty} without results), {counts.results} results")
        for name in ("kinds", "places", "fields", "mentions"):
            held = ", ".join(f"{key} {count}" for key, count in getattr(counts, name).items())
            typer.echo(f"  {name:9}{held}")


@gold_app.command("compile")
def compile_(
    notes: Annotated[Path, typer.Argument(help="Folder of quote notes, ID.json.", metavar="NOTES")],
    texts: Annotated[Path, typer.Argument(help="Folder of reading texts, ID.txt.", metavar="TEXTS")],
    output: Annotated[Path, typer.Argument(help="Gold file to write.", metavar="OUT")],
    no_text: Annotated[bool, typer.Option("--no-text", help="Write offsets and sha256 only.")] = False,
    as_filings: Annotated[
        bool, typer.Option("--filings", help="TEXTS holds filings: read them as extract does.")
    ] = False,
) -> None:
    """Turn annotators' quotes into gold; nothing is written unless every quote resolves to one place."""
    from topline.gold.compiler import compile_folder
    from topline.gold.files import write_lines

    if as_filings:
        from topline.training.documents import compile_filings

        records, problems = compile_filings(notes, texts, output)
    else:
        records, problems = compile_folder(notes, texts)
    _refuse(problems)
    write_lines(output, [_plain(record, no_text=no_text) for record in records])
    results = sum(len(record.results) for record in records)
    typer.echo(f"{len(records)} documents, {results} results -> {output}", err=True)


@gold_app.command()
def draft(
    paths: Annotated[list[str], typer.Argument(help="Filings, folders or patterns.", metavar="PATH")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Gold file to write.", metavar="FILE")],
    model: Annotated[
        str, typer.Option(help="A model's folder, `default`, or `rules` for none.", metavar="DIR|rules")
    ] = "default",
    bare: Annotated[bool, typer.Option("--bare", help="The texts alone, with nothing marked.")] = False,
) -> None:
    """Write filings as gold to be corrected: their texts, with the mentions and results that the model finds."""
    from topline import extraction
    from topline.errors import InputError
    from topline.exchange.draft import draft as drafts
    from topline.filings import find_inputs
    from topline.gold.checks import record_problems, set_problems
    from topline.gold.files import write_lines

    inputs = find_inputs(paths)
    nlp = extraction.load("rules" if bare else None if model == "default" else model)
    records, failures = [], []
    for path in inputs:
        try:
            records += list(drafts(nlp, path, output, bare=bare))
        except InputError as error:
            failures.append(str(error))
    _refuse([*set_problems(records), *(fault for record in records for fault in record_problems(record))])
    if records:
        write_lines(output, [record.to_dict() for record in records])
        typer.echo(f"{_counted(records)} -> {output}", err=True)
    _refuse(failures)


@gold_app.command("export")
def export_(
    gold: GoldPath,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="File to write; for brat a new folder.", metavar="PATH")
    ],
    tool: FormatOption,
    texts: TextsOption = None,
    config: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Write Label Studio's labeling config too.", metavar="FILE"),
    ] = None,
) -> None:
    """Write gold for an annotation tool, and print what the tool cannot hold of it."""
    from topline.errors import InputError
    from topline.exchange import export_gold, label_studio
    from topline.gold import load_gold

    if config and tool is not ToolFormat.label_studio:
        raise InputError(f"--config: {tool} needs no such file; docs/annotate.md says how its labels are given")
    records = load_gold(gold, texts)
    losses = export_gold(records, tool.value, output)
    if config:
        label_studio.write_config(config)
    typer.echo(f"{_counted(records)} -> {output}", err=True)
    _say(f"{tool} does not hold {loss}" for loss in losses)


@gold_app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="What the tool exported; for brat its folder.", metavar="PATH")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Gold file to write.", metavar="FILE")],
    tool: FormatOption,
    no_text: Annotated[bool, typer.Option("--no-text", help="Write offsets and sha256 only.")] = False,
) -> None:
    """Read gold out of an annotation tool's export; nothing is written unless all of it holds."""
    from topline.exchange import import_gold
    from topline.gold.files import write_lines

    imported = import_gold(path, tool.value)
    _say(imported.left_out)
    _refuse(imported.problems)
    write_lines(output, [_plain(record, no_text=no_text) for record in imported.records])
    left = f", {len(imported.left_out)} left out" if imported.left_out else ""
    typer.echo(f"{_counted(imported.records)}{left} -> {output}", err=True)


def _counted(records: Sequence[GoldRecord]) -> str:
    """Return how much there is in some records."""
    counts = [len(records), *(sum(len(getattr(r, key)) for r in records) for key in ("mentions", "results", "sizes"))]
    names = ("documents", "mentions", "results", "sizes")
    return ", ".join(f"{count} {name}" for count, name in zip(counts, names, strict=True))


def _plain(record: GoldRecord, *, no_text: bool) -> dict[str, Any]:
    """Return a record as it is written, with or without its text."""
    plain = record.to_dict()
    if no_text:
        plain.pop("text", None)
    return plain


def _refuse(problems: Sequence[str]) -> None:
    """Print problems and leave with 1, when there are any."""
    _say(problems)
    if problems:
        raise typer.Exit(1)


def _say(sentences: Iterable[str]) -> None:
    """Print sentences to standard error, without what a terminal would obey: they quote files of others."""
    from topline.outputs import clean

    for sentence in sentences:
        typer.echo(clean(sentence), err=True)

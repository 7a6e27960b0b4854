"""`topline export`: rows that are there already, for spreadsheets and databases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
FormatName = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--format", help="Format of the rows, else by the ending of -o.", metavar="jsonl|csv|parquet|xlsx"),
]


def export(
    rows: Annotated[
        list[Path], typer.Argument(help="Files of rows, or folders that `topline extract` filled.", metavar="ROWS")
    ],
    *,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File to write; `-` for csv or jsonl to the terminal.", metavar="FILE"),
    ],
    form: FormatName = None,
    status: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Status records for the workbook's second sheet; a folder brings its own.", metavar="FILE"),
    ] = None,
) -> None:
    """Write rows as CSV, Parquet or an Excel workbook, flat columns named by dotted path.

    Exit code 0: the file is written; 1: a row is refused, and nothing is written; 2: wrong usage.
    """
    from topline import exports
    from topline.outputs import clean

    chosen = exports.format_of(output, form)
    if chosen is None:
        raise typer.BadParameter("the ending of -o says no format; name one with --format")
    count = exports.export(rows, output, chosen, status, lambda sentence: typer.echo(clean(sentence), err=True))
    typer.echo(f"{output}: {'1 row' if count == 1 else f'{count:,} rows'}", err=True)

"""The `topline` command: every command in one place, and what happens to errors.

A command parses, calls one function and prints: data to standard output, talk to standard error. spaCy and rich are
imported inside the commands: `topline --help` answers before either could load.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from topline import __version__, collector
from topline.cli_doctor import doctor
from topline.cli_evaluate import diff, evaluate, report
from topline.cli_export import export
from topline.cli_extract import extract
from topline.cli_fetch import fetch
from topline.cli_gold import gold_app
from topline.cli_review import review
from topline.cli_show import show, text
from topline.cli_train import train
from topline.errors import ToplineError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: rich's costs 0.1 s more, and would read square brackets as markup.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"topline {__version__}")
        raise typer.Exit


@app.callback()
def topline(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Read company filings and turn every clinical-trial result in them into a row that can be checked."""


def schema() -> None:
    """Print the JSON Schema of a result row."""
    import json

    from topline.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))


for command in (fetch, extract, show, text, schema, export, train, evaluate, report, diff, review, doctor):
    app.command()(command)
app.add_typer(gold_app, name="gold")


def main() -> None:
    """Run the command line: a known error is one sentence and exit code 1."""
    collector.rest()
    try:
        app()
    except ToplineError as error:
        from topline.outputs import clean

        typer.echo(f"topline: {clean(str(error))}", err=True)
        sys.exit(1)

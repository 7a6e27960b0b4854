"""`topline fetch`: filings from EDGAR into a folder that `topline extract` reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from topline.cli_extract import progress

if TYPE_CHECKING:
    from topline.edgar import Edgar, Entry, Filing, Query
    from topline.edgar.archive import Outcome

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalText = Optional[str]  # noqa: UP045
Names = Optional[list[str]]  # noqa: UP045
OptionalDay = Optional[datetime]  # noqa: UP045


def fetch(
    *,
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the filings and their manifest.", metavar="DIR")
    ],
    cik: Annotated[Names, typer.Option(help="A company's number; may be given again.", metavar="NUMBER")] = None,
    ticker: Annotated[Names, typer.Option(help="A company's ticker; may be given again.", metavar="NAME")] = None,
    accession: Annotated[
        Names, typer.Option(help="A filing's number, its company by --cik; may be given again.", metavar="NUMBER")
    ] = None,
    search: Annotated[
        OptionalText,
        typer.Option(
            help='Words in EDGAR\'s full-text search since 2001; "quotes inside" for a phrase.', metavar="WORDS"
        ),
    ] = None,
    form: Annotated[
        Names, typer.Option(help="A form's name, such as 8-K or 8-K/A; may be given again.", metavar="FORM")
    ] = None,
    since: Annotated[
        OptionalDay,
        typer.Option(help="Filed on this day or later.", formats=["%Y-%m-%d"], metavar="DATE"),
    ] = None,
    until: Annotated[
        OptionalDay,
        typer.Option(help="Filed on this day or earlier.", formats=["%Y-%m-%d"], metavar="DATE"),
    ] = None,
    limit: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="At most so many filings, the newest.", metavar="N", min=1),
    ] = None,
    contact: Annotated[
        OptionalText,
        typer.Option(
            envvar="TOPLINE_CONTACT",
            show_envvar=False,
            help="Name and mail address, which EDGAR asks for; else TOPLINE_CONTACT.",
            metavar="TEXT",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print the filings, as JSON Lines.")] = False,
    base_url: Annotated[
        OptionalText, typer.Option(help="Address in the place of EDGAR's, for a mirror.", metavar="URL")
    ] = None,
) -> None:
    """Fetch full submissions from EDGAR, at most eight requests a second.

    What is there with the right sha256 is kept: run the same command again after a stop. Exit code 0: all are there;
    1: at least one failed or EDGAR refuses; 2: wrong usage.
    """
    from topline.edgar import Edgar, Query, find_filings

    days = (since.date() if since else None, until.date() if until else None)
    query = Query(
        tuple(cik or ()), tuple(ticker or ()), tuple(accession or ()), search, tuple(form or ()), *days, limit
    )
    _refuse_unclear(query)
    edgar = Edgar(contact, base_url, say=_say)
    filings = find_filings(edgar, query)
    if dry_run:
        _print(edgar, filings)
    elif not filings:
        _say("no filing is of this kind; look at company, form and dates")
    else:
        _fetch(edgar, filings, folder)


def _refuse_unclear(query: Query) -> None:
    """Refuse options that name no filings, or that one of them leaves without meaning."""
    if not (query.ciks or query.tickers or query.accessions or query.search):
        raise typer.BadParameter("name filings by --cik, --ticker, --accession or --search")
    if query.accessions and (query.search or query.forms or query.since or query.until or query.limit):
        raise typer.BadParameter("--accession names the filings; leave out --search, --form, --since, --until, --limit")
    if query.since and query.until and query.since > query.until:
        raise typer.BadParameter("--since is later than --until")


def _print(edgar: Edgar, filings: list[Filing]) -> None:
    from topline.edgar.manifest import planned
    from topline.outputs import dump

    for filing in filings:
        typer.echo(dump(asdict(planned(filing, edgar.address(filing)))).decode())


def _fetch(edgar: Edgar, filings: list[Filing], folder: Path) -> None:
    """Fetch filings with a bar, a sentence for each failure and a line at the end, whatever ends the work."""
    from topline.edgar import fetch_filings

    count: Counter[str] = Counter()
    try:
        with progress(len(filings), shown=True, doing="fetching") as advance:

            def seen(entry: Entry, outcome: Outcome) -> None:
                count[outcome] += 1
                _say(entry.message if outcome == "failed" else None)
                advance(outcome == "failed")

            fetch_filings(edgar, filings, folder, seen)
    finally:
        left = len(filings) - count["fetched"] - count["kept"] - count["failed"]
        filings_said = "1 filing" if len(filings) == 1 else f"{len(filings):,} filings"
        _say(f"{filings_said}: {count['fetched']} fetched, {count['kept']} kept, {count['failed']} failed, {left} left")
    if count["failed"]:
        raise typer.Exit(1)


def _say(sentence: str | None) -> None:
    from topline.outputs import clean

    if sentence:
        typer.echo(clean(sentence), err=True)

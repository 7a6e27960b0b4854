"""Which filings a query means: by company, by number, or by full-text search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from topline.edgar.records import Filing, Query, listed_filing, parse_accession, parse_cik
from topline.edgar.search import search_filings
from topline.edgar.service import Edgar
from topline.errors import FetchError, InputError

_COLUMNS = ("accessionNumber", "form", "filingDate")


def find_filings(edgar: Edgar, query: Query) -> list[Filing]:
    """Return the filings that a query means, each once, oldest first.

    Raises:
        InputError: a number or a ticker is none.
        FetchError: EDGAR refuses, or answers what is no list of filings.
    """
    ciks = tuple(dict.fromkeys((*map(parse_cik, query.ciks), *_ticker_ciks(edgar, query.tickers))))
    if query.accessions:
        return _numbered(query.accessions, ciks)
    if query.search is not None:
        found: Iterable[Filing] = search_filings(edgar, query, ciks)
    else:
        found = (filing for cik in ciks for filing in _company_filings(edgar, query, cik))
    # A filing of several companies stands in the list of each.
    unique = {filing.accession: filing for filing in found if query.wants(filing)}
    ordered = sorted(unique.values(), key=lambda filing: (filing.filed or "", filing.accession))
    return ordered[-query.limit :] if query.limit else ordered


def _numbered(accessions: Iterable[str], ciks: tuple[str, ...]) -> list[Filing]:
    """Return filings named by number; without a company, the number's first ten digits may be its own."""
    if len(ciks) > 1:
        raise InputError("the filings' numbers go with one company; name one --cik or --ticker")
    numbers = dict.fromkeys(map(parse_accession, accessions))
    return [Filing(None, number, ciks[0] if ciks else number[:10], None) for number in numbers]


def _ticker_ciks(edgar: Edgar, tickers: tuple[str, ...]) -> list[str]:
    """Return the companies of tickers, case and `.` for `-` put right."""
    if not tickers:
        return []
    url, table = edgar.tickers()
    try:
        known = {str(row["ticker"]).upper(): parse_cik(str(row["cik_str"])) for row in table.values()}
    except (AttributeError, KeyError, TypeError, InputError) as error:
        raise FetchError(f"{url} is not EDGAR's table of tickers", "odd") from error
    wanted = [ticker.strip().upper().replace(".", "-") for ticker in tickers]
    for ticker in wanted:
        if ticker not in known:
            raise InputError(f"{ticker:.20}: EDGAR lists no company of this ticker now; name it by --cik")
    return [known[ticker] for ticker in wanted]


def _company_filings(edgar: Edgar, query: Query, cik: str) -> Iterator[Filing]:
    """Yield a company's filings: the recent ones, then the older pages that reach into the wanted time."""
    url, held = edgar.submissions(f"CIK{cik}.json")
    try:
        recent, pages = held["filings"]["recent"], held["filings"]["files"]
        names = [page["name"] for page in pages if _reaches(page, query)]
    except (KeyError, TypeError) as error:
        raise FetchError(f"{url} is not EDGAR's list of filings", "odd") from error
    yield from _rows(url, cik, recent)
    for name in names:
        if not re.fullmatch(rf"CIK{cik}-submissions-[0-9]{{3,6}}\.json", str(name)):
            raise FetchError(f"{url} names an older page {name!r:.60}; that is not EDGAR's answer", "odd")
        address, page = edgar.submissions(name)
        yield from _rows(address, cik, page)


def _reaches(page: dict[str, Any], query: Query) -> bool:
    """Tell whether an older page may hold filings of the wanted time; one that names no dates may."""
    first, last = str(page.get("filingFrom") or ""), str(page.get("filingTo") or "9999")
    return (query.since is None or last >= query.since.isoformat()) and (
        query.until is None or first <= query.until.isoformat()
    )


def _rows(url: str, cik: str, columns: Any) -> Iterator[Filing]:
    """Yield the filings of parallel arrays."""
    try:
        rows = list(zip(*(columns[name] for name in _COLUMNS), strict=True))
    except (KeyError, TypeError, ValueError) as error:
        raise FetchError(f"{url} is not EDGAR's list of filings: its columns do not fit", "odd") from error
    for accession, form, filed in rows:
        yield listed_filing(accession, cik, form, filed, url)

"""Full-text search: pages of a hundred documents, and times cut in halves where EDGAR lists no more than 10,000."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from topline.edgar.records import Filing, Query, listed_filing
from topline.edgar.service import Edgar
from topline.errors import FetchError

PAGE = 100
MOST = 10_000  # documents that one search lists
FIRST_DAY = date(2001, 1, 1)  # the index begins here


def search_filings(edgar: Edgar, query: Query, ciks: tuple[str, ...]) -> Iterator[Filing]:
    """Yield the filings with a document that the words are found in, one for each such document."""
    since, until = max(query.since or FIRST_DAY, FIRST_DAY), query.until or date.today()
    if since <= until:
        fixed = {"q": query.search or "", "dateRange": "custom"}
        # The search knows amendments by the form that they amend; which of them are wanted is settled afterwards.
        forms = dict.fromkeys(form.upper().removesuffix("/A") for form in query.forms)
        fixed |= {"forms": ",".join(forms)} if forms else {}
        fixed |= {"ciks": ",".join(ciks)} if ciks else {}
        yield from _between(edgar, fixed, since, until)


def _between(edgar: Edgar, fixed: dict[str, str], since: date, until: date) -> Iterator[Filing]:
    """Yield the filings of a time, of both its halves when they are too many for one list."""
    dates = {"startdt": since.isoformat(), "enddt": until.isoformat()}
    url, page = edgar.search({**fixed, **dates})
    total = _total(url, page)
    if total >= MOST and since < until:
        middle = since + (until - since) // 2
        yield from _between(edgar, fixed, since, middle)
        yield from _between(edgar, fixed, middle + timedelta(days=1), until)
        return
    hits = _hits(url, page)
    yield from hits
    listed = len(hits)
    for start in range(PAGE, min(total, MOST), PAGE):
        url, page = edgar.search({**fixed, **dates, "from": str(start)})
        hits = _hits(url, page)
        yield from hits
        listed += len(hits)
    if listed < total or total >= MOST:
        edgar.say(
            f"{since} to {until}: EDGAR found {total:,} documents or more and listed {listed:,}; narrow the search"
        )


def _total(url: str, page: Any) -> int:
    try:
        return int(page["hits"]["total"]["value"])
    except (KeyError, TypeError, ValueError) as error:
        raise FetchError(f"{url} is not the answer of EDGAR's search", "odd") from error


def _hits(url: str, page: Any) -> list[Filing]:
    """Return the filings of a page's documents; a document is named `ACCESSION:FILE`."""
    try:
        return [_filing(url, hit["_id"], hit["_source"]) for hit in page["hits"]["hits"]]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise FetchError(f"{url} is not the answer of EDGAR's search", "odd") from error


def _filing(url: str, name: str, source: dict[str, Any]) -> Filing:
    form = source.get("form") or source["root_forms"][0]
    return listed_filing(name.partition(":")[0], source["ciks"][0], form, source["file_date"], url)

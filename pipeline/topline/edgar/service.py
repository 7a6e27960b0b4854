"""EDGAR's addresses, and asking them as its rules of fair access want.

The Securities and Exchange Commission asks for a User-Agent with a contact and for at most ten requests a second from
a user; who goes beyond is shut out for ten minutes, longer if they go on (https://www.sec.gov/os/accessing-edgar-data).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode, urlsplit

from topline import __version__
from topline.downloads import Client, Manners
from topline.edgar.records import Filing
from topline.errors import FetchError, FilingError, InputError
from topline.filings.refusals import MAX_SUBMISSION, refuse_block_page
from topline.filings.sgml import is_submission

RATE = 8.0  # requests a second; EDGAR's own limit is 10
_ARCHIVE, _DATA, _SEARCH = "https://www.sec.gov", "https://data.sec.gov", "https://efts.sec.gov"
_CLOSINGS = (b"</SEC-DOCUMENT>", b"</IMS-DOCUMENT>", b"</SUBMISSION>", b"-----END PRIVACY-ENHANCED MESSAGE-----")
_SHORT = 40_000  # bytes: no block page is longer
# Name or mailbox, one line, plain ASCII: it goes into a header.
_CONTACT = re.compile(r"[ -~]{0,100}?[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,120}\.[A-Za-z]{2,20}[ -~]{0,20}")


def user_agent(contact: str | None) -> str:
    """Return what tells EDGAR who asks.

    Raises:
        InputError: there is no contact with a mail address.
    """
    if not contact or not contact.strip():
        raise InputError("EDGAR wants to know who asks; give --contact 'NAME name@example.org' or set TOPLINE_CONTACT")
    if not _CONTACT.fullmatch(contact.strip()):
        raise InputError(f"{contact!r:.60}: is no contact; one line with a mail address is wanted")
    return f"topline/{__version__} {contact.strip()}"


class Edgar:
    """EDGAR, or a mirror of it at `base_url`; `say` gets sentences about waiting. Any number of threads may use it.

    Raises:
        InputError: the contact is missing, or the address is none.
    """

    def __init__(
        self,
        contact: str | None,
        base_url: str | None = None,
        *,
        backoff: float = 1.0,
        say: Callable[[str], None] = lambda sentence: None,
    ):
        if base_url is not None and (
            urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc
        ):
            raise InputError(f"{base_url!r:.80}: is no address; one begins with http:// or https://")
        self._base = base_url.rstrip("/") if base_url else None
        self.say = say
        self._client = Client(Manners(user_agent(contact), rate=RATE, backoff=backoff, max_bytes=MAX_SUBMISSION), say)

    def tickers(self) -> tuple[str, Any]:
        """Return the address and the content of the table of tickers."""
        return self._json(f"{self._base or _ARCHIVE}/files/company_tickers.json", "the table of tickers")

    def submissions(self, name: str) -> tuple[str, Any]:
        """Return the address and the content of a company's list of filings, or of an older page of it."""
        return self._json(f"{self._base or _DATA}/submissions/{quote(name, safe='')}", "the list of filings")

    def search(self, parameters: Mapping[str, str]) -> tuple[str, Any]:
        """Return the address and the content of one page of full-text search."""
        return self._json(f"{self._base or _SEARCH}/LATEST/search-index?{urlencode(parameters)}", "the search")

    def address(self, filing: Filing) -> str:
        """Return the address of a full submission."""
        return f"{self._base or _ARCHIVE}/Archives/edgar/data/{int(filing.cik)}/{filing.accession}.txt"

    def save(self, filing: Filing, file: BinaryIO) -> None:
        """Write a full submission into a file.

        Raises:
            FetchError: it did not come whole; the reason is `blocked` or `stopped` when no other will.
        """
        url = self.address(filing)
        status = self._client.fetch(url, file, lambda code, body: _is_whole(url, code, body))
        if status == 404:
            sentence = "EDGAR has no such filing of this company; name the one that filed it by --cik"
            raise FetchError(f"{url}: {sentence}", "not_found")
        if status != 200:
            raise FetchError(f"{url} answers {status}", "refused")

    def stop(self) -> None:
        """Ask for nothing more."""
        self._client.pacer.stop()

    def _json(self, url: str, what: str) -> tuple[str, Any]:
        body = io.BytesIO()
        status = self._client.fetch(url, body, lambda code, answer: _is_no_block(url, answer))
        if status != 200:
            raise FetchError(
                f"{url} answers {status}: {what} is not there", "not_found" if status == 404 else "refused"
            )
        try:
            return url, json.loads(body.getvalue())
        except (ValueError, RecursionError) as error:
            raise FetchError(f"{url}: {what} is not JSON; try again later", "odd") from error


def _is_whole(url: str, status: int, body: BinaryIO) -> bool:
    """Tell whether a submission came to its end; other answers than 200 are whole however they end.

    Raises:
        FetchError: with reason `blocked` for a block page, `odd` for what is no submission.
    """
    size = body.seek(0, io.SEEK_END)
    body.seek(0)
    head = body.read(20_000).decode("latin-1")
    if status != 200 or not is_submission(head):
        _is_no_block(url, body)
    if status != 200 or not size:
        return status != 200
    if not is_submission(head):
        raise FetchError(f"{url} is no submission", "odd")
    body.seek(max(0, size - 200))
    return body.read().rstrip().endswith(_CLOSINGS)


def _is_no_block(url: str, body: BinaryIO) -> bool:
    """Tell that an answer is not the page that EDGAR shows to whom it shuts out.

    Raises:
        FetchError: with reason `blocked`, when it is.
    """
    if body.seek(0, io.SEEK_END) > _SHORT:
        return True
    body.seek(0)
    try:
        refuse_block_page(body.read().decode("latin-1"), url)
    except FilingError as error:
        sentence = "EDGAR has shut this address out; wait ten minutes, then run the same command again"
        raise FetchError(f"{url}: {sentence}", "blocked") from error
    return True

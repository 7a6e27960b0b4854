"""What is asked of EDGAR and what it lists; nothing that a server says becomes a path or a date unchecked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from topline.errors import FetchError, InputError

_ACCESSION = re.compile(r"[0-9]{10}-[0-9]{2}-[0-9]{6}")
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /.&()-]{0,39}+")


@dataclass(frozen=True, slots=True, order=True)
class Filing:
    """One submission; `cik` has ten digits, `form` and `filed` are None where only its number is known."""

    filed: str | None
    accession: str
    cik: str
    form: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """Which filings are wanted: of companies, by number, or by words in them; dates are inclusive.

    `forms` are EDGAR's own names, amendments by theirs (`8-K/A`); none means all. `limit` keeps the newest.
    """

    ciks: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    accessions: tuple[str, ...] = ()
    search: str | None = None
    forms: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    limit: int | None = None

    def wants(self, filing: Filing) -> bool:
        """Tell whether form and date of a filing are asked for."""
        filed = filing.filed or ""
        forms = {form.upper() for form in self.forms}
        return (
            (not forms or (filing.form or "").upper() in forms)
            and (self.since is None or filed >= self.since.isoformat())
            and (self.until is None or filed <= self.until.isoformat())
        )


def parse_cik(text: str) -> str:
    """Return a company's number as its ten digits, out of `855654`, `0000855654` or `CIK0000855654`.

    Raises:
        InputError: it is no such number.
    """
    digits = text.strip().upper().removeprefix("CIK")
    if not re.fullmatch(r"[0-9]{1,10}", digits) or not int(digits):
        raise InputError(f"{text!r:.40}: is no CIK; give the company's number, such as 855654")
    return digits.zfill(10)


def parse_accession(text: str) -> str:
    """Return an accession number as `0000950117-94-000182`, also out of its 18 digits.

    Raises:
        InputError: it is no such number.
    """
    digits = text.strip()
    if re.fullmatch(r"[0-9]{18}", digits):
        digits = f"{digits[:10]}-{digits[10:12]}-{digits[12:]}"
    if not _ACCESSION.fullmatch(digits):
        raise InputError(f"{text!r:.40}: is no accession number; one has 18 digits, such as 0001234567-08-000123")
    return digits


def listed_filing(accession: object, cik: object, form: object, filed: object, url: str) -> Filing:
    """Return a filing that a server lists, each field checked.

    Raises:
        FetchError: a field is not what EDGAR gives.
    """
    fields = (
        ("accession number", accession, _ACCESSION),
        ("CIK", cik, re.compile("[0-9]{1,10}")),
        ("form", form, _FORM),
    )
    for name, value, pattern in fields:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise FetchError(f"{url} lists a filing whose {name} is {value!r:.60}; that is not EDGAR's answer", "odd")
    try:
        day = date.fromisoformat(str(filed)).isoformat()
    except ValueError as error:
        raise FetchError(
            f"{url} lists a filing of the date {filed!r:.60}; that is not EDGAR's answer", "odd"
        ) from error
    return Filing(day, str(accession), str(cik).zfill(10), str(form))

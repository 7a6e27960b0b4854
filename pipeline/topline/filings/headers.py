"""The header of a full submission: who filed what, when.

The company is the one that the header names as filer or subject. It is never derived from the accession number, whose
first ten digits often belong to the agent that filed on the company's behalf.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from topline.schema import Source

# `KEY:<tab>value` of .txt submissions, `<KEY>value` of the dissemination feed; one field a match.
_FIELD = re.compile(
    r"^[ \t]{0,8}+([A-Z][A-Z0-9 ./()-]{1,60}):[ \t]*+([^\n]{0,300}+)|<([A-Z0-9_-]{2,40})>([^<\n]{0,300}+)",
    re.MULTILINE,
)
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_COMPANIES = ("FILER", "SUBJECT COMPANY", "SUBJECT-COMPANY", "ISSUER", "FILED FOR", "FILED-FOR")
_OTHERS = ("FILED BY", "FILED-BY", "REPORTING-OWNER", "REPORTING OWNER", "DEPOSITOR", "SECURITIZER", "ISSUING_ENTITY")
_NAMES = ("COMPANY CONFORMED NAME", "CONFORMED-NAME")
_NUMBERS = ("CENTRAL INDEX KEY", "CIK")
_ITEMS_RENUMBERED = "2004-08-23"
# The header gives 8-K items as titles since 2004; the start of each title, in lower case.
_ITEM_TITLES = (
    ("1.01", "entry into a material definitive"),
    ("1.02", "termination of a material definitive"),
    ("1.03", "bankruptcy or receivership"),
    ("1.05", "material cybersecurity"),
    ("2.01", "completion of acquisition"),
    ("2.02", "results of operations and financial"),
    ("2.03", "creation of a direct financial"),
    ("2.04", "triggering events"),
    ("2.05", "costs associated with exit"),
    ("2.06", "material impairment"),
    ("3.01", "notice of delisting"),
    ("3.02", "unregistered sales"),
    ("3.03", "material modification"),
    ("4.01", "changes in registrant"),
    ("4.02", "non-reliance"),
    ("5.01", "changes in control"),
    ("5.02", "departure of directors"),
    ("5.03", "amendments to articles"),
    ("5.07", "submission of matters"),
    ("5.08", "shareholder director nominations"),
    ("7.01", "regulation fd"),
    ("8.01", "other events"),
    ("9.01", "financial statements and exhibits"),
)


def header_source(header: str, source: Source) -> Source:
    """Return `source` with the metadata of a submission's header; fields that the header lacks stay None."""
    fields = [(match[1] or match[3], (match[2] or match[4] or "").strip()) for match in _FIELD.finditer(header)]
    number = _first(fields, "ACCESSION NUMBER", "ACCESSION-NUMBER") or ""
    found = _ACCESSION.search(number) or _ACCESSION.search(header[:4000])
    filed = _iso(_first(fields, "FILED AS OF DATE", "FILING-DATE"))
    cik, company = _company(fields)
    return replace(
        source,
        accession_number=found.group() if found else None,
        cik=cik,
        company=company,
        form_type=_first(fields, "CONFORMED SUBMISSION TYPE", "TYPE", "FORM TYPE"),
        items=_items(fields, filed),
        period=_iso(_first(fields, "CONFORMED PERIOD OF REPORT", "PERIOD")),
        filed=filed,
    )


def _first(fields: list[tuple[str, str]], *keys: str) -> str | None:
    return next((value for key, value in fields if key in keys and value), None)


def _company(fields: list[tuple[str, str]]) -> tuple[str | None, str | None]:
    """Return CIK and name of the first filer or subject; of the first company when no section is named."""
    starts = [index for index, (key, _) in enumerate(fields) if key in _COMPANIES]
    owners = [index for index, (key, _) in enumerate(fields) if key in _OTHERS]
    start = starts[0] if starts else 0
    end = min((index for index in (*starts, *owners) if index > start), default=len(fields))
    section = fields[start:end]
    cik = _first(section, *_NUMBERS)
    return (cik.zfill(10) if cik and cik.isdigit() else cik), _first(section, *_NAMES)


def _items(fields: list[tuple[str, str]], filed: str | None) -> tuple[str, ...]:
    """Return the items' numbers; titles from before the renumbering of 2004 stay as they are."""
    values = [value for key, value in fields if key in ("ITEM INFORMATION", "ITEMS") and value]
    if filed is None or filed < _ITEMS_RENUMBERED:
        return tuple(values)
    return tuple(_item(value) for value in values)


def _item(title: str) -> str:
    lowered = title.lower()
    return next((number for number, start in _ITEM_TITLES if lowered.startswith(start)), title)


def _iso(digits: str | None) -> str | None:
    """Return `20081212` as `2008-12-12`; None for what is no date."""
    if digits is None or not re.fullmatch(r"[0-9]{8}", digits[:8]):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return None

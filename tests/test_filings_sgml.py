"""Full submissions: their parts, their header, what is read and what is set aside."""

import pytest

from topline.errors import FilingError
from topline.filings import decode, read_bytes, verify

HEADER = """<SEC-DOCUMENT>0001234567-08-000001.txt : 20081212
<SEC-HEADER>0001234567-08-000001.hdr.sgml : 20081212
ACCESSION NUMBER:\t\t0001234567-08-000001
CONFORMED SUBMISSION TYPE:\t8-K
PUBLIC DOCUMENT COUNT:\t\t2
CONFORMED PERIOD OF REPORT:\t20081211
ITEM INFORMATION:\t\tOther Events
ITEM INFORMATION:\t\tFinancial Statements and Exhibits
FILED AS OF DATE:\t\t20081212

FILER:

\tCOMPANY DATA:
\t\tCOMPANY CONFORMED NAME:\t\t\tNONEXIA INC
\t\tCENTRAL INDEX KEY:\t\t\t0000987654
</SEC-HEADER>
"""


def part(kind: str, text: str, name: str = "a.txt") -> str:
    filename = f"<FILENAME>{name}\n" if name else ""
    return f"<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>1\n{filename}<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>\n"


def read(*parts: str, header: str = HEADER):
    return read_bytes((header + "".join(parts)).encode(), "filing.txt")


def test_header() -> None:
    source = read(part("8-K", "Of 54, 12 responded."))[0].source
    assert source.accession_number == "0001234567-08-000001"
    assert (source.cik, source.company) == ("0000987654", "NONEXIA INC")
    assert (source.form_type, source.type, source.document) == ("8-K", "8-K", 1)
    assert (source.period, source.filed) == ("2008-12-11", "2008-12-12")
    assert source.items == ("8.01", "9.01")
    assert len(source.sha256) == 64


@pytest.mark.parametrize(
    ("lines", "cik", "company"),
    [
        pytest.param(
            "SUBJECT COMPANY:\n\tCOMPANY CONFORMED NAME:\tTARGET CO\n\tCENTRAL INDEX KEY:\t12\n"
            "FILED BY:\n\tCOMPANY CONFORMED NAME:\tBUYER CO\n\tCENTRAL INDEX KEY:\t34\n",
            "0000000012",
            "TARGET CO",
            id="subject first",
        ),
        pytest.param(
            "FILED BY:\n\tCOMPANY CONFORMED NAME:\tBUYER CO\n\tCENTRAL INDEX KEY:\t34\n"
            "SUBJECT COMPANY:\n\tCOMPANY CONFORMED NAME:\tTARGET CO\n\tCENTRAL INDEX KEY:\t12\n",
            "0000000012",
            "TARGET CO",
            id="subject second",
        ),
        pytest.param(
            "FILER:\n\tCOMPANY CONFORMED NAME:\tFIRST CO\n\tCENTRAL INDEX KEY:\t1\n"
            "FILER:\n\tCOMPANY CONFORMED NAME:\tSECOND CO\n\tCENTRAL INDEX KEY:\t2\n",
            "0000000001",
            "FIRST CO",
            id="several filers",
        ),
        pytest.param("", None, None, id="none, and never the accession number's prefix"),
    ],
)
def test_company(lines: str, cik: str | None, company: str | None) -> None:
    header = f"<SEC-HEADER>\nACCESSION NUMBER:\t0001234567-08-000001\n{lines}</SEC-HEADER>\n"
    source = read(part("8-K", "Of 54, 12 responded."), header=header)[0].source
    assert (source.cik, source.company) == (cik, company)


def test_items_before_the_renumbering_stay_as_they_are() -> None:
    header = HEADER.replace("20081212", "19940812").replace("Other Events", "5")
    assert read(part("8-K", "Of 54, 12."), header=header)[0].source.items == ("5", "Financial Statements and Exhibits")


def test_feed_header() -> None:
    header = (
        "<SUBMISSION>\n<ACCESSION-NUMBER>0001234567-25-000002<TYPE>8-K<PERIOD>20250110<ITEMS>8.01<ITEMS>9.01"
        "<FILING-DATE>20250111<FILER><COMPANY-DATA><CONFORMED-NAME>NONEXIA, INC<CIK>0000987654</COMPANY-DATA></FILER>\n"
    )
    source = read(part("8-K", "<p>Of 54, 12 responded.</p>"), header=header)[0].source
    assert (source.accession_number, source.cik, source.company) == (
        "0001234567-25-000002",
        "0000987654",
        "NONEXIA, INC",
    )
    assert (source.form_type, source.items, source.period, source.filed) == (
        "8-K",
        ("8.01", "9.01"),
        "2025-01-10",
        "2025-01-11",
    )


def test_parts_that_can_hold_prose_are_read() -> None:
    kinds = ["8-K", "EX-99.1", "EX-99", "EX-13", "EX-20.1", "EX-10.1", "EX-2", "EX-131", "XML", "EX-101.INS", "GRAPHIC"]
    documents = read(*(part(kind, f"Part {number} says: of 54, 12 responded.") for number, kind in enumerate(kinds)))
    assert [document.source.type for document in documents] == ["8-K", "EX-99.1", "EX-99", "EX-13", "EX-20.1"]
    assert [document.source.document for document in documents] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("GRAPHIC", "begin 644 logo.jpg\nM12345\n`\nend", "uuencoded"),
        ("LETTER", "<PDF>\nbegin 644 a.pdf\nM12345\nend\n</PDF>", "pdf"),
        ("XML", "<XML>\n<a>12</a>\n</XML>", "data"),
        ("EX-10.1", "The lease runs for 12 months.", "exhibit"),
        ("8-K", "Of 54, 12 responded.", "duplicate"),
    ],
)
def test_parts_set_aside_are_accounted_for(kind: str, content: str, reason: str) -> None:
    text = HEADER + part("8-K", "Of 54, 12 responded.") + part(kind, content)
    documents = read_bytes(text.encode(), "filing.txt")
    assert len(documents) == 1
    [item] = [item for item in documents[0].exclusions if item.reason == reason]
    assert text[item.source_start : item.source_end] == content + "\n"


def test_the_header_is_an_exclusion() -> None:
    document = read(part("8-K", "Of 54, 12 responded."))[0]
    assert document.exclusions[0].reason == "header"
    assert document.exclusions[0].source_start == 0


def test_a_missing_filename_and_inline_xbrl() -> None:
    inner = (
        "<XBRL>\n<?xml version='1.0'?>\n<html><body><ix:header>7</ix:header><p>54 patients</p></body></html>\n</XBRL>"
    )
    documents = read(part("8-K", inner, name=""))
    assert [document.text for document in documents] == ["54 patients"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<PAGE>   1\nResponse was <TABLE> as\n<S> <C>\n", None),
        ("<P ALIGN=CENTER>Of 54</P>", "Of 54"),
        ("<HTML><BODY>p<0.05</BODY></HTML>", "p<0.05"),
        ("The p-value was p<0.05 and x<b", None),
    ],
)
def test_markup_is_told_by_content(content: str, text: str | None) -> None:
    document = read(part("8-K", content))[0]
    assert document.text == (content + "\n" if text is None else text)


def test_wrapped_submission_with_escaped_dashes() -> None:
    pem = "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\nMIC-Info: RSA-MD5,RSA,\n AbC=\n\n"
    text = pem + HEADER.replace("SEC-", "IMS-") + part("8-K", "Of 54,\n- -----\n- - 12 responded.\n- no dash")
    document = read_bytes(text.encode(), "filing.txt")[0]
    assert document.text == "Of 54,\n-----\n- 12 responded.\n- no dash\n"
    assert [item.reason for item in document.exclusions].count("dash_escape") == 2
    start = document.text.index("12 resp")
    assert document.source_ranges(start, start + 2) == ((text.index("12 resp"), text.index("12 resp") + 2),)
    verify(document, decode(text.encode()), 0, len(document.text))


def test_places_of_a_later_part_count_from_the_start_of_the_file() -> None:
    text = HEADER + part("8-K", "Of 54.") + part("EX-99.1", "<p>caf\u00e9 12&#150;15</p>")
    document = read_bytes(text.encode(), "filing.txt")[1]
    [(low, high)] = document.source_ranges(5, 10) or ()
    assert (document.text[5:10], text[low:high]) == ("12–15", "12&#150;15")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER, "header_only"),
        (HEADER + "<DOCUMENT>\n<TYPE>8-K\n<TEXT>\nOf 54, 12 resp", "cut"),
        (HEADER + "<DOCUMENT>\n<TYPE>8-K\n", "cut"),
        (HEADER + part("EX-10.1", "A lease.") + part("EX-10.2", "A loan."), "no_prose"),
        (HEADER + part("LETTER", "<PDF>\nbegin 644 a.pdf\nM1\nend\n</PDF>"), "pdf"),
    ],
)
def test_refused_submissions(text: str, reason: str) -> None:
    with pytest.raises(FilingError) as caught:
        read_bytes(text.encode(), "filing.txt")
    assert caught.value.reason == reason
    assert str(caught.value).startswith("filing.txt: ")


def test_a_submission_with_one_whole_part_is_read() -> None:
    text = HEADER + part("8-K", "Of 54, 12 responded.") + "<DOCUMENT>\n<TYPE>EX-99.1\n<TEXT>\nOf 5"
    documents = read_bytes(text.encode(), "filing.txt")
    assert [document.source.type for document in documents] == ["8-K"]
    assert "cut" in {item.reason for item in documents[0].exclusions}


def test_a_document_without_a_header_is_read() -> None:
    source = read(part("EX-10.1", "Of 54, 12 responded."), header="")[0].source
    assert (source.type, source.form_type, source.company) == ("EX-10.1", None, None)


def test_a_part_without_shown_text_is_set_aside() -> None:
    documents = read(part("8-K", "<html><p hidden>7</p></html>"), part("EX-99.1", "Of 54, 12 responded."))
    assert [document.source.type for document in documents] == ["EX-99.1"]
    assert "empty" in {item.reason for item in documents[0].exclusions}
    with pytest.raises(FilingError, match="holds text"):
        read(part("8-K", "<html><p hidden>7</p></html>"))

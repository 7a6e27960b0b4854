"""What the head of a list and the headline give to their items: arm, n, endpoint, time and trial, until replaced.

Items are read by the untrained scores; a row is `value | endpoint | cohort | n | time | trial`. All names are invented.
"""

from __future__ import annotations

import pytest
from marked import pipeline
from table_rows import lines

from topline.extraction import read_document
from topline.filings import read_bytes


def read(source: str, name: str) -> list[str]:
    """Return a line for each row."""
    rows = (
        row for document in read_bytes(source.encode(), name) for row in read_document(pipeline(), document)._.results
    )
    return [" | ".join(_fields(row)).rstrip(" |") for row in rows]


def _fields(row) -> list[str]:
    time = " ".join(row.time_frame.text.split()) if row.time_frame else ""
    cohort, n = (row.cohort.text, str(row.cohort.n or "-")) if row.cohort else ("-", "-")
    endpoint = row.endpoint.text if row.endpoint else "-"
    return [row.value.text, endpoint, " ".join(cohort.split()), n, time, row.trial.name or row.trial.phase or ""]


TEXTS = {
    "the head gives arm, n and time": (
        """
At week 24, patients treated with velotinib (n=54) showed the following:

- clinical remission of 38.9%
- endoscopic response of 51.9%
""",
        """
        38.9% | clinical remission | patients treated with velotinib | 54 | At week 24
        51.9% | endoscopic response | patients treated with velotinib | 54 | At week 24
        """,
    ),
    "the next head replaces it": (
        """
At week 24, patients treated with velotinib (n=54) showed the following:

- clinical remission of 38.9%

At week 52, patients treated with merolisib (n=52) showed the following:

- clinical remission of 11.5%
""",
        """
        38.9% | clinical remission | patients treated with velotinib | 54 | At week 24
        11.5% | clinical remission | patients treated with merolisib | 52 | At week 52
        """,
    ),
    "the head gives the endpoint": (
        """
Rates of clinical remission at week 12 were:

- 38.9% with velotinib
- 11.5% with placebo
""",
        """
        38.9% | Rates of clinical remission | velotinib | - | at week 12
        11.5% | Rates of clinical remission | placebo | - | at week 12
        """,
    ),
    "an item's own time comes before the head's": (
        """
Patients treated with velotinib (n=54) showed the following at week 12:

- clinical remission of 38.9%
- endoscopic response of 51.9% at week 24
""",
        """
        38.9% | clinical remission | Patients treated with velotinib | 54 | at week 12
        51.9% | endoscopic response | Patients treated with velotinib | 54 | at week 24
        """,
    ),
    "sub-bullets have their bullet's arm": (
        """
Clinical results at week 12:

- Patients on velotinib (n=54)
    - clinical remission of 38.9%
    - endoscopic response of 51.9%
- Patients on placebo (n=52)
    - clinical remission of 11.5%
    - endoscopic response of 19.2%
""",
        """
        38.9% | clinical remission | Patients on velotinib | 54 | at week 12
        51.9% | endoscopic response | Patients on velotinib | 54 | at week 12
        11.5% | clinical remission | Patients on placebo | 52 | at week 12
        19.2% | endoscopic response | Patients on placebo | 52 | at week 12
        """,
    ),
    "sub-bullets have their bullet's endpoint": (
        """
Efficacy results of the phase 2 trial:

- Objective response rate
    - 38.9% in the velotinib arm
    - 11.5% in the placebo arm
- Disease control rate
    - 64.8% in the velotinib arm
    - 40.4% in the placebo arm
""",
        """
        38.9% | Objective response rate | velotinib arm | - |  | phase 2
        11.5% | Objective response rate | placebo arm | - |  | phase 2
        64.8% | Disease control rate | velotinib arm | - |  | phase 2
        40.4% | Disease control rate | placebo arm | - |  | phase 2
        """,
    ),
    "a paragraph after the list is under no head": (
        """
At week 24, patients treated with velotinib (n=54) showed the following:

- clinical remission of 38.9%

Adverse events were reported in 21.2% of patients on placebo.
""",
        """
        38.9% | clinical remission | patients treated with velotinib | 54 | At week 24
        21.2% | Adverse events | patients on placebo | -
        """,
    ),
}

PAGES = {
    "nested lists of a page": (
        """<p>Results at week 12 were as follows:</p>
        <ul><li>Patients on velotinib (n=54)<ul><li>clinical remission of 38.9%</li></ul></li>
        <li>Patients on placebo (n=52)<ul><li>clinical remission of 11.5%</li></ul></li></ul>""",
        """
        38.9% | clinical remission | Patients on velotinib | 54 | at week 12
        11.5% | clinical remission | Patients on placebo | 52 | at week 12
        """,
    ),
    "bullets in cells, as agents set them": (
        """<p>At week 24, patients treated with velotinib (n=54) showed the following:</p>
        <table><tr><td style="width:4%">&nbsp;</td><td>&#8226;</td>
        <td>clinical remission of 38.9%</td></tr></table>
        <table><tr><td style="width:4%">&nbsp;</td><td>&#8226;</td>
        <td>endoscopic response of 51.9%</td></tr></table>""",
        """
        38.9% | clinical remission | patients treated with velotinib | 54 | At week 24
        51.9% | endoscopic response | patients treated with velotinib | 54 | At week 24
        """,
    ),
    "the headline's trial, until the next": (
        """<h2>LUMEN-2 Trial</h2><p>Patients on velotinib (n=54) had the following results:</p>
        <ul><li>clinical remission of 38.9%</li></ul>
        <h2>LUMEN-3 Trial</h2><p>Patients on velotinib (n=88) had the following results:</p>
        <ul><li>clinical remission of 40.9%</li></ul>""",
        """
        38.9% | clinical remission | Patients on velotinib | 54 |  | LUMEN-2
        40.9% | clinical remission | Patients on velotinib | 88 |  | LUMEN-3
        """,
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_lists_of_texts(name):
    source, wanted = TEXTS[name]
    assert read(source, "release.txt") == lines(wanted)


@pytest.mark.parametrize("name", PAGES)
def test_lists_of_pages(name):
    source, wanted = PAGES[name]
    assert read(f"<html><body>{source}</body></html>", "release.htm") == lines(wanted)

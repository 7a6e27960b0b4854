"""Gold and predictions out of marked-up text, for the tests of evaluation, report and diff."""

from __future__ import annotations

import re
from typing import Any

from topline.gold import GoldRecord, readings, text_digest
from topline.gold.records import parse_record

LABELS = {"v": "VALUE", "e": "ENDPOINT", "c": "COHORT", "n": "COUNT", "t": "TIME_FRAME", "i": "CI", "p": "P_VALUE"}
_TAG = re.compile(r"<(/?)([a-z][0-9]*[a-z]?)>")


def unmark(marked: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the text without its tags, and each tag's span; `<v1>39.3%</v1>` is a span named v1."""
    text, spans, opened, last = "", {}, {}, 0
    for tag in _TAG.finditer(marked):
        text, last = text + marked[last : tag.start()], tag.end()
        if tag[1]:
            spans[tag[2]] = (opened.pop(tag[2]), len(text))
        else:
            assert tag[2] not in spans, f"tag {tag[2]} twice"
            opened[tag[2]] = len(text)
    assert not opened, f"unclosed tags: {opened}"
    return text + marked[last:], spans


def gold_record(name: str, marked: str, results: list[str]) -> GoldRecord:
    """Return a gold record; a result reads `v1 percent e1 c1 n1=48`, and `-` stands for a field that is not given."""
    text, spans = unmark(marked)
    mentions = [
        {"id": tag, "start": start, "end": end, "label": LABELS[tag[0]]}
        for tag, (start, end) in spans.items()
        if tag[0] in LABELS and not tag[-1].isalpha()
    ]
    data = {"id": name, "sha256": text_digest(text), "text": text, "mentions": mentions}
    return parse_record({**data, "results": [_result(line) for line in results]}, "example:1")


def _result(line: str) -> dict[str, Any]:
    """Return a gold result of its short form."""
    value, kind, endpoint, cohort, *rest = line.split()
    result: dict[str, Any] = {"value": value, "kind": kind, "n": None, "endpoint": endpoint, "cohort": cohort}
    for item in rest:
        tag, _, number = item.partition("=")
        result[{"n": "n_at", "t": "time", "i": "ci", "p": "p"}[tag[0]]] = tag
        result["n"] = int(number) if number else result["n"]
    return {key: None if item == "-" else item for key, item in result.items()}


def predicted_rows(name: str, marked: str, lines: list[str]) -> list[dict[str, Any]]:
    """Return predicted rows; a line reads `v1 percent e1 c1 48 0.9`: value, kind, endpoint, cohort, n, confidence."""
    text, spans = unmark(marked)
    return [_row(name, text, spans, number, *line.split()) for number, line in enumerate(lines)]


def _row(name: str, text: str, spans: dict[str, tuple[int, int]], number: int, *fields: str) -> dict[str, Any]:
    """Return one predicted row."""

    def quote(tag: str) -> dict[str, Any] | None:
        start, end = spans.get(tag, (0, 0))
        return None if tag == "-" else {"text": text[start:end], "start": start, "end": end, "source": None}

    value, kind, endpoint, cohort, n, confidence = fields
    said = readings((quote(value) or {})["text"])[0]
    single = said.low == said.high
    number_fields = {"number": said.low if single else None, "low": None, "high": None}
    if not single:
        number_fields |= {"low": said.low, "high": said.high}
    group = quote(cohort)
    return {
        "schema": "topline/1",
        "id": f"r{number}",
        "source": {"file": f"{name}.txt", "sha256": text_digest(text), "document": None},
        "value": {**(quote(value) or {}), "kind": kind, **number_fields},
        "endpoint": quote(endpoint),
        "cohort": group and {**group, "n": None if n == "-" else int(n), "n_start": None, "n_end": None},
        "comparator": None,
        "numerator": None,
        "time_frame": None,
        "ci": None,
        "p_value": None,
        "confidence": float(confidence),
    }


# Fifteen gold results and fifteen predictions with every outcome, of two invented trials.
TRIAL = """
Marlowe Biosciences reported on QX-17 today. In the <n1>48</n1> <c1>evaluable patients</c1> the <e1>objective response
rate</e1> was <v1>31.3%</v1> and the <e2>disease control rate</e2> was <v2>62.5%</v2>. In the <n2>20</n2>
<c2>patients with liver metastases</c2>, <e3>stable disease</e3> was seen in <v3>45.0%</v3>.
Of all the evaluable patients,
<v4>58.3%</v4> had <e4>tumour shrinkage</e4>; <e5>median exposure</e5> was <v5>5.0 cycles</v5>.
<e6>Median time to response</e6> was <v6>4.4 months (<v6a>19 weeks</v6a>)</v6>, and <e7>dose reductions</e7> were
needed in <v7><v7a>25</v7a>-<v7b>35%</v7b></v7> of patients across sites.
"""
TRIAL_GOLD = [
    "v1 percent e1 c1 n1=48",
    "v2 percent e2 c1 n1=48",
    "v3 percent e3 c2 n2=20",
    "v4 percent e4 c1 n1=48",
    "v5 number e5 c1 n1=48",
    "v6 duration e6 c1 n1=48",
    "v7 percent e7 c1 n1=48",
]
TRIAL_ROWS = [
    "v1 percent e1 c1 48 0.95",  # correct
    "v1 percent e2 c1 48 0.35",  # spurious: a second row for one value
    "v2 percent e1 c1 48 0.55",  # wrong endpoint
    "v3 percent e3 c1 48 0.65",  # wrong cohort
    "v4 percent e4 c1 40 0.75",  # wrong n
    "v5 duration e5 c1 48 0.85",  # wrong kind
    "v6a duration e6 c1 48 0.45",  # wrong boundaries
    "v7a percent e7 c1 48 0.25",  # split
    "v7b percent e7 c1 48 0.25",  # split
]
SAFETY = """
Safety of QX-17 in the <c1>safety population</c1>: <e1>rash</e1> was mild in <v1m><v1>10%</v1> to <v2>14%</v2></v1m> at
the two sites, <e3>nausea</e3> occurred in <v3>22%</v3>, the drug cost $5 million, <v4>three</v4>
<e4>stopped treatment</e4> and <v5>7%</v5> had <e5>headache</e5>.
The <c2>safety population at week 24</c2> had <e6>fatigue</e6> in <v6>9%</v6>, and
<e7>grade 3 events</e7> in <v7>4%</v7> of the <c3>elderly subgroup</c3>. <e8>Median follow-up</e8> was
<v8><v8a>6 years</v8a> (<v8b>5.9 years</v8b>)</v8> in <n9>61</n9> people.
"""
SAFETY_GOLD = [
    "v1 percent e1 c1",
    "v2 percent e1 c1",
    "v3 percent e3 c1",
    "v4 count e4 c1",
    "v5 percent e5 c1",
    "v6 percent e6 c2",
    "v7 percent e7 c3",
    "v8 duration e8 c1",
]
SAFETY_ROWS = [
    "v1m percent e1 c1 - 0.15",  # merged: two values read as one range
    "v6 percent e6 c1 - 0.95",  # correct: the cohort is another mention of the same name
    "v7 percent e6 c1 - 0.35",  # wrong endpoint, and the cohort with it
    "v8a duration e8 c1 - 0.95",  # correct: overlaps, same number
    "v8b duration e8 c1 - 0.15",  # split: a piece more of a value that is matched
    "n9 count e8 c1 - 0.15",  # spurious: a count of people
]
# What the pipeline says became of the numbers: `three` was never read.
SAFETY_LEDGER = {"v3": ("set_aside", "money"), "v5": ("unlinked", "below threshold")}


def example_gold() -> list[GoldRecord]:
    """Return the gold of both documents."""
    return [gold_record("trial", TRIAL, TRIAL_GOLD), gold_record("safety", SAFETY, SAFETY_GOLD)]


def example_rows() -> list[dict[str, Any]]:
    """Return the predicted rows of both documents."""
    return predicted_rows("trial", TRIAL, TRIAL_ROWS) + predicted_rows("safety", SAFETY, SAFETY_ROWS)


def example_ledger() -> list[dict[str, Any]]:
    """Return the ledger detail record of the second document."""
    _, spans = unmark(SAFETY)
    numbers = [
        {"start": spans[tag][0], "end": spans[tag][1], "label": "QUANTITY", "fate": fate, "reason": reason}
        for tag, (fate, reason) in SAFETY_LEDGER.items()
    ]
    return [{"schema": "topline-ledger/1", "id": "safety", "numbers": numbers}]


def perfect_rows(gold: list[GoldRecord]) -> list[dict[str, Any]]:
    """Return rows that say what the gold says."""
    return [row for record in gold for row in _perfect(record)]


def _perfect(record: GoldRecord) -> list[dict[str, Any]]:
    """Return the gold rows of one record as predictions."""
    text, mentions, rows = record.text or "", record.by_id(), []
    for number, result in enumerate(record.results):

        def quote(link: str | None) -> dict[str, Any] | None:
            mention = mentions.get(link or "")
            return mention and {"text": text[mention.start : mention.end], "start": mention.start, "end": mention.end}

        rows.append(
            {
                "schema": "topline/1",
                "id": f"g{number}",
                "source": {"file": f"{record.id}.txt", "sha256": record.sha256},
                "value": {**(quote(result.value) or {}), "kind": result.kind},
                "endpoint": quote(result.endpoint),
                "cohort": (group := quote(result.cohort)) and {**group, "n": result.n},
                "comparator": quote(result.comparator),
                "numerator": quote(result.numerator),
                "time_frame": quote(result.time),
                "ci": quote(result.ci),
                "p_value": quote(result.p),
                "confidence": 1.0,
            }
        )
    return rows

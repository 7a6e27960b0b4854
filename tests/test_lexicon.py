import re

import pytest

from topline.errors import ConfigError
from topline.mentions import endpoint_terms, lexicon, populations
from topline.mentions.lexicon import Term

COLUMNS = ("code", "name")


def found(text, *terms):
    hits = lexicon.find(lexicon.build(terms), text)
    return [(text[hit.start : hit.end], hit.term.code) for hit in hits]


RESPONSE = Term("RESPONSE", "response")
RATE = Term("ORR", "overall response rate")
ABBREVIATION = Term("ORR", "ORR", exact=True)
CRISIS = Term("VOC", "vaso-occlusive crisis")
TUMOR = Term("SIZE", "tumor size")


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("the overall response rate was", (RESPONSE, RATE), [("overall response rate", "ORR")]),
        ("the overall and partial response", (RESPONSE, RATE), [("response", "RESPONSE")]),
        ("Overall Response Rate", (RATE,), [("Overall Response Rate", "ORR")]),
        ("overall response\n   rate", (RATE,), [("overall response\n   rate", "ORR")]),
        ("overall response\n\nrate", (RATE,), []),
        ("overall-response rates", (RATE,), [("overall-response rates", "ORR")]),
        ("an ORR of 40%, ORRs", (ABBREVIATION,), [("ORR", "ORR"), ("ORRs", "ORR")]),
        ("an orr of 40%", (ABBREVIATION,), []),
        ("vaso\u2011occlusive crisis", (CRISIS,), [("vaso\u2011occlusive crisis", "VOC")]),
        ("tumour size", (TUMOR,), [("tumour size", "SIZE")]),
        ("irresponse responsed", (RESPONSE,), []),
        ("see https://a.example/overall-response-rate", (RATE,), []),
        ("İ: response", (RESPONSE,), [("response", "RESPONSE")]),
        ("Lp(a) fell", (Term("LPA", "Lp(a)", exact=True),), [("Lp(a)", "LPA")]),
    ],
)
def test_find(text, terms, expected):
    assert found(text, *terms) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("code\tterm\nA\tb\n", "x.tsv:1: the header must be code, name"),
        ("", "x.tsv:1: the header must be"),
        ("code\tname\nA\tb\tc\n", "x.tsv:2: 3 cells, not 2"),
        ("code\tname\nA\tb\nB\t \n", "x.tsv:3: the cell 'name' is empty"),
        ("code\tname\nA\tb\nA\tc\n", "x.tsv:3: 'A' repeats line 2"),
    ],
)
def test_malformed_table_is_refused_with_its_place(content, message):
    with pytest.raises(ConfigError, match=message):
        lexicon.parse_table("x.tsv", content, COLUMNS)


def test_dash_is_none():
    (row,) = lexicon.parse_table("x.tsv", "code\tname\nA\t-\n", COLUMNS)
    assert row.cells == {"code": "A", "name": ""}
    assert row.parts("name") == ()


@pytest.mark.parametrize("text", ["of the", "a", "%", "12", "-"])
def test_term_that_would_match_everything_is_refused(text):
    with pytest.raises(ConfigError, match=r"t\.tsv:7: .* would match nearly everything"):
        lexicon.build([Term("A", text, place="t.tsv:7")])


def test_term_of_two_rows_is_refused_naming_both():
    with pytest.raises(ConfigError, match=r"t\.tsv:3: .*'Relapse' stands at t\.tsv:2 already"):
        lexicon.build([Term("A", "relapse", place="t.tsv:2"), Term("B", "Relapse", place="t.tsv:3")])


def test_written_term_comes_before_a_plural_made_from_another():
    terms = (Term("SINGULAR", "event"), Term("PLURAL", "events"))
    assert found("events and event", *terms) == [("events", "PLURAL"), ("event", "SINGULAR")]


def test_endpoint_table_is_wide_enough():
    areas = {term.area for term in endpoint_terms.table().values()}
    assert len(endpoint_terms.table()) >= 280
    assert {"oncology", "cardiovascular", "rare disease", "infectious disease", "safety", "disposition"} <= areas


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ORR was 40% and median PFS 6 months.", [("ORR", "ORR"), ("PFS", "PFS")]),
        ("reduction in HbA1c and LDL-C", [("HbA1c", "HBA1C"), ("LDL-C", "LDLC")]),
        ("EASI-75 and ACR20 responders", [("EASI-75", "EASI75"), ("ACR20 responders", "ACR20")]),
        ("Three patients died", [("died", "ACM")]),
        ("three discontinued due to adverse events", [("discontinued due to adverse events", "AE_DISC")]),
        ("hospitalised for heart failure", [("hospitalised for heart failure", "HHF")]),
        ("the Form 10-K was filed", []),
        ("Public Relations (PR) staff; call PR", []),
        ("overall survival of wildtype (OSW); OSW was", [("overall survival", "OS")]),
        ("rate of grade 2 fatigue (RGF) rose", [("fatigue", "FATIGUE"), ("RGF", "FATIGUE")]),
    ],
)
def test_endpoint_terms(text, expected):
    assert [(text[m.start : m.end], m.code) for m in endpoint_terms.match(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the modified intent-to-treat population", [("modified intent-to-treat", "modified_intent_to_treat")]),
        ("the ITT population; itt", [("ITT", "intent_to_treat")]),
        ("entire 107 efficacy evaluable patients", [("efficacy evaluable", "efficacy_evaluable")]),
        ("the population of Ohio", []),
    ],
)
def test_populations(text, expected):
    assert [(text[start:end], kind) for start, end, kind in populations.find(text)] == expected


@pytest.mark.parametrize(
    ("pattern", "words", "text", "expected"),
    [
        (r"\barm\s[A-H]\b", ("arm",), "In arm A, not army B; Arm C and arm-D, arm E.", ["arm A", "arm E"]),
        (r"\b(?:the\s)?arm\b", ("the", "arm"), "the arm or an arm", ["the arm", "arm"]),  # none inside another
        (r"\b(?:the\s)?arm\b", ("pill",), "the arm", []),
    ],
)
def test_a_pattern_is_tried_at_its_words_only(pattern, words, text, expected):
    places = lexicon.places(text)
    starts = [start for word in words for start in places.get(word, ())]
    assert [hit[0] for hit in lexicon.matches(re.compile(pattern), text, starts)] == expected

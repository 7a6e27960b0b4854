"""Places in words, and the cells of a table that lead to a value."""

import pytest

from topline.excerpts import make_layout, own_place, place, stretches, table_lines, table_title
from topline.filings import text_document

TEXT = """\
ZELNOTIDE SHRANK TUMORS IN 41% OF PATIENTS

The trial enrolled 61 patients. Follow-up was short. The response rate was 41.0%.

Results by arm:

- Arm A: the response rate was 52%
- Arm B: the response rate was 30%

Adverse events

| Event | Arm A (n=31) | Arm B (n=30) |
|---|---|---|
| Any grade | | |
| Nausea | 12 (38.7%) | 9 (30.0%) |
| Rash | 3 (9.7%) | 1 (3.3%) |
| Grade 3 | | |
| Nausea, severe | 2 (6.5%) | 0 |

Nobody died."""
SENTENCES = tuple(TEXT.index(start) for start in (
    "ZELNOTIDE", "The trial", "Follow-up", "The response", "Results by", "- Arm A", "- Arm B", "Adverse", "Event",
    "Arm A (n", "Arm B (n", "Any", "Nausea", "12 (", "9 (", "Rash", "3 (", "1 (", "Grade 3", "Nausea, s", "2 (",
    "Nobody",
))  # fmt: skip
LAYOUT = make_layout(TEXT, text_document(TEXT).blocks, SENTENCES)


@pytest.mark.parametrize(
    ("quote", "value", "said"),
    [
        ("41%", "41.0%", "heading"),
        ("61 patients", "41.0%", "2 sentences before"),
        ("Follow-up", "41.0%", "1 sentence before"),
        ("response rate was 41", "41.0%", "same sentence"),
        ("52%", "41.0%", "2 sentences after"),
        ("Results by arm", "30%", "head of the list"),
        ("Arm A", "30%", "1 sentence before"),
        ("Results by arm", "41.0%", "1 sentence after"),
        # the same cell is a head to one value, a place by number to another
        ("n=31", "38.7%", "column head"),
        ("n=31", "30.0%", "row 1, column 2"),
        ("Rash", "9.7%", "row label"),
        ("Rash", "38.7%", "row 4, column 1"),
        ("12 (", "38.7%", "same cell"),
        ("n=31", "41.0%", "table 1, row 1, column 2"),
        # between a table's value and prose, its other cells do not count
        ("30%", "3.3%", "2 sentences before the table"),
        ("Nobody", "38.7%", "below the table"),
        ("Adverse", "38.7%", "above the table"),
    ],
)
def test_a_place_is_told_as_seen_from_the_value(quote, value, said):
    assert place(LAYOUT, TEXT.index(quote), TEXT.index(value)) == said


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("41%", "heading, line 1"),
        ("52%", "bullet, line 7"),
        ("41.0%", "text, line 3"),
        ("9.7%", "table 1, row 4, column 2"),
    ],
)
def test_a_place_by_itself(quote, said):
    assert own_place(LAYOUT, TEXT.index(quote)) == said


def test_without_sentences_distances_are_in_paragraphs():
    layout = make_layout(TEXT, LAYOUT.blocks)
    assert place(layout, TEXT.index("61"), TEXT.index("41.0%")) == "same paragraph"
    assert place(layout, TEXT.index("61"), TEXT.index("30%")) == "3 paragraphs before"
    bare = make_layout("One of ten.\nStill one.\n\n \nTwo of ten.\n")
    assert [bare.text[start:][:3] for start in bare.units] == ["One", "Two"]
    assert place(bare, 0, bare.text.index("Two")) == "1 paragraph before"


def shown(value: str, *cited: str) -> list[str]:
    """Return the lines of a value's table; `^` marks a head, `...` rows left out above."""
    spans = [(TEXT.index(quote), TEXT.index(quote) + len(quote)) for quote in (value, *cited)]
    drawn = []
    for line in table_lines(LAYOUT, TEXT.index(value), spans):
        cells = " | ".join(TEXT[cell.start : cell.end] if cell else "" for cell in line.cells).strip(" |")
        drawn.append("... " * line.skipped + cells + " ^" * line.head)
    return drawn


@pytest.mark.parametrize(
    ("value", "cited", "lines"),
    [
        ("38.7%", (), ["Event | Arm A (n=31) ^", "Any grade", "Nausea | 12 (38.7%)"]),
        ("30.0%", (), ["Event | Arm B (n=30) ^", "Any grade", "Nausea | 9 (30.0%)"]),
        # the section over the row, not the one before it; what is cited elsewhere brings its row and its column
        ("6.5%", (), ["Event | Arm A (n=31) ^", "... Grade 3", "Nausea, severe | 2 (6.5%)"]),
        (
            "6.5%",
            ("3.3%",),
            [
                "Event | Arm A (n=31) | Arm B (n=30) ^",
                "... Rash | 3 (9.7%) | 1 (3.3%)",
                "Grade 3",
                "Nausea, severe | 2 (6.5%) | 0",
            ],
        ),
        ("41.0%", (), []),
    ],
)
def test_a_tables_lines_lead_to_the_value(value, cited, lines):
    assert shown(value, *cited) == lines


def test_a_tables_title_is_the_line_above_it_unless_that_is_shown_anyway():
    value, above = TEXT.index("9.7%"), TEXT.index("Adverse")
    assert table_title(LAYOUT, value, []) == "table 1, row 4, column 2 · Adverse events"
    assert table_title(LAYOUT, value, [(above, above + 7)]) == "table 1, row 4, column 2"


@pytest.mark.parametrize(
    ("quotes", "context", "said"),
    [
        (["enrolled"], 8, ["The trial enrolled 61 patients."]),
        (["enrolled", "Follow-up"], 2, ["trial enrolled 61 patients. Follow-up was"]),
        (["enrolled", "rate"], 2, ["trial enrolled 61", "response rate was"]),
        (["trial"], 500, ["The trial enrolled 61 patients. Follow-up was short. The response rate was 41.0%."]),
    ],
)
def test_stretches_go_from_word_to_word_and_are_joined_when_near(quotes, context, said):
    start = TEXT.index("The trial")
    bounds = start, TEXT.index("\n", start)
    spans = [(TEXT.index(quote, start), TEXT.index(quote, start) + len(quote)) for quote in quotes]
    assert [TEXT[low:high].strip() for low, high in stretches(TEXT, spans, bounds, context, 12)] == said

"""The passages behind a row: its own sentence or cells, the other places that it cites, its duplicates."""

import io
from dataclasses import dataclass, replace

import pytest
from rich.console import Console

from topline.excerpts import make_layout
from topline.filings import text_document
from topline.schema import Cohort, Endpoint, Place, Quote, Result, Source, Treatment, Trial, Value
from topline.terminal_passages import citations, legend, passage

PROSE = """\
ZELNOTIDE IN 61 PATIENTS WITH PAIN

Arm B (high dose) had 34 treated patients. All of them stayed. At week 12, the response rate was 41.2% in arm B,
as against 20.0%. Nobody died."""
TABLE = """\
Response at week 12

| Outcome | Arm A (n=31) | Arm B (n=34) |
|---|---|---|
| Death | 0% | 0% |
| Response | 22.6% | 41.2% |
"""
ROLES = {"value": Value, "endpoint": Endpoint, "cohort": Cohort, "time_frame": Quote, "p_value": Quote}


@dataclass(frozen=True)
class Cited(Quote):
    role: str = ""


@dataclass(frozen=True)
class Row(Result):
    evidence: tuple[Cited, ...] = ()


def make_layout_of(text):
    starts = [0] + [at for at in range(2, len(text)) if text[at - 2 : at] in (". ", "\n\n")]
    return make_layout(text, text_document(text).blocks, starts)


def make_row(text, n=None, **cited):
    """Return a row that cites these quotes; `n` is quoted too."""
    fields = dict.fromkeys(("endpoint", "cohort", "comparator", "numerator", "time_frame", "ci", "p_value"))
    for role, said in cited.items():
        start = text.index(said)
        fields[role] = ROLES[role](said, start, start + len(said))
    if n:
        fields["cohort"] = replace(fields["cohort"], n=1, n_start=text.index(n), n_end=text.index(n) + len(n))
    low, high = make_layout_of(text).unit_at(fields["value"].start)
    known = {"treatment": Treatment(), "trial": Trial(), "where": "prose", "confidence": None}
    return Row(id="0123456789ab", source=Source("a.txt", "0" * 64), sentence=Place(low, high), **fields, **known)


def drawn(text, row, width=200, stated=None):
    console = Console(width=width, markup=False, emoji=False, highlight=False, file=io.StringIO(), color_system=None)
    with console.capture() as captured:
        console.print(passage(make_layout_of(text), row, False, stated))
    return [line.strip() for line in captured.get().splitlines() if line.strip()]


OWN = "the {response rate} was [41.2%]"


@pytest.mark.parametrize(
    ("cited", "lines"),
    [
        (
            {"endpoint": "response rate"},
            ["012345  At week 12, the {response rate} was [41.2%] in arm B, as against 20.0%."],
        ),
        # beside the value all is marked in its place, a group around its size
        (
            {"endpoint": "response rate", "cohort": "arm B", "time_frame": "At week 12"},
            ["012345  ⟦At week 12⟧, the {response rate} was [41.2%] in <arm B>, as against 20.0%."],
        ),
        # two fields of one other sentence share a line
        (
            {"cohort": "34 treated patients", "n": "34"},
            [
                "012345  At week 12, the response rate was [41.2%] in arm B, as against 20.0%.",
                "↑ cohort, n, 2 sentences before: Arm B (high dose) had <«34» treated patients>.",
            ],
        ),
        # two other sentences: a line each, in order; a heading is called so
        (
            {"endpoint": "PAIN", "cohort": "them"},
            [
                "012345  At week 12, the response rate was [41.2%] in arm B, as against 20.0%.",
                "↑ endpoint, heading: ZELNOTIDE IN 61 PATIENTS WITH {PAIN}",
                "↑ cohort, 1 sentence before: All of <them> stayed.",
            ],
        ),
        (
            {"endpoint": "died"},
            [
                "012345  At week 12, the response rate was [41.2%] in arm B, as against 20.0%.",
                "↓ endpoint, 1 sentence after: Nobody {died}.",
            ],
        ),
        # what the table of rows shows is not marked beside the value, yet it is shown from elsewhere
        (
            {"p_value": "20.0%"},
            ["012345  At week 12, the response rate was [41.2%] in arm B, as against 20.0%."],
        ),
        (
            {"p_value": "61"},
            [
                "012345  At week 12, the response rate was [41.2%] in arm B, as against 20.0%.",
                "↑ p, heading: ZELNOTIDE IN _61_ PATIENTS WITH PAIN",
            ],
        ),
        # marks that cross
        (
            {"endpoint": "response rate", "cohort": "rate was"},
            ["012345  At week 12, the {response <rate} was> [41.2%] in arm B, as against 20.0%."],
        ),
    ],
)
def test_each_place_is_shown_and_named(cited, lines):
    assert drawn(PROSE, make_row(PROSE, value="41.2%", **cited)) == lines


def test_a_far_sentence_is_shortened_around_its_mark():
    text = f"In the phase 2 trial {'of great length and depth ' * 9}the dose was 5 mg. Relief came in 7%."
    own, far = drawn(text, make_row(text, value="7%", cohort="5 mg"))
    assert own == "012345  Relief came in [7%]."
    assert far.startswith("↑ cohort, 1 sentence before: … ")
    assert far.endswith("depth the dose was <5 mg>.")
    assert len(far) < 120


def test_a_table_value_is_shown_with_its_head_and_its_label():
    row = make_row(TABLE, value="41.2%", endpoint="Response |"[:-2], cohort="Arm B", n="34")
    # the endpoint is the label in the table, not the title's first word
    start = TABLE.rindex("Response")
    row = replace(row, endpoint=Endpoint("Response", start, start + 8))
    assert drawn(TABLE, row) == [
        "012345  table 1, row 3, column 3 · Response at week 12",
        "Outcome    │ <Arm B> (n=«34»)",
        "───────────┼─────────────────",
        "⋯          │ ⋯",
        "{Response} │ [41.2%]",
    ]


def test_a_table_value_has_what_stands_above_the_table_below_it():
    row = make_row(TABLE, value="22.6%", time_frame="at week 12")
    assert drawn(TABLE, row)[0] == "012345  table 1, row 3, column 2"
    assert drawn(TABLE, row)[-1] == "↑ time frame, above the table: Response ⟦at week 12⟧"


def test_evidence_adds_the_places_that_no_field_names():
    def cite(role, said):
        start = PROSE.index(said)
        return Cited(said, start, start + len(said), role=role)

    row = make_row(PROSE, value="41.2%", cohort="arm B")
    row = replace(row, evidence=(cite("cohort", "arm B"), cite("n", "34"), cite("trial_name", "ZELNOTIDE")))
    assert [(c.role, PROSE[c.start : c.end]) for c in citations(row)] == [
        ("value", "41.2%"),
        ("n", "34"),
        ("cohort", "arm B"),
        ("trial name", "ZELNOTIDE"),
    ]
    assert drawn(PROSE, row)[1:] == [
        "↑ trial name, heading: _ZELNOTIDE_ IN 61 PATIENTS WITH PAIN",
        "↑ n, 2 sentences before: Arm B (high dose) had «34» treated patients.",
    ]


def test_duplicates_stand_in_one_line_and_an_unknown_one_by_its_id():
    row = replace(make_row(PROSE, value="41.2%"), duplicates=("aaaaaaaaaaaa", "bbbbbbbbbbbb"))
    (last,) = drawn(PROSE, row, stated={"aaaaaaaaaaaa": "heading, line 1 (41%, aaaaaa)"})[1:]
    assert last == "also stated: heading, line 1 (41%, aaaaaa); row bbbbbb"
    assert drawn(PROSE, replace(row, duplicates=()))[1:] == []


def test_colours_take_the_place_of_brackets():
    console = Console(width=200, color_system="standard", force_terminal=True, file=io.StringIO(), highlight=False)
    with console.capture() as captured:
        console.print(passage(make_layout_of(PROSE), make_row(PROSE, value="41.2%", endpoint="response rate"), True))
    assert "the \x1b[36mresponse rate\x1b[0m was \x1b[1;32m41.2%\x1b[0m in arm B" in captured.get()
    assert "{" not in captured.get()
    assert "[value]" in legend(False).plain
    assert "[value]" not in legend(True).plain


def test_what_a_filing_says_to_the_terminal_is_shown_as_signs():
    text = "Arm \x1b[2JB had\u202e pain. [red]Relief[/red] came in 7%."
    lines = drawn(text, make_row(text, value="7%", cohort="Arm \x1b[2JB"))
    assert lines == [
        "012345  [red]Relief[/red] came in [7%].",
        "↑ cohort, 1 sentence before: <Arm \u241b[2JB> had\ufffd pain.",
    ]


@pytest.mark.parametrize("width", [40, 80])
def test_lines_keep_to_the_terminals_width_and_to_their_indent(width):
    row = make_row(PROSE, value="41.2%", endpoint="response rate", cohort="34 treated patients")
    console = Console(width=width, markup=False, file=io.StringIO(), color_system=None)
    with console.capture() as captured:
        console.print(passage(make_layout_of(PROSE), row, False))
    first, *others = captured.get().rstrip("\n").splitlines()[1:]
    assert first.startswith("012345  At week 12")
    assert len(others) > 1
    assert all(line.startswith(" " * 8) and len(line.rstrip()) <= width for line in others)

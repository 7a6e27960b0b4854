"""Plain text and Markdown to blocks, on invented texts in the shapes of real ones."""

import pytest

from topline.filings import read_blocks, read_bytes, text_document


def blocks(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in read_blocks(text)[0]]


def furniture(text: str) -> list[str]:
    return [text[start:end] for start, end in read_blocks(text)[1]]


@pytest.mark.parametrize(
    ("text", "kind", "level"),
    [
        ("### *Results*", "heading", 3),
        ("**Efficacy Results**", "heading", 0),
        ("ITEM 8.01 OTHER EVENTS", "heading", 0),
        ("About Nonexamab\n\nNonexamab is an antibody in trials against two cancers.", "heading", 0),
        ("**Safety.** Two patients stopped.", "paragraph", 0),
        ("Two patients stopped.", "paragraph", 0),
        ("45%", "paragraph", 0),
        ("#45 of 54", "paragraph", 0),
        ("- 45% responded", "list_item", 1),
        ("    * 45% responded", "list_item", 2),
        ("\u2022 45% responded", "list_item", 1),
        ("o 45% responded", "list_item", 1),
        ("-- 45% responded", "list_item", 1),
        ("(a) 45% responded", "list_item", 1),
        ("1. Of 54, 45% responded", "list_item", 1),
        ("-12.3 mmHg was the change", "paragraph", 0),
        ("1.5 mg was given", "paragraph", 0),
        ("of 54, 45% responded", "paragraph", 0),
    ],
)
def test_kind_of_the_first_block(text: str, kind: str, level: int) -> None:
    first = read_blocks(text)[0][0]
    assert (first.kind, first.level) == (kind, level)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A median of 4.4\nmonths in 54\npatients.", 1, id="wrapped lines are one paragraph"),
        pytest.param("One.\n\nTwo.", 2, id="blank lines part paragraphs"),
        pytest.param("One.\r\n\r\nTwo.", 2, id="with carriage returns"),
        pytest.param("Results:\n- 45% of 54\n- 12% of 34", 3, id="items without blank lines"),
        pytest.param("- 45% of 54\n  patients responded\n- 12%", 2, id="an item's second line"),
        pytest.param("durations ranged from 12\n- 15 months in all", 1, id="a wrapped dash is no bullet"),
        pytest.param("as shown in\n(1) the trial", 1, id="a wrapped number is no item"),
        pytest.param("", 0, id="nothing"),
        pytest.param(" \n\n ", 0, id="white space"),
    ],
)
def test_number_of_blocks(text: str, expected: int) -> None:
    assert len(read_blocks(text)[0]) == expected


def test_reading_text_is_the_text_unchanged() -> None:
    text = "  Of 54\r\npatients,\t12\u00a0responded.\n\n2\n"
    document = read_bytes(text.encode(), "a.txt")[0]
    assert document.text == text
    assert document.segments == ()
    assert document.source_ranges(0, 5) is None
    assert text_document(text).blocks == document.blocks


OPEN = "Among these 76 patients, the"
REST = "Overall ORR was 43.4% in all."


@pytest.mark.parametrize(
    ("between", "marks"),
    [
        ("2", ["2"]),
        ("- 2 -", ["- 2 -"]),
        ("-2-", ["-2-"]),
        ("Page 3 of 12", ["Page 3 of 12"]),
        ("<PAGE>", ["<PAGE>"]),
        ("<PAGE>   14", ["<PAGE>   14"]),
        ("                 F-12\n<PAGE>", ["F-12", "<PAGE>"]),
        ("2\n\nTable of Contents", ["2", "Table of Contents"]),
        ("(more)\n\n<PAGE>", ["(more)", "<PAGE>"]),
        ("{7}" + "-" * 48, ["{7}" + "-" * 48]),
    ],
)
def test_a_page_break_in_mid_sentence_is_bridged(between: str, marks: list[str]) -> None:
    text = f"Results follow.\n\n{OPEN}\n\n{between}\n\n{REST}\n"
    assert furniture(text) == marks
    kind, block = blocks(text)[-1]
    assert kind == "paragraph"
    assert block.startswith(OPEN)
    assert block.endswith(REST)


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        pytest.param("All 76 patients responded.", "2", "Overall ORR was 43.4%.", id="the sentence had ended"),
        pytest.param(OPEN, "", REST, id="no page break"),
        pytest.param("Nonexia, Inc.", "2", "Overall ORR was 43.4% in all of them.", id="a name before the break"),
        pytest.param("By: A. Person", "<PAGE>", "EXHIBIT INDEX", id="a heading after the break"),
    ],
)
def test_what_a_page_break_does_not_cut_stays_apart(before: str, between: str, after: str) -> None:
    assert [text for _, text in blocks(f"{before}\n\n{between}\n\n{after}")] == [before, after]


def test_a_column_of_numbers_is_no_page_numbers() -> None:
    assert furniture("Arm A\n\n45\n\n54\n\n12\n\nArm B responded.") == []


@pytest.mark.parametrize("figure", ["6,014", "14.2%", "6 (5.0)"])
def test_a_number_beside_a_figure_is_a_cell(figure: str) -> None:
    around = "Titre at day 29\n\n{}\n\n839\n\nTitre at day 57\n\nStrain B\n\nDay 1 of the trial"
    assert furniture(around.format(figure)) == []
    assert furniture(around.format("as below")) == ["839"]


def test_a_number_inside_a_paragraph_is_no_page_number() -> None:
    assert furniture("The mean was\n45\nin all patients.") == []


def test_running_heads_are_furniture_where_pages_break() -> None:
    pages = [f"Sentence {number} ends here.\n\n{number}\n<PAGE>\nNONEXIA ANNUAL REPORT\n\n" for number in range(2, 6)]
    text = "".join(pages)
    assert furniture(text).count("NONEXIA ANNUAL REPORT") == 4
    assert [kind for kind, _ in blocks(text)] == ["paragraph"] * 4


def test_a_repeated_heading_away_from_page_breaks_is_text() -> None:
    text = "SAFETY\n\nTwo stopped.\n\nMore text.\n\nAnd more.\n\n" * 4
    assert furniture(text) == []


def grid(text: str) -> list[tuple[str, int | None, int | None, bool]]:
    return [
        (text[block.start : block.end], block.row, block.column, block.header)
        for block in read_blocks(text)[0]
        if block.kind == "table_cell"
    ]


def test_pipe_table() -> None:
    text = "| Arm | Week 12 |\n|-----|:---:|\n| Placebo (n=21)  | 14% |\n|  | 5% |\n"
    assert grid(text) == [
        ("Arm", 0, 0, True),
        ("Week 12", 0, 1, True),
        ("Placebo (n=21)", 1, 0, False),
        ("14%", 1, 1, False),
        ("5%", 2, 1, False),
    ]


def test_tagged_table() -> None:
    text = """<TABLE>
<CAPTION>
                     Drug     Placebo
<S>                  <C>      <C>
Responders            45%       12%
Median change       (1.5)       .5
</TABLE>"""
    assert [(cell, row, column) for cell, row, column, _ in grid(text)] == [
        ("Drug", 0, 1),
        ("Placebo", 0, 2),
        ("Responders", 1, 0),
        ("45%", 1, 1),
        ("12%", 1, 2),
        ("Median change", 2, 0),
        ("(1.5)", 2, 1),
        (".5", 2, 2),
    ]


def test_columns_by_spaces_and_leader_dots() -> None:
    text = "Responders..........   $  45      12\nNon-responders......       9      42"
    assert [(cell, row, column) for cell, row, column, _ in grid(text)] == [
        ("Responders", 0, 0),
        ("$  45", 0, 1),
        ("12", 0, 2),
        ("Non-responders", 1, 0),
        ("9", 1, 1),
        ("42", 1, 2),
    ]


def test_a_letter_head_is_no_table() -> None:
    text = "1 Main Street                 Springfield\nSuite 700                     Ohio"
    assert grid(text) == []


def test_blocks_are_disjoint_and_in_order(shared) -> None:
    for path in sorted((shared / "gold" / "texts").glob("*.txt")):
        position = 0
        for block in read_bytes(path.read_bytes(), path.name)[0].blocks:
            assert position <= block.start < block.end
            position = block.end


def test_the_cut_sentence_of_a_real_filing_is_one_paragraph(shared) -> None:
    data = (shared / "gold" / "texts" / "immunogen-8k-2008-12-12.txt").read_bytes()
    document = read_bytes(data, "immunogen-8k-2008-12-12.txt")[0]
    marks = [place for place in document.furniture if document.text[slice(*place)] == "2"]
    around = [block for block in document.blocks if block.start < marks[0][0] < block.end]
    assert [block.kind for block in around] == ["paragraph"]
    assert "43.4%" in document.text[marks[0][1] : around[0].end]
